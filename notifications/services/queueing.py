"""A message begins as a row, written in the transaction of what it tells of. Nothing is sent from here."""

import uuid
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime, parseaddr
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop as noop

from accounts.absences import deputies_of
from accounts.models import User
from documents import wake
from loans import answers
from loans.models import Application, Loan, Party
from loans.stages import Stage
from notifications import permission
from notifications.catalog import Kind, kind_for
from notifications.catalog.shape import DESK
from notifications.models import Notification
from notifications.sealing import seal

Channel = Notification.Channel
State = Notification.State
WAKE_UP_LIVES_SECONDS = 60
WAKES: dict[str, str] = {
    Channel.EMAIL: "notifications.deliver",
    Channel.TEXT: "notifications.deliver_texts",
    Channel.LETTER: "notifications.deliver_letters",
}
TEXTS_APART = timedelta(minutes=15)
GONE = (State.SENDING, State.SENT, State.DELIVERED, State.UNKNOWN)
LOAN_IS_QUIET = noop("The loan is paused or has ended; nothing is sent.")


@dataclass(frozen=True)
class Recipient:
    """Who is written to: a key that stays the same, a name, an address, a language."""

    key: str
    name: str
    address: str
    language: str = "en"


def recipient_of(who: User | Party | Application | Recipient) -> Recipient:
    if isinstance(who, Recipient):
        return who
    if isinstance(who, User):
        return Recipient(f"user:{who.public_id}", who.name, who.mail_address, who.language)
    if isinstance(who, Party):
        language = who.user.language if who.user else who.language
        return Recipient(f"party:{who.public_id}", who.name, who.mail_address, language)
    return Recipient(f"application:{who.public_id}", answers.read(who.answers).name, who.email)


def queue(
    *,
    kind: str,
    event_key: str,
    recipient: User | Party | Application | Recipient | str,
    recipient_name: str = "",
    address: str = "",
    language: str = "",
    loan: Loan | None = None,
    context: dict[str, Any] | None = None,
    secret: str | None = None,
    due_at: datetime | None = None,
    expires_after: timedelta | None = None,
    channel: str = "",
) -> Notification:
    """
    Write the row and, after the commit, wake the worker. The same (event_key, kind, recipient, channel) again is a
    no-op that answers the first row. `recipient` as text ("user:<uuid>") comes with name, address and language;
    otherwise `address` is for another mailbox than the recipient's own. `context` holds flat values that cannot be
    read anew later; `secret` is encrypted; `expires_after` is sooner than its kind says. Call it inside the
    transaction of the event.

    Beside the mail, which is what is answered, a text goes out where the kind has words for one and the person may be
    texted. `channel` has it go by that one alone: a letter on paper, the answer to a text. What somebody here is told
    of a loan while they are away, their deputy is told as well.
    """
    entry = kind_for(kind)
    if (
        loan is not None
        and entry.audience == DESK
        and isinstance(recipient, User)
        and (deputy := deputies_of([recipient]).get(recipient.pk))
    ):
        _queue_for(deputy, kind, event_key, loan, context, due_at, expires_after)
    to = Recipient(recipient, "", "") if isinstance(recipient, str) else recipient_of(recipient)
    now = timezone.now()
    due = due_at or now
    row = Notification(
        event_key=event_key,
        kind=kind,
        channel=channel or entry.channel,
        recipient=to.key,
        recipient_name=(recipient_name or to.name)[:120],
        address=address or to.address,
        loan=loan,
        party=recipient if isinstance(recipient, Party) else None,
        language=language or to.language or "en",
        context={**(context or {}), **_about_secret(entry, secret, context or {})},
        secret=seal(secret) if secret else None,
        template_version=entry.version,
        priority=entry.priority,
        due_at=due,
        expires_at=due + (expires_after or entry.expires_after),
        message_id=new_message_id(),
        date_header=date_header(due),
    )
    if row.channel == Channel.TEXT:
        _to_number(row, address or (row.party.text_number if row.party else to.address))
    if loan is not None and not entry.asked_for and loan.stage in Stage.quiet():
        row.state, row.error = State.CANCELLED, LOAN_IS_QUIET
        return _insert(row, now)
    return _insert(row, now, _text_beside(row, entry) if not channel else None)


def _queue_for(
    deputy: User,
    kind: str,
    event_key: str,
    loan: Loan,
    context: dict[str, Any] | None,
    due_at: datetime | None,
    expires_after: timedelta | None,
) -> None:
    """Their own copy; a deputy is here, or would be none."""
    queue(
        kind=kind, event_key=event_key, recipient=deputy, loan=loan, context=context, due_at=due_at,
        expires_after=expires_after,
    )  # fmt: skip


def _insert(row: Notification, now: datetime, text: Notification | None = None) -> Notification:
    """Now is the moment the row was made: what is due at once stays so on a clock that is set back meanwhile."""
    Notification.objects.bulk_create([row, text] if text else [row], ignore_conflicts=True)
    kept = Notification.objects.get(
        event_key=row.event_key, kind=row.kind, recipient=row.recipient, channel=row.channel
    )
    if kept.public_id == row.public_id and kept.state == State.QUEUED and kept.due_at <= now:
        wake_up(row.channel)
        if text:
            wake_up(text.channel)
    return kept


# --- The text beside the mail --------------------------------------------------------------------------------


def _text_beside(row: Notification, entry: Kind) -> Notification | None:
    """The same message as a text, where there may be one and none of its kind has just gone to the number."""
    if row.party is None or Channel.TEXT not in permission.channels_for(entry, row.party):
        return None
    text = copy(row)
    text.public_id, text.message_id = uuid.uuid4(), new_message_id()
    text.channel, text.secret = Channel.TEXT, None  # what opens a door goes by mail alone
    if entry.secret:
        text.context = {**row.context, "secret_is": "none"}
    _to_number(text, row.party.text_number)
    return None if _was_just_texted(text) else text


def _to_number(row: Notification, number: str) -> None:
    """A number is the recipient of a text, so that a couple with one telephone gets it once."""
    row.address, row.recipient = number, f"phone:{number}"


def _was_just_texted(text: Notification) -> bool:
    """Several papers sent back one after the other are one text each; the mails say which."""
    same = Notification.objects.filter(
        address=text.address, channel=Channel.TEXT, kind=text.kind, loan=text.loan
    )
    waits = Q(state=State.QUEUED)
    went = Q(created_at__gt=timezone.now() - TEXTS_APART, state__in=GONE)
    return same.exclude(event_key=text.event_key).filter(waits | went).exists()


def _about_secret(entry: Kind, secret: str | None, context: dict[str, Any]) -> dict[str, str]:
    """Whether the secret is a code to type or a link to follow: known also when the secret itself is wiped."""
    if not entry.secret or "secret_is" in context:
        return {}
    if not secret:
        return {"secret_is": "none"}
    return {"secret_is": "link" if secret.startswith(("http://", "https://")) else "code"}


def new_message_id() -> str:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{uuid.uuid4().hex}@{domain}>"


def date_header(moment: datetime) -> str:
    """The Date of the message: the moment it is due, so that a letter planned a week ahead does not arrive old."""
    return format_datetime(moment)


def wake_up(channel: str = Channel.EMAIL) -> None:
    """After the commit, tell a worker that something is due. A hint only: the sweep finds it anyway."""
    wake.soon(WAKES[channel], expires=WAKE_UP_LIVES_SECONDS)
