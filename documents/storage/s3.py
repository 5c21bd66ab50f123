"""
A private bucket: AWS S3, or any server that speaks its language and passes `manage.py check_storage`.

The browser sends and fetches by presigned addresses (Signature Version 4), so no byte of an upload or a download goes
through the web process. What a presigned address allows is in its signature: one verb, one key, the exact length, and
for a whole object that nothing lies there yet. Signing is arithmetic; it works while the storage is away.

The bucket encrypts what lies in it; `documents/sealing.py` has no part in this.
"""

import io
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, FlexibleChecksumError
from django.conf import settings
from django.utils.http import content_disposition_header
from storages.backends.s3 import S3Storage
from urllib3.exceptions import HTTPError

from documents.storage.base import (
    CHUNK_BYTES,
    SIGNED_SECONDS,
    AlreadyThere,
    NotThere,
    NotTheSame,
    Part,
    Signed,
    StorageFailed,
    StorageFull,
    Stored,
)

if TYPE_CHECKING:
    from documents.sealing import Seal
    from documents.spool import Spool

PLAIN = "application/octet-stream"  # what every object is to the bucket; the address for fetching says what it shows
FETCH_SECONDS = 60
# The least that S3 takes: of what the house writes itself, no more is held at once.
PART_BYTES = 5 * 1024 * 1024
CONNECT_SECONDS, READ_SECONDS, TRIES = 3, 15, 3
OPERATIONS = {
    "put": "put_object",
    "create": "create_multipart_upload",
    "put_part": "upload_part",
    "list_parts": "list_parts",
    "complete": "complete_multipart_upload",
    "abort": "abort_multipart_upload",
}


def store_of_settings() -> "S3FileStore":
    """The one of this process for the bucket that the settings name."""
    return store_for(
        settings.AWS_STORAGE_BUCKET_NAME, settings.S3_ENDPOINT, settings.AWS_S3_REGION_NAME,
        settings.AWS_ACCESS_KEY_ID, settings.AWS_SECRET_ACCESS_KEY, settings.S3_CHECKSUMS,
        settings.S3_ADDRESSING,
    )  # fmt: skip


@lru_cache(maxsize=4)
def store_for(
    bucket: str, endpoint: str, region: str, access_key: str, secret_key: str, checksums: str, addressing: str
) -> "S3FileStore":
    """django-storages with every setting that matters said in one place, whatever its defaults are."""
    storage = S3Storage(
        bucket_name=bucket,
        endpoint_url=endpoint,
        region_name=region,
        access_key=access_key or None,
        secret_key=secret_key or None,
        file_overwrite=False,
        default_acl=None,
        querystring_auth=True,
        querystring_expire=FETCH_SECONDS,
        client_config=Config(
            signature_version="s3v4",
            region_name=region,
            s3={"addressing_style": addressing},
            request_checksum_calculation=checksums,
            response_checksum_validation=checksums,
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": TRIES},
        ),
        transfer_config=TransferConfig(
            use_threads=False, multipart_threshold=PART_BYTES, multipart_chunksize=PART_BYTES
        ),
    )
    return S3FileStore(storage)


os.register_at_fork(after_in_child=store_for.cache_clear)  # open connections belong to one process


class S3FileStore:
    """May be shared by threads: it keeps one client, which may."""

    needs_seal = False

    def __init__(self, storage: S3Storage) -> None:
        self.storage = storage
        self.bucket: str = storage.bucket_name

    @cached_property
    def client(self) -> Any:
        return self.storage.connection.meta.client

    # --- Whole objects ---------------------------------------------------------------------------------------

    def has_room_for(self, size: int) -> bool:
        return True

    def put(self, key: str, chunks: Iterable[bytes], length: int, *, seal: "Seal | None" = None) -> Stored:
        """What fits into one request is refused by the storage itself when something lies there already."""
        exact = _Exactly(chunks, length)
        with _told(key, when_unmet=AlreadyThere):
            if length <= self.storage.transfer_config.multipart_threshold:
                made = self.client.put_object(
                    Bucket=self.bucket, Key=key, Body=exact.read(), ContentType=PLAIN, IfNoneMatch="*"
                )
                return Stored(key=key, size=length, etag=_bare(made["ETag"]))
            if self.head(key):
                raise AlreadyThere(key)
            self.client.upload_fileobj(
                exact, self.bucket, key, ExtraArgs={"ContentType": PLAIN}, Config=self.storage.transfer_config
            )
        return self._stored(key)

    def promote(
        self, source: str, target: str, *, etag: str, spool: "Spool", seal: "Seal | None" = None
    ) -> Stored:
        """The bucket copies, and only what has this etag: bytes exchanged after the check stay where they are."""
        with _told(source, when_unmet=NotTheSame):
            self.client.copy_object(
                Bucket=self.bucket, Key=target, CopySource={"Bucket": self.bucket, "Key": source},
                CopySourceIfMatch=_quoted(etag), MetadataDirective="REPLACE", ContentType=PLAIN,
            )  # fmt: skip
        stored = self._stored(target)
        if stored.size != spool.size:
            self.delete(target)
            raise NotTheSame(source)
        return stored

    def head(self, key: str) -> Stored | None:
        try:
            return self._stored(key)
        except NotThere:
            return None

    def modified_at(self, key: str) -> datetime | None:
        try:
            found: datetime = self._facts(key)["LastModified"]
        except NotThere:
            return None
        return found

    def stream(self, key: str, *, seal: "Seal | None" = None, etag: str = "") -> Iterator[bytes]:
        """Never `storage.open()`, which takes the whole object into memory first."""
        only = {"IfMatch": _quoted(etag)} if etag else {}
        with _told(key, when_unmet=NotTheSame):
            body = self.client.get_object(Bucket=self.bucket, Key=key, **only)["Body"]
        return _pieces(key, body)

    def delete(self, key: str) -> None:
        for upload_id in self._open_uploads_of(key):
            self.abort_multipart(key, upload_id)
        with _told(key):
            self.client.delete_object(Bucket=self.bucket, Key=key)

    def keys(self, folder: str) -> Iterator[str]:
        with _told(folder):
            for page in self.client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=folder
            ):
                yield from (entry["Key"] for entry in page.get("Contents", []))

    # --- In parts --------------------------------------------------------------------------------------------

    def create_multipart(self, key: str) -> str:
        if self.head(key):
            raise AlreadyThere(key)
        with _told(key):
            made = self.client.create_multipart_upload(Bucket=self.bucket, Key=key, ContentType=PLAIN)
        return str(made["UploadId"])

    def put_part(
        self, key: str, upload_id: str, number: int, chunks: Iterable[bytes], length: int,
        *, seal: "Seal | None" = None,
    ) -> Part:  # fmt: skip
        data = _Exactly(chunks, length).read()
        with _told(key):
            made = self.client.upload_part(
                Bucket=self.bucket, Key=key, UploadId=upload_id, PartNumber=number, Body=data
            )
        return Part(number=number, size=length, etag=_bare(made["ETag"]))

    def list_parts(self, key: str, upload_id: str) -> list[Part]:
        """By number; of a part that was sent again, which some servers list twice, the last."""
        with _told(key):
            pages = self.client.get_paginator("list_parts").paginate(
                Bucket=self.bucket, Key=key, UploadId=upload_id
            )
            parts = {part["PartNumber"]: part for page in pages for part in page.get("Parts", [])}
        return [Part(number, part["Size"], _bare(part["ETag"])) for number, part in sorted(parts.items())]

    def complete_multipart(self, key: str, upload_id: str, parts: list[tuple[int, str]]) -> Stored:
        """Asked twice, the second answer is the same."""
        listed = [{"PartNumber": number, "ETag": _quoted(etag)} for number, etag in sorted(parts)]
        try:
            with _told(key):
                self.client.complete_multipart_upload(
                    Bucket=self.bucket, Key=key, UploadId=upload_id, MultipartUpload={"Parts": listed}
                )
        except NotThere:
            pass  # completed before, or never begun: the object itself says which
        return self._stored(key)

    def abort_multipart(self, key: str, upload_id: str) -> None:
        try:
            with _told(key):
                self.client.abort_multipart_upload(Bucket=self.bucket, Key=key, UploadId=upload_id)
        except NotThere:
            pass

    def open_uploads(self) -> Iterator[tuple[str, str]]:
        with _told(self.bucket):
            for page in self.client.get_paginator("list_multipart_uploads").paginate(Bucket=self.bucket):
                yield from ((entry["Key"], entry["UploadId"]) for entry in page.get("Uploads", []))

    def _open_uploads_of(self, key: str) -> list[str]:
        with _told(key):
            found = self.client.list_multipart_uploads(Bucket=self.bucket, Prefix=key)
        return [entry["UploadId"] for entry in found.get("Uploads", []) if entry["Key"] == key]

    # --- Addresses -------------------------------------------------------------------------------------------

    def sign(self, *, verb: str, key: str, upload_id: str = "", part: int = 0, length: int = 0) -> Signed:
        """The headers that are signed beside the length, which the browser sends by itself, must come as they are."""
        asked: dict[str, Any] = {"Bucket": self.bucket, "Key": key}
        headers = {}
        if verb in ("put", "create"):
            asked["ContentType"] = headers["Content-Type"] = PLAIN
        if verb == "put":
            asked["IfNoneMatch"] = headers["If-None-Match"] = "*"
        if verb in ("put", "put_part"):
            asked["ContentLength"] = length
        if verb not in ("put", "create"):
            asked["UploadId"] = upload_id
        if verb == "put_part":
            asked["PartNumber"] = part
        url = self.client.generate_presigned_url(OPERATIONS[verb], Params=asked, ExpiresIn=SIGNED_SECONDS)
        return Signed(url=url, key=key, headers=headers)

    def address(self, key: str, *, name: str, content_type: str, inline: bool = False) -> str | None:
        shown = {
            "ResponseContentType": content_type,
            "ResponseContentDisposition": content_disposition_header(not inline, name) or "inline",
            "ResponseCacheControl": "private, no-store",
        }
        address: str = self.client.generate_presigned_url(
            "get_object", Params={"Bucket": self.bucket, "Key": key, **shown}, ExpiresIn=FETCH_SECONDS
        )
        return address

    # --- Inside ----------------------------------------------------------------------------------------------

    def _facts(self, key: str) -> dict[str, Any]:
        with _told(key):
            facts: dict[str, Any] = self.client.head_object(Bucket=self.bucket, Key=key)
        return facts

    def _stored(self, key: str) -> Stored:
        facts = self._facts(key)
        return Stored(key=key, size=facts["ContentLength"], etag=_bare(facts["ETag"]))


class _Exactly(io.RawIOBase):
    """Chunks as a file of exactly `length` bytes: with another length, reading it to the end raises NotTheSame."""

    def __init__(self, chunks: Iterable[bytes], length: int) -> None:
        self._chunks, self._length = iter(chunks), length
        self._held, self._taken = bytearray(), 0

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        while size is None or size < 0 or len(self._held) < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                if self._taken != self._length:
                    raise NotTheSame("shorter than announced")
                break
            self._taken += len(chunk)
            if self._taken > self._length:
                raise NotTheSame("longer than announced")
            self._held += chunk
        end = len(self._held) if size is None or size < 0 else size
        piece = bytes(self._held[:end])
        del self._held[:end]
        return piece


def _pieces(key: str, body: Any) -> Iterator[bytes]:
    with _told(key):
        try:
            yield from body.iter_chunks(CHUNK_BYTES)
        finally:
            body.close()


@contextmanager
def _told(key: str, *, when_unmet: type[StorageFailed] = StorageFailed) -> Iterator[None]:
    """What the storage says, in our words; `when_unmet` is what a condition of the request that was not met means."""
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if status == 412 or code == "PreconditionFailed":
            raise when_unmet(key) from error
        if code in ("InvalidPart", "InvalidPartOrder", "EntityTooSmall"):
            raise NotTheSame(key) from error
        if status == 404 and code != "NoSuchBucket":
            raise NotThere(key) from error
        if status == 507:
            raise StorageFull(key) from error
        raise StorageFailed(f"{key}: {code or status}") from error
    except FlexibleChecksumError as error:
        raise NotTheSame(key) from error
    except (BotoCoreError, HTTPError, OSError) as error:
        raise StorageFailed(f"{key}: {error.__class__.__name__}") from error


def _bare(etag: str) -> str:
    return etag.strip('"')


def _quoted(etag: str) -> str:
    return f'"{etag}"'
