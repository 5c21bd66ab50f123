"""The one door out: who may, which headers, one audit entry each time; and whether storage and database agree."""

import hashlib
import json

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.urls import reverse

from audit.models import Entry
from documents.models import Document, NeedWording
from documents.storage import file_store
from tests.documents import files
from tests.documents.conftest import ask, received, send, sent_and_checked


@pytest.fixture
def document(asked, cast):
    return received(asked, cast.bea, "Kontoauszug “März”; 2026.pdf")


def page(document):
    return reverse("documents:document", args=[document.public_id])


def bytes_of(answer):
    return b"".join(answer.streaming_content)


@pytest.mark.embedded("a bucket hands out papers by itself: test_s3.py")
def test_headers_bytes_and_the_entry(document, cast, client_for):
    answer = client_for(cast.olga).get(page(document), {"download": "1"})
    assert answer.status_code == 200
    assert bytes_of(answer) == files.pdf()
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''Kontoauszug%20")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Length"] == str(document.size)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    entry = Entry.objects.get(action="document.downloaded")
    assert entry.actor == f"user:{cast.olga.public_id}"
    assert (entry.object_id, entry.loan_id) == (str(document.public_id), str(cast.loan.public_id))


@pytest.mark.embedded("a bucket hands out papers by itself: test_s3.py")
def test_an_unknown_type_is_a_plain_download(document, cast, client_for):
    Document.objects.filter(pk=document.pk).update(content_type="text/html", name='a"b\r\nX: y.html')
    answer = client_for(cast.bea).get(page(document), {"download": "1"})
    assert answer["Content-Type"] == "application/octet-stream"
    assert "\n" not in answer["Content-Disposition"]
    assert answer["Content-Disposition"].startswith("attachment;")


@pytest.mark.parametrize("query", [{}, {"download": "1"}])
def test_who_may_open_it(document, cast, client_for, query):
    allowed = {"bea", "olga", "mara"}
    handed_out = 302 if query and settings.AWS_STORAGE_BUCKET_NAME else 200
    for name, person in cast.everybody().items():
        answer = client_for(person).get(page(document), query)
        assert answer.status_code == (handed_out if name in allowed else 404), name
    assert client_for(None).get(page(document), query).status_code == 302
    assert Entry.objects.filter(action="document.downloaded").count() == (3 if query else 0)


def test_a_new_officer_sees_it_and_the_old_one_no_longer(document, cast, client_for):
    cast.loan.officer = cast.otto
    cast.loan.save(update_fields=["officer"])
    assert client_for(cast.otto).get(page(document)).status_code == 200
    assert client_for(cast.olga).get(page(document)).status_code == 404


def test_the_page_says_what_was_received(document, cast, client_for):
    text = client_for(cast.bea).get(page(document)).content.decode()
    for words in ("Kontoauszug “März”; 2026.pdf", "Bea Nguyen", "In review", "Bank statements", "1011"):
        assert words in text or words == "1011"
    assert f"{page(document)}?download=1" in text


def test_the_line_by_itself(document, asked, cast, client_for):
    address = reverse("documents:row", args=[asked.public_id])
    text = client_for(cast.bea).get(address).content.decode()
    assert "<html" not in text and f'id="request-{asked.public_id}"' in text
    assert "In review" in text
    for stranger in (cast.cole, cast.nils, cast.otto, cast.stef):
        assert client_for(stranger).get(address).status_code == 404


def test_names_are_escaped(asked, cast, client_for):
    document = received(asked, cast.bea, "<img src=x onerror=alert(1)>.pdf")
    for address in (page(document), reverse("documents:row", args=[asked.public_id])):
        assert "<img src=x" not in client_for(cast.bea).get(address).content.decode()


@pytest.mark.embedded("a bucket hands out papers by itself: test_s3.py")
def test_missing_bytes_are_404_not_a_half_answer(document, cast, client_for):
    file_store().delete(document.key)
    assert client_for(cast.bea).get(page(document), {"download": "1"}).status_code == 404
    assert not Entry.objects.filter(action="document.downloaded").exists()


def test_nothing_in_quarantine_is_reachable(asked, cast, client_for):
    session = send(asked, cast.bea, "a.pdf", files.pdf())
    client = client_for(cast.bea)
    for address in (
        f"/documents/{session.public_id}/?download=1",
        f"/media/{session.key}",
        f"/static/{session.key}",
    ):
        assert client.get(address).status_code == 404


# --- Does the storage agree? ---------------------------------------------------------------------------------


def audited(capsys):
    try:
        call_command("audit_storage", "--json")
        code = 0
    except CommandError as error:
        code = error.returncode
    return code, json.loads(capsys.readouterr().out)


def test_storage_and_database_agree(document, asked, cast, capsys):
    sent_and_checked(asked, cast.bea, "locked.pdf", files.locked_pdf())
    send(asked, cast.bea, "waiting.pdf", files.pdf(2))
    code, said = audited(capsys)
    assert (code, said["faults"], said["orphans"]) == (0, 0, [])
    assert [(entry["key"], entry["size"], entry["sha256"]) for entry in said["documents"]] == [
        (document.key, document.size, document.sha256)
    ]


def test_the_audit_opens_photos_as_they_came_too(asked, cast, store, capsys):
    """Key, size and hash of the plain bytes: of the PDF that was made, and of the photo beside it."""
    photo = files.picture()
    paper = received(asked, cast.bea, "id.jpg", photo)
    code, said = audited(capsys)
    assert (code, len(said["documents"])) == (0, 2)
    by_kind = {entry["is_original"]: entry for entry in said["documents"]}
    assert by_kind[False]["sha256"] == paper.sha256
    assert (by_kind[True]["size"], by_kind[True]["stored_sha256"]) == (
        len(photo),
        hashlib.sha256(photo).hexdigest(),
    )
    assert all(entry["agrees"] for entry in said["documents"])


@pytest.mark.embedded("speaks to the folder and its own addresses")
def test_changed_missing_and_stray_bytes_are_found(document, asked, cast, store, capsys):
    missing = received(asked, cast.bea, "b.pdf", files.pdf(2))
    store.delete(missing.key)
    (store.root / document.key).write_bytes(files.pdf(3))
    (store.root / "documents" / ("0" * 32)).write_bytes(b"stray")
    code, said = audited(capsys)
    assert code == 1
    assert {entry["key"]: entry["fault"] for entry in said["documents"]} == {
        document.key: "does not open",
        missing.key: "missing",
    }
    assert said["orphans"] == ["documents/" + "0" * 32]


# --- The admin -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["request", "document", "uploadsession"])
def test_the_admin_looks_and_does_not_touch(document, cast, client_for, model):
    client = client_for(cast.stef)
    assert client.get(reverse(f"admin:documents_{model}_changelist")).status_code == 200
    row = {"request": document.request, "document": document, "uploadsession": document.session}[model]
    assert client.get(reverse(f"admin:documents_{model}_change", args=[row.pk])).status_code == 200
    assert client.get(reverse(f"admin:documents_{model}_add")).status_code == 403
    assert (
        client.post(reverse(f"admin:documents_{model}_delete", args=[row.pk]), {"post": "yes"}).status_code
        == 403
    )


def test_the_wording_of_needs_is_kept_with_who_did_it(cast, client_for):
    client = client_for(cast.stef)
    said = {"need": "photo_id", "title": "Driver's licence", "why": "", "what_counts": "", "is_asked": "on"}
    assert client.get(reverse("admin:documents_needwording_add")).status_code == 200
    assert client.post(reverse("admin:documents_needwording_add"), said).status_code == 302
    wording = NeedWording.objects.get()
    assert wording.title == "Driver's licence"
    assert Entry.objects.get(action="need.reworded").actor == f"user:{cast.stef.public_id}"
    refused = client.post(reverse("admin:documents_needwording_add"), {**said, "need": "no such need"})
    assert refused.status_code == 200
    assert "Select a valid choice" in refused.content.decode()


def test_asking_and_sending_need_an_account(asked):
    from django.test import Client

    for address in ("/uploads/", "/uploads/plain/"):
        assert Client().post(address).status_code == 302
    assert ask(asked.loan, asked.party).pk
