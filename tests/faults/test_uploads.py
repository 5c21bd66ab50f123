"""A file on its way while processes are killed: what had arrived stays, and one file becomes one document, once."""

import hashlib
import os
import random
import time
from collections.abc import Callable
from uuid import UUID

import pytest

from tests.documents.files import pdf
from tests.faults.client import Person
from tests.faults.killing import as_stored
from tests.faults.uploading import DOCUMENTS, OWED, STATE, Upload, assert_storage_agrees, long_pdf
from tests.running import Product, wait_until

pytestmark = [pytest.mark.xdist_group("kills")]


@pytest.fixture
def product(start_house: Callable[..., Product]) -> Product:
    return start_house()


@pytest.fixture
def bea(product: Product) -> Person:
    return Person(product, "bea")


@pytest.fixture
def wanted(product: Product) -> str:
    return str(UUID(str(product.rows(OWED)[0][0])))


def test_web_killed_in_the_middle_of_a_part(product: Product, bea: Person, wanted: str) -> None:
    upload = Upload.begun(bea, wanted, "long scan.pdf", long_pdf())
    upload.begin()
    upload.send_part(1)
    cut = random.randrange(1, len(upload.parts()[1]) - 1)

    with upload.line_with_head(len(upload.parts()[1]), 2) as line:
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
    uploads = [Upload.begun(bea, wanted, f"statement {n}.pdf", pdf(4, f"page of file {n}")) for n in range(3)]
    for upload in uploads:
        upload.send_whole()
        assert upload.finish() in ("received", "scanning", "clean")
        killed_at = kill_while_it_checks(product, upload)
        let_leases_run_out(product, killed_at)
        # Before the next kill: the third death of one file would end it.
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
    """Two minutes pass for what the dead worker held."""
    product.rows(
        "UPDATE documents_uploadsession SET leased_until = '2020-01-01 00:00:00' "
        "WHERE state = 'scanning' AND leased_until < ?",
        as_stored(killed_at + 120),
    )
