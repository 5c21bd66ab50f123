"""Workers and beat killed while messages are written: none is lost, and a second copy is recognisable."""

import itertools
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.running import ROOT, Mailbox, Product, wait_until

MESSAGES = 60
WRITE = f"""
import time
from django.db import transaction
from loans.models import Loan
from notifications.services import queue
loan = Loan.objects.open().exclude(stage="suspended").first()
for number in range({MESSAGES}):
    with transaction.atomic():
        queue(
            kind="application_received_officer", event_key=f"kill:{{number}}", recipient=loan.officer, loan=loan
        )
    time.sleep(0.15)
"""


def rows(product: Product, what: str) -> list[str]:
    base = sqlite3.connect(f"file:{Path(product.data_dir) / 'doorstep.sqlite3'}?mode=ro", uri=True)
    try:
        found = base.execute(f"SELECT {what} FROM notifications_notification WHERE event_key LIKE 'kill:%'")
        return [value for (value,) in found]
    finally:
        base.close()


@pytest.mark.timeout(560)
def test_killed_workers_lose_no_message(product: Product, mailbox: Mailbox) -> None:
    writer = subprocess.Popen(
        [sys.executable, "manage.py", "shell", "-c", WRITE], cwd=ROOT, env=product.environment
    )
    kills = 0
    for name in itertools.cycle(["messages", "beat", "messages"]):
        time.sleep(2)
        if writer.poll() is not None:
            break
        if name in product.pids:
            old = product.kill(name)
            kills += 1
            product.wait_for_restart(name, old)
    assert writer.returncode == 0 and kills >= 2
    # A claim that died in the worker's hands comes back after its lease of five minutes.
    wait_until(
        "everything is sent", lambda: rows(product, "state") == ["sent"] * MESSAGES, seconds=360, every=1
    )
    expected = set(rows(product, "message_id"))
    arrived = Counter(str(mail["Message-ID"]).strip() for mail in mailbox.messages)
    copies = [arrived[message_id] for message_id in expected]
    assert len(expected) == MESSAGES and min(copies) >= 1
    assert sum(copies) - MESSAGES <= kills
