"""
Another officer has a loan: what waits for the old one goes to the new one, and the borrowers are introduced once the
change stood for as long as a move may be taken back. A partner may follow a loan: the borrowers are asked, and once one
agreed the link goes out.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop as noop

from accounts.absences import deputies_of
from accounts.models import Company, User
from loans import events as loan_events
from loans.models import Loan, Partner
from loans.services.locking import works_on
from loans.stages import Stage
from notifications import services
from notifications.catalog.people import LOANS_HANDED_OVER, NEW_OFFICER, PARTNER_ASKED, PARTNER_LINK
from notifications.facts.shared import OTHER_OFFICER
from notifications.handlers.shared import borrowers_but
from notifications.models import Notification


@receiver(loan_events.officer_changed)
def officer_changed(sender: object, loan: Loan, by: User, before: User, **kwargs: Any) -> None:
    _notices_follow(loan, before)
    due = timezone.now() + timedelta(minutes=Company.load().message_wait_minutes)
    if loan.officer_id != by.pk:
        _tell_the_new_one(loan)
    if loan.stage in Stage.closed():
        return
    for party in borrowers_but(loan, by):
        services.queue(
            kind=NEW_OFFICER,
            event_key=f"officer:{loan.public_id}:{loan.version}",
            recipient=party,
            loan=loan,
            context={"officer": str(loan.officer.public_id), "before": str(before.public_id)},
            due_at=due,
        )


def _notices_follow(loan: Loan, before: User) -> None:
    """
    What the old officer was about to be told: the new one is told it, unless they are told already. Copies of who
    stands in for the old one stop, unless they work on the loan themselves.
    """
    waiting = loan.notifications.waiting().filter(recipient=f"user:{before.public_id}")
    now = loan.officer
    for row in waiting:
        same = Notification.objects.filter(
            event_key=row.event_key, kind=row.kind, channel=row.channel, recipient=f"user:{now.public_id}"
        )
        if same.exists():
            services.stop(waiting.filter(pk=row.pk), because=OTHER_OFFICER)
        else:
            waiting.filter(pk=row.pk).update(
                recipient=f"user:{now.public_id}",
                recipient_name=now.name,
                address=now.mail_address,
                language=now.language,
            )
    for deputy in deputies_of([before]).values():
        if not works_on(loan, deputy):
            copies = loan.notifications.waiting().filter(recipient=f"user:{deputy.public_id}")
            services.stop(copies, because=OTHER_OFFICER)


def _tell_the_new_one(loan: Loan) -> None:
    """One message for all that are handed over while the first of it waits."""
    who = loan.officer
    waiting = Notification.objects.filter(
        kind=LOANS_HANDED_OVER, recipient=f"user:{who.public_id}", state=Notification.State.QUEUED
    )
    if waiting.exists():
        return
    services.queue(
        kind=LOANS_HANDED_OVER,
        event_key=f"handed:{loan.public_id}:{loan.version}",
        recipient=who,
        context={"loan": str(loan.public_id)},
        due_at=timezone.now() + timedelta(minutes=Company.load().message_wait_minutes),
    )


@receiver(loan_events.partner_invited)
def partner_invited(sender: object, partner: Partner, by: User, **kwargs: Any) -> None:
    for party in borrowers_but(partner.loan, by):
        services.queue(
            kind=PARTNER_ASKED,
            event_key=f"partner:{partner.public_id}",
            recipient=party,
            loan=partner.loan,
            context={"partner": str(partner.public_id)},
        )


@receiver(loan_events.partner_agreed)
def partner_agreed(sender: object, partner: Partner, token: str, **kwargs: Any) -> None:
    """To the partner alone, and of no loan: its number is none of their business."""
    services.queue(
        kind=PARTNER_LINK,
        event_key=f"partner:{partner.public_id}",
        recipient=_recipient(partner),
        context={"partner": str(partner.public_id)},
        secret=settings.PUBLIC_URL + reverse("partner:page", args=[token]),
    )


@receiver(loan_events.partner_ended)
def partner_ended(sender: object, partner: Partner, **kwargs: Any) -> None:
    waiting = Notification.objects.filter(kind=PARTNER_LINK, recipient=_recipient(partner).key).waiting()
    services.stop(waiting, because=noop("The link was ended."))


def _recipient(partner: Partner) -> services.Recipient:
    return services.Recipient(f"partner:{partner.public_id}", partner.name, partner.email)
