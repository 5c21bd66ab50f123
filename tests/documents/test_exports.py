"""Everything as one file: what is in it, who gets it, what a kill leaves, and that a large one costs no memory."""

import csv
import hashlib
import io
import os
import tracemalloc
import zipfile
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from documents import archives, services
from documents.models import Document, Export, HousePaper, Share
from documents.services import disposing, exporting, storing
from documents.storage import file_store
from documents.storage.base import StorageFailed
from loans.errors import Refused
from loans.models import Loan
from notifications.models import Notification
from tests.cast import sign_in
from tests.desk.helpers import words
from tests.documents.conftest import ask
from tests.documents.keeping import denied, keep

State = Export.State
GIVEN = {200, 302}  # a bucket hands it out by itself


@pytest.fixture
def papers(cast, store):
    """Bea's: a paper with its photo, one that nobody asked for; Cole's; one given to Bea by the house."""
    asked = ask(cast.loan, cast.bea_party)
    given = HousePaper.objects.create(
        loan=cast.loan, kind="pre_approval", title="Pre-approval", made_by=cast.olga
    )
    paper = keep(asked, name="May.pdf", data=b"may")
    house = keep(loan=cast.loan, house_paper=given, name="letter.pdf", data=b"letter", review="accepted")
    Share.objects.create(document=house, party=cast.bea_party)
    return {
        "paper": paper,
        "photo": keep(asked, name="IMG_1.jpg", data=b"photo", is_original=True, made_into=paper),
        "unasked": keep(
            loan=cast.loan, party=cast.bea_party, uploader=cast.bea, name="=cmd|' /C calc'!A0.pdf", data=b"mine",
            title="+1 more",
        ),
        "house": house,
        "coles": keep(ask(cast.loan, cast.cole_party, title="His pay stub"), name="cole.pdf", data=b"cole"),
    }  # fmt: skip


def made(by, party=None, loan=None):
    export = services.request_export(loan=loan or party.loan, by=by, party=party)
    return exporting.make_archive(export.public_id)


def fetched(client, export):
    """The archive, and under which name; a bucket hands it out by itself."""
    answer = client.get(reverse("documents:archive_file", args=[export.public_id]))
    if settings.AWS_STORAGE_BUCKET_NAME:
        assert answer.status_code == 302 and answer["Referrer-Policy"] == "no-referrer"
        return b"".join(storing.bytes_of(export)), unquote(answer["Location"])
    assert answer.status_code == 200, answer
    return b"".join(answer.streaming_content), answer["Content-Disposition"]


def opened(content):
    return zipfile.ZipFile(io.BytesIO(content))


def index(packed):
    name = next(name for name in packed.namelist() if name.endswith("/index.csv"))
    return list(csv.DictReader(io.StringIO(packed.read(name).decode("utf-8-sig"))))


# --- What is in it -------------------------------------------------------------------------------------------


def test_a_borrower_gets_what_is_theirs_and_what_was_opened_to_them(papers, cast, client_for):
    export = made(cast.bea, cast.bea_party)
    assert (export.state, export.done, export.total) == (State.READY, 4, 4)
    content, name = fetched(client_for(cast.bea), export)
    assert (len(content), hashlib.sha256(content).hexdigest()) == (export.size, export.sha256)
    assert "attachment" in name and f"documents-{cast.loan.number}-" in name
    packed = opened(content)
    assert packed.testzip() is None
    top = archives.folder_name(export, export.ready_at)
    mine = f"{top}/Bea Nguyen/Bank statements"
    assert set(packed.namelist()) == {
        f"{top}/index.html", f"{top}/index.csv", f"{top}/index.css", f"{mine}/May.pdf", f"{mine}/originals/IMG_1.jpg",
        f"{top}/Bea Nguyen/+1 more/=cmd-' -C calc'!A0.pdf", f"{top}/From Lantern Home Loans/Pre-approval/letter.pdf",
    }  # fmt: skip
    assert packed.read(f"{mine}/May.pdf") == b"may" and packed.read(f"{mine}/originals/IMG_1.jpg") == b"photo"
    assert b"cole" not in content.lower()


def test_the_index_says_what_each_file_is_and_runs_nothing(papers, cast, client_for):
    Document.objects.filter(pk=papers["paper"].pk).update(review="accepted")
    export = made(cast.bea, cast.bea_party)
    packed = opened(fetched(client_for(cast.bea), export)[0])
    rows = {row["Name it came with"]: row for row in index(packed)}
    may = rows["May.pdf"]
    assert (may["Person"], may["What for"], may["Sort"], may["Sent by"], may["State"], may["Bytes"]) == (
        "Bea Nguyen", "Bank statements", "Paper", "Bea Nguyen", "Accepted", "3",
    )  # fmt: skip
    assert may["SHA-256"] == hashlib.sha256(b"may").hexdigest() and may["Received"][:4] == str(
        timezone.now().year
    )
    assert rows["IMG_1.jpg"]["Sort"] == "Photo as it came"
    assert rows["letter.pdf"]["Sort"] == "From the loan team"
    nasty = rows["'=cmd|' /C calc'!A0.pdf"]
    assert nasty["What for"] == "'+1 more"
    page = packed.read(next(name for name in packed.namelist() if name.endswith("index.html"))).decode()
    assert 'href="Bea%20Nguyen/Bank%20statements/May.pdf"' in page and may["SHA-256"] in page
    assert "<script" not in page and "style=" not in page


def test_the_loan_team_gets_all_of_the_loan(papers, cast, client_for):
    export = made(cast.olga, loan=cast.loan)
    packed = opened(fetched(client_for(cast.olga), export)[0])
    people = {row["Person"] for row in index(packed)}
    assert people == {"Bea Nguyen", "Cole Nguyen", "From Lantern Home Loans"} and export.total == 5


def test_what_was_destroyed_is_listed_as_destroyed(papers, cast, client_for):
    denied(cast.loan, cast.olga, timezone.now().date() - timedelta(days=3000))
    Document.objects.exclude(pk=papers["paper"].pk).update(received_at=timezone.now())
    disposing.dispose_of_loan(cast.loan.pk)
    fresh = keep(ask(cast.loan, cast.bea_party), name="new.pdf", data=b"new")
    export = made(cast.bea, cast.bea_party)
    rows = index(opened(fetched(client_for(cast.bea), export)[0]))
    gone = [row for row in rows if row["State"] == "Destroyed"]
    assert [row["File"] for row in rows if row["File"]] == [f"Bea Nguyen/Bank statements/{fresh.name}"]
    assert {row["SHA-256"] for row in gone} == {papers["paper"].sha256, papers["unasked"].sha256}
    assert all(row["Destroyed on"] and not row["Name it came with"] for row in gone)


def test_a_file_that_the_storage_lost_is_said_to_be_missing(papers, cast, client_for):
    file_store().delete(papers["paper"].key)
    export = made(cast.bea, cast.bea_party)
    rows = index(opened(fetched(client_for(cast.bea), export)[0]))
    lost = next(row for row in rows if row["Name it came with"] == "May.pdf")
    assert (lost["File"], lost["State"], export.total) == ("", "Not in the storage", 3)


@pytest.mark.parametrize(
    ("raw", "safe"),
    [
        ("../../etc/passwd", "..-..-etc-passwd"),
        ("C:\\temp\\a.pdf", "C--temp-a.pdf"),
        ("con.pdf", "_con.pdf"),
        ("a\x00b\u202egpj.exe", "abgpj.exe"),
        ("ends with dots...", "ends with dots"),
        ("", "document"),
        ("…", "…"),
        ("x" * 200 + ".pdf", "x" * 76 + ".pdf"),
    ],
)
def test_names_are_harmless_everywhere(raw, safe):
    assert archives.safe_name(raw) == safe.strip(". ")


def test_names_are_unique_also_where_capitals_count_as_the_same():
    names = archives._Names()
    parts = [["Bea", "May.pdf"], ["Bea", "may.PDF"], ["Bea", "May.pdf"], ["Bea", "May (2).pdf"]]
    found = [names.unique(one) for one in parts]
    assert len({name.casefold() for name in found}) == 4 and found[0] == "Bea/May.pdf"


# --- Who gets it ---------------------------------------------------------------------------------------------


def test_only_who_asked_may_fetch_it(papers, cast, client_for):
    beas, teams = made(cast.bea, cast.bea_party), made(cast.olga, loan=cast.loan)
    for export, mine in ((beas, "bea"), (teams, "olga")):
        for part in ("archive_file", "archive_state"):
            address = reverse(f"documents:{part}", args=[export.public_id])
            for name, person in cast.everybody().items():
                codes = GIVEN if name == mine else {404}
                assert client_for(person).get(address).status_code in codes, name
            assert client_for(None).get(address).status_code == 302
    assert Entry.objects.filter(action="archive.downloaded").count() == 2


def test_access_is_asked_again_at_the_door(papers, cast, client_for):
    export = made(cast.olga, loan=cast.loan)
    Loan.objects.filter(pk=cast.loan.pk).update(officer=cast.otto)
    address = reverse("documents:archive_file", args=[export.public_id])
    assert client_for(cast.olga).get(address).status_code == 404


def test_what_was_closed_meanwhile_is_not_handed_out(papers, cast, client_for):
    export = made(cast.bea, cast.bea_party)
    Share.objects.update(ended_at=timezone.now())
    bea = client_for(cast.bea)
    address = reverse("documents:archive_file", args=[export.public_id])
    assert bea.get(address).status_code == 302
    page = words(bea.get(reverse("loans:archive", args=[cast.loan.public_id])))
    assert "something in it has changed" in page and "Download " not in page
    assert not Entry.objects.filter(action="archive.downloaded").exists()


def test_nobody_asks_for_somebody_elses(papers, cast, client_for):
    with pytest.raises(Refused):
        services.request_export(loan=cast.loan, by=cast.cole, party=cast.bea_party)
    with pytest.raises(Refused):
        services.request_export(loan=cast.loan, by=cast.bea)
    for person in (cast.nils, cast.olga):
        address = reverse("loans:archive_ask", args=[cast.loan.public_id])
        assert client_for(person).post(address).status_code == 404
    assert (
        client_for(cast.otto).post(reverse("desk:archive_ask", args=[cast.loan.public_id])).status_code == 404
    )


def test_the_team_opens_every_paper_by_fetching_it(papers, cast, client_for):
    fetched(client_for(cast.olga), made(cast.olga, loan=cast.loan))
    told = set(Entry.objects.filter(action="document.downloaded").values_list("object_id", flat=True))
    assert told == {str(papers[one].public_id) for one in ("paper", "unasked", "house", "coles")}
    fetched(client_for(cast.bea), made(cast.bea, cast.bea_party))
    assert Share.objects.get().first_opened_at  # hers is evidence that she got it; her own papers are none


# --- Asking, watching, being told ----------------------------------------------------------------------------


def test_from_the_page_to_the_file(papers, cast, client_for):
    bea = client_for(cast.bea)
    page = reverse("loans:archive", args=[cast.loan.public_id])
    assert page in bea.get(reverse("loans:documents", args=[cast.loan.public_id])).content.decode()
    assert "Put everything into one file" in words(bea.get(page))
    for _twice in range(2):
        assert bea.post(reverse("loans:archive_ask", args=[cast.loan.public_id])).status_code == 302
    export = Export.objects.get()
    assert "It begins in a moment." in words(bea.get(page))
    Export.objects.update(state=State.MAKING, total=4, done=1)
    state = reverse("documents:archive_state", args=[export.public_id])
    part = bea.get(state).content.decode()
    assert "1 of 4 files" in part and 'value="1" max="4"' in part and f'hx-get="{state}"' in part
    Export.objects.update(state=State.WAITING)
    exporting.make_archive(export.public_id)
    part = bea.get(state).content.decode()
    assert "Ready: 4 files" in part and "hx-get" not in part
    letter = Notification.objects.get(kind="export_ready")
    assert letter.recipient == f"user:{cast.bea.public_id}" and letter.state == "queued"


def test_at_the_desk(papers, cast, client_for):
    olga = client_for(cast.olga)
    assert olga.post(reverse("desk:archive_ask", args=[cast.loan.public_id])).status_code == 302
    exporting.make_archive(Export.objects.get().public_id)
    assert "Ready: 5 files" in words(olga.get(reverse("desk:keeping", args=[cast.loan.public_id])))
    assert olga.get(reverse("loans:archive", args=[cast.loan.public_id])).status_code == 302


def test_an_empty_one_is_no_fault(cast, store, client_for):
    export = made(cast.bea, cast.bea_party)
    assert (export.state, export.total) == (State.READY, 0)
    assert len(opened(fetched(client_for(cast.bea), export)[0]).namelist()) == 3


def test_after_two_days_it_is_gone(papers, cast, client_for, time_machine):
    export = made(cast.bea, cast.bea_party)
    assert export.expires_at - export.ready_at == timedelta(hours=48)
    assert file_store().head(export.key)
    time_machine.move_to(export.expires_at + timedelta(seconds=1))
    address = reverse("documents:archive_file", args=[export.public_id])
    assert client_for(cast.bea).get(address).status_code == 404  # before the sweep came
    exporting.sweep_exports()
    export.refresh_from_db()
    assert (export.state, export.wrapped_key) == (State.EXPIRED, "") and export.bytes_deleted_at
    assert file_store().head(export.key) is None and exporting.sweep_exports() == 0
    assert client_for(cast.bea).get(address).status_code == 302
    assert made(cast.bea, cast.bea_party).pk != export.pk


def test_a_paper_destroyed_takes_the_archive_with_it(papers, cast):
    export = made(cast.bea, cast.bea_party)
    denied(cast.loan, cast.olga, timezone.now().date() - timedelta(days=3000))
    disposing.dispose_of_loan(cast.loan.pk)
    exporting.sweep_exports()
    export.refresh_from_db()
    assert export.state == State.EXPIRED and file_store().head(export.key) is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("browser")
def test_the_page_follows_without_being_loaded_again(papers, cast, live_server, open_page, axe):
    browser = open_page("phone")
    cookie = sign_in(Client(), cast.bea).cookies["sessionid"].value
    browser.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    browser.goto(live_server.url + reverse("loans:archive", args=[cast.loan.public_id]))
    browser.get_by_role("button", name="Put everything into one file").click()
    browser.get_by_text("It begins in a moment.").wait_for()
    axe(browser)
    browser.evaluate("() => { window.stayed = true }")
    exporting.make_archive(Export.objects.get().public_id)
    browser.get_by_text("Ready: 4 files").wait_for()
    assert browser.evaluate("() => window.stayed")
    with browser.expect_download() as download:
        browser.get_by_role("link", name="Download", exact=True).click()
    assert zipfile.ZipFile(download.value.path()).testzip() is None


# --- Cut off, overtaken, failing -----------------------------------------------------------------------------


class Killed(BaseException):
    """As if the process were gone: nothing catches it."""


def dying_store(monkeypatch, error, after=0):
    """The storage ends with `error` when this many pieces of the archive were written."""
    store = file_store()
    put = store.put

    def cut(chunks):
        for number, chunk in enumerate(chunks):
            if number >= after:
                raise error
            yield chunk

    monkeypatch.setattr(store, "put", lambda key, chunks, *rest, **more: put(key, cut(chunks), *rest, **more))
    monkeypatch.setattr(exporting, "file_store", lambda: store)


def test_killed_in_the_middle_it_is_begun_again(papers, cast, client_for, monkeypatch):
    export = services.request_export(loan=cast.loan, by=cast.bea, party=cast.bea_party)
    with monkeypatch.context() as dying:
        dying_store(dying, Killed(), after=12)
        with pytest.raises(Killed):
            exporting.make_archive(export.public_id)
    export.refresh_from_db()
    first = export.key
    assert (export.state, export.attempts) == (State.MAKING, 1) and 0 < export.done < 4
    assert exporting.make_archive(export.public_id) is None  # the lease still runs
    assert exporting.sweep_exports() == 0
    Export.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert exporting.sweep_exports() == 1
    export = exporting.make_archive(export.public_id)
    assert (export.state, export.attempts, export.done) == (State.READY, 2, 4) and export.key != first
    assert opened(fetched(client_for(cast.bea), export)[0]).testzip() is None
    assert list(file_store().keys("exports/")) == [export.key]
    assert Notification.objects.filter(kind="export_ready").count() == 1


def test_a_late_finisher_changes_nothing(papers, cast, monkeypatch):
    export = services.request_export(loan=cast.loan, by=cast.bea, party=cast.bea_party)
    slow = exporting.claim(export.public_id)
    Export.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    exporting.sweep_exports()
    quick = exporting.make_archive(export.public_id)
    with pytest.raises(exporting.Overtaken):
        exporting._make(slow)
    export.refresh_from_db()
    assert (export.key, export.sha256) == (quick.key, quick.sha256)


def test_a_storage_that_fails_three_times_is_said_in_plain_words(papers, cast, client_for, monkeypatch):
    export = services.request_export(loan=cast.loan, by=cast.bea, party=cast.bea_party)
    dying_store(monkeypatch, StorageFailed("down"), after=3)
    for attempt in range(1, 4):
        Export.objects.update(not_before=None)
        exporting.make_archive(export.public_id)
        export.refresh_from_db()
        assert (export.state, export.attempts) == (State.WAITING if attempt < 3 else State.FAILED, attempt)
    page = words(client_for(cast.bea).get(reverse("loans:archive", args=[cast.loan.public_id])))
    assert "That did not work, and it is not your fault" in page and "Try again" in page
    assert list(file_store().keys("exports/")) == []
    monkeypatch.undo()


def test_bytes_that_changed_at_rest_are_not_handed_on(papers, cast):
    Document.objects.filter(pk=papers["paper"].pk).update(sha256="0" * 64)
    export = made(cast.bea, cast.bea_party)
    assert export.state == State.WAITING and list(file_store().keys("exports/")) == []


# --- Large ---------------------------------------------------------------------------------------------------

MEGABYTE = 1024 * 1024
SOAKING = os.environ.get("SOAK") == "1"


def resident():
    """Bytes of memory that this process holds now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_a_large_archive_costs_no_memory(cast, store, monkeypatch):
    """
    200 MB in the soak, 36 MB here: what Python allocates at the peak is a few pieces, never a whole file; and what the
    process has, with the libraries that seal and open, grows by no more than a tenth of what went through it.
    """
    files, each = (20, 10) if SOAKING else (6, 6)
    most = (
        5 if file_store().needs_seal else 20
    )  # a bucket takes no less than 5 MB at once, and its client keeps copies
    asked = ask(cast.loan, cast.bea_party)
    for number in range(files):
        keep(asked, name=f"{number}.pdf", data=bytes([number]) * (each * MEGABYTE))
    export = services.request_export(loan=cast.loan, by=cast.bea, party=cast.bea_party)
    held, renew = [], exporting._still_mine

    def weighed(*row, **progress):
        held.append(resident())
        return renew(*row, **progress)

    monkeypatch.setattr(exporting, "_still_mine", weighed)
    tracemalloc.start()
    try:
        exporting.make_archive(export.public_id)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    export.refresh_from_db()
    assert export.state == State.READY and export.size > files * each * MEGABYTE
    assert peak < most * MEGABYTE, f"{peak / MEGABYTE:.1f} MB"
    grown = max(held) - held[1]  # the first was asked before anything was read
    assert grown < max(20, files * each / 10) * MEGABYTE, f"{grown / MEGABYTE:.1f} MB"
    digest = hashlib.sha256()
    for chunk in storing.bytes_of(export):
        digest.update(chunk)
    assert digest.hexdigest() == export.sha256
