"""Debian's clamd beside the running product: what it stops, and that without it files wait and none is called clean."""

import io
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pikepdf
import pytest

from tests.documents.files import pdf
from tests.faults.client import Person
from tests.faults.uploading import OWED, STATE, Upload, assert_storage_agrees
from tests.running import Product, wait_until
from tests.services.clamav import MARKER, Clamd

pytestmark = [pytest.mark.services, pytest.mark.xdist_group("kills")]
FOUND = "SELECT state, signature FROM documents_uploadsession WHERE public_id = ?"
NOT_BEFORE = "SELECT not_before FROM documents_uploadsession WHERE public_id = ?"
NO_LONGER = "UPDATE documents_uploadsession SET not_before = NULL WHERE state = 'received'"
FORGET = "DELETE FROM documents_scannerreport"


@pytest.fixture
def clamd(tmp_path: Path) -> Iterator[Clamd]:
    (tmp_path / "clamd").mkdir()
    server = Clamd(tmp_path / "clamd").start()
    yield server
    if server.process:
        server.thaw()
    server.stop()


def with_marker() -> bytes:
    made = pikepdf.new()
    page = made.add_blank_page()
    page.Contents = made.make_stream(b"% " + MARKER)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def sent(bea: Person, wanted: str, name: str, data: bytes) -> Upload:
    upload = Upload.begun(bea, wanted, name, data)
    upload.send_whole()
    upload.finish()
    return upload


def test_a_scanner_that_fails_in_every_way(start_house: Callable[..., Product], clamd: Clamd) -> None:
    product = start_house(CLAMD_URL=clamd.url)
    bea, wanted = Person(product, "bea"), str(UUID(str(product.rows(OWED)[0][0])))

    good, bad = sent(bea, wanted, "good.pdf", pdf(marker="good")), sent(bea, wanted, "bad.pdf", with_marker())
    wait_until("the good one is clean", lambda: product.rows(STATE, good.key) == [("clean",)], 90)
    wait_until("the bad one is stopped", lambda: product.rows(FOUND, bad.key)[0][0] == "infected", 60)
    assert product.rows(FOUND, bad.key)[0][1].startswith("Doorstep.Test.Marker"), "staff see what it was"
    refused = bea.get(bad.opened["state"]).json()["refused"]
    assert "Marker" not in str(refused) and refused["code"] == "infected", "the borrower reads plain words"

    clamd.freeze()
    frozen = sent(bea, wanted, "frozen.pdf", pdf(marker="frozen"))
    time.sleep(3)
    assert product.rows(STATE, frozen.key)[0][0] in ("received", "scanning")
    clamd.thaw()
    wait_until("it goes on by itself", lambda: product.rows(STATE, frozen.key) == [("clean",)], 90)

    clamd.kill()
    waiting = sent(bea, wanted, "waiting.pdf", pdf(marker="waiting"))
    wait_until("it was tried", lambda: product.rows(NOT_BEFORE, waiting.key)[0][0] is not None, 60)
    assert product.rows(STATE, waiting.key) == [("received",)]
    assert bea.get(waiting.opened["state"]).json()["label"] == "Received, being checked"
    clamd.start()
    product.rows(FORGET)
    product.rows(NO_LONGER)
    wait_until("it goes on by itself", lambda: product.rows(STATE, waiting.key) == [("clean",)], 90)
    assert product.rows("SELECT count(*) FROM documents_document WHERE scanner = '' AND session_id IN "
                        "(SELECT id FROM documents_uploadsession WHERE name LIKE '%ing.pdf')") == [(0,)]  # fmt: skip
    assert_storage_agrees(product)
