"""A loan that somebody here opens: for a caller who wants to begin now, or one that is under way in another system."""

import secrets
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import must_work_here
from loans import events
from loans.errors import Refused
from loans.models import Loan, Party, ReceivedItem, StageEvent
from loans.services.assigning import must_be_licensed
from loans.services.facts import FACTS, items_in, receive_known_items
from loans.services.locking import record
from loans.services.people import invite_party, store_names
from loans.services.waiting import derived_waiting_on
from loans.stages import Stage


@transaction.atomic
def open_loan_by_hand(
    *,
    by: User,
    officer: User,
    name: str,
    email: str,
    phone: str = "",
    state: str,
    purpose: str,
    invite: bool = False,
    ask_papers: bool = True,
    **facts: Any,
) -> Loan:
    """
    Open a loan as an application that was received; `facts` are those of FACTS. With `ask_papers` its needs list is
    made; with `invite` the borrower gets an invitation, otherwise nobody is written to.

    Refused when the officer holds no licence in the state, for an officer who opens one for another, and when this
    borrower has an open loan for the same home already.
    """
    must_open_for(by, officer)
    loan = begin_loan(
        by=by, officer=officer, name=name, email=email, phone=phone, stage=Stage.APPLICATION_RECEIVED,
        source=StageEvent.Source.DESK, state=state, purpose=purpose, **facts,
    )  # fmt: skip
    finish_opening(loan=loan, by=by, source=StageEvent.Source.DESK, ask_papers=ask_papers, invite=invite)
    return loan


def must_open_for(by: User, officer: User) -> None:
    """Officers open loans of their own; whoever else works here says for which officer."""
    must_work_here(by)
    if by.role == User.Role.OFFICER and by.pk != officer.pk:
        raise Refused(
            _("You open loans of your own. A manager opens one for %(name)s.") % {"name": officer.name}
        )
    if not (officer.is_active and officer.role == User.Role.OFFICER):
        raise Refused(_("%(name)s is no loan officer. Choose one.") % {"name": officer.name})


def begin_loan(
    *, by: User, officer: User, name: str, email: str, phone: str, stage: str, source: str, **facts: Any
) -> Loan:
    """The rows of a new loan with its main borrower. For services of this app: `finish_opening` comes after it."""
    if unknown := set(facts) - {*FACTS, "expected_closing", "external_number"}:
        raise TypeError(f"Not facts of a loan: {sorted(unknown)}")
    must_be_licensed(officer, facts["state"])
    facts["home_found"] = bool(facts.get("street")) or facts["purpose"] != Loan.Purpose.PURCHASE
    if facts["home_found"] and not facts.get("street"):
        raise Refused(_("Type the street address: there is a home to refinance."))
    email = email.strip().lower()
    if same := same_loan(email=email, street=facts.get("street", ""), zip_code=facts.get("zip_code", "")):
        raise Refused(
            there_is_one(same.number if Loan.objects.visible_to(by).filter(pk=same.pk).exists() else "")
        )
    loan = Loan.objects.create(
        number=secrets.token_hex(8),  # until the row has its id
        officer=officer, stage=stage, **{key: value for key, value in facts.items() if value is not None},
    )  # fmt: skip
    loan.number = f"LN-{loan.created_at:%Y}-{loan.pk:05d}"
    loan.waiting_on = derived_waiting_on(loan)
    Loan.objects.filter(pk=loan.pk).update(number=loan.number, waiting_on=loan.waiting_on)
    Party.objects.create(
        loan=loan, role=Party.Role.BORROWER, name=" ".join(name.split()), email=email, phone=phone
    )
    StageEvent.objects.create(loan=loan, to_stage=stage, by=by, source=source)
    record(loan=loan, by=by, action="loan.opened", number=loan.number, source=source)
    return loan


def finish_opening(*, loan: Loan, by: User, source: str, ask_papers: bool, invite: bool) -> None:
    """Once all its people are there: what is known of the six items, the needs list, and the invitations if wanted."""
    store_names(loan)
    receive_known_items(loan=loan, by=by, source=source, items=[ReceivedItem.Item.NAME, *items_in(loan)])
    events.loan_opened.send(sender=Loan, loan=loan, by=by, ask_papers=ask_papers)
    if invite:
        for party in loan.parties.borrowers():
            invite_party(party=party, by=by)


def there_is_one(number: str) -> str:
    """Why a loan is not opened twice; without a number where the other loan is not theirs to know of."""
    if not number:
        return _("There is a loan of this borrower for this home already. Ask a manager.")
    return _("There is a loan of this borrower for this home already: %(number)s.") % {"number": number}


def same_loan(*, email: str, street: str, zip_code: str) -> Loan | None:
    """An open loan of somebody with this address for the same home: most likely the same one, a second time."""
    if not street:
        return None
    parties = Party.objects.filter(email=email, loan__street__iexact=street.strip())
    if zip_code:
        parties = parties.filter(loan__zip_code__startswith=zip_code[:5])
    party = parties.exclude(loan__stage__in=Stage.closed()).select_related("loan").first()
    return party.loan if party else None
