"""What is tidied once an hour and once a day: rows of which nobody knows whether they left, and old words."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import private_files
from loans.models import Task
from notifications import unreached
from notifications.catalog import KINDS
from notifications.models import Attempt, MessageRules, Notification

State = Notification.State
UNCLEAR_FOR = timedelta(hours=1)
MONTH = timedelta(days=31)  # rather a little too long than too short
BATCH = 500
# Nothing more becomes of these. What is unclear, or waits to be printed, still needs its words.
DONE = (
    State.SENT, State.DELIVERED, State.PRINTED, State.CANCELLED, State.EXPIRED, State.SUPPRESSED, State.BOUNCED,
    State.COMPLAINED, State.FAILED,
)  # fmt: skip


def reconcile() -> int:
    """One task, once, for each message that has been unclear for more than an hour; returns how many there are."""
    lately = Attempt.objects.filter(notification=OuterRef("pk"), at__gt=timezone.now() - UNCLEAR_FOR)
    unclear = Notification.objects.filter(~Exists(lately), state=State.UNKNOWN, loan__isnull=False)
    rows = list(unclear.select_related("loan__officer"))
    why = _("Please look whether “%(message)s” reached %(name)s: it was cut off while it was sent.")
    for row in rows:
        assert row.loan is not None
        told = {"message": row.title, "name": row.to}
        unreached.ask(row.loan, Task.Kind.CALL, why % told, key=f"unclear:{row.public_id}")
    return len(rows)


def purge() -> int:
    """
    Clear away the words, values and secrets of old messages, letters included; what was sent to whom, when, and what
    became of it stays. Codes and links that belong to no loan are nobody's record: theirs go after a month. Returns how
    many were cleared.
    """
    now = timezone.now()
    opens_a_door = [kind.key for kind in KINDS.values() if kind.secret]
    doors = Notification.objects.filter(kind__in=opens_a_door, loan=None)
    months = MessageRules.load().keep_bodies_months
    return _clear(Notification.objects.all(), now - months * MONTH) + _clear(doors, now - MONTH)


def _clear(rows: QuerySet[Notification], older_than: datetime) -> int:
    """Batch by batch, so that nobody waits for the database meanwhile."""
    old = rows.filter(words_cleared_at=None, state__in=DONE, created_at__lt=older_than, due_at__lt=older_than)
    cleared = 0
    while batch := list(old.values_list("pk", "attachment_key")[:BATCH]):
        for _pk, key in batch:
            private_files.remove(key)
        Notification.objects.filter(pk__in=[pk for pk, _key in batch], state__in=DONE).update(
            subject="", text_body="", html_body="", wording="", personal_line="", attachment_key="", context={},
            secret=None, words_cleared_at=timezone.now(),
        )  # fmt: skip
        cleared += len(batch)
    return cleared
