"""One pass from the storage: hash, scanner and spool; pictures become papers; a lease that is renewed, or lost."""

import hashlib
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from documents import inspection, services
from documents.models import Document, Look, UploadGroup, UploadSession
from documents.scanning import ScannerDown, Verdict
from documents.services import checking, composing, storing, sweeping
from documents.storage.base import StorageFailed
from tests.documents.conftest import received, send, sent_and_checked, stored_bytes
from tests.documents.files import page_count, pdf, picture

State = UploadSession.State


class Scanner:
    """Says what a test wants, and remembers what it was fed."""

    def __init__(self, signature: str = "", down: bool = False) -> None:
        self.signature, self.down, self.fed = signature, down, b""

    @contextmanager
    def scan(self):
        yield self

    def feed(self, chunk: bytes) -> None:
        self.fed += chunk

    def verdict(self) -> Verdict:
        if self.down:
            raise ScannerDown("no answer")
        return Verdict(self.signature, "ClamAV test")


@pytest.fixture
def scanner(monkeypatch):
    made = Scanner()
    monkeypatch.setattr(checking.scanning, "scanner", lambda: made)
    return made


# --- One pass ------------------------------------------------------------------------------------------------


def test_the_bytes_leave_the_quarantine_once(asked, cast, store, scanner, monkeypatch) -> None:
    data, read = pdf(3), []
    stream = type(store).stream

    def count(self, key, **more):
        read.append((key, bool(more.get("etag"))))
        return stream(self, key, **more)

    session = send(asked, cast.bea, "a.pdf", data)
    monkeypatch.setattr(type(store), "stream", count)
    document = services.check_upload(session.public_id).document
    assert [entry for entry in read if entry[0] == session.key] == [(session.key, True)]
    assert scanner.fed == data
    assert document.sha256 == hashlib.sha256(data).hexdigest()
    session.refresh_from_db()
    assert (document.scanner, session.scanner) == ("ClamAV test", "ClamAV test")
    assert session.sha256 == document.sha256


def test_a_paper_is_to_be_looked_through(asked, cast, store) -> None:
    document = received(asked, cast.bea)
    assert Look.objects.get().document == document


def test_a_scanner_that_is_down_is_not_the_files_fault(asked, cast, store, scanner) -> None:
    scanner.down = True
    session, waits = send(asked, cast.bea, "a.pdf", pdf()), []
    for _ in range(6):
        services.check_upload(session.public_id)
        session.refresh_from_db()
        assert (session.state, session.deaths) == (State.RECEIVED, 0)
        waits.append(round((session.not_before - timezone.now()).total_seconds()))
        UploadSession.objects.filter(pk=session.pk).update(not_before=None)
    assert waits == [30, 60, 120, 300, 300, 300], "later each time, never for long"
    scanner.down = False
    assert services.check_upload(session.public_id).state == State.CLEAN


def test_a_finding_ends_it_and_its_bytes_stay_a_week(asked, cast, store, scanner, client_for) -> None:
    scanner.signature = "Win.Test.EICAR_HDB-1"
    session = sent_and_checked(asked, cast.bea, "a.pdf", pdf())
    assert (session.state, session.signature) == (State.INFECTED, "Win.Test.EICAR_HDB-1")
    assert not Document.objects.exists() and list(store.keys("documents/")) == []
    assert Entry.objects.get(action="upload.infected").detail == {"signature": "Win.Test.EICAR_HDB-1"}
    said = client_for(cast.bea).get(reverse("uploads:state", args=[session.public_id])).json()
    assert said["refused"]["code"] == "infected" and "EICAR" not in str(said)
    sweeping.sweep()
    assert store.head(session.key), "for the house to look into"
    UploadSession.objects.update(checked_at=timezone.now() - timedelta(days=8))
    sweeping.sweep()
    session.refresh_from_db()
    assert store.head(session.key) is None and session.wrapped_key == ""


def test_the_lease_is_renewed_while_the_bytes_come(asked, cast, store, monkeypatch) -> None:
    session, renewed = send(asked, cast.bea, "a.pdf", pdf()), []
    monkeypatch.setattr(checking, "RENEW_SECONDS", -1)
    renew = checking.renew
    monkeypatch.setattr(checking, "renew", lambda session: (renewed.append(session.pk), renew(session)))
    assert services.check_upload(session.public_id).state == State.CLEAN
    assert len(renewed) >= 3


def test_whoever_lost_the_lease_stops_and_leaves_nothing(asked, cast, store, monkeypatch) -> None:
    session = send(asked, cast.bea, "a.pdf", pdf())
    inspect = inspection.inspect

    def slow(spool, promised):
        UploadSession.objects.filter(pk=session.pk).update(leased_until=timezone.now() - timedelta(seconds=1))
        assert sweeping._take_back_leases() == 1
        assert checking.claim(session.public_id)
        return inspect(spool, promised)

    monkeypatch.setattr(inspection, "inspect", slow)
    assert services.check_upload(session.public_id).state == State.SCANNING
    assert list(store.keys("documents/")) == [] and not Document.objects.exists()


def test_one_step_of_the_sweep_that_fails_keeps_no_other_from_its_turn(
    asked, cast, store, monkeypatch
) -> None:
    session = send(asked, cast.bea, "a.pdf", pdf())

    def broken() -> int:
        raise RuntimeError

    monkeypatch.setattr(sweeping, "_expire", broken)
    assert services.sweep()["checked"] == 1
    session.refresh_from_db()
    assert session.state == State.CLEAN


@pytest.mark.embedded("sends to the house's own address")
def test_a_storage_that_is_away_changes_nothing(asked, cast, store, sender, monkeypatch) -> None:
    data = pdf()
    opened = sender.open(asked, "a.pdf", len(data)).json()
    sender.client.put(sender.address(opened, "PUT"), data)

    def away(self, *_args, **_more):
        raise StorageFailed("away")

    for verb in ("head", "delete", "stream", "list_parts"):
        monkeypatch.setattr(type(store), verb, away)
    assert sender.post(opened["complete"]).status_code == 503
    assert sender.sign(opened, "GET", "1" * 32).status_code == 200, "signing needs no storage"
    assert sender.open(asked, "a.pdf", len(data)).json()["uploadId"] == "1" * 32
    session = UploadSession.objects.get()
    assert session.state == State.UPLOADING
    UploadSession.objects.update(state=State.RECEIVED, etag="x")
    assert services.check_upload(session.public_id).state == State.RECEIVED
    UploadSession.objects.update(state=State.ABORTED)
    assert services.sweep()["deleted"] == 0
    monkeypatch.undo()
    services.sweep()
    session.refresh_from_db()
    assert session.bytes_deleted_at and store.head(session.key) is None


# --- Pictures ------------------------------------------------------------------------------------------------


def test_a_photo_becomes_a_paper_and_stays_beside_it(asked, cast, store, client_for) -> None:
    photo = picture(text="driving licence")
    session = sent_and_checked(asked, cast.bea, "IMG 7.JPG", photo)
    paper, original = session.document, Document.objects.get(is_original=True)
    assert (session.state, session.true_type) == (State.CLEAN, "image/jpeg")
    assert (paper.name, paper.content_type, paper.pages) == ("IMG 7.pdf", "application/pdf", 1)
    assert page_count(stored_bytes(paper.key)) == 1
    assert (original.made_into, original.session, original.name) == (paper, None, "IMG 7.JPG")
    assert stored_bytes(original.key) == photo and original.sha256 == hashlib.sha256(photo).hexdigest()
    assert paper.key != original.key
    cast.loan.refresh_from_db()
    assert cast.loan.to_review == 1, "one paper, not two"
    assert Entry.objects.filter(action="document.received").count() == 1
    assert Look.objects.get().document == paper
    said = client_for(cast.bea).get(reverse("uploads:state", args=[session.public_id])).json()
    assert said["document"] == reverse("documents:document", args=[paper.public_id])
    address = reverse("documents:original", args=[paper.public_id, original.public_id])
    handed_out = client_for(cast.olga).get(address)
    assert (
        handed_out.status_code == 302 or b"".join(handed_out.streaming_content) == photo
    )  # 302: by its bucket
    entry = Entry.objects.get(action="document.downloaded")
    assert (entry.object_id, entry.detail["original"]) == (str(paper.public_id), str(original.public_id))
    assert client_for(cast.cole).get(address).status_code == 404
    page = reverse("documents:document", args=[original.public_id])
    assert client_for(cast.olga).get(page).status_code == 404


def test_the_same_photo_again_says_so(asked, cast, store) -> None:
    first = received(asked, cast.bea, "a.jpg", picture())
    again = received(asked, cast.bea, "b.jpg", picture())
    hint = next(hint for hint in again.hints if hint["code"] == "duplicate")
    assert hint["document"] == str(first.public_id), "the paper, not the photo behind it"


def test_what_was_taken_back_is_no_duplicate(asked, cast, store) -> None:
    first = received(asked, cast.bea)
    Document.objects.filter(pk=first.pk).update(disposed_at=timezone.now())
    assert received(asked, cast.bea).hints == []


def test_a_photo_that_makes_no_paper_is_refused_and_leaves_nothing(asked, cast, store, monkeypatch) -> None:
    def fail(pictures):
        raise inspection.ChildFailed("too slow")

    monkeypatch.setattr(composing, "compose", fail)
    session = sent_and_checked(asked, cast.bea, "a.jpg", picture())
    assert (session.state, session.reason) == (State.REJECTED, "broken")
    assert not Document.objects.exists() and list(store.keys("documents/")) == []


def test_a_full_disk_between_photo_and_paper_leaves_neither(asked, cast, store, monkeypatch) -> None:
    from documents.storage.base import StorageFull

    def full(**_more):
        raise StorageFull

    session = send(asked, cast.bea, "a.jpg", picture())
    monkeypatch.setattr(storing, "store_spool", full)
    services.check_upload(session.public_id)
    session.refresh_from_db()
    assert session.state == State.RECEIVED
    assert not Document.objects.exists() and list(store.keys("documents/")) == []
    monkeypatch.undo()
    UploadSession.objects.update(not_before=None)
    assert services.check_upload(session.public_id).state == State.CLEAN


def test_a_photo_among_others_waits_for_them(asked, cast, store, client_for) -> None:
    group = UploadGroup.objects.create(
        loan=cast.loan, request=asked, uploader=cast.bea, name="x.pdf",
        expires_at=timezone.now() + timedelta(hours=1),
    )  # fmt: skip
    session = send(asked, cast.bea, "a.jpg", picture())
    UploadSession.objects.update(group=group)
    assert services.check_upload(session.public_id).state == State.CLEAN
    kept = Document.objects.get()
    assert (kept.is_original, kept.session, kept.made_into) == (True, session, None)
    said = client_for(cast.bea).get(reverse("uploads:state", args=[session.public_id])).json()
    assert said["state"] == "scanning" and "document" not in said
    asked.refresh_from_db()
    assert asked.state == "owed", "nothing has come yet"
