"""The worker's side: claim, check, keep or refuse; what dies on the way; what is swapped, late, or forgotten."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from audit.models import Entry
from documents import events, inspection, services
from documents.models import Document, UploadSession
from documents.refusals import REFUSALS, refusal
from documents.services import checking, storing, sweeping
from documents.services.making import Found
from documents.spool import Spool
from documents.storage.base import StorageFull
from documents.tasks import check, sweep
from tests.documents import files
from tests.documents.conftest import ask, received, send, sent_and_checked, stored_bytes

State = UploadSession.State


@pytest.fixture
def heard():
    said = []

    def hear(sender, signal, **more):
        said.append("received" if signal is events.document_received else "refused")

    events.document_received.connect(hear)
    events.upload_refused.connect(hear)
    yield said
    events.document_received.disconnect(hear)
    events.upload_refused.disconnect(hear)


def test_a_good_file_becomes_a_document(asked, cast, store, heard):
    data = files.pdf(3)
    session = send(asked, cast.bea, "statement.pdf", data)
    check(str(session.public_id))
    session.refresh_from_db()
    document = session.document
    assert session.state == State.CLEAN
    assert (document.pages, document.size, document.content_type) == (3, len(data), "application/pdf")
    assert (document.name, document.uploader, document.review) == ("statement.pdf", cast.bea, "pending")
    assert (
        document.key.startswith("documents/") and document.key.removeprefix("documents/") not in session.key
    )
    assert stored_bytes(document.key) == data
    assert store.head(session.key) is None, "nothing is left in quarantine"
    assert session.bytes_deleted_at
    asked.refresh_from_db()
    cast.loan.refresh_from_db()
    assert (asked.state, cast.loan.to_review) == ("in_review", 1)
    assert heard == ["received"]
    entry = Entry.objects.get(action="document.received")
    assert entry.detail["sha256"] == document.sha256
    # It may run twice.
    check(str(session.public_id))
    assert Document.objects.count() == 1
    assert heard == ["received"]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("locked.pdf", files.locked_pdf(), "locked"),
        ("broken.pdf", files.broken_pdf(), "broken"),
        ("program.pdf", files.program(), "lying_name"),
        ("both.pdf", files.html_polyglot(), "lying_name"),
        ("bomb.pdf", files.nested_forms_bomb(), "unsafe_structure"),
        ("huge.png", files.huge_png(), "too_many_pixels"),
    ],
)
def test_a_bad_file_is_refused_and_deleted_at_once(asked, cast, store, heard, name, data, reason):
    session = sent_and_checked(asked, cast.bea, name, data)
    assert (session.state, session.reason) == (State.REJECTED, reason)
    assert store.head(session.key) is None
    assert not Document.objects.exists()
    assert list(store.keys("documents/")) == []
    asked.refresh_from_db()
    assert asked.state == "owed"
    assert heard == ["refused"]
    assert Entry.objects.get(action="upload.rejected").detail == {"reason": reason}


def test_every_refusal_says_what_and_how_to_mend():
    for code in REFUSALS:
        words = refusal(code)
        assert len(str(words.wrong)) > 10 and len(str(words.mend)) > 10
        assert "%(" not in f"{words.wrong}{words.mend}"
    told = refusal("lying_name", true_type="image/png")
    assert "a PNG picture" in told.wrong and "“.png”" in told.mend
    assert "50 MB" in refusal("too_large").wrong


def test_the_same_file_twice_says_so(asked, cast):
    from documents.progress import document_row

    first = received(asked, cast.bea)
    again = received(asked, cast.bea, "copy.pdf")
    assert again.hints == [
        {"code": "duplicate", "on": first.received_at.isoformat(), "document": str(first.public_id)}
    ]
    assert document_row(again, cast.bea).same_as_on == first.received_at
    assert document_row(first, cast.bea).same_as_on is None


def test_the_same_file_of_the_other_borrower_is_told_to_the_team_alone(asked, cast):
    from documents.progress import document_row

    first = received(asked, cast.bea)
    other = received(ask(cast.loan, cast.cole_party), cast.cole)
    assert document_row(other, cast.cole).same_as_on is None
    assert document_row(other, cast.olga).same_as_on == first.received_at


def test_the_same_file_on_another_loan_is_no_hint(asked, cast):
    received(asked, cast.bea)
    assert received(ask(cast.other_loan, cast.nils_party), cast.nils).hints == []


# --- Leases --------------------------------------------------------------------------------------------------


def late(session):
    UploadSession.objects.filter(pk=session.pk).update(leased_until=timezone.now() - timedelta(seconds=1))


def test_only_one_claims(asked, cast):
    session = send(asked, cast.bea, "a.pdf", files.pdf())
    first = checking.claim(session.public_id)
    assert first is not None and first.attempts == 1
    assert checking.claim(session.public_id) is None
    assert services.check_upload(session.public_id) is None
    assert sweeping.sweep()["returned"] == 0, "its lease still runs"


def test_a_dead_worker_is_replaced_and_changes_nothing_when_it_comes_back(asked, cast, store, heard):
    session = send(asked, cast.bea, "a.pdf", files.pdf())
    dead = checking.claim(session.public_id)
    late(session)
    done = sweep()
    assert (done["returned"], done["checked"]) == (1, 1)
    session.refresh_from_db()
    assert (session.state, session.attempts, session.deaths) == (State.CLEAN, 2, 1)
    # The dead one wakes up and wants to finish.
    with Spool() as spool:
        spool.write(files.pdf())
        with pytest.raises(checking.LeaseLost):
            checking._keep(dead, spool, Found("application/pdf", 1))
        kept = [storing.store_spool(spool=spool, of=uuid4())]
        assert checking._settle(dead, kept, Found("application/pdf", 1)) is None
    assert checking.reject(dead, "broken") is False
    checking.release(dead)
    session.refresh_from_db()
    assert session.state == State.CLEAN
    assert Document.objects.count() == 1
    assert heard == ["received"]


def test_the_third_death_ends_it(asked, cast, store, heard):
    session = send(asked, cast.bea, "a.pdf", files.pdf())
    for _ in range(2):
        assert checking.claim(session.public_id)
        late(session)
        assert sweeping._take_back_leases() == 1
    assert checking.claim(session.public_id)
    late(session)
    sweeping._take_back_leases()
    session.refresh_from_db()
    assert (session.state, session.reason, session.deaths) == (State.REJECTED, "unreadable", 3)
    assert store.head(session.key) is None
    assert heard == ["refused"]


def test_a_worker_that_is_killed_leaves_a_row_that_can_go_on(asked, cast, store, monkeypatch):
    """The check ends in the middle, as when the process is killed: nothing after it runs."""

    class Killed(BaseException):
        pass

    def kill(path, promised):
        raise Killed

    session = send(asked, cast.bea, "a.pdf", files.pdf())
    monkeypatch.setattr(inspection, "inspect", kill)
    with pytest.raises(Killed):
        services.check_upload(session.public_id)
    monkeypatch.undo()
    session.refresh_from_db()
    assert session.state == State.SCANNING
    late(session)
    sweeping.sweep()
    session.refresh_from_db()
    assert session.state == State.CLEAN


@pytest.mark.embedded("a bucket copies by itself")
def test_a_full_disk_is_not_the_files_fault(asked, cast, store, monkeypatch):
    session = send(asked, cast.bea, "a.pdf", files.pdf())

    def full(self, key, chunks, length, seal=None):
        raise StorageFull

    monkeypatch.setattr(type(store), "put", full)
    for _ in range(4):
        services.check_upload(session.public_id)
        session.refresh_from_db()
        assert (session.state, session.deaths) == (State.RECEIVED, 0)
        assert session.not_before > timezone.now()
        assert services.check_upload(session.public_id) is None, "not before its time"
        UploadSession.objects.filter(pk=session.pk).update(not_before=timezone.now())
    monkeypatch.undo()
    assert services.check_upload(session.public_id).state == State.CLEAN


# --- Swapped bytes -------------------------------------------------------------------------------------------


@pytest.mark.embedded("speaks to the folder and its own addresses")
def test_other_bytes_under_the_key_are_refused(asked, cast, store):
    session = send(asked, cast.bea, "a.pdf", files.pdf())
    path = store.root / session.key
    path.unlink()
    path.write_bytes(files.pdf())
    assert services.check_upload(session.public_id).reason == "changed"


def test_bytes_that_vanished_are_refused(asked, cast, store):
    session = send(asked, cast.bea, "a.pdf", files.pdf())
    store.delete(session.key)
    assert services.check_upload(session.public_id).reason == "changed"


@pytest.mark.embedded("speaks to the folder and its own addresses")
def test_a_swap_during_the_check_keeps_what_was_checked(asked, cast, store, monkeypatch):
    data = files.pdf()
    session = send(asked, cast.bea, "a.pdf", data)
    inspect = inspection.inspect

    def swap(path, promised):
        verdict = inspect(path, promised)
        (store.root / session.key).write_bytes(files.program())
        return verdict

    monkeypatch.setattr(inspection, "inspect", swap)
    document = services.check_upload(session.public_id).document
    assert stored_bytes(document.key) == data


# --- The sweep -----------------------------------------------------------------------------------------------


@pytest.mark.embedded("speaks to the folder and its own addresses")
def test_the_sweep_expires_what_never_came(asked, cast, store):
    session = services.open_session(
        target=services.target_of_request(asked), user=cast.bea, name="a.pdf", size=100, last_modified=5
    )
    upload_id = store.create_multipart(session.key)
    assert sweeping.sweep()["expired"] == 0
    UploadSession.objects.filter(pk=session.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    done = sweeping.sweep()
    assert (done["expired"], done["deleted"]) == (1, 1)
    session.refresh_from_db()
    assert session.state == State.EXPIRED
    assert not (store.root / "parts" / f"{session.key.removeprefix('quarantine/')}.{upload_id}").exists()
    again = services.open_session(
        target=services.target_of_request(asked), user=cast.bea, name="a.pdf", size=100, last_modified=5
    )
    assert again.pk != session.pk
    assert not any(sweeping.sweep().values())


@pytest.mark.embedded("speaks to the folder and its own addresses")
def test_the_sweep_deletes_what_a_killed_worker_left(asked, cast, store):
    session = sent_and_checked(asked, cast.bea, "a.pdf", files.pdf())
    (store.root / session.key).write_bytes(b"left over")
    UploadSession.objects.filter(pk=session.pk).update(bytes_deleted_at=None)
    assert sweeping.sweep()["deleted"] == 1
    assert store.head(session.key) is None
    assert store.head(session.document.key)


@pytest.mark.django_db(transaction=True)
def test_many_workers_make_each_document_once(cast, asked, store):
    sessions = [send(asked, cast.bea, f"{number}.pdf", files.pdf(1, f"n{number}")) for number in range(6)]
    faults = []

    def work():
        try:
            for session in sessions:
                services.check_upload(session.public_id)
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert Document.objects.count() == 6
    assert set(UploadSession.objects.values_list("state", "attempts")) == {(State.CLEAN, 1)}
    cast.loan.refresh_from_db()
    assert cast.loan.to_review == 6
