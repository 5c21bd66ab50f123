"""
What a house can take: a full disk, twenty slow lines at once, a file a hundred times larger than another.

100 MB in the suite, 1 GB in `make soak`.
"""

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest

from benchmarks import uploads
from benchmarks.papers import paper
from tests.faults.client import Person
from tests.faults.logs import faults_in_log
from tests.faults.uploading import OWED, STATE, Upload, assert_storage_agrees, long_pdf
from tests.running import Product, wait_until

# In a bucket no byte passes the house (tests/documents/test_s3_house.py): what is asked here is the folder's question.
pytestmark = [
    pytest.mark.xdist_group("kills"), pytest.mark.parametrize("back_end", ["embedded"], indirect=True)
]  # fmt: skip
SOAKING = os.environ.get("SOAK") == "1"
SMALL, LARGE = 10, 1024 if SOAKING else 100
MOST_MEGABYTES = 30
SLOW_MEGABYTES = 8
HEALTH_SECONDS = 0.1


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A tmpfs over this folder, with what was in it."""
    copy = folder.with_name("files-before")
    shutil.copytree(folder, copy)
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0700", "none", str(folder)], check=True
    )
    try:
        shutil.copytree(copy, folder, dirs_exist_ok=True)
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def lying_about(folder: Path) -> set[str]:
    return {str(path) for name in ("incoming", "parts", "quarantine") for path in (folder / name).rglob("*")}


def test_a_full_disk_loses_nothing_and_leaves_nothing(start_house: Callable[..., Product]) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    product = start_house()
    bea, wanted = Person(product, "bea"), str(UUID(str(product.rows(OWED)[0][0])))
    with small_disk(product.data_dir / "files", 60) as disk:
        before = lying_about(disk)
        too_large = Upload(bea, wanted, "too large.pdf", bytes(40 * 1024 * 1024))
        assert too_large.ask_to_open().json()["refused"]["code"] == "disk_full", "said before the first byte"

        upload = Upload.begun(bea, wanted, "scan.pdf", long_pdf())
        filler = disk / "filler"
        filler.write_bytes(bytes(shutil.disk_usage(disk).free - 6 * 1024 * 1024))
        assert upload.answer_to_the_head(len(upload.data)) == 507
        upload.begin()
        assert upload.answer_to_the_head(len(upload.parts()[0]), part=1) == 507
        assert {path for path in lying_about(disk) if Path(path).is_file()} == before

        filler.unlink()
        for number in range(1, len(upload.parts()) + 1):
            upload.send_part(number)
        assert upload.finish() == "received"
        wait_until("it is checked", lambda: product.rows(STATE, upload.key) == [("clean",)], 60)
        assert_storage_agrees(product)


def test_twenty_slow_lines_hold_up_nobody(start_house: Callable[..., Product], tmp_path: Path) -> None:
    product = start_house(UPLOADS_PER_MINUTE="1000")
    here = uploads.Bench(product, tmp_path, Person(product, "bea"), str(UUID(str(product.rows(OWED)[0][0]))))
    with uploads.slow_lines(here, SLOW_MEGABYTES) as still_sending:
        waits = [uploads.seconds_for(here, "/healthz") for _ in range(40)]
        assert still_sending() == uploads.SLOW_LINES
    assert sorted(waits)[-2] < HEALTH_SECONDS, waits  # one may be the machine's own
    assert not faults_in_log(product)


def test_a_large_file_takes_no_more_memory_than_a_small_one(
    start_house: Callable[..., Product], tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    peaks = {}
    for megabytes in (SMALL, LARGE):
        product = start_house(**uploads.ROOMY)
        here = uploads.Bench(
            product, tmp_path, Person(product, "bea"), str(UUID(str(product.rows(OWED)[0][0])))
        )
        upload = here.open(paper(tmp_path / f"{megabytes}.pdf", megabytes, seed=megabytes))
        upload.send()
        upload.finish()
        here.clean(upload, 600)
        peaks[megabytes] = {name: uploads.peak(product, name) for name in ("web", "documents")}
    more = {name: round(peaks[LARGE][name] - peaks[SMALL][name]) for name in peaks[SMALL]}
    record_property("figures", f"memory for {LARGE} MB against {SMALL} MB, in MB more: {more}")
    assert all(megabytes <= MOST_MEGABYTES for megabytes in more.values()), more


def test_lines_cut_anywhere_leave_a_file_that_can_go_on(start_house: Callable[..., Product]) -> None:
    """At offsets of chance, ten lines at once; then each file goes on and arrives."""
    product = start_house(UPLOADS_PER_MINUTE="1000")
    bea, wanted = Person(product, "bea"), str(UUID(str(product.rows(OWED)[0][0])))
    data = [long_pdf(900 + 10 * number) for number in range(5)]
    cut = [Upload.begun(bea, wanted, f"cut {number}.pdf", one) for number, one in enumerate(data)]
    threads = [threading.Thread(target=upload.send_a_part_of_it) for upload in cut]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    time.sleep(0.2)
    for upload in cut:
        assert product.rows(STATE, upload.key) == [("uploading",)]
        assert upload.complete()["refused"]["code"] == "incomplete", "half a file is none"
        upload.send_whole()
        upload.finish()
        wait_until("it is checked", lambda key=upload.key: product.rows(STATE, key) == [("clean",)], 60)
    assert_storage_agrees(product)
