"""
The worker's side of the outbox. Every task may run twice at once, and be lost, without harm.

Each channel is sent by a task of its own, one at a time on a machine (`delivery.Slot`): a mail server that is slow or
dead holds one slot of the worker, never the texts, the letters or what else there is to do.
"""

import logging
from typing import Any

from celery import current_app, shared_task
from celery.signals import before_task_publish

from notifications import delivery, figures, housekeeping, mail_kept, planning
from notifications.models import Notification
from notifications.services.queueing import WAKES

logger = logging.getLogger(__name__)
Channel = Notification.Channel
SWEEP_HINT_LIVES_SECONDS = 14


@shared_task(name="notifications.deliver")
def deliver() -> None:
    """Send the mail that is due. Hints bring this about, and the sweep every few seconds."""
    _send(Channel.EMAIL)


@shared_task(name="notifications.deliver_texts")
def deliver_texts() -> None:
    """Send the texts that are due."""
    _send(Channel.TEXT)


@shared_task(name="notifications.deliver_letters")
def deliver_letters() -> None:
    """Make the letters on paper that are due."""
    _send(Channel.LETTER)


def _send(channel: str) -> None:
    half_a_lease = delivery.LEASE.total_seconds() / 2
    delivery.Slot(channel, half_a_lease).run(_send_until)


def _send_until(channel: str, stop_at: float) -> None:
    delivery.beat_heart("worker")
    delivery.deliver_due(channel, stop_at=stop_at)


@shared_task(name="notifications.sweep")
def sweep() -> None:
    """Take back what dead workers held, then wake each channel that has something due: retries, lost hints."""
    delivery.beat_heart("worker")
    delivery.return_dead_claims()
    for channel in delivery.channels_due():
        try:
            current_app.send_task(WAKES[channel], expires=SWEEP_HINT_LIVES_SECONDS, retry=False)
        except Exception as error:
            logger.warning("no wake-up for %s, sending at once: %s", WAKES[channel], error)
            _send(channel)
    figures.warn_when_late()


@shared_task(name="notifications.read_mails")
def read_mails() -> None:
    """Mail that came in: hints bring this about, and beat every half minute."""
    mail_kept.read_waiting()


@shared_task(name="notifications.plan")
def plan() -> None:
    """Reminders, digests, letters of the years after: queue what is due."""
    planning.plan_due()


@shared_task(name="notifications.reconcile")
def reconcile() -> None:
    """Ask somebody to look at messages of which nobody knows whether they left."""
    housekeeping.reconcile()


@shared_task(name="notifications.purge")
def purge() -> None:
    """Clear away the words of old messages."""
    housekeeping.purge()


@before_task_publish.connect(sender="notifications.sweep")
def beat_is_alive(**kwargs: Any) -> None:
    """Only beat publishes the sweep; this runs in its process."""
    delivery.beat_heart("beat")


from notifications.texting import tasks as _texting  # noqa: E402, F401 - Celery looks for tasks in this module alone
