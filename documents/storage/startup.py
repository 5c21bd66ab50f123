"""
Is this bucket fit for papers of borrowers? Each fault is one line that says what is wrong and how to mend it.

Nothing is believed from its settings alone: a sample is written, copied, fetched, fetched as a stranger, written again
where it must be refused, and deleted. `manage.py run` starts nothing while there is a fault.
"""

import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from os import environ
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

from documents.spool import Spool
from documents.storage.base import QUARANTINE, AlreadyThere, NotTheSame, StorageFailed, new_key
from documents.storage.preparing import origin_of
from documents.storage.s3 import S3FileStore

SAMPLE = b"Doorstep looks whether this bucket keeps what it is given."
STRANGER = "https://a-stranger.invalid"
BROWSER_METHODS = ("PUT", "POST", "GET", "DELETE")
BROWSER_HEADERS = "content-type,if-none-match"
PREPARE = "run manage.py prepare_bucket, or"
SECONDS = 10


class Refused(Exception):
    """The storage cannot be looked into any further."""


def faults(store: S3FileStore) -> list[str]:
    """Every fault that can be seen; empty when all is well."""
    found: list[str] = []
    try:
        found += signature_faults(store)
        must_be_there(store)
        key = new_key(QUARANTINE)
        try:
            for look in (round_trip_faults, encryption_faults, browser_faults, stranger_faults):
                found += look(store, key)
        finally:
            for name in (key, _copy_of(key), _strange(key)):
                store.delete(name)
    except Refused as refused:
        found.append(str(refused))
    except (StorageFailed, BotoCoreError, ClientError) as error:
        found.append(
            f"The bucket does not do what it is asked ({error}): docs/operating.md lists the rights it must give."
        )
    return found


# --- One look each -------------------------------------------------------------------------------------------


def signature_faults(store: S3FileStore) -> Iterator[str]:
    """Asks nobody: an address of ours is looked at."""
    try:
        signed = store.sign(verb="put", key=new_key(QUARANTINE), length=len(SAMPLE))
    except BotoCoreError as error:
        raise Refused(
            f"Nothing can be signed ({error}): set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY."
        ) from error
    asked = parse_qs(urlsplit(signed.url).query)
    if "X-Amz-Signature" not in asked:
        yield "Addresses are not signed by Signature Version 4: set AWS_S3_REGION_NAME to the region of the bucket."
    covered = asked.get("X-Amz-SignedHeaders", [""])[0].split(";")
    if not {"content-length", "if-none-match"} <= set(covered):
        yield "Addresses do not say how long an upload is: install the boto3 that requirements.txt names."
    if not signed.url.startswith(settings.S3_ADDRESS):
        yield f"Browsers may only talk to {settings.S3_ADDRESS}, and addresses lead elsewhere: set AWS_S3_ENDPOINT_URL."


def must_be_there(store: S3FileStore) -> None:
    where = (
        f"{settings.S3_ENDPOINT} (AWS_S3_ENDPOINT_URL)"
        if settings.AWS_S3_ENDPOINT_URL
        else settings.S3_ENDPOINT
    )
    try:
        store.client.head_bucket(Bucket=store.bucket)
    except ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if status == 404:
            raise Refused(
                f"There is no bucket {store.bucket}: make it, or set AWS_STORAGE_BUCKET_NAME."
            ) from error
        raise Refused(
            f"The storage does not let us into {store.bucket} ({status}): check AWS_ACCESS_KEY_ID, "
            "AWS_SECRET_ACCESS_KEY, AWS_S3_REGION_NAME and the rights of that key."
        ) from error
    except BotoCoreError as error:
        raise Refused(f"No storage answers at {where}: start it, or check the address.") from error


def round_trip_faults(store: S3FileStore, key: str) -> Iterator[str]:
    """Put, refuse another put, refuse a copy of something else, copy, get. `key` is left in place."""
    stored = store.put(key, [SAMPLE], len(SAMPLE))
    if _happens(AlreadyThere, lambda: store.put(key, [SAMPLE], len(SAMPLE))):
        yield "The storage ignores If-None-Match, so checked files could be exchanged: take another server."
    with Spool(len(SAMPLE)) as spool:
        spool.write(SAMPLE)
        if _happens(NotTheSame, lambda: store.promote(key, _copy_of(key), etag="0" * 32, spool=spool)):
            yield "The storage copies files that were exchanged after their check: take another server."
        store.promote(key, _copy_of(key), etag=stored.etag, spool=spool)
    if b"".join(store.stream(_copy_of(key))) != SAMPLE:
        yield "The storage hands out other bytes than it was given: take another server."
    signed = store.sign(verb="put", key=new_key(QUARANTINE), length=len(SAMPLE))
    longer = _ask("PUT", signed.url, body=SAMPLE * 2, headers=signed.headers).status
    if longer < 400:
        store.delete(signed.key)
        yield "The storage takes more bytes than an address allows: take another server."


def stranger_faults(store: S3FileStore, key: str) -> Iterator[str]:
    """Somebody without a key reads, lists, writes and deletes."""
    stranger = boto3.client(
        "s3", endpoint_url=settings.S3_ENDPOINT, region_name=settings.AWS_S3_REGION_NAME,
        config=store.storage.client_config.merge(Config(signature_version=UNSIGNED)),
    )  # fmt: skip
    private = "make the bucket private (its policy, its access lists, and on AWS its public access block)."
    tries: list[tuple[str, Callable[[], Any]]] = [
        ("read from", lambda: stranger.get_object(Bucket=store.bucket, Key=key)),
        ("list", lambda: stranger.list_objects_v2(Bucket=store.bucket)),
        (
            "write into",
            lambda: stranger.put_object(Bucket=store.bucket, Key=_strange(key), Body=SAMPLE),
        ),
        ("delete from", lambda: stranger.delete_object(Bucket=store.bucket, Key=_strange(key))),
    ]
    for what, attempt in tries:
        if _happens(ClientError, attempt):
            yield f"Anybody can {what} {store.bucket} without a key: {private}"


def encryption_faults(store: S3FileStore, key: str) -> Iterator[str]:
    mend = f"{PREPARE} set the default encryption of {store.bucket} to {settings.S3_ENCRYPTION}."
    try:
        asked = store.client.get_bucket_encryption(Bucket=store.bucket)["ServerSideEncryptionConfiguration"]
        chosen = {rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] for rule in asked["Rules"]}
    except (ClientError, KeyError):
        chosen = set()
    really = store.client.head_object(Bucket=store.bucket, Key=_copy_of(key)).get("ServerSideEncryption", "")
    if settings.S3_ENCRYPTION not in chosen or really != settings.S3_ENCRYPTION:
        yield f"The bucket does not encrypt what it keeps as S3_ENCRYPTION says: {mend}"


def browser_faults(store: S3FileStore, key: str) -> Iterator[str]:
    """The questions a browser asks before it sends a file, from our pages and from somebody else's."""
    ours = origin_of(settings.PUBLIC_URL)
    mend = (
        f"{PREPARE} allow {ours} alone in its CORS rules, with {', '.join(BROWSER_METHODS)} and ETag exposed."
    )
    address = f"{settings.S3_ADDRESS}{key}"
    refused = [method for method in BROWSER_METHODS if not _may(address, ours, method)]
    if refused:
        yield f"Browsers may not send files from {ours} ({', '.join(refused)}): {mend}"
    if any(_may(address, STRANGER, method) for method in BROWSER_METHODS):
        yield f"Pages of anybody may talk to the bucket: {mend}"
    signed = store.client.generate_presigned_url("get_object", Params={"Bucket": store.bucket, "Key": key})
    exposed = _ask("GET", signed, headers={"Origin": ours}).headers.get("Access-Control-Expose-Headers", "")
    if "etag" not in [name.strip().lower() for name in exposed.split(",")] and not refused:
        yield f"Browsers cannot read the ETag of a part, so no large file arrives: {mend}"


# --- Asking --------------------------------------------------------------------------------------------------


class _Answer:
    def __init__(self, status: int, headers: Any) -> None:
        self.status, self.headers = status, headers


def _ask(
    method: str, address: str, *, body: bytes | None = None, headers: dict[str, str] | None = None
) -> _Answer:
    """As a browser would; an answer of any status. Refused when there is none. `address` is one of our own making."""
    request = urllib.request.Request(address, data=body, method=method, headers=headers or {})  # noqa: S310
    trusted = ssl.create_default_context(cafile=environ.get("AWS_CA_BUNDLE"))
    try:
        with urllib.request.urlopen(request, timeout=SECONDS, context=trusted) as answer:  # noqa: S310
            return _Answer(answer.status, answer.headers)
    except urllib.error.HTTPError as error:
        return _Answer(error.code, error.headers)
    except OSError as error:
        raise Refused(
            f"Browsers cannot reach {settings.S3_ADDRESS} ({error}): check AWS_S3_ENDPOINT_URL."
        ) from error


def _may(address: str, origin: str, method: str) -> bool:
    """Would a page of this origin be let through?"""
    question = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": BROWSER_HEADERS,
    }
    answer = _ask("OPTIONS", address, headers=question)
    methods = answer.headers.get("Access-Control-Allow-Methods", "").replace(" ", "").upper().split(",")
    allowed = answer.headers.get("Access-Control-Allow-Origin", "")
    return answer.status < 300 and allowed in (origin, "*") and method in methods


def _happens(refusal: type[Exception], attempt: Callable[[], Any]) -> bool:
    """True when what must be refused is done."""
    try:
        attempt()
    except refusal:
        return False
    return True


def _copy_of(key: str) -> str:
    return f"{key}-copy"


def _strange(key: str) -> str:
    return f"{key}-of-a-stranger"
