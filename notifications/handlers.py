"""
What is heard from the apps below, and which rows it makes or stops. Each handler runs inside the transaction of what
happened: row and event are written together or not at all. Nobody is told of what they did themselves.
"""

import uuid
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop as noop

from accounts import events as account_events
from accounts.models import Company, Invitation, User
from documents import events as document_events
from documents.models import Document, Request
from loans import events as loan_events
from loans.models import Application, Loan, Party, StageEvent
from loans.stages import Stage
from notifications import letters, services
from notifications.catalog import stage_message
from notifications.models import Notification

# Papers come several at a time; the officer hears of them once.
RECEIVED_WAIT = timedelta(minutes=10)


def borrowers_but(loan: Loan, by: User | None) -> list[Party]:
    """The borrowers to tell: all but the one who acted."""
    people = loan.parties.borrowers().select_related("user")
    return [party for party in people if by is None or party.user_id != by.pk]


# --- Stages --------------------------------------------------------------------------------------------------


@receiver(loan_events.stage_changed)
def stage_changed(
    sender: object, loan: Loan, event: StageEvent, by: User | None, silent: bool = False, **kwargs: Any
) -> None:
    if event.to_stage in Stage.quiet():
        services.cancel_for_loan(loan=loan, because=noop("The loan was paused or has ended."), event=event)
        return
    if event.from_stage == Stage.FUNDED:
        services.cancel_for_loan(
            loan=loan, because=noop("The loan was opened again."), event=event, kinds=[letters.KIND]
        )
    services.cancel_overtaken(loan=loan, event=event)
    if silent:
        return
    _tell_of_stage(loan, event, by)
    if event.to_stage == Stage.FUNDED:
        _plan_letter(loan, event)


def _tell_of_stage(loan: Loan, event: StageEvent, by: User | None) -> None:
    kind = stage_message(event.to_stage)
    if kind is None:
        return
    from_desk = event.source == StageEvent.Source.DESK
    wait = timedelta(minutes=Company.load().message_wait_minutes if from_desk and kind.waits_for_undo else 0)
    for party in borrowers_but(loan, by):
        services.queue(
            kind=kind.key,
            event_key=str(event.public_id),
            recipient=party,
            loan=loan,
            context={"event": str(event.public_id)},
            due_at=event.at + wait,
        )


def _plan_letter(loan: Loan, event: StageEvent) -> None:
    """One letter for all borrowers, to the mailbox of the first."""
    first = loan.parties.borrowers().select_related("user").order_by("id").first()
    if first is None:
        return
    services.queue(
        kind=letters.KIND,
        event_key=letters.event_key(event),
        recipient=first,
        loan=loan,
        context={"closing": event.closing_number, "event": str(event.public_id)},
        due_at=letters.due_at(event.at, Company.load()),
    )


@receiver(loan_events.stage_undone)
def stage_undone(sender: object, loan: Loan, event: StageEvent, by: User, **kwargs: Any) -> None:
    services.take_back(event=event, because=noop("The move was taken back."))
    services.restore_after_undo(event)


# --- Application ---------------------------------------------------------------------------------------------


@receiver(loan_events.email_proof_asked)
def email_proof_asked(sender: object, application: Application, code: str, **kwargs: Any) -> None:
    _only_the_newest("email_proof", application)
    services.queue(kind="email_proof", event_key=f"proof:{uuid.uuid4()}", recipient=application, secret=code)


@receiver(loan_events.resume_link_asked)
def resume_link_asked(
    sender: object, application: Application, token: str, after: timedelta, **kwargs: Any
) -> None:
    _only_the_newest("application_resume", application)
    services.queue(
        kind="application_resume",
        event_key=f"resume:{application.public_id}:{uuid.uuid4()}",
        recipient=application,
        loan=application.loan,
        due_at=timezone.now() + after,
        secret=settings.PUBLIC_URL + reverse("apply:resume", args=[token]),
    )


def _only_the_newest(kind: str, application: Application) -> None:
    """An older code or link no longer opens anything; one that still waits is not worth sending."""
    waiting = Notification.objects.filter(
        kind=kind, recipient=f"application:{application.public_id}"
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
        loan.notifications.filter(kind="application_resume").waiting(),
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


# --- Documents -----------------------------------------------------------------------------------------------


@receiver(document_events.requests_made)
def requests_made(
    sender: object, loan: Loan, requests: list[Request], by: User | None, silent: bool = False, **kwargs: Any
) -> None:
    if silent:
        return
    wait = timedelta(minutes=Company.load().message_wait_minutes)
    asked = {request.party_id: request for request in reversed(requests)}
    for party in borrowers_but(loan, by):
        if party.pk in asked:
            _once_in_a_while("requests_added", loan, party, wait, asked[party.pk].public_id)


@receiver(document_events.document_received)
def document_received(sender: object, loan: Loan, document: Document, **kwargs: Any) -> None:
    if document.uploader_id != loan.officer_id:
        _once_in_a_while("documents_received", loan, loan.officer, RECEIVED_WAIT, document.public_id)


def _once_in_a_while(kind: str, loan: Loan, who: User | Party, wait: timedelta, first: uuid.UUID) -> None:
    """One message for all that comes while the first of it waits; what it lists is read when it leaves."""
    prefix = "user" if isinstance(who, User) else "party"
    waiting = loan.notifications.filter(kind=kind, recipient=f"{prefix}:{who.public_id}", state="queued")
    # Held until this is committed, so that no worker sends it without what has just come.
    if waiting.select_for_update().values_list("pk").first():
        return
    services.queue(
        kind=kind, event_key=f"{kind}:{first}", recipient=who, loan=loan, due_at=timezone.now() + wait
    )


@receiver(document_events.document_returned)
def document_returned(sender: object, loan: Loan, document: Document, by: User, **kwargs: Any) -> None:
    party = document.request.party if document.request else None
    if party is None or (party.user_id and party.user_id == by.pk):
        return
    services.queue(
        kind="document_returned",
        event_key=f"returned:{document.public_id}:{document.version}",
        recipient=party,
        loan=loan,
        context={"document": str(document.public_id)},
    )


# --- Accounts ------------------------------------------------------------------------------------------------


@receiver(account_events.invitation_made)
def invitation_made(
    sender: object, invitation: Invitation, token: str, by: User | None, **kwargs: Any
) -> None:
    party = None
    if invitation.purpose == Invitation.Purpose.LOAN_PARTY and invitation.subject_id:
        party = Party.objects.select_related("loan", "user").filter(public_id=invitation.subject_id).first()
    who = party or services.Recipient(f"invitation:{invitation.public_id}", invitation.name, invitation.email)
    services.queue(
        kind="invitation",
        event_key=f"invitation:{invitation.public_id}",
        recipient=who,
        address=invitation.email,
        loan=party.loan if party else None,
        context={"invitation": str(invitation.public_id)},
        secret=settings.PUBLIC_URL + reverse("accounts:invitation", args=[token]),
    )


@receiver(account_events.account_changed)
def account_changed(sender: object, user: User, what: str, addresses: list[str], **kwargs: Any) -> None:
    """Told to every address, the old one too: whoever took an account over cannot keep it quiet."""
    told = list(dict.fromkeys(address for address in addresses if address)) or [user.mail_address]
    for address in told:
        services.queue(
            kind="account_notice",
            event_key=f"account:{uuid.uuid4()}",
            recipient=user,
            address=address,
            context={"what": what},
        )
