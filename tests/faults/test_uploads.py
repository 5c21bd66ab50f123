"""A file on its way while processes are killed: what had arrived stays, and one file becomes one document, once."""

import hashlib
import io
import json
import os
import random
import re
import socket
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pikepdf
import pytest

from tests.documents.files import pdf
from tests.faults.client import Person
from tests.faults.killing import as_stored
from tests.faults.logs import faults_in_log
from tests.running import Product, wait_until

pytestmark = [pytest.mark.xdist_group("kills")]
OWED = """
    SELECT r.public_id FROM documents_request r JOIN loans_party p ON p.id = r.party_id
    JOIN accounts_user u ON u.id = p.user_id WHERE u.name LIKE 'Bea %' AND r.state = 'owed'
"""
STATE = "SELECT state FROM documents_uploadsession WHERE public_id = ?"
DOCUMENTS = """
    SELECT d.sha256 FROM documents_document d JOIN documents_uploadsession s ON s.id = d.session_id
    WHERE s.public_id = ?
"""


@pytest.fixture
def product(start_house: Callable[..., Product]) -> Product:
    return start_house()


@pytest.fixture
def bea(product: Product) -> Person:
    return Person(product, "bea")


@pytest.fixture
def wanted(product: Product) -> str:
    return str(UUID(str(product.rows(OWED)[0][0])))


def long_pdf(side: int = 1950) -> bytes:
    """A scan that does not pack: about 11 MB, so that it goes in parts."""
    made = pikepdf.new()
    page = made.add_blank_page(page_size=(612, 792))
    scan = made.make_stream(random.randbytes(side * side * 3))
    scan.stream_dict.update(
        pikepdf.Dictionary(
            Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=side, Height=side, BitsPerComponent=8,
            ColorSpace=pikepdf.Name.DeviceRGB,
        )
    )  # fmt: skip
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Scan=scan))
    page.Contents = made.make_stream(b"q 612 0 0 792 0 0 cm /Scan Do Q")
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


class Upload:
    """What the uploader in the browser does with one file, step by step."""

    def __init__(self, person: Person, request: str, name: str, data: bytes) -> None:
        self.person, self.request, self.name, self.data = person, request, name, data
        self.open()

    def open(self) -> dict[str, Any]:
        said = {"request": self.request, "name": self.name, "size": len(self.data), "lastModified": 7}
        self.opened: dict[str, Any] = self.person.post_json("/uploads/", said)
        self.upload_id: str = self.opened["uploadId"]
        return self.opened

    @property
    def key(self) -> str:
        return UUID(self.opened["id"]).hex

    def parts(self) -> list[bytes]:
        size = self.opened["partSize"]
        return [self.data[start : start + size] for start in range(0, len(self.data), size)]

    def address(self, method: str, part: int | None = None) -> str:
        asked = {"method": method, "uploadId": self.upload_id, "partNumber": part}
        return str(self.person.post_json(self.opened["sign"], asked)["url"])

    def begin(self) -> None:
        answer = self.person.ask("POST", self.address("POST"), b"", {"Content-Type": "application/pdf"})
        self.upload_id = re.search("<UploadId>([^<]+)", answer.body)[1]  # type: ignore[index]

    def send_part(self, number: int) -> None:
        answer = self.person.ask("PUT", self.address("PUT", number), self.parts()[number - 1], BYTES)
        assert answer.status == 200, answer

    def send_whole(self) -> None:
        answer = self.person.ask("PUT", self.address("PUT"), self.data, BYTES)
        assert answer.status == 200, answer

    def arrived(self) -> list[tuple[str, str]]:
        """Number and ETag of each part that is there."""
        listed = self.person.ask("GET", self.address("GET"))
        return re.findall("<PartNumber>([^<]+)</PartNumber><ETag>([^<]+)</ETag>", listed.body)

    def finish(self) -> str:
        if self.upload_id:
            listed = "".join(
                f"<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>"
                for number, etag in self.arrived()
            )
            said = f"<CompleteMultipartUpload>{listed}</CompleteMultipartUpload>".encode()
            answer = self.person.ask("POST", self.address("POST"), said, {"Content-Type": "application/xml"})
            assert answer.status == 200, answer
        return str(self.person.post_json(self.opened["complete"], {})["state"])


BYTES = {"Content-Type": "application/octet-stream"}


def test_web_killed_in_the_middle_of_a_part(product: Product, bea: Person, wanted: str) -> None:
    upload = Upload(bea, wanted, "long scan.pdf", long_pdf())
    upload.begin()
    upload.send_part(1)
    cut = random.randrange(1, len(upload.parts()[1]) - 1)

    address = upload.address("PUT", 2)
    with socket.create_connection(("127.0.0.1", product.port)) as line:
        head = f"PUT {address} HTTP/1.1\r\nHost: localhost:{product.port}\r\n"
        line.sendall(f"{head}Content-Length: {len(upload.parts()[1])}\r\n\r\n".encode())
        line.sendall(upload.parts()[1][:cut])
        old = product.kill("web")
    product.wait_for_restart("web", old)
    product.wait_ready()

    assert product.rows(STATE, upload.key) == [("uploading",)], cut
    assert product.rows(DOCUMENTS, upload.key) == []
    before = upload.opened["id"], upload.upload_id
    upload.open()  # the same file picked again
    assert (upload.opened["id"], upload.upload_id) == before, cut
    assert [number for number, _etag in upload.arrived()] == ["1"], cut
    for number in range(2, len(upload.parts()) + 1):
        upload.send_part(number)
    assert upload.finish() == "received"
    wait_until("the file is checked", lambda: product.rows(STATE, upload.key) == [("clean",)], 60)
    assert product.rows(DOCUMENTS, upload.key) == [(hashlib.sha256(upload.data).hexdigest(),)]
    assert bea.post_json(upload.opened["complete"], {})["state"] == "clean", (
        "asked again, nothing happens twice"
    )
    assert len(product.rows(DOCUMENTS, upload.key)) == 1
    assert_storage_agrees(product)


def test_worker_killed_in_the_middle_of_a_check(product: Product, bea: Person, wanted: str) -> None:
    uploads = [Upload(bea, wanted, f"statement {n}.pdf", pdf(4, f"page of file {n}")) for n in range(3)]
    for upload in uploads:
        upload.send_whole()
        assert upload.finish() in ("received", "scanning", "clean")
        killed_at = kill_while_it_checks(product, upload)
        let_leases_run_out(product, killed_at)
    for upload in uploads:
        wait_until(
            f"{upload.name} is checked",
            lambda key=upload.key: product.rows(STATE, key) == [("clean",)],
            90,
        )
        assert product.rows(DOCUMENTS, upload.key) == [(hashlib.sha256(upload.data).hexdigest(),)]
    again = product.rows("SELECT attempts FROM documents_uploadsession WHERE attempts > 1")
    assert again, "no check was under way when the worker was killed"
    assert_storage_agrees(product)


def kill_while_it_checks(product: Product, upload: Upload) -> float:
    """Waits for the worker to take the file up, then kills it; a check that was quicker is left as it is."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        state = product.rows(STATE, upload.key)[0][0]
        if state == "scanning":
            old = product.pids["documents"]
            os.kill(old, 9)
            killed_at = time.time()
            product.wait_for_restart("documents", old)
            return killed_at
        if state == "clean":
            return 0.0
        time.sleep(0.002)
    raise AssertionError(f"nobody took up {upload.name}")


def let_leases_run_out(product: Product, killed_at: float) -> None:
    """A minute passes for what the dead worker held."""
    product.rows(
        "UPDATE documents_uploadsession SET leased_until = '2020-01-01 00:00:00' "
        "WHERE state = 'scanning' AND leased_until < ?",
        as_stored(killed_at + 60),
    )


def assert_storage_agrees(product: Product) -> None:
    said = json.loads(product.manage("audit_storage", "--json"))
    assert said["faults"] == 0 and len({entry["key"] for entry in said["documents"]}) == len(
        said["documents"]
    )
    assert not faults_in_log(product)
