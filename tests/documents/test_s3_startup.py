"""No house starts with a bucket that is not fit for papers: each fault is caused here, and said in one line."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config
from django.core.management import CommandError, call_command

from documents.storage.base import Signed, Stored
from documents.storage.preparing import allow_origins, prepare
from documents.storage.s3 import PLAIN, S3FileStore, store_for
from documents.storage.startup import faults
from tests.running import free_port, start_product
from tests.services import buckets
from tests.services.seaweed import SeaweedFS

pytestmark = pytest.mark.services
OURS = "http://localhost:8000"


@pytest.fixture
def bucket(settings: Any, request: pytest.FixtureRequest) -> S3FileStore:
    """A good one of this test alone, and the settings that name it."""
    name = f"startup-{abs(hash(request.node.nodeid)) % 10**12}"
    use(settings, name)
    settings.PUBLIC_URL = OURS
    return buckets.make_bucket(name, origin=OURS)


def use(settings: Any, name: str) -> None:
    for setting, value in buckets.environment_for(name).items():
        setattr(settings, setting, value)
    settings.S3_ADDRESS = f"{settings.S3_ENDPOINT}/{name}/"


def the_fault(store: S3FileStore) -> str:
    found = faults(store)
    assert len(found) == 1 and "\n" not in found[0], found
    return found[0]


def test_a_good_bucket_has_no_fault_and_keeps_nothing_of_the_looking(
    bucket: S3FileStore, capsys: Any
) -> None:
    assert faults(bucket) == []
    assert list(bucket.keys("")) == [] and list(bucket.open_uploads()) == []
    call_command("check_storage")
    assert "is fit for papers" in capsys.readouterr().out


def test_preparing_twice_is_preparing_once(bucket: S3FileStore) -> None:
    prepare(bucket, origin=OURS, create=True)
    rules = bucket.client.get_bucket_lifecycle_configuration(Bucket=bucket.bucket)["Rules"]
    told = {rule["ID"]: rule for rule in rules}
    assert told["quarantine"]["Expiration"]["Days"] == 3
    assert told["quarantine"]["Filter"]["Prefix"] == "quarantine/"
    assert told["unfinished uploads"]["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"] == 1
    assert faults(bucket) == []


def test_no_such_bucket(settings: Any) -> None:
    use(settings, "nobody-made-it")
    assert "There is no bucket nobody-made-it" in the_fault(buckets.bucket_of("nobody-made-it"))


def test_another_key_than_the_storage_knows(bucket: S3FileStore, settings: Any) -> None:
    strange = store_for(
        bucket.bucket, settings.S3_ENDPOINT, "us-east-1", "AKNOBODY", "x" * 40, "when_supported", "path"
    )
    assert "does not let us into" in the_fault(strange)


def test_nobody_answers(bucket: S3FileStore, settings: Any) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    settings.S3_ENDPOINT = settings.AWS_S3_ENDPOINT_URL = nowhere
    settings.S3_ADDRESS = f"{nowhere}/{bucket.bucket}/"
    assert "No storage answers" in the_fault(
        store_for(bucket.bucket, nowhere, "us-east-1", "a", "b", "when_supported", "path")
    )


def test_the_old_signature(bucket: S3FileStore) -> None:
    """What boto3 does when nobody says otherwise: the length of a file is not in it."""
    bucket.storage.client_config = bucket.storage.client_config.merge(Config(signature_version="s3"))
    old = S3FileStore(type(bucket.storage)(
        bucket_name=bucket.bucket, endpoint_url=bucket.storage.endpoint_url, region_name="us-east-1",
        access_key=bucket.storage.access_key, secret_key=bucket.storage.secret_key,
        client_config=bucket.storage.client_config, transfer_config=bucket.storage.transfer_config,
    ))  # fmt: skip
    assert any("Signature Version 4" in fault for fault in faults(old))


def test_addresses_that_browsers_may_not_go_to(bucket: S3FileStore, settings: Any) -> None:
    settings.S3_ADDRESS = f"{settings.S3_ENDPOINT}/another-bucket/"
    assert any("addresses lead elsewhere" in fault for fault in faults(bucket))


@pytest.mark.parametrize(("action", "words"), [("s3:GetObject", "read from"), ("s3:ListBucket", "list")])
def test_a_bucket_open_to_anybody(bucket: S3FileStore, action: str, words: str) -> None:
    place = f"arn:aws:s3:::{bucket.bucket}"
    open_to_all = {"Effect": "Allow", "Principal": "*", "Action": action, "Resource": [place, f"{place}/*"]}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [open_to_all]})
    bucket.client.put_bucket_policy(Bucket=bucket.bucket, Policy=policy)
    assert f"Anybody can {words} {bucket.bucket} without a key" in the_fault(bucket)
    assert list(bucket.keys("")) == []


def test_a_server_that_takes_anything_from_anybody(tmp_path: Path, settings: Any, monkeypatch: Any) -> None:
    server = SeaweedFS(tmp_path / "open", strangers_may=["Write"]).start()
    try:
        for name, value in (("", server.url), ("_KEY", server.key), ("_SECRET", server.secret)):
            monkeypatch.setenv(f"DOORSTEP_TEST_S3{name}", value)
        settings.S3_ENDPOINT, settings.PUBLIC_URL = server.url, OURS
        use(settings, "papers")
        found = faults(buckets.make_bucket("papers", origin=OURS))
    finally:
        server.stop()
    assert [fault.split(" papers ")[0] for fault in found] == [
        "Anybody can write into",
        "Anybody can delete from",
    ]


def test_rules_for_browsers(bucket: S3FileStore) -> None:
    allow_origins(bucket, ["https://elsewhere.example"])
    assert f"Browsers may not send files from {OURS}" in the_fault(bucket)
    allow_origins(bucket, ["*"])
    assert "Pages of anybody" in the_fault(bucket)
    rule = {
        "AllowedOrigins": [OURS],
        "AllowedMethods": ["GET", "PUT", "POST", "DELETE"],
        "AllowedHeaders": ["*"],
    }
    bucket.client.put_bucket_cors(Bucket=bucket.bucket, CORSConfiguration={"CORSRules": [rule]})
    assert "cannot read the ETag" in the_fault(bucket)
    rule |= {"AllowedMethods": ["GET", "PUT"], "ExposeHeaders": ["ETag"]}
    bucket.client.put_bucket_cors(Bucket=bucket.bucket, CORSConfiguration={"CORSRules": [rule]})
    assert "(POST, DELETE)" in the_fault(bucket)
    allow_origins(bucket, [OURS])
    assert faults(bucket) == []


def test_a_bucket_that_does_not_encrypt(bucket: S3FileStore, settings: Any) -> None:
    bucket.client.delete_bucket_encryption(Bucket=bucket.bucket)
    assert "does not encrypt" in the_fault(bucket)
    prepare(bucket, origin=OURS)
    settings.S3_ENCRYPTION = "aws:kms"
    assert "default encryption" in the_fault(bucket), "another one than the house asks for"


class Careless(S3FileStore):
    """A storage that knows no conditions and counts no bytes, as some servers that call themselves S3 do."""

    def put(self, key: str, chunks: Iterable[bytes], length: int, **how: Any) -> Stored:
        self.client.put_object(Bucket=self.bucket, Key=key, Body=b"".join(chunks), ContentType=PLAIN)
        return self._stored(key)

    def promote(self, source: str, target: str, **how: Any) -> Stored:
        self.client.copy_object(
            Bucket=self.bucket, Key=target, CopySource={"Bucket": self.bucket, "Key": source}
        )
        return self._stored(target)

    def sign(self, *, key: str, **how: Any) -> Signed:
        place = {"Bucket": self.bucket, "Key": key}
        return Signed(url=self.client.generate_presigned_url("put_object", Params=place), key=key)


def test_a_storage_that_does_not_keep_its_word(bucket: S3FileStore) -> None:
    found = faults(Careless(bucket.storage))
    for words in (
        "do not say how long",
        "ignores If-None-Match",
        "copies files that were exchanged",
        "more bytes",
    ):
        assert any(words in fault for fault in found), (words, found)
    assert list(bucket.keys("")) == []


def test_the_product_does_not_start(bucket: S3FileStore, tmp_path: Path) -> None:
    """With the reason, before a port is open or a database made."""
    bucket.client.delete_bucket_encryption(Bucket=bucket.bucket)
    with pytest.raises(CommandError, match="does not encrypt"):
        call_command("check_storage")
    product = start_product(tmp_path / "house", port=8000, **buckets.environment_for(bucket.bucket))
    try:
        assert product.process.wait(60) != 0
    finally:
        product.stop()
    assert "does not encrypt" in product.tail() and "Traceback" not in product.tail()
    assert not (product.data_dir / "doorstep.sqlite3").exists()
