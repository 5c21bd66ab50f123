"""What the uploader in the browser does with one file, step by step, and what must be true after it."""

import io
import json
import random
import re
import socket
from typing import Any, Self
from urllib.parse import urlsplit
from uuid import UUID

import pikepdf

from tests.faults.client import Answer, Person
from tests.faults.logs import faults_in_log
from tests.running import Product

OWED = """
    SELECT r.public_id FROM documents_request r JOIN loans_party p ON p.id = r.party_id
    JOIN accounts_user u ON u.id = p.user_id WHERE u.name LIKE 'Bea %' AND r.state = 'owed'
"""
STATE = "SELECT state FROM documents_uploadsession WHERE public_id = ?"
PART_NUMBER = re.compile("<PartNumber>([^<]+)<")
ETAG = re.compile("<ETag>([^<]+)<")
DOCUMENTS = """
    SELECT d.sha256 FROM documents_document d JOIN documents_uploadsession s ON s.id = d.session_id
    WHERE s.public_id = ?
"""


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

    opened: dict[str, Any]
    upload_id: str

    def __init__(self, person: Person, request: str, name: str, data: bytes) -> None:
        self.person, self.request, self.name, self.data = person, request, name, data

    @classmethod
    def begun(cls, person: Person, request: str, name: str, data: bytes) -> Self:
        upload = cls(person, request, name, data)
        upload.open()
        return upload

    @classmethod
    def unless_refused(cls, person: Person, request: str, name: str, data: bytes) -> Self | None:
        """None when the house says before the first byte that it does not take such a file."""
        upload = cls(person, request, name, data)
        answer = upload.ask_to_open()
        if answer.status == 422:
            return None
        upload.note(answer.json())
        return upload

    def open(self) -> dict[str, Any]:
        """Also for the same file picked again."""
        answer = self.ask_to_open()
        assert answer.status == 201, answer
        return self.note(answer.json())

    def ask_to_open(self) -> Answer:
        return self.person.ask_json("/uploads/", self.said())

    def said(self) -> dict[str, Any]:
        return {"request": self.request, "name": self.name, "size": len(self.data), "lastModified": 7}

    def note(self, opened: dict[str, Any]) -> dict[str, Any]:
        self.opened, self.upload_id = opened, opened["uploadId"]
        return opened

    @property
    def key(self) -> str:
        return UUID(self.opened["id"]).hex

    def parts(self) -> list[bytes]:
        size = self.opened["partSize"]
        return [self.data[start : start + size] for start in range(0, len(self.data), size)]

    def sign(self, method: str, part: int | None = None) -> dict[str, Any]:
        """The address for one request and the headers it asks for: of the house itself, or of its storage."""
        asked = {"method": method, "uploadId": self.upload_id, "partNumber": part}
        signed: dict[str, Any] = self.person.post_json(self.opened["sign"], asked)
        return signed

    def address(self, method: str, part: int | None = None) -> str:
        return str(self.sign(method, part)["url"])

    def ask(
        self, method: str, part: int | None = None, body: bytes | None = None, content_type: str = ""
    ) -> Answer:
        signed = self.sign(method, part)
        headers = signed.get("headers", {}) | ({"Content-Type": content_type} if content_type else {})
        return self.person.ask(method, signed["url"], body, headers)

    def begin(self) -> None:
        answer = self.ask("POST", body=b"")
        self.upload_id = re.search("<UploadId>([^<]+)", answer.body)[1]  # type: ignore[index]

    def send_part(self, number: int) -> None:
        answer = self.ask("PUT", number, self.parts()[number - 1])
        assert answer.status == 200, answer

    def send_whole(self) -> None:
        answer = self.ask("PUT", body=self.data)
        assert answer.status == 200, answer

    def send_a_part_of_it(self) -> None:
        """The line is cut at some byte of the body."""
        cut = random.randrange(1, len(self.data) - 1)
        with self.line_with_head(len(self.data)) as line:
            line.sendall(self.data[:cut])

    def answer_to_the_head(self, length: int, part: int | None = None) -> int:
        """The status that comes before the first byte of the body is sent."""
        with self.line_with_head(length, part) as line:
            return int(line.recv(64).split()[1])

    def line_with_head(self, length: int, part: int | None = None) -> socket.socket:
        """To where the bytes go, the house or its storage, with nothing of the body sent."""
        place = urlsplit(self.address("PUT", part))
        port = place.port or self.person.product.port
        target = f"{place.path}?{place.query}" if place.query else place.path
        line = socket.create_connection(("127.0.0.1", port))
        line.sendall(
            f"PUT {target} HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Length: {length}\r\n\r\n".encode()
        )
        return line

    def complete(self) -> Any:
        return self.person.ask_json(self.opened["complete"], {}).json()

    def arrived(self) -> list[tuple[str, str]]:
        """Number and ETag of each part that is there."""
        listed = self.ask("GET").body.replace("&#34;", "").replace("&quot;", "")
        parts = re.findall("<Part>(.+?)</Part>", listed, re.DOTALL)
        found = [(PART_NUMBER.search(part), ETAG.search(part)) for part in parts]
        return [(number[1], etag[1].strip('"')) for number, etag in found if number and etag]

    def finish(self) -> str:
        if self.upload_id:
            listed = "".join(
                f"<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>"
                for number, etag in self.arrived()
            )
            said = f"<CompleteMultipartUpload>{listed}</CompleteMultipartUpload>".encode()
            answer = self.ask("POST", body=said, content_type="application/xml")
            assert answer.status == 200, answer
        return str(self.person.post_json(self.opened["complete"], {})["state"])


def assert_storage_agrees(product: Product) -> None:
    said = json.loads(product.manage("audit_storage", "--json"))
    assert said["faults"] == 0 and len({entry["key"] for entry in said["documents"]}) == len(
        said["documents"]
    )
    assert not faults_in_log(product)
