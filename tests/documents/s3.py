"""What the tests of the bucket share: questions as a browser asks them, and an upload step by step."""

import re
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from documents import services
from documents.models import UploadSession
from documents.storage.base import Signed
from tests.documents.conftest import parts_of

OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass
class Answer:
    status: int
    headers: Any
    body: bytes

    @property
    def etag(self) -> str:
        return str(self.headers["ETag"])


def ask(method: str, url: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
    request = urllib.request.Request(url, data=body, method=method, headers=headers or {})
    try:
        with OPENER.open(request, timeout=20) as answer:
            return Answer(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.headers, error.read())


def put(signed: Signed, body: bytes, **other: str) -> Answer:
    """As it was signed; `other` headers (an empty one is left out) take the place of those that must come."""
    headers = {name: value for name, value in {**signed.headers, **other}.items() if value}
    return ask("PUT", signed.url, body, headers)


class InParts:
    """What the uploader does with a large file, by addresses of the house."""

    def __init__(self, session: UploadSession, data: bytes) -> None:
        self.session, self.parts = session, parts_of(data)
        self.upload_id = session.multipart_id
        self.etags: dict[int, str] = {}

    def sign(self, method: str, part: int | None = None) -> Signed:
        return services.sign(session=self.session, method=method, part=part, upload_id=self.upload_id)

    def begin(self) -> None:
        signed = self.sign("POST")
        answer = ask("POST", signed.url, b"", signed.headers)
        self.upload_id = re.search(b"<UploadId>([^<]+)", answer.body)[1].decode()  # type: ignore[index]

    def send(self, number: int) -> Signed:
        signed = self.sign("PUT", number)
        answer = put(signed, self.parts[number - 1])
        assert answer.status == 200, answer
        self.etags[number] = answer.etag
        return signed

    def arrived(self) -> dict[int, str]:
        listed = ask("GET", self.sign("GET").url).body.decode()
        found = re.findall("<ETag>([^<]+)</ETag>.*?<PartNumber>([0-9]+)</PartNumber>", listed, re.DOTALL)
        found = found or [(etag, number) for number, etag in re.findall(
            "<PartNumber>([0-9]+)</PartNumber>.*?<ETag>([^<]+)</ETag>", listed, re.DOTALL
        )]  # fmt: skip
        return {int(number): etag.replace("&#34;", '"').replace("&quot;", '"') for etag, number in found}

    def finish(self) -> Signed:
        said = "".join(
            f"<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>"
            for number, etag in sorted(self.etags.items())
        )
        signed = self.sign("POST")
        answer = self.finish_again(signed, said)
        assert answer.status == 200 and b"<Error>" not in answer.body, answer
        return signed

    def finish_again(self, signed: Signed, said: str) -> Answer:
        body = f"<CompleteMultipartUpload>{said}</CompleteMultipartUpload>".encode()
        return ask("POST", signed.url, body, {"Content-Type": "application/xml"})
