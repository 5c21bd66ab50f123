"""Buckets on the S3 server of this run: one for each process of the suite, one for each house."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from unittest import mock

import time_machine

if TYPE_CHECKING:
    from documents.storage.s3 import S3FileStore

REGION = "us-east-1"


def environment_for(bucket: str) -> dict[str, str]:
    """What a product is told to keep its files in this bucket."""
    return {
        "AWS_STORAGE_BUCKET_NAME": bucket,
        "AWS_S3_REGION_NAME": REGION,
        "AWS_S3_ENDPOINT_URL": os.environ["DOORSTEP_TEST_S3"],
        "AWS_ACCESS_KEY_ID": os.environ["DOORSTEP_TEST_S3_KEY"],
        "AWS_SECRET_ACCESS_KEY": os.environ["DOORSTEP_TEST_S3_SECRET"],
    }


def bucket_of(name: str) -> "S3FileStore":
    from documents.storage.s3 import store_for

    place = environment_for(name)
    return store_for(
        name, place["AWS_S3_ENDPOINT_URL"], REGION, place["AWS_ACCESS_KEY_ID"], place["AWS_SECRET_ACCESS_KEY"],
        "when_supported", "path",
    )  # fmt: skip


def make_bucket(name: str, *, origin: str, copy_of: str = "") -> "S3FileStore":
    """Prepared as the product prepares it, with all that lies in `copy_of`."""
    from documents.storage.preparing import prepare

    store = bucket_of(name)
    prepare(store, origin=origin, create=True)
    if copy_of:
        for key in bucket_of(copy_of).keys(""):
            store.client.copy_object(Bucket=name, Key=key, CopySource={"Bucket": copy_of, "Key": key})
    return store


@contextmanager
def signing_at(ago: timedelta = timedelta()) -> Iterator[None]:
    """
    Addresses and requests carry this time, whatever time the tests pretend it is: the storage has a clock of its own
    and refuses what was signed a quarter of an hour away from it.
    """

    def now(remove_tzinfo: bool = True) -> datetime:
        hatch = time_machine.escape_hatch
        clock = hatch.datetime.datetime if hatch.is_travelling() else datetime
        moment: datetime = clock.now(UTC) - ago
        return moment.replace(tzinfo=None) if remove_tzinfo else moment

    with mock.patch("botocore.auth.get_current_datetime", now):
        yield


def empty(store: "S3FileStore") -> None:
    for key, upload_id in store.open_uploads():
        store.abort_multipart(key, upload_id)
    for key in list(store.keys("")):
        store.client.delete_object(Bucket=store.bucket, Key=key)
