"""What the tests of letters share."""

from typing import Any

import pypdfium2
from django.utils import timezone

from loans.models import Loan, StageEvent
from loans.services import change_stage
from notifications.models import MessageRules, Notification
from tests.cast import Cast


def fund(cast: Cast, **facts: Any) -> None:
    """Bea's and Cole's loan is funded just now; `facts` are set before."""
    Loan.objects.filter(pk=cast.loan.pk).update(stage="closing", **facts)
    move(cast, "funded")


def move(cast: Cast, to: str) -> StageEvent:
    cast.loan.refresh_from_db()
    return change_stage(
        loan=cast.loan,
        to=to,
        by=cast.mara,
        expected_version=cast.loan.version,
        reason="a signature was missing",
    )


def letters_by(how: str) -> MessageRules:
    rules, _new = MessageRules.objects.update_or_create(pk=1, defaults={"letters_by": how})
    return rules


def the(kind: str, channel: str = "email") -> Notification:
    return Notification.objects.select_related("loan__officer").get(kind=kind, channel=channel)


def due_now(row: Notification) -> Notification:
    Notification.objects.filter(pk=row.pk).update(due_at=timezone.now())
    row.refresh_from_db()
    return row


def words_of(pdf: bytes) -> str:
    """What stands on the pages, in one line."""
    document = pypdfium2.PdfDocument(pdf)
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())
