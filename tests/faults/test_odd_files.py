"""
Hostile and odd files through the running product: no worker dies, no file is left hanging, nothing bad is called clean.

50 files in the suite, 500 in `make soak`; `python -m benchmarks.odd_files FOLDER` writes them out to look at.
"""

import os
from collections import Counter
from collections.abc import Callable
from uuid import UUID

import pytest

from benchmarks.odd_files import CLEAN, REFUSED, OddFile, odd_files
from tests.faults.client import Person
from tests.faults.conftest import STANDS_ON
from tests.faults.logs import faults_in_log
from tests.faults.uploading import OWED, Upload, assert_storage_agrees
from tests.running import Product, wait_until

SOAKING = os.environ.get("SOAK") == "1"
# In the suite on the last of the back ends, in the soak on each.
pytestmark = [
    pytest.mark.xdist_group("kills"),
    pytest.mark.parametrize("back_end", STANDS_ON if SOAKING else STANDS_ON[-1:], indirect=True),
]
COUNT = 500 if SOAKING else 50
SEED = 20261122
OVER = {"clean", "rejected", "infected"}
ROOMY = {"UPLOADS_PER_MINUTE": "10000", "UPLOAD_FILES_PER_LOAN": "10000", "LOG_LEVEL": "WARNING"}
ENDS = "SELECT public_id, state, reason FROM documents_uploadsession WHERE state <> 'aborted'"
GARBAGE = "SELECT count(*) FROM documents_document d WHERE d.pages < 1 OR d.size < 1 OR d.sha256 = ''"


def test_odd_files_come_to_a_good_end(
    start_house: Callable[..., Product], record_property: Callable[[str, object], None]
) -> None:
    product = start_house(**ROOMY)
    bea = Person(product, "bea")
    wanted = str(UUID(str(product.rows(OWED)[0][0])))
    before = product.facts()["restarts"]
    sent: dict[str, OddFile] = {}
    turned_away = Counter[str]()
    for odd in odd_files(COUNT, SEED):
        if key := hand_in(bea, wanted, odd):
            sent[key] = odd
        else:
            turned_away[odd.what] += 1

    ends = wait_until(
        "every file has come to an end", lambda: all_ended(product, set(sent)), 60 + 4 * COUNT, 1
    )
    wrong = [
        (odd.what, odd.name, ends[key])
        for key, odd in sent.items()
        if (odd.becomes == REFUSED and ends[key][0] == "clean")
        or (odd.becomes == CLEAN and ends[key][0] != "clean")
    ]
    assert not wrong
    assert "odd name" not in turned_away
    assert product.facts()["restarts"] == before, "a worker died"
    assert product.rows(GARBAGE) == [(0,)]
    assert not faults_in_log(product)
    assert_storage_agrees(product)
    told = Counter(state if state == "clean" else reason for state, reason in ends.values())
    at_the_door = sum(turned_away.values())
    record_property(
        "figures", f"{len(sent)} odd files checked, {at_the_door} turned away before: {dict(told)}"
    )


def hand_in(bea: Person, wanted: str, odd: OddFile) -> str:
    """The key of its upload; empty when the door did not open for it."""
    upload = Upload.unless_refused(bea, wanted, odd.name, odd.data)
    if upload is None:
        return ""
    upload.send_whole()
    assert upload.finish() in {"received", "scanning", *OVER}, odd.name
    return upload.key


def all_ended(product: Product, keys: set[str]) -> dict[str, tuple[str, str]] | None:
    found = {UUID(str(key)).hex: (state, reason) for key, state, reason in product.rows(ENDS)}
    ours = {key: found[key] for key in keys}
    return ours if all(state in OVER for state, _reason in ours.values()) else None
