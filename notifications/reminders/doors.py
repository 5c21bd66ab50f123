"""
Two doors that stand open: an application with a proved address that was not sent, and an invitation nobody used.

Both reminders carry a link that opens the door, made anew, because only its hash or its number is kept; the older link
ends. So one is made only in the minute in which it may leave, for the address that had the first one, and never while
a newer link is on its way. An application is reminded of once for each time somebody stops typing, twice at most; an
invitation to a loan once; one to work here never, since whoever hands out such doors should do so by hand.
"""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import Invitation
from accounts.services import reissue_invitation
from loans.errors import Refused
from loans.models import Application, Loan, Party
from loans.services import make_link_for_reminder
from loans.stages import Stage
from notifications import hours, services
from notifications.catalog.reminders import APPLICATION_UNFINISHED, INVITATION_UNUSED
from notifications.models import MessageRules, Notification
from notifications.reminders.batches import each
from notifications.reminders.ladder import OPEN_STAGES

AT_ONCE = 200
MOST_FOR_AN_APPLICATION = 2
# Who was not reminded by then (the house slept, or was set up later) is left alone.
TOO_LATE_AFTER = timedelta(days=14)


def _may_leave_now(loan: Loan | None, now: datetime, rules: MessageRules) -> bool:
    """By the clock where the home is: nobody who gets these has a sign-in with a clock of their own."""
    return hours.next_allowed(now, hours.zone_for(None, loan), rules) == now


# --- Applications ----------------------------------------------------------------------------------------------


def plan_applications() -> int:
    """Remind of applications nobody went on with; returns of how many."""
    now, rules = timezone.now(), MessageRules.load()
    silent_since = now - timedelta(days=rules.unfinished_after_days)
    left = [row for row in unfinished(silent_since)[:AT_ONCE] if _may_leave_now(row.loan, now, rules)]
    return each(left, partial(_remind_of_application, silent_since=silent_since))


def unfinished(silent_since: datetime) -> QuerySet[Application]:
    """Proved, not sent, untouched since then; not reminded of since the last word, and no link asked for lately."""
    rows = Notification.objects.filter(loan=OuterRef("loan"))
    asked_lately = rows.filter(kind="application_resume", created_at__gt=silent_since)
    told_already = rows.filter(kind=APPLICATION_UNFINISHED, created_at__gt=OuterRef("saved_at"))
    left = Application.objects.filter(
        proved_at__isnull=False,
        submitted_at__isnull=True,
        saved_at__range=(silent_since - TOO_LATE_AFTER, silent_since),
        loan__stage=Stage.STARTED,
        loan__bereavement=False,
    )
    told = Count("loan__notifications", filter=Q(loan__notifications__kind=APPLICATION_UNFINISHED))
    return (
        left.filter(~Exists(asked_lately), ~Exists(told_already))
        .annotate(told=told)
        .filter(told__lt=MOST_FOR_AN_APPLICATION)
        .select_related("loan")
        .order_by("saved_at", "pk")
    )


@transaction.atomic
def _remind_of_application(left: Application, *, silent_since: datetime) -> bool:
    assert left.loan_id is not None
    loan = Loan.objects.select_for_update().get(pk=left.loan_id)
    # Whatever happened since it was listed: sent, typed on, reminded of by another planner.
    application = unfinished(silent_since).filter(pk=left.pk).first()
    if application is None:
        return False
    try:
        token = make_link_for_reminder(application=application)
    except Refused:
        return False
    services.queue(
        kind=APPLICATION_UNFINISHED,
        event_key=f"unfinished:{application.public_id}:{application.resume_number}",
        recipient=application,
        loan=loan,
        context={"link": application.resume_number},
        secret=_address("apply:resume", token),
    )
    return True


# --- Invitations -----------------------------------------------------------------------------------------------


def plan_invitations() -> int:
    """Remind of invitations to a loan that nobody used; returns of how many."""
    now, rules = timezone.now(), MessageRules.load()
    left = list(unused(now - timedelta(days=rules.invitation_after_days))[:AT_ONCE])
    invited = Party.objects.filter(public_id__in=[row.subject_id for row in left]).select_related("loan")
    places = {party.public_id: party.loan for party in invited}
    return each(
        [row for row in left if row.subject_id and _may_leave_now(places[row.subject_id], now, rules)],
        _remind_of_invitation,
    )


def unused(made_before: datetime) -> QuerySet[Invitation]:
    """To a loan that goes on, for somebody who cannot sign in yet and was never reminded."""
    invited = Party.objects.filter(
        public_id=OuterRef("subject_id"),
        user__isnull=True,
        loan__stage__in=OPEN_STAGES,
        loan__bereavement=False,
    )
    told = Notification.objects.filter(kind=INVITATION_UNUSED, party__public_id=OuterRef("subject_id"))
    return Invitation.objects.filter(
        Exists(invited),
        ~Exists(told),
        purpose=Invitation.Purpose.LOAN_PARTY,
        used_at__isnull=True,
        revoked_at__isnull=True,
        created_at__range=(made_before - TOO_LATE_AFTER, made_before),
    ).order_by("created_at", "pk")


@transaction.atomic
def _remind_of_invitation(invitation: Invitation) -> bool:
    assert invitation.subject_id is not None
    loan = Loan.objects.select_for_update().get(parties__public_id=invitation.subject_id)
    party = loan.parties.select_related("user").get(public_id=invitation.subject_id)
    if not _is_still_unused(invitation, party, loan):
        return False
    fresh = reissue_invitation(invitation=invitation, task="notifications")
    if fresh is None:
        return False
    made, token = fresh
    services.queue(
        kind=INVITATION_UNUSED,
        event_key=f"invitation_unused:{party.public_id}",
        recipient=party,
        loan=loan,
        context={"invitation": str(made.public_id)},
        secret=_address("accounts:invitation", token),
    )
    return True


def _is_still_unused(invitation: Invitation, party: Party, loan: Loan) -> bool:
    """Also by the address: one that staff have corrected since gets a new invitation from them, not the old one's."""
    told = Notification.objects.filter(kind=INVITATION_UNUSED, party=party)
    same_address = party.email.lower() == invitation.email.lower()
    return same_address and party.user_id is None and loan.stage in OPEN_STAGES and not told.exists()


def _address(name: str, *args: Any) -> str:
    return settings.PUBLIC_URL + reverse(name, args=args)
