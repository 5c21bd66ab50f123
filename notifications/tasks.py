"""The worker's side of the outbox. Both tasks may run twice at once, and be lost, without harm."""

import threading
from typing import Any

from celery import shared_task
from celery.signals import before_task_publish

from notifications import delivery, planning

# One sender a process: a slow mail server must not hold every slot of the queue. A wake-up that finds it busy leaves
# a note, and the sender looks once more before it ends; one lost in between is found by the sweep.
_sending = threading.Lock()
_look_again = threading.Event()


@shared_task(name="notifications.deliver")
def deliver() -> None:
    """Send what is due. Only a hint brings this about; the sweep does the same every few seconds."""
    _look_again.set()
    while _look_again.is_set() and _sending.acquire(blocking=False):
        try:
            _look_again.clear()
            delivery.beat_heart("worker")
            delivery.deliver_due()
        finally:
            _sending.release()


@shared_task(name="notifications.sweep")
def sweep() -> None:
    """Take back what dead workers held, then send what is due: retries, planned letters, lost wake-ups."""
    delivery.beat_heart("worker")
    delivery.return_dead_claims()
    deliver()


@shared_task(name="notifications.plan")
def plan() -> None:
    """Reminders, digests, letters of the years after: queue what is due."""
    planning.plan_due()


@before_task_publish.connect(sender="notifications.sweep")
def beat_is_alive(**kwargs: Any) -> None:
    """Only beat publishes the sweep; this runs in its process."""
    delivery.beat_heart("beat")
