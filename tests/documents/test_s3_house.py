"""The whole product on a bucket: its web process carries no byte of a paper, and the uploader sends as always."""

import hashlib
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

from documents.models import UploadSession
from documents.storage.preparing import allow_origins
from documents.storage.s3 import S3FileStore
from tests.documents import files
from tests.documents.s3 import ask
from tests.documents.test_browser import CUT, at_home, long_pdf, need, on_disk, parts_arrived, worker
from tests.faults.client import Person
from tests.faults.uploading import OWED, STATE, Upload
from tests.faults.uploading import long_pdf as scan
from tests.houses import BACK_ENDS
from tests.journey.conftest import shared_folder, start_house
from tests.running import Product, wait_until
from tests.services import buckets
from tests.services.counting import Line, counting_line, read_and_written

__all__ = ["at_home", "shared_folder", "start_house", "worker"]
pytestmark = pytest.mark.services
KEPT = """
    SELECT d.public_id, d.sha256 FROM documents_document d JOIN documents_uploadsession s ON s.id = d.session_id
    WHERE s.public_id = ?
"""
QUIET_SECONDS = 1.5
MEGABYTE = 2**20


@pytest.fixture
def back_end() -> str:
    assert "services" in BACK_ENDS
    return "services"


@pytest.fixture
def to_storage() -> Iterator[Line]:
    """The house knows the S3 server by this line alone."""
    port = int(buckets.environment_for("")["AWS_S3_ENDPOINT_URL"].rpartition(":")[2])
    with counting_line(port) as line:
        yield line


def carried_by_web(product: Product, front: Line, to_storage: Line) -> tuple[int, int]:
    """Bytes over its lines (to browsers and to the storage), and bytes it read and wrote otherwise."""
    web = product.pids["web"]
    time.sleep(QUIET_SECONDS)  # what the last answer set off is over
    return front.total() + to_storage.carried[web], read_and_written(web)


def send(person: Person, request: str, name: str, data: bytes) -> Upload:
    """As the uploader does, until it is checked."""
    upload = Upload.begun(person, request, name, data)
    upload.begin()
    for number in range(1, len(upload.parts()) + 1):
        upload.send_part(number)
    upload.finish()
    rows = person.product.rows
    wait_until("it is checked", lambda: rows(STATE, upload.key) == [("clean",)], 90)
    return upload


def there_and_back(person: Person, request: str, name: str, data: bytes, to_storage: Line) -> None:
    upload = send(person, request, name, data)
    document, sha256 = person.product.rows(KEPT, upload.key)[0]
    sent_on = person.get(f"/documents/{document}/?download=1")
    address = {name.lower(): value for name, value in sent_on.headers.items()}["location"]
    assert sent_on.status == 302 and address.startswith(to_storage.url)
    fetched = hashlib.sha256(ask("GET", address).body).hexdigest()
    assert fetched == sha256 == hashlib.sha256(data).hexdigest()


def send_by_plain_form(person: Person, request: str, data: bytes) -> None:
    """What a browser without JavaScript does."""
    edge, says = "a-form-that-a-browser-sends", "Content-Disposition: form-data; name="
    fields = {"csrfmiddlewaretoken": person.token, "request": request}
    lines = [f'--{edge}\r\n{says}"{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()]
    head = f'--{edge}\r\n{says}"file"; filename="plain.pdf"\r\n\r\n'
    body = "".join([*lines, head]).encode() + data + f"\r\n--{edge}--\r\n".encode()
    kind = {"Content-Type": f"multipart/form-data; boundary={edge}"}
    assert person.ask("POST", "/uploads/plain/", body, kind).status == 302


def test_the_web_process_carries_no_byte_of_a_paper(
    start_house: Any, to_storage: Line, record_property: Any
) -> None:
    product = start_house(AWS_S3_ENDPOINT_URL=to_storage.url)
    data, wanted = scan(), str(product.rows(OWED)[0][0])
    size = len(data)
    assert size > 10 * MEGABYTE
    with counting_line(product.port) as front:
        product.port = front.port
        bea = Person(product, "bea")
        there_and_back(bea, wanted, "first.pdf", files.pdf(), to_storage)  # loads what the way needs
        before = carried_by_web(product, front, to_storage)
        there_and_back(bea, wanted, "long scan.pdf", data, to_storage)

        after = carried_by_web(product, front, to_storage)
        assert to_storage.total() > 3 * size, (
            "sent by the browser, read by the worker, fetched by the browser"
        )
        over_lines, otherwise = after[0] - before[0], after[1] - before[1]
        assert 0 < over_lines < size / 40, f"{over_lines} bytes over the lines of the web process"
        assert otherwise < size / 4, f"{otherwise} bytes read and written by it"

        send_by_plain_form(bea, wanted, data)  # the one way that does lead through it: these counters see it
        assert carried_by_web(product, front, to_storage)[0] - after[0] > 2 * size
    moved = f"{size / MEGABYTE:.0f} MB sent and fetched"
    record_property(
        "figures", f"bucket: {moved}, {over_lines / 1024:.0f} KB over the lines of the web process"
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("browser")
def test_the_uploader_sends_to_the_bucket_itself(
    at_home: Any, asked: Any, store: S3FileStore, worker: None, live_server: Any, tmp_path: Any, watch: Any
) -> None:
    """In one piece; in parts, with a line that is cut and a page that is closed; by the bucket's own CORS rules."""
    watch.expect(CUT)
    allow_origins(store, [live_server.url])
    page, data = at_home(), long_pdf(16)
    page.set_input_files(f"#file-{asked.public_id}", on_disk(tmp_path, march__pdf=files.pdf(2)))
    need(page, asked).get_by_role("link", name="march.pdf").wait_for(timeout=60_000)

    slow_down(page)
    long = on_disk(tmp_path, long__pdf=data)
    page.set_input_files(f"#file-{asked.public_id}", long)
    wait_until("the first part is there", lambda: parts_arrived() >= 1)
    page.context.set_offline(True)
    need(page, asked).locator(".upload-row--paused").wait_for()
    page.context.set_offline(False)
    slow_down(page)
    wait_until("the second part is there", lambda: parts_arrived() >= 2)
    page.close()

    page, asked_of_storage, asked_of_house = at_home(), [], []
    page.on("request", lambda request: note_put(request, asked_of_storage, asked_of_house))
    page.set_input_files(f"#file-{asked.public_id}", long)
    need(page, asked).get_by_role("link", name="long.pdf").wait_for(timeout=60_000)
    assert 1 <= len(asked_of_storage) <= 2, "of four parts two or three were there"
    assert all(url.startswith(settings.S3_ADDRESS) for url in asked_of_storage) and not asked_of_house
    session = UploadSession.objects.get(name="long.pdf")
    assert (session.state, session.document.sha256) == ("clean", hashlib.sha256(data).hexdigest())
    assert list(store.open_uploads()) == []


def note_put(request: Any, of_storage: list[str], of_house: list[str]) -> None:
    if request.method == "PUT":
        (of_storage if request.url.startswith(settings.S3_ADDRESS) else of_house).append(request.url)


def slow_down(page: Any) -> None:
    """Four megabytes a second."""
    line = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 4 * MEGABYTE}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", line)
