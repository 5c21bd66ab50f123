"""A file on its way: opened, signed for, sent in one piece or in parts, complete, cancelled; and what is not let in."""

import io
from collections import namedtuple
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from documents import services
from documents.models import Request, UploadSession
from documents.storage import tokens
from loans.stages import Stage
from tests.documents import files
from tests.documents.conftest import Browser, ask, parts_of, send, stored_bytes

State = UploadSession.State
Usage = namedtuple("Usage", "total used free")


def in_xml(answer, name):
    return answer.content.decode().partition(f"<{name}>")[2].partition(f"</{name}>")[0]


# --- The straight way ----------------------------------------------------------------------------------------


@pytest.mark.embedded("speaks to the folder and its own addresses")
def test_one_piece(asked, sender, store):
    data = files.pdf()
    opened = sender.open(asked, "statement.pdf", len(data)).json()
    assert opened["uploadId"] == ""
    answer = sender.client.put(sender.address(opened, "PUT"), data, content_type="application/pdf")
    assert answer.status_code == 200
    assert answer["ETag"].startswith('"')
    assert sender.post(opened["complete"]).json()["state"] == "received"

    session = UploadSession.objects.get()
    assert (session.name, session.size, session.key) == ("statement.pdf", len(data), opened["key"])
    assert stored_bytes(session.key) == data
    stored = store.root / session.key
    assert stored.stat().st_mode & 0o777 == 0o600
    assert stored.parent.stat().st_mode & 0o777 == 0o700
    assert not list((store.root / "incoming").iterdir())
    said = list(
        Entry.objects.about("documents.uploadsession", session.public_id).values_list("action", flat=True)
    )
    assert said == ["upload.received", "upload.opened"]


@pytest.fixture
def small_parts(settings):
    settings.UPLOAD_PART_BYTES = 1000


def start_parts(sender, asked, data):
    opened = sender.open(asked, "long.pdf", len(data)).json()
    answer = sender.client.post(sender.address(opened, "POST"), b"", content_type="application/pdf")
    return opened, in_xml(answer, "UploadId")


def finish_parts(sender, opened, upload_id, etags):
    listed = "".join(f"<Part><PartNumber>{n}</PartNumber><ETag>{etag}</ETag></Part>" for n, etag in etags)
    said = f"<CompleteMultipartUpload>{listed}</CompleteMultipartUpload>"
    address = sender.address(opened, "POST", upload_id)
    return sender.client.post(address, said, content_type="application/xml")


@pytest.mark.embedded("speaks to the folder and its own addresses")
def test_in_parts_with_a_cut_in_the_middle(asked, sender, store, small_parts):
    data = files.pdf(8)
    pieces = parts_of(data)
    assert len(pieces) > 3
    opened, upload_id = start_parts(sender, asked, data)
    for number, piece in enumerate(pieces[:2], start=1):
        address = sender.address(opened, "PUT", upload_id, number)
        assert sender.client.put(address, piece).status_code == 200

    # The page is closed and the same file picked again: the open session comes back with what has arrived.
    again = sender.open(asked, "long.pdf", len(data)).json()
    assert (again["id"], again["uploadId"]) == (opened["id"], upload_id)
    listed = sender.client.get(sender.address(again, "GET", upload_id)).content.decode()
    assert listed.count("<Part>") == 2
    etags = {1: listed.split("<ETag>")[1].split("<")[0], 2: listed.split("<ETag>")[2].split("<")[0]}
    for number, piece in enumerate(pieces[2:], start=3):
        answer = sender.client.put(sender.address(again, "PUT", upload_id, number), piece)
        etags[number] = answer["ETag"].strip('"')
    done = finish_parts(sender, again, upload_id, etags.items())
    assert in_xml(done, "Key") == opened["key"]
    assert done["Content-Type"] == "application/xml"
    # The answer was lost on the way: asked again, it is the same.
    assert finish_parts(sender, again, upload_id, etags.items()).content == done.content
    assert sender.post(opened["complete"]).json()["state"] == "received"
    assert stored_bytes(opened["key"]) == data
    assert not list((store.root / "parts").iterdir())


@pytest.mark.embedded("speaks to the folder and its own addresses")
def test_complete_twice_is_once(asked, sender):
    data = files.pdf()
    opened = sender.open(asked, "a.pdf", len(data)).json()
    sender.client.put(sender.address(opened, "PUT"), data)
    first, second = sender.post(opened["complete"]), sender.post(opened["complete"])
    assert first.json() == second.json()
    assert Entry.objects.filter(action="upload.received").count() == 1


def test_complete_before_the_bytes_is_refused_and_can_go_on(asked, sender):
    opened = sender.open(asked, "a.pdf", 100).json()
    answer = sender.post(opened["complete"])
    assert answer.status_code == 422
    assert answer.json()["refused"]["code"] == "incomplete"
    assert UploadSession.objects.get().state == State.CREATED


@pytest.mark.embedded("speaks to the folder and its own addresses")
def test_cancelling_leaves_nothing(asked, sender, store, small_parts):
    data = files.pdf(8)
    opened, upload_id = start_parts(sender, asked, data)
    address = sender.address(opened, "PUT", upload_id, 1)
    assert sender.client.put(address, data[:1000]).status_code == 200
    assert sender.post(opened["abort"]).json()["state"] == "aborted"
    assert not list((store.root / "parts").iterdir())
    assert sender.client.put(address, data[:1000]).status_code == 403, "the address died with the upload"
    assert sender.sign(opened, "PUT", upload_id, 2).status_code == 409
    assert sender.post(opened["complete"]).json()["state"] == "aborted"


# --- Signed addresses ----------------------------------------------------------------------------------------


@pytest.fixture
def opened(asked, sender):
    return sender.open(asked, "a.pdf", 100).json()


@pytest.mark.embedded("speaks to the folder and its own addresses")
def test_a_forged_address_is_refused(opened, sender):
    address = sender.address(opened, "PUT")
    token = address.rstrip("/").rpartition("/")[2]
    forged = reverse("uploads:object", args=[token[:-2] + ("AA" if token[-2:] != "AA" else "BB")])
    assert sender.client.put(forged, b"x" * 100).status_code == 403
    other_salt = signing.dumps({"verb": "put", "key": opened["key"], "length": 100}, salt="something else")
    assert sender.client.put(reverse("uploads:object", args=[other_salt]), b"x" * 100).status_code == 403
    assert UploadSession.objects.get().state == State.UPLOADING


@pytest.mark.embedded("speaks to the folder and its own addresses")
def test_an_address_dies_after_a_quarter_of_an_hour(opened, sender, time_machine_at):
    address = sender.address(opened, "PUT")
    with time_machine_at(timezone.now() + timedelta(minutes=16)):
        answer = sender.client.put(address, b"x" * 100)
    assert answer.status_code == 403
    assert in_xml(answer, "Code") == "ExpiredToken"
    assert sender.client.put(address, b"x" * 100).status_code == 200


@pytest.fixture
def time_machine_at():
    import time_machine

    return lambda moment: time_machine.travel(moment, tick=True)


@pytest.mark.embedded("speaks to the folder and its own addresses")
@pytest.mark.parametrize("length", [0, 99, 101, 5000])
def test_only_the_length_that_was_signed(opened, sender, store, length):
    address = sender.address(opened, "PUT")
    assert sender.client.put(address, b"x" * length).status_code == 403
    assert store.head(opened["key"]) is None


@pytest.mark.embedded("speaks to the folder and its own addresses")
def test_a_body_shorter_than_its_header_leaves_nothing(opened, sender, store):
    address = sender.address(opened, "PUT")
    cut = {"wsgi.input": io.BytesIO(b"x" * 60), "CONTENT_LENGTH": "100"}
    answer = sender.client.generic("PUT", address, b"", **cut)
    assert answer.status_code == 400
    assert store.head(opened["key"]) is None
    assert not list((store.root / "incoming").iterdir())


@pytest.mark.embedded("speaks to the folder and its own addresses")
def test_an_address_is_for_one_verb(opened, sender):
    address = sender.address(opened, "PUT")
    for method in ("get", "post", "delete", "patch", "head", "options"):
        assert getattr(sender.client, method)(address).status_code == 403


@pytest.mark.embedded("speaks to the folder and its own addresses")
def test_what_lies_there_is_never_written_over(opened, sender, store):
    address = sender.address(opened, "PUT")
    assert sender.client.put(address, b"x" * 100).status_code == 200
    assert sender.client.put(address, b"y" * 100).status_code == 412
    assert stored_bytes(opened["key"]) == b"x" * 100


@pytest.mark.embedded("speaks to the folder and its own addresses")
def test_after_complete_no_address_is_left(opened, sender):
    address = sender.address(opened, "PUT")
    sender.client.put(address, b"x" * 100)
    sender.post(opened["complete"])
    assert sender.client.put(address, b"y" * 100).status_code == 403
    assert sender.sign(opened, "PUT").status_code == 409


@pytest.mark.embedded("speaks to the folder and its own addresses")
def test_the_address_needs_no_session_and_no_form_token(opened, sender):
    nobody = Client(enforce_csrf_checks=True)
    assert nobody.put(sender.address(opened, "PUT"), b"x" * 100).status_code == 200


def test_everything_else_needs_the_form_token(asked, opened, client_for, cast):
    from tests.cast import sign_in

    strict = Browser(sign_in(Client(enforce_csrf_checks=True), cast.bea))
    assert strict.open(asked, "a.pdf", 100).status_code == 403
    for name in ("sign", "complete", "abort"):
        assert strict.post(opened[name]).status_code == 403
    plain = strict.client.post(reverse("uploads:plain"), {"request": str(asked.public_id)})
    assert plain.status_code == 403


@pytest.mark.parametrize(
    ("method", "upload_id", "part"),
    [
        ("PUT", "", 1), ("PUT", "a" * 32, 0), ("PUT", "a" * 32, 2), ("GET", "", None), ("DELETE", "", None),
        ("PATCH", "", None),
    ],
)  # fmt: skip
def test_nonsense_is_not_signed(opened, sender, method, upload_id, part):
    assert sender.sign(opened, method, upload_id, part).status_code == 409


@pytest.mark.embedded("speaks to the folder and its own addresses")
def test_another_upload_id_is_not_signed(asked, sender, small_parts):
    opened, upload_id = start_parts(sender, asked, files.pdf(8))
    assert sender.sign(opened, "PUT", upload_id, 1).status_code == 200
    assert sender.sign(opened, "PUT", "b" * 32, 1).status_code == 409


@pytest.mark.embedded("speaks to the folder and its own addresses")
def test_an_upload_id_is_no_path(opened, sender, store):
    permit = tokens.Permit(verb="put_part", key=opened["key"], upload_id="../../../etc", part=1, length=4)
    assert sender.client.put(tokens.address(permit), b"evil").status_code == 404
    permit = tokens.Permit(verb="put", key="quarantine/../../evil", length=4)
    assert sender.client.put(tokens.address(permit), b"evil").status_code == 403


# --- Whose it is ---------------------------------------------------------------------------------------------


def test_nobody_else_reaches_an_upload(opened, cast, client_for):
    for who in (cast.cole, cast.nils, cast.olga, cast.mara, cast.stef):
        other = Browser(client_for(who))
        assert other.client.get(opened["state"]).status_code == 404
        for name in ("sign", "complete", "abort"):
            assert other.post(opened[name]).status_code == 404
    nobody = Browser(Client())
    assert nobody.client.get(opened["state"]).status_code == 302
    assert nobody.post(opened["sign"]).status_code == 302


def test_only_the_person_asked_may_send(asked, cast, client_for):
    for who in (cast.cole, cast.nils, cast.olga, cast.otto, cast.mara, cast.stef):
        assert Browser(client_for(who)).open(asked, "a.pdf", 100).status_code == 404


@pytest.mark.parametrize(
    "said", [b"", b"[]", b"null", b"{", b'{"request": "1"}', b'{"request": 7}', b"\xff\xfe"]
)
def test_nonsense_in_the_question_is_404(sender, asked, said):
    answer = sender.client.post(reverse("uploads:create"), said, content_type="application/json")
    assert answer.status_code == 404


# --- What is not let in --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "name", "size"),
    [
        ("empty", "a.pdf", 0),
        ("empty", "a.pdf", -1),
        ("empty", "a.pdf", "many"),
        ("too_large", "a.pdf", 50 * 1024 * 1024 + 1),
        ("wrong_type", "budget.xlsx", 100),
        ("wrong_type", "program.exe", 100),
        ("wrong_type", "noending", 100),
        ("wrong_type", "invoice\u202efdp.exe", 100),
        ("wrong_type", "drawing.svg", 100),
    ],
)
def test_refused_before_anything_is_sent(asked, sender, code, name, size):
    answer = sender.open(asked, name, size)
    assert answer.status_code == 422
    refused = answer.json()["refused"]
    assert refused["code"] == code
    assert refused["wrong"] and refused["mend"]
    assert not UploadSession.objects.exists()


def code_of(answer):
    assert answer.status_code == 422, answer.content
    return answer.json()["refused"]["code"]


@pytest.mark.parametrize(
    "stage", [Stage.FUNDED, Stage.WITHDRAWN, Stage.DENIED, Stage.INCOMPLETE, Stage.STARTED]
)
def test_uploads_are_closed_where_the_table_says_so(asked, sender, stage):
    asked.loan.stage = stage
    asked.loan.save(update_fields=["stage"])
    assert code_of(sender.open(asked, "a.pdf", 100)) == "closed"


def test_nothing_more_for_what_is_accepted(asked, sender):
    Request.objects.filter(pk=asked.pk).update(state=Request.State.ACCEPTED)
    assert code_of(sender.open(asked, "a.pdf", 100)) == "settled"


def test_quotas(asked, sender, settings):
    settings.UPLOADS_PER_MINUTE = 2
    assert sender.open(asked, "1.pdf", 100, 1).status_code == 201
    assert sender.open(asked, "2.pdf", 100, 2).status_code == 201
    assert code_of(sender.open(asked, "3.pdf", 100, 3)) == "too_fast"
    settings.UPLOADS_PER_MINUTE = 60
    settings.UPLOAD_FILES_PER_LOAN = 2
    assert code_of(sender.open(asked, "3.pdf", 100, 3)) == "too_many_files"
    settings.UPLOAD_FILES_PER_LOAN = 100
    settings.UPLOAD_MB_PER_DAY = 1
    assert code_of(sender.open(asked, "3.pdf", 2**20, 3)) == "too_much_today"
    settings.UPLOAD_MB_PER_DAY, settings.UPLOAD_MB_PER_LOAN = 100, 1
    assert code_of(sender.open(asked, "3.pdf", 2**20, 3)) == "too_many_files"
    settings.UPLOAD_MB_PER_LOAN = 100
    assert sender.open(asked, "3.pdf", 2**20, 3).status_code == 201


@pytest.mark.embedded("speaks to the folder and its own addresses")
def test_a_full_disk(asked, sender, store, monkeypatch):
    opened = sender.open(asked, "a.pdf", 100).json()
    monkeypatch.setattr("documents.storage.local.shutil.disk_usage", lambda path: Usage(1000, 801, 199))
    assert code_of(sender.open(asked, "b.pdf", 100)) == "disk_full"
    address = sender.address(opened, "PUT")
    answer = sender.client.put(address, b"x" * 100)
    assert answer.status_code == 507
    monkeypatch.undo()
    assert sender.client.put(address, b"x" * 100).status_code == 200, (
        "the upload goes on when there is room again"
    )


@pytest.mark.embedded("speaks to the folder and its own addresses")
def test_a_disk_that_fills_up_while_writing(asked, sender, store, monkeypatch):
    import errno

    opened = sender.open(asked, "a.pdf", 100).json()

    def full(handle):
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr("documents.storage.local.os.fsync", full)
    assert sender.client.put(sender.address(opened, "PUT"), b"x" * 100).status_code == 507
    assert not list((store.root / "incoming").iterdir())


# --- Without JavaScript --------------------------------------------------------------------------------------


@pytest.fixture
def form(asked, client_for, cast):
    client = client_for(cast.bea)

    def post(*sent, to=asked):
        chosen = [SimpleUploadedFile(name, data) for name, data in sent]
        return client.post(
            reverse("uploads:plain"), {"request": str(to.public_id), "file": chosen}, follow=False
        )

    return post


def told(answer):
    from django.contrib.messages import get_messages

    return [(message.level_tag, str(message)) for message in get_messages(answer.wsgi_request)]


def test_the_plain_form_takes_several_files(asked, form):
    answer = form(("one.pdf", files.pdf()), ("two.jpg", files.picture()))
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"#request-{asked.public_id}")
    assert [level for level, _text in told(answer)] == ["success"]
    assert set(UploadSession.objects.values_list("name", "state")) == {
        ("one.pdf", State.RECEIVED),
        ("two.jpg", State.RECEIVED),
    }


def test_the_plain_form_refuses_one_and_takes_the_other(asked, form):
    answer = form(("one.pdf", files.pdf()), ("two.xlsx", b"PK"), ("three.pdf", b""))
    assert [level for level, _text in told(answer)] == ["error", "error", "success"]
    assert "two.xlsx: We cannot take this kind of file." in told(answer)[0][1]
    assert UploadSession.objects.count() == 1


def test_the_plain_form_without_a_file(asked, form):
    assert told(form())[0][0] == "error"


def test_the_plain_form_is_for_the_person_asked(form, cast):
    assert form(("one.pdf", files.pdf()), to=ask(cast.loan, cast.cole_party)).status_code == 404


def test_a_body_that_is_too_long_is_refused_unread(asked, cast, client_for):
    class Unread:
        def read(self, *args):
            raise AssertionError("the body was read")

        readline = read

    answer = client_for(cast.bea).generic(
        "POST", reverse("uploads:plain"), b"", content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(django_settings.MAX_UPLOAD_BYTES * 5), **{"wsgi.input": Unread()},
    )  # fmt: skip
    assert answer.status_code == 413


# --- The broker is only a hint -------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_dead_broker_fails_nothing(asked, cast, monkeypatch):
    from celery import current_app

    def dead(*args, **kwargs):
        raise ConnectionError("broker down")

    monkeypatch.setattr(current_app, "send_task", dead)
    session = send(asked, cast.bea, "a.pdf", files.pdf())
    assert session.state == State.RECEIVED
    assert services.sweep()["checked"] == 1
    session.refresh_from_db()
    assert session.state == State.CLEAN
