"""Web, worker and beat write to one SQLite file at once: nobody is told that the database is locked."""

import threading
import time
from collections.abc import Callable

import pytest
from django.db import OperationalError, connections

from audit import log, tasks
from audit.models import Entry
from loans import clocks, services
from loans.models import Loan
from notifications import delivery
from notifications.models import Notification
from notifications.services import queue
from tests.cast import Cast, make_cast

SECONDS = 3.0


def promise(cast: Cast) -> None:
    """What a page does: read the loan, think, write, with an audit entry and a message."""
    loan = Loan.objects.get(pk=cast.loan.pk)
    services.set_next_update(
        loan=loan, on=clocks.today(cast.company), by=cast.olga, expected_version=loan.version
    )
    queue(
        kind="application_received_officer",
        event_key=f"promise:{loan.version}",
        recipient=cast.olga,
        loan=cast.loan,
    )


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_in_vain_for_the_database() -> None:
    cast = make_cast()
    done = {"web": 0, "worker": 0, "beat": 0}
    failed: list[BaseException] = []
    stop_at = time.monotonic() + SECONDS

    def at_work(name: str, work: Callable[[], object]) -> None:
        try:
            while time.monotonic() < stop_at and not failed:
                work()
                done[name] += 1
                time.sleep(0.01)  # others get a turn, as between two requests
        except OperationalError as error:
            failed.append(error)
        finally:
            connections.close_all()

    def send() -> None:
        delivery.beat_heart("worker")
        delivery.deliver_due()
        delivery.return_dead_claims()

    jobs = {"web": lambda: promise(cast), "worker": send, "beat": tasks.seal}
    threads = [threading.Thread(target=at_work, args=job) for job in jobs.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert min(done.values()) > 0 and done["web"] > 2, done
    tasks.seal()
    delivery.deliver_due()
    assert Notification.objects.filter(state="sent").count() == done["web"]
    assert not Entry.objects.unsealed().exists() and log.verify() == []
