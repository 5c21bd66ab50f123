"""
Every write about people who are not borrowers yet, one verb each.

`take_call` is one press: it finds the lead or starts one, logs the call, and asks for what they want to be sent.
`answer_lead` logs that somebody spoke with them, `close_lead` ends it with a reason, `link_to_loan` ties those who
applied to their loan. `find_or_start` and `wait_for_answer` serve whatever brings a visitor (`by_mail.py`).
"""

import uuid
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.models import User
from accounts.services import must_work_here
from audit import log
from conversations.models import Conversation, ToldItem
from leads import drips, events
from leads.drips import Ended
from leads.guides import GUIDES
from leads.models import GuideRequest, Lead, LeadCall
from loans.models import Loan, StageEvent
from loans.services import record_received_item


@transaction.atomic
def take_call(
    *,
    by: User,
    officer: User,
    name: str,
    email: str = "",
    phone: str = "",
    home_state: str = "",
    words: str = "",
    guide: str = "",
    with_link: bool = False,
    call_back: bool = False,
) -> Lead:
    """
    Somebody called. Whoever is known to this officer by the address or the number is found again, others are new.

    `guide` is the slug of what they want to be sent, `with_link` sends the officer's way to apply; `call_back` says
    that nobody could answer them yet. Refused without a way to reach them.
    """
    must_work_here(by)
    _must_be_officer(officer)
    name, email = " ".join(name.split()), email.strip().lower()
    if not email and not phone:
        raise Refused(_("Type an e-mail address or a telephone number; without one nobody can answer."))
    lead = find_or_start(
        officer=officer,
        name=name,
        email=email,
        phone=phone,
        home_state=home_state,
        source=Lead.Source.CALL,
        by=by,
    )
    drips.end(drips=lead.drips.all(), why=Ended.ANSWERED)
    said = words.strip() if lead.name == name else f"{name}: {words.strip()}".rstrip(": ")
    _log_call(lead, by, said)
    if call_back:
        wait_for_answer(lead)
    else:
        _answer(lead)
    _send(lead, by, guide, with_link)
    return lead


@transaction.atomic
def answer_lead(
    *, lead: Lead, by: User, words: str = "", guide: str = "", with_link: bool = False, reached: bool = True
) -> Lead:
    """Somebody of ours called; with `reached` they spoke, and nobody waits any more. Refused once it has ended."""
    must_work_here(by)
    _hold(lead)
    _log_call(lead, by, words.strip() if reached else f"{_('Not reached')}. {words.strip()}".strip())
    if reached:
        _answer(lead)
        drips.end(drips=lead.drips.all(), why=Ended.ANSWERED)
    _send(lead, by, guide, with_link)
    return lead


@transaction.atomic
def close_lead(*, lead: Lead, by: User, why: str) -> Lead:
    """It came to nothing, and why. Refused without a reason, or once it has ended."""
    must_work_here(by)
    _hold(lead)
    if not why.strip():
        raise Refused(_("Say in a few words why; next year somebody asks."))
    lead.state, lead.closed_why, lead.waiting_since = Lead.State.CLOSED, why.strip()[:200], None
    lead.save(update_fields=["state", "closed_why", "waiting_since"])
    drips.end(drips=lead.drips.all(), why=Ended.CLOSED)
    log.record(action="lead.closed", about=lead, by=by)
    return lead


@transaction.atomic
def link_to_loan(*, loan: Loan, email: str) -> list[Lead]:
    """Whoever was a lead with this address has applied, with whichever officer; returns them."""
    found = Lead.objects.select_for_update().open().known_by(email=email, phone="")
    leads = list(found.order_by("pk"))
    for lead in leads:
        _apply(lead, loan, None)
    return leads


@transaction.atomic
def convert(*, lead: Lead, loan: Loan, by: User) -> Lead:
    """This loan was opened for them, whichever address it has. Harmless when the lead is tied to it already."""
    must_work_here(by)
    lead.refresh_from_db(from_queryset=Lead.objects.select_for_update())
    if lead.loan_id != loan.pk:
        if not lead.is_open:
            raise Refused(_("This has ended: %(state)s.") % {"state": lead.get_state_display()})
        _apply(lead, loan, by)
    return lead


@transaction.atomic
def answered_in_thread(*, conversation: Conversation) -> None:
    """One of us wrote to them there: nobody waits any more."""
    for lead in conversation.leads.select_for_update().open().order_by("pk"):
        _answer(lead)


# --- Steps -----------------------------------------------------------------------------------------------------


def _apply(lead: Lead, loan: Loan, by: User | None) -> None:
    lead.state, lead.loan, lead.waiting_since = Lead.State.APPLIED, loan, None
    lead.save(update_fields=["state", "loan", "waiting_since"])
    drips.end(drips=lead.drips.all(), why=Ended.APPLIED)
    log.record(action="lead.applied", about=lead, by=by, task="" if by else "leads", loan=loan)
    _hand_over_what_was_told(lead, loan)
    events.lead_applied.send(sender=Lead, lead=lead)


def _hand_over_what_was_told(lead: Lead, loan: Loan) -> None:
    """
    What they seemed to tell of the six items counts for the loan from when they told it: a Loan Estimate that is sent
    early is no fault, a late one is.
    """
    told = ToldItem.objects.filter(conversation__in=lead.threads.all()).order_by("at", "pk")
    for one in told:
        record_received_item(loan=loan, item=one.item, by=None, source=StageEvent.Source.BORROWER, at=one.at)


def _must_be_officer(officer: User) -> None:
    if not (officer.is_active and officer.role == User.Role.OFFICER):
        raise Refused(_("%(name)s takes no calls. Choose an officer.") % {"name": officer.name})


def find_or_start(
    *,
    officer: User,
    name: str,
    email: str,
    source: str,
    phone: str = "",
    home_state: str = "",
    by: User | None = None,
) -> Lead:
    """
    The open lead of this officer with this address or number, else a new one; held until the transaction ends. Without
    `by` a visitor did it.
    """
    # Two presses at once queue up here: the second finds what the first has started.
    User.objects.select_for_update(no_key=True).get(pk=officer.pk)
    mine = Lead.objects.select_for_update().open().filter(officer=officer)
    lead = mine.known_by(email=email, phone=phone).order_by("-created_at", "-pk").first()
    if lead is None:
        lead = Lead.objects.create(
            name=name, email=email, phone=phone, officer=officer, source=source, home_state=home_state
        )
        log.record(action="lead.started", about=lead, by=by, detail={"source": lead.source})
        return lead
    if by is None:  # what a visitor types fills in what we do not know, and replaces nothing
        email, phone, home_state = (
            lead.email or email,
            str(lead.phone or phone),
            lead.home_state or home_state,
        )
    lead.email, lead.phone = email or lead.email, phone or lead.phone
    lead.home_state = home_state or lead.home_state
    lead.save(update_fields=["email", "phone", "home_state"])
    return lead


def _hold(lead: Lead) -> None:
    lead.refresh_from_db(from_queryset=Lead.objects.select_for_update())
    if not lead.is_open:
        raise Refused(_("This has ended: %(state)s.") % {"state": lead.get_state_display()})


def _log_call(lead: Lead, by: User, words: str) -> None:
    LeadCall.objects.create(lead=lead, by=by, words=words)
    log.record(action="lead.called", about=lead, by=by)


def _answer(lead: Lead) -> None:
    now = timezone.now()
    lead.state, lead.waiting_since, lead.last_contact_at = Lead.State.CONTACTED, None, now
    lead.first_answer_at = lead.first_answer_at or now
    lead.save(update_fields=["state", "waiting_since", "last_contact_at", "first_answer_at"])


def wait_for_answer(lead: Lead, *, since: datetime | None = None) -> None:
    """Their officer's clock runs from now or `since`, if it does not run already."""
    if lead.waiting_since is None:
        lead.escalated_at = None
    lead.waiting_since = lead.waiting_since or since or timezone.now()
    lead.state = Lead.State.NEW
    lead.save(update_fields=["state", "waiting_since", "escalated_at"])


def _send(lead: Lead, by: User, guide: str, with_link: bool) -> None:
    """What they asked for on the telephone; nothing else ever follows from it."""
    if not guide and not with_link:
        return
    if guide and guide not in GUIDES:
        raise Refused(_("There is no such guide."))
    if not lead.email:
        raise Refused(_("Type their e-mail address: that is where the guide and the link go."))
    if guide:
        GuideRequest.objects.create(lead=lead, guide=guide, by=by)
    log.record(action="lead.sent", about=lead, by=by, detail={"guide": guide, "link": with_link})
    events.sending_asked.send(
        sender=Lead, lead=lead, by=by, key=uuid.uuid4().hex, guide=guide, with_link=with_link
    )
