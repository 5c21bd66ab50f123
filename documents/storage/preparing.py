"""What a bucket must be told once: who may talk to it from a browser, that it encrypts, what it forgets by itself."""

from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError
from django.conf import settings

from documents.storage.base import QUARANTINE
from documents.storage.s3 import S3FileStore

QUARANTINE_DAYS = 3  # longer than an upload stays open
UNFINISHED_DAYS = 1
# Of what a server does not know by this name, its own documentation speaks in other words.
NOT_KNOWN = ("NotImplemented", "MethodNotAllowed")


def prepare(store: S3FileStore, *, origin: str, create: bool = False) -> list[str]:
    """
    For pages of `origin`, as in https://portal.example.com. Safe to do again. Answers what the server does not know and
    has to be looked after by hand.
    """
    if create:
        _create(store)
    tell = store.client
    tell.put_bucket_encryption(Bucket=store.bucket, ServerSideEncryptionConfiguration=encryption())
    allow_origins(store, [origin])
    tell.put_bucket_lifecycle_configuration(Bucket=store.bucket, LifecycleConfiguration=lifecycle())
    return [] if _closed_to_the_public(store) else ["a public access block"]


def allow_origins(store: S3FileStore, origins: list[str]) -> None:
    """Pages of these origins, and no others, may send and fetch with an address of ours."""
    rule = {
        "AllowedOrigins": origins,
        "AllowedMethods": ["GET", "PUT", "POST", "DELETE"],
        "AllowedHeaders": ["content-type", "if-none-match"],
        "ExposeHeaders": ["ETag"],
        "MaxAgeSeconds": 3600,
    }
    store.client.put_bucket_cors(Bucket=store.bucket, CORSConfiguration={"CORSRules": [rule]})


def encryption() -> dict[str, Any]:
    default = {"SSEAlgorithm": settings.S3_ENCRYPTION}
    rule = {
        "ApplyServerSideEncryptionByDefault": default,
        "BucketKeyEnabled": settings.S3_ENCRYPTION != "AES256",
    }
    return {"Rules": [rule]}


def lifecycle() -> dict[str, Any]:
    """What was begun and never finished, and what was sent again after it had been checked."""
    unfinished = {
        "ID": "unfinished uploads",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": UNFINISHED_DAYS},
    }
    forgotten = {
        "ID": "quarantine",
        "Status": "Enabled",
        "Filter": {"Prefix": QUARANTINE},
        "Expiration": {"Days": QUARANTINE_DAYS},
    }
    return {"Rules": [unfinished, forgotten]}


def origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _create(store: S3FileStore) -> None:
    region = settings.AWS_S3_REGION_NAME
    elsewhere = settings.AWS_S3_ENDPOINT_URL or region == "us-east-1"
    place = {} if elsewhere else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    try:
        store.client.create_bucket(Bucket=store.bucket, **place)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("BucketAlreadyOwnedByYou", "BucketAlreadyExists"):
            raise


def _closed_to_the_public(store: S3FileStore) -> bool:
    names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    try:
        store.client.put_public_access_block(
            Bucket=store.bucket, PublicAccessBlockConfiguration=dict.fromkeys(names, True)
        )
    except ClientError as error:
        if error.response["Error"]["Code"] not in NOT_KNOWN:
            raise
        return False
    return True
