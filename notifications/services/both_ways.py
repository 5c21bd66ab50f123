"""
Hold, release, send now, cancel: for a message, for its copy on paper, and for the text beside it.

A letter that goes by mail and on paper is two rows with one event key. What somebody does to one of them while the
other waits is done to both: nobody means to hold half a letter. The text beside a mail follows it, so that nothing that
was held rings a telephone; what is done to the text is done to it alone.
"""

from collections.abc import Callable

from django.db import transaction

from accounts.models import User
from notifications.models import Notification
from notifications.services import changing

State = Notification.State
Verb = Callable[..., Notification]


def hold(*, notification: Notification, by: User, expected_version: int | None = None) -> Notification:
    """Keep it until somebody releases it. Refused when it no longer waits."""
    return _do(changing.hold, (State.QUEUED,), notification, by, expected_version)


def release(*, notification: Notification, by: User, expected_version: int | None = None) -> Notification:
    """Let it go at the time it was meant for. Refused while its loan is quiet, or a letter of it must not go."""
    return _do(changing.release, (State.HELD,), notification, by, expected_version)


def send_now(*, notification: Notification, by: User, expected_version: int | None = None) -> Notification:
    """Send it with the next batch; a letter on paper is made now. Refused like `release`."""
    return _do(changing.send_now, (State.QUEUED, State.HELD), notification, by, expected_version)


def cancel(*, notification: Notification, by: User, expected_version: int | None = None) -> Notification:
    """Do not send it at all. Refused for what is on its way or done, and for kinds that must be sent."""
    waits = (State.QUEUED, State.HELD, State.READY_TO_PRINT)
    return _do(changing.cancel, waits, notification, by, expected_version)


@transaction.atomic
def _do(
    verb: Verb, states: tuple[str, ...], row: Notification, by: User, expected_version: int | None
) -> Notification:
    done = verb(notification=row, by=by, expected_version=expected_version)
    for copy in [*copies_of(row, states), *_texts_beside(row, states)]:
        verb(notification=copy, by=by)
    return done


def copies_of(row: Notification, states: tuple[str, ...] = (State.QUEUED, State.HELD)) -> list[Notification]:
    """The same letter to the same person by the other way, while it stands in one of these states."""
    ways = {Notification.Channel.EMAIL, Notification.Channel.LETTER}
    if row.channel not in ways:
        return []
    same = Notification.objects.filter(
        event_key=row.event_key, kind=row.kind, recipient=row.recipient, channel__in=ways - {row.channel}
    )
    return list(same.filter(state__in=states).select_related("loan__officer"))


def _texts_beside(row: Notification, states: tuple[str, ...]) -> list[Notification]:
    if row.channel != Notification.Channel.EMAIL or row.party_id is None:
        return []
    same = Notification.objects.filter(event_key=row.event_key, kind=row.kind, party=row.party_id)
    return list(same.filter(channel=Notification.Channel.TEXT, state__in=states))
