"""The night's disposal: what it destroys, what it never touches, what stays, and what a kill in the middle leaves."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from documents import disposal, services
from documents.models import DisposalRun, Document, HousePaper, LegalHold, Look, UploadGroup, UploadSession
from documents.services import disposing, exporting, leftovers
from documents.storage.base import QUARANTINE, StorageFailed, new_key
from loans.models import KeyDate, Loan
from loans.stages import Stage
from tests.cast import make_loan
from tests.desk.helpers import words
from tests.documents.conftest import ask
from tests.documents.keeping import (
    denied,
    funded,
    keep,
    lies_there,
    move,
    previews,
    record_date,
    with_traces,
)

LONG_AGO = date(2015, 5, 4)


@pytest.fixture
def over(cast, store):
    """A paper of Bea's whose loan was denied long ago, with all it leaves behind."""
    document = with_traces(keep(ask(cast.loan, cast.bea_party), name="bea nguyen 2015.pdf"))
    denied(cast.loan, cast.olga, LONG_AGO)
    return document


def test_bytes_key_and_traces_go_and_a_tombstone_stays(over, cast):
    folder = over.look.folder
    run = services.dispose()
    over.refresh_from_db()
    assert not lies_there(over) and previews(over) == [] and folder
    assert over.disposed_at and over.bytes_destroyed_at and over.disposed_why == "applied"
    assert (over.name, over.title, over.note, over.hints, over.dated_on, over.wrapped_key) == (
        "",
        "",
        "",
        [],
        None,
        "",
    )
    assert (len(over.sha256), over.size > 0, over.uploader, over.request.kind) == (
        64,
        True,
        cast.bea,
        "bank_statement",
    )
    assert over.session.name == "" and over.look.facts == {}
    entry = Entry.objects.get(action="document.disposed")
    assert entry.detail == {
        "sha256": over.sha256, "size": over.size, "why": "applied", "kept_until": "2017-06-04",
    }  # fmt: skip
    assert run.figures["destroyed"] == {"papers": 1, "size": over.size, "left": 0, "by_class": {"applied": 1}}
    assert Loan.objects.get(pk=cast.loan.pk).to_review == 0


def test_the_photos_of_a_paper_go_with_it(cast, store):
    asked = ask(cast.loan, cast.bea_party)
    group = UploadGroup.objects.create(
        loan=cast.loan, request=asked, uploader=cast.bea, name="my photos.pdf", expires_at=timezone.now()
    )
    session = UploadSession.objects.create(
        loan=cast.loan, request=asked, uploader=cast.bea, name="IMG_1.jpg", size=1, key=new_key(QUARANTINE),
        group=group, state=UploadSession.State.CLEAN, expires_at=timezone.now(),
    )  # fmt: skip
    paper = keep(asked, group=group)
    photo = keep(asked, data=b"a photo", is_original=True, made_into=paper, session=session)
    denied(cast.loan, cast.olga, LONG_AGO)
    services.dispose()
    assert not lies_there(paper) and not lies_there(photo)
    session.refresh_from_db()
    group.refresh_from_db()
    assert (session.name, group.name) == ("", "")


def test_only_from_the_day_after(cast, store, time_machine):
    document = keep(ask(cast.loan, cast.bea_party))
    denied(cast.loan, cast.olga, date(2026, 1, 10))
    document.refresh_from_db()
    assert document.destroy_after == date(2028, 2, 10)
    time_machine.move_to("2028-02-11 03:00Z")  # still the 10th where the company is
    assert services.dispose().figures["destroyed"]["papers"] == 0 and lies_there(document)
    time_machine.move_to("2028-02-11 12:00Z")
    assert services.dispose().figures["destroyed"]["papers"] == 1 and not lies_there(document)


def test_disclosures_outlive_the_rest(cast, store, time_machine):
    paper = HousePaper.objects.create(
        loan=cast.loan, kind="closing_disclosure", title="CD", made_by=cast.olga
    )
    document = keep(ask(cast.loan, cast.bea_party))
    disclosure = keep(loan=cast.loan, house_paper=paper, review="accepted")
    funded(cast.loan, cast.olga, date(2026, 1, 10))
    time_machine.move_to("2029-06-01 12:00Z")
    services.dispose()
    assert not lies_there(document) and lies_there(disclosure)
    time_machine.move_to("2031-06-01 12:00Z")
    services.dispose()
    assert not lies_there(disclosure)


# --- What is never touched -----------------------------------------------------------------------------------


def test_without_a_date_nothing_is_destroyed_and_somebody_is_asked(cast, store, time_machine):
    kept = keep(ask(cast.loan, cast.bea_party))
    denied(cast.loan, cast.olga, None)
    other = keep(ask(cast.other_loan, cast.nils_party))
    funded(cast.other_loan, cast.otto, None)
    open_one = keep(ask(make_loan(officer=cast.olga, borrowers=[cast.bea]), cast.bea_party))
    time_machine.move_to("2060-01-01 12:00Z")
    figures = services.dispose().figures
    assert lies_there(kept) and lies_there(other) and lies_there(open_one)
    listed = {loan["number"]: loan["missing"] for loan in figures["undated"]["loans"]}
    assert listed == {cast.loan.number: "notice", cast.other_loan.number: "consummation"}
    assert figures["undated"]["count"] == 2


def test_a_legal_hold_keeps_it_until_it_ends(over, cast):
    hold = services.set_hold(loan=cast.loan, why="A letter from a court", by=cast.mara)
    assert services.dispose().figures["held"]["papers"] == 1
    assert lies_there(over)
    services.end_hold(hold=hold, why="Settled", by=cast.mara)
    DisposalRun.objects.all().delete()
    services.dispose()
    assert not lies_there(over)


def test_a_hold_that_comes_in_the_middle_of_the_night_still_counts(over, cast, monkeypatch):
    """The list of due loans was made before it: the UPDATE that claims the paper asks again."""
    due = disposing.due_loans
    monkeypatch.setattr(disposing, "due_loans", lambda today: [*due(today), cast.loan.pk])
    settle = disposing.settle

    def held_meanwhile(loans):
        LegalHold.objects.get_or_create(loan=cast.loan, why="Just now")
        return settle(loans)

    monkeypatch.setattr(disposing, "settle", held_meanwhile)
    services.dispose()
    assert lies_there(over)


def test_a_column_that_is_out_of_date_destroys_nothing(over, cast):
    """The notice was taken away by a way that sends no event; the night looks again before it claims."""
    over.refresh_from_db()
    assert over.destroy_after is not None
    KeyDate.objects.filter(loan=cast.loan).delete()
    assert disposing.dispose_of_loan(cast.loan.pk) == 0
    over.refresh_from_db()
    assert lies_there(over) and over.destroy_after is None


def test_an_opened_loan_is_left_alone(over, cast):
    move(cast.loan, Stage.PROCESSING, cast.mara)
    services.dispose()
    assert lies_there(over)


# --- Twice, and cut off --------------------------------------------------------------------------------------


def test_one_run_a_day(over, cast):
    assert services.dispose() is not None
    assert services.dispose() is None
    assert DisposalRun.objects.count() == Entry.objects.filter(action="document.disposed").count() == 1


def test_a_run_that_died_is_taken_up(over, cast, monkeypatch, time_machine):
    def killed(loan_id):
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(disposing, "dispose_of_loan", killed)
        with pytest.raises(KeyboardInterrupt):
            services.dispose()
    assert services.dispose() is None  # its lease still runs
    DisposalRun.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert services.dispose().figures["destroyed"]["papers"] == 1
    assert not lies_there(over)


def test_a_loan_that_fails_keeps_no_other_waiting(over, cast, monkeypatch):
    other = keep(ask(cast.other_loan, cast.nils_party))
    denied(cast.other_loan, cast.otto, LONG_AGO)
    end = disposing.end_archives

    def fails(loan):
        if loan.pk == cast.loan.pk:
            raise ValueError("something nobody thought of")
        end(loan)

    monkeypatch.setattr(disposing, "end_archives", fails)
    figures = services.dispose().figures
    assert lies_there(over) and not lies_there(other)
    assert (figures["destroyed"]["papers"], figures["due"]["papers"]) == (1, 1)
    over.refresh_from_db()
    assert over.disposed_at is None


def test_killed_between_tombstone_and_bytes(over, cast, monkeypatch):
    def killed(document):
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(disposing, "delete_bytes", killed)
        with pytest.raises(KeyboardInterrupt):
            disposing.dispose_of_loan(cast.loan.pk)
    over.refresh_from_db()
    assert over.disposed_at and lies_there(over) and over.wrapped_key == ""  # nobody opens them any more
    exporting.sweep_exports()
    over.refresh_from_db()
    assert not lies_there(over) and over.bytes_destroyed_at
    assert exporting.sweep_exports() == 0


def test_a_storage_that_is_down_is_asked_again(over, cast, monkeypatch):
    def down(document):
        raise StorageFailed("down")

    with monkeypatch.context() as failing:
        failing.setattr(leftovers, "destroy_bytes", down)
        run = services.dispose()
    assert run.figures["destroyed"]["left"] == 1
    assert leftovers.finish_disposals() == 1 and not lies_there(over)


def test_two_at_once_destroy_it_once(over, cast):
    buried = disposing._bury(cast.loan.pk, timezone.now().date())
    assert len(buried) == 1 and disposing.dispose_of_loan(cast.loan.pk) == 0
    assert Entry.objects.filter(action="document.disposed").count() == 1


# --- What was refused ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("state", "days", "name"), [
    ("rejected", 31, ""), ("infected", 31, ""), ("aborted", 31, ""), ("expired", 31, ""),
    ("rejected", 29, "bea.pdf"), ("clean", 31, "bea.pdf"),
])  # fmt: skip
def test_refused_uploads_lose_their_names_after_a_month(cast, state, days, name):
    session = UploadSession.objects.create(
        loan=cast.loan, party=cast.bea_party, uploader=cast.bea, name="bea.pdf", title="Mine", size=1, reason="locked",
        key=new_key(QUARANTINE), state=state, expires_at=timezone.now(), last_modified=7,
        created_at=timezone.now() - timedelta(days=days),
    )  # fmt: skip
    disposing.forget_refusals()
    session.refresh_from_db()
    assert (session.name, session.reason, bool(session.last_modified)) == (name, "locked", bool(name))


# --- The report ----------------------------------------------------------------------------------------------


def test_a_dry_run_says_it_and_does_nothing(over, cast, client_for):
    written = Entry.objects.count()
    page = words(client_for(cast.mara).get(reverse("desk:disposal"), {"dry": "1"}))
    assert f"Due: the next night destroys these 1 {cast.loan.number}" in page
    out = StringIO()
    call_command("dispose", "--dry-run", stdout=out)
    assert f"due: the next run destroys these: 1 loans, 1 files, {over.size} bytes" in out.getvalue()
    assert lies_there(over) and (Entry.objects.count(), DisposalRun.objects.count()) == (written, 0)
    call_command("dispose", stdout=out)
    assert f"Destroyed: 1 files, {over.size} bytes." in out.getvalue() and not lies_there(over)


def test_the_report_of_a_night(over, cast, client_for):
    funded(cast.other_loan, cast.otto, None)
    services.dispose()
    page = words(client_for(cast.mara).get(reverse("desk:disposal")))
    assert "Destroyed 1 file" in page and over.sha256[:12] in page and "Jun 4, 2017" in page
    assert "Funded: The day of signing is not recorded." in page
    for nobody in (cast.olga, cast.bea):
        assert client_for(nobody).get(reverse("desk:disposal")).status_code == 404
    assert client_for(cast.stef).get(reverse("desk:disposal")).status_code == 200


def test_records_whose_time_is_over_are_listed_never_deleted(cast, time_machine):
    prospect = make_loan(officer=cast.olga, borrowers=[cast.bea], stage=Stage.STARTED, number="LN-77")
    denied(cast.loan, cast.olga, LONG_AGO)
    time_machine.move_to(timezone.now() + timedelta(days=900))
    figures = services.dispose().figures
    listed = {loan["number"]: loan["of"] for loan in figures["records"]["loans"]}
    assert listed == {"LN-77": "prospect", cast.loan.number: "applied"}
    assert Loan.objects.filter(pk=prospect.pk).exists()


def test_what_is_due_within_a_month(cast, store):
    keep(ask(cast.loan, cast.bea_party))
    denied(cast.loan, cast.olga, date(2026, 1, 10))
    assert disposal.survey(date(2028, 1, 11)).soon.papers == 1
    assert disposal.survey(date(2028, 2, 10)).soon.papers == 1
    assert disposal.survey(date(2028, 1, 10)).soon.papers == 0
    assert disposal.survey(date(2028, 2, 11)).due.papers == 1


def test_nobody_finds_what_was_destroyed(over, cast, client_for):
    services.dispose()
    for person in (cast.bea, cast.olga, cast.mara):
        address = reverse("documents:document", args=[over.public_id])
        assert client_for(person).get(address).status_code == 404
    assert client_for(cast.bea).get(reverse("loans:documents", args=[cast.loan.public_id])).status_code == 200
    assert client_for(cast.olga).get(reverse("desk:loan", args=[cast.loan.public_id])).status_code == 200
    assert not Document.objects.papers().exists() and Look.objects.get().facts == {}


def test_a_date_that_comes_late_counts(cast, store):
    document = keep(ask(cast.loan, cast.bea_party))
    funded(cast.loan, cast.olga, None)
    services.dispose()
    DisposalRun.objects.all().delete()
    record_date(cast.loan, KeyDate.Kind.SIGNING, LONG_AGO, cast.olga)
    services.dispose()
    assert not lies_there(document)
