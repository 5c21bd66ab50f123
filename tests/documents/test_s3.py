"""
The bucket, on a real S3 server: what an address allows and what it does not, replays, parts, privacy, encryption, and
what happens when the storage goes away.
"""

import hashlib
import os
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from documents import services
from documents.models import Document, Request, UploadSession
from documents.services import target_of_request
from documents.storage import base
from documents.storage.base import DOCUMENTS, QUARANTINE, NotThere, NotTheSame, Signed, StorageFailed, new_key
from documents.storage.s3 import S3FileStore
from tests.cast import Cast
from tests.documents import files
from tests.documents.conftest import Browser, received
from tests.documents.s3 import InParts, ask, put
from tests.services import buckets
from tests.services.seaweed import SeaweedFS

pytestmark = [pytest.mark.services, pytest.mark.django_db]
State = UploadSession.State
PDF = files.pdf()
MEGABYTE = 2**20


@pytest.fixture
def bucket(store: Any) -> S3FileStore:
    assert isinstance(store, S3FileStore)
    return store


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SeaweedFS]:
    """One that may be stopped and looked into."""
    server = SeaweedFS(tmp_path_factory.mktemp("seaweed")).start()
    yield server
    server.stop()


@pytest.fixture
def own_bucket(own_server: SeaweedFS, settings: Any, monkeypatch: pytest.MonkeyPatch) -> S3FileStore:
    """The storage of the house for this test, on that server."""
    for name, value in (("", own_server.url), ("_KEY", own_server.key), ("_SECRET", own_server.secret)):
        monkeypatch.setenv(f"DOORSTEP_TEST_S3{name}", value)
    store = buckets.make_bucket("papers", origin=settings.PUBLIC_URL)
    buckets.empty(store)
    for name, value in buckets.environment_for("papers").items():
        setattr(settings, name, value)
    settings.S3_ENDPOINT = own_server.url
    return store


def signed_put(bucket: S3FileStore, length: int = len(PDF)) -> Signed:
    return bucket.sign(verb="put", key=new_key(QUARANTINE), length=length)


def opened(request: Request, cast: Cast, data: bytes, name: str = "statement.pdf") -> UploadSession:
    return services.open_session(
        target=target_of_request(request), user=cast.bea, name=name, size=len(data), last_modified=1
    )


def arrived(request: Request, cast: Cast, data: bytes = PDF) -> tuple[UploadSession, Signed]:
    """Sent by its address, and complete."""
    session = opened(request, cast, data)
    signed = services.sign(session=session, method="PUT")
    assert put(signed, data).status == 200
    return services.complete(session=session), signed


def long_pdf(megabytes: float) -> bytes:
    import io

    import pikepdf

    made = pikepdf.open(io.BytesIO(PDF))
    made.Root.Ballast = made.make_stream(os.urandom(int(megabytes * MEGABYTE)))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


# --- What an address allows ----------------------------------------------------------------------------------


def test_an_address_takes_exactly_what_it_was_made_for(bucket: S3FileStore) -> None:
    signed = signed_put(bucket)
    assert put(signed, PDF + b"x").status == 403, "longer"
    assert put(signed, PDF[:-1]).status == 403, "shorter"
    assert put(signed, PDF, **{"If-None-Match": ""}).status == 403, "without the condition"
    assert put(signed, PDF, **{"Content-Type": "text/html"}).status == 403, "as a page of a website"
    assert bucket.head(signed.key) is None
    assert put(signed, PDF).status == 200
    assert bucket.head(signed.key) == base.Stored(signed.key, len(PDF), hashlib.md5(PDF).hexdigest())
    assert put(signed, PDF).status == 412, "a second time"


def test_an_address_is_for_one_key_one_verb_and_a_quarter_of_an_hour(bucket: S3FileStore) -> None:
    signed = signed_put(bucket)
    other = signed.url.replace(signed.key, new_key(QUARANTINE))
    assert ask("PUT", other, PDF, signed.headers).status == 403, "another key"
    assert ask("GET", signed.url).status == 403 and ask("DELETE", signed.url).status == 403, "another verb"
    forged = re.sub("Signature=....", "Signature=0000", signed.url)
    assert ask("PUT", forged, PDF, signed.headers).status == 403
    with buckets.signing_at(timedelta(seconds=base.SIGNED_SECONDS + 5)):
        late = signed_put(bucket)
    assert put(late, PDF).status == 403
    with buckets.signing_at(timedelta(seconds=base.SIGNED_SECONDS - 60)):
        early = signed_put(bucket)
    assert put(early, PDF).status == 200, "the clock alone makes the difference"


def test_an_address_for_fetching_lasts_a_minute_and_says_what_the_browser_shows(bucket: S3FileStore) -> None:
    key = new_key(DOCUMENTS)
    bucket.put(key, [PDF], len(PDF))
    words = {"name": 'March "2026" – été.pdf', "content_type": "application/pdf"}
    address = bucket.address(key, **words)
    assert address and parse_qs(urlsplit(address).query)["X-Amz-Expires"] == ["60"]
    answer = ask("GET", address)
    assert answer.body == PDF
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "%C3%A9t%C3%A9.pdf" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert ask("GET", address.replace(key, new_key(DOCUMENTS))).status == 403
    assert ask("GET", address.replace("attachment", "inline")).status == 403
    with buckets.signing_at(timedelta(seconds=65)):
        late = bucket.address(key, **words)
    assert late and ask("GET", late).status == 403


def test_nothing_is_there_for_somebody_without_an_address(bucket: S3FileStore, settings: Any) -> None:
    key = new_key(DOCUMENTS)
    bucket.put(key, [PDF], len(PDF))
    for path in (key, "", "?list-type=2", "?location"):
        assert ask("GET", f"{settings.S3_ADDRESS}{path}").status == 403
    assert ask("PUT", f"{settings.S3_ADDRESS}{key}", b"x").status == 403
    assert ask("DELETE", f"{settings.S3_ADDRESS}{key}").status == 403
    assert b"".join(bucket.stream(key)) == PDF


def test_a_download_is_an_address_for_whom_it_concerns_and_written_down(
    asked: Request, cast: Cast, bucket: S3FileStore, client_for: Any
) -> None:
    document = received(asked, cast.bea, "Kontoauszug “März”; 2026.pdf")
    page = reverse("documents:document", args=[document.public_id])
    answer = client_for(cast.olga).get(page, {"download": "1"})
    assert (answer.status_code, answer["Referrer-Policy"]) == (302, "no-referrer")
    assert answer["Cache-Control"] == "private, no-store"
    fetched = ask("GET", answer["Location"])
    assert fetched.body == PDF
    assert fetched.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''Kontoauszug%20")
    entry = Entry.objects.get(action="document.downloaded")
    assert entry.actor == f"user:{cast.olga.public_id}" and entry.object_id == str(document.public_id)
    assert client_for(cast.nils).get(page, {"download": "1"}).status_code == 404
    Document.objects.filter(pk=document.pk).update(content_type="text/html", name="x.html")
    plain = client_for(cast.bea).get(page, {"download": "1"})
    assert ask("GET", plain["Location"]).headers["Content-Type"] == "application/octet-stream"


# --- Exchanged after the check -------------------------------------------------------------------------------


def test_bytes_sent_again_after_the_check_change_nothing(
    asked: Request, cast: Cast, bucket: S3FileStore
) -> None:
    session, signed = arrived(asked, cast)
    assert put(signed, PDF[::-1]).status == 412, "the address was good for once"
    services.check_upload(session.public_id)
    session.refresh_from_db()
    assert session.state == State.CLEAN
    assert put(signed, PDF[::-1]).status == 200, "nothing lies there any more, and nobody looks there again"
    document = Document.objects.get()
    assert b"".join(bucket.stream(document.key)) == PDF


def test_a_file_exchanged_before_it_is_read_is_refused(
    asked: Request, cast: Cast, bucket: S3FileStore
) -> None:
    session, _signed = arrived(asked, cast)
    bucket.client.put_object(Bucket=bucket.bucket, Key=session.key, Body=PDF[::-1])
    with pytest.raises(NotTheSame):
        bucket.stream(session.key, etag=session.etag)
    services.check_upload(session.public_id)
    session.refresh_from_db()
    assert (session.state, session.reason) == (State.REJECTED, "changed")
    assert not Document.objects.exists() and list(bucket.keys("")) == []


def test_a_file_exchanged_while_it_is_checked_is_refused(
    asked: Request, cast: Cast, bucket: S3FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    from documents import inspection

    session, _signed = arrived(asked, cast)
    inspect = inspection.inspect

    def exchanged_meanwhile(*given: Any) -> Any:
        verdict = inspect(*given)
        bucket.client.put_object(Bucket=bucket.bucket, Key=session.key, Body=PDF[::-1])
        return verdict

    monkeypatch.setattr(inspection, "inspect", exchanged_meanwhile)
    services.check_upload(session.public_id)
    session.refresh_from_db()
    assert (session.state, session.reason) == (State.REJECTED, "changed")
    assert not Document.objects.exists() and list(bucket.keys("")) == []


# --- In parts ------------------------------------------------------------------------------------------------


def test_a_large_file_goes_on_where_it_was_cut_off(asked: Request, cast: Cast, bucket: S3FileStore) -> None:
    data = long_pdf(11)
    before = InParts(opened(asked, cast, data), data)
    before.begin()
    used = before.send(1)
    assert put(before.sign("PUT", 2), before.parts[1] + b"x").status == 403, "longer than the part"

    again = opened(asked, cast, data)
    assert again.multipart_id == before.upload_id and again.pk == before.session.pk
    after = InParts(again, data)
    after.etags = after.arrived()
    assert list(after.etags) == [1]
    for number in (2, 3):
        after.send(number)
    finished = after.finish()
    assert services.complete(session=again).state == State.RECEIVED

    assert put(used, before.parts[0]).status == 404, "there are no parts any more"
    assert after.finish_again(finished, "").status >= 400
    services.check_upload(again.public_id)
    again.refresh_from_db()
    assert again.state == State.CLEAN
    document = Document.objects.get()
    assert document.sha256 == hashlib.sha256(data).hexdigest()
    assert hashlib.sha256(b"".join(bucket.stream(document.key))).hexdigest() == document.sha256
    assert list(bucket.keys(QUARANTINE)) == [] and list(bucket.open_uploads()) == []


def test_what_is_cancelled_leaves_no_parts(asked: Request, cast: Cast, bucket: S3FileStore) -> None:
    data = os.urandom(6 * MEGABYTE)
    upload = InParts(opened(asked, cast, data), data)
    upload.begin()
    upload.send(1)
    assert list(bucket.open_uploads()) == [(upload.session.key, upload.upload_id)]
    services.abort(session=upload.session)
    assert list(bucket.open_uploads()) == []


def test_parts_by_the_house_itself(bucket: S3FileStore) -> None:
    key, parts = new_key(QUARANTINE), [os.urandom(5 * MEGABYTE), b"rest"]
    upload_id = bucket.create_multipart(key)
    first, second = [
        bucket.put_part(key, upload_id, at + 1, [part], len(part)) for at, part in enumerate(parts)
    ]
    bucket.put_part(key, upload_id, 1, [parts[0]], len(parts[0]))
    assert bucket.list_parts(key, upload_id) == [first, second], "one sent twice is there once"
    with pytest.raises(NotTheSame):
        bucket.complete_multipart(key, upload_id, [(1, "0" * 32), (2, second.etag)])
    listed = [(part.number, part.etag) for part in (first, second)]
    stored = bucket.complete_multipart(key, upload_id, listed)
    assert bucket.complete_multipart(key, upload_id, listed) == stored and stored.size == 5 * MEGABYTE + 4
    with pytest.raises(NotThere):
        bucket.list_parts(key, upload_id)
    bucket.abort_multipart(key, upload_id)
    assert b"".join(bucket.stream(key)) == b"".join(parts)


@pytest.mark.parametrize("megabytes", [1, 9], ids=["in one request", "in parts"])
def test_another_length_than_announced_leaves_nothing(bucket: S3FileStore, megabytes: int) -> None:
    data = [os.urandom(MEGABYTE)] * megabytes
    for length in (megabytes * MEGABYTE - 1, megabytes * MEGABYTE + 1):
        with pytest.raises(NotTheSame):
            bucket.put(new_key(DOCUMENTS), data, length)
    assert list(bucket.keys("")) == [] and list(bucket.open_uploads()) == []
    stored = bucket.put(new_key(DOCUMENTS), data, megabytes * MEGABYTE)
    with pytest.raises(base.AlreadyThere):
        bucket.put(stored.key, data, megabytes * MEGABYTE)
    assert list(bucket.keys(DOCUMENTS)) == [stored.key] and bucket.modified_at(stored.key)


def test_what_is_not_there(bucket: S3FileStore) -> None:
    key = new_key(DOCUMENTS)
    assert bucket.head(key) is None and bucket.modified_at(key) is None
    with pytest.raises(NotThere):
        bucket.stream(key)
    bucket.delete(key)


# --- At rest -------------------------------------------------------------------------------------------------


def test_what_lies_on_the_disk_of_the_storage_is_encrypted(
    own_server: SeaweedFS, own_bucket: S3FileStore
) -> None:
    marker = b"the account number of Bea " + os.urandom(16).hex().encode()
    short, long = marker + os.urandom(10_000), marker + os.urandom(6 * MEGABYTE)
    own_bucket.put(new_key(DOCUMENTS), [short], len(short))
    upload_id = own_bucket.create_multipart(key := new_key(QUARANTINE))
    part = own_bucket.put_part(key, upload_id, 1, [long], len(long))
    own_bucket.complete_multipart(key, upload_id, [(1, part.etag)])
    assert not lies_on_disk(own_server, marker)

    open_bucket = buckets.bucket_of("open")
    open_bucket.client.create_bucket(Bucket="open")
    open_bucket.put(new_key(DOCUMENTS), [short], len(short))
    assert lies_on_disk(own_server, marker), "without the bucket's default it would"


def lies_on_disk(server: SeaweedFS, marker: bytes) -> bool:
    return any(marker in path.read_bytes() for path in Path(server.data).rglob("*") if path.is_file())


# --- The storage goes away -----------------------------------------------------------------------------------


def test_what_was_acknowledged_is_there_after_a_kill(own_server: SeaweedFS, own_bucket: S3FileStore) -> None:
    papers = {new_key(DOCUMENTS): os.urandom(40_000) for _ in range(20)}
    for key, data in papers.items():
        own_bucket.put(key, [data], len(data))
    own_server.kill()
    own_server.start()
    for key, data in papers.items():
        assert b"".join(own_bucket.stream(key)) == data


def test_while_the_storage_is_away_nothing_is_lost(
    own_server: SeaweedFS, own_bucket: S3FileStore, asked: Request, cast: Cast, sender: Browser
) -> None:
    waiting, _signed = arrived(asked, cast)
    late = sender.open(asked, "april.pdf", len(PDF)).json()
    signed = sender.sign(late, "PUT").json()
    assert ask("PUT", signed["url"], PDF, signed["headers"]).status == 200
    own_server.stop()
    try:
        assert sender.sign(late, "PUT").status_code == 200, "an address needs no storage"
        assert sender.post(late["complete"]).status_code == 503, "the browser tries again by itself"
        services.check_upload(waiting.public_id)
        waiting.refresh_from_db()
        assert waiting.state == State.RECEIVED and waiting.not_before and waiting.deaths == 0
        assert UploadSession.objects.get(public_id=late["id"]).state == State.UPLOADING
        with pytest.raises(StorageFailed) as failed:
            own_bucket.head(waiting.key)
        assert not isinstance(failed.value, NotThere), "away is not the same as gone"
        services.sweep()
    finally:
        own_server.start()
    assert sender.post(late["complete"]).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        services.sweep()
    assert list(UploadSession.objects.values_list("state", flat=True)) == [State.CLEAN, State.CLEAN]
    for document in Document.objects.all():
        assert b"".join(own_bucket.stream(document.key)) == PDF
