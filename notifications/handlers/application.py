"""An application is proved, left, sent, complete."""

import uuid
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop as noop

from accounts.models import Invitation, User
from loans import events as loan_events
from loans.models import Application, Loan, StageEvent
from notifications import services
from notifications.catalog.reminders import APPLICATION_UNFINISHED
from notifications.models import Notification

WITH_A_LINK_BACK = ["application_resume", APPLICATION_UNFINISHED]


@receiver(loan_events.email_proof_asked)
def email_proof_asked(sender: object, application: Application, code: str, **kwargs: Any) -> None:
    _only_the_newest(["email_proof"], application)
    services.queue(kind="email_proof", event_key=f"proof:{uuid.uuid4()}", recipient=application, secret=code)


@receiver(loan_events.resume_link_asked)
def resume_link_asked(
    sender: object, application: Application, token: str, after: timedelta, **kwargs: Any
) -> None:
    _only_the_newest(WITH_A_LINK_BACK, application)
    services.queue(
        kind="application_resume",
        event_key=f"resume:{application.public_id}:{uuid.uuid4()}",
        recipient=application,
        loan=application.loan,
        due_at=timezone.now() + after,
        secret=settings.PUBLIC_URL + reverse("apply:resume", args=[token]),
    )


def _only_the_newest(kinds: list[str], application: Application) -> None:
    """An older code or link no longer opens anything; one that still waits is not worth sending."""
    waiting = Notification.objects.filter(
        kind__in=kinds, recipient=f"application:{application.public_id}"
    ).waiting()
    services.stop(waiting, because=noop("A newer one was asked for."))


@receiver(loan_events.application_submitted)
def application_submitted(
    sender: object,
    loan: Loan,
    application: Application,
    event: StageEvent,
    invitation: Invitation | None = None,
    token: str = "",
    **kwargs: Any,
) -> None:
    services.stop(
        loan.notifications.filter(kind__in=WITH_A_LINK_BACK).waiting(),
        because=noop("The application was sent."),
    )
    main = loan.parties.borrowers().select_related("user").order_by("id").first()
    if main is not None:
        services.queue(
            kind="application_received",
            event_key=str(event.public_id),
            recipient=main,
            loan=loan,
            secret=settings.PUBLIC_URL + reverse("accounts:invitation", args=[token]) if token else None,
            context={"sets_up": bool(token)},
        )
    services.queue(
        kind="application_received_officer", event_key=str(event.public_id), recipient=loan.officer, loan=loan
    )


@receiver(loan_events.six_items_arrived)
def six_items_arrived(sender: object, loan: Loan, due_on: date, **kwargs: Any) -> None:
    managers = User.objects.filter(role=User.Role.MANAGER, is_active=True).exclude(pk=loan.officer_id)
    for person in [loan.officer, *managers]:
        services.queue(
            kind="six_items",
            event_key=f"six_items:{loan.public_id}",
            recipient=person,
            loan=loan,
            context={"due_on": due_on.isoformat()},
        )
