"""What the tests of asking share."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from feedback.access import token_for
from feedback.models import SurveyResponse
from loans.models import Loan, Party
from loans.services import change_stage
from notifications.models import Notification
from notifications.reminders import surveys
from tests.cast import Cast

Kind = SurveyResponse.Kind
State = Notification.State
MORNING = datetime.fromisoformat("2026-11-17T15:30:00+00:00")  # a Tuesday, 10:30 in Portland
ASKING = tuple(surveys.KINDS.values())


def move(cast: Cast, to: str, **more: Any) -> None:
    loan = Loan.objects.get(pk=cast.loan.pk)
    more.setdefault("reason", "a signature was missing")
    change_stage(loan=loan, to=to, by=cast.mara, expected_version=loan.version, **more)


def fund(cast: Cast) -> None:
    Loan.objects.filter(pk=cast.loan.pk).update(stage="closing")
    move(cast, "funded")


def letter_leaves(state: str = State.SENT, at: datetime | None = None) -> None:
    """What a worker would do with the newest letter of thanks."""
    row = Notification.objects.filter(kind="thank_you").latest("pk")
    Notification.objects.filter(pk=row.pk).update(state=state, sent_at=at or timezone.now())


def mails() -> list[Notification]:
    return list(Notification.objects.filter(kind__in=ASKING).order_by("pk"))


def ask(party: Party, kind: str = Kind.APPLIED, about: str = "", **more: Any) -> SurveyResponse:
    """A question that this person was asked a moment ago."""
    said: dict[str, Any] = {
        "due_at": timezone.now(),
        "asked_at": timezone.now() - timedelta(minutes=5),
        **more,
    }
    return SurveyResponse.objects.create(
        party=party, kind=kind, about=about, loan=party.loan, **{"officer": party.loan.officer, **said}
    )


def link(survey: SurveyResponse) -> str:
    return f"/answer/{token_for(survey)}/"
