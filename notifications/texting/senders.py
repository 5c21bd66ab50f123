"""
Whose number it is: which loan a text is about, and who may have written it.

Where several loans have the number, it is the open one on which something happened last. Where several people of that
loan share a telephone, any of them may have written, so nobody in particular did. Where somebody who is not on that
loan has the number as well, nothing about the loan is told.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import phonenumbers
from django.conf import settings
from django.db.models import Q

from accounts.models import User
from loans.consents import texting_consent
from loans.models import Loan, Party
from loans.stages import Stage


@dataclass(frozen=True)
class Sender:
    """
    `parties`: those of the loan with this number; `everybody`: those of all loans, one party a person; `everywhere`:
    every party, so that somebody without an account counts on each loan of theirs.
    """

    number: str
    loan: Loan | None = None
    parties: tuple[Party, ...] = ()
    everybody: tuple[Party, ...] = ()
    everywhere: tuple[Party, ...] = ()

    @property
    def party(self) -> Party | None:
        """Who wrote it; None when that cannot be told."""
        return self.parties[0] if len(self.parties) == 1 and self.is_of_one_loan else None

    @property
    def is_of_one_loan(self) -> bool:
        """Everybody with this number is on the loan, so that its news may be told."""
        return len(self.everybody) == len(self.parties)

    @property
    def agrees(self) -> bool:
        """Somebody with this number has agreed to texts there."""
        return any(texting_consent(party, self.number) for party in self.everywhere)


def e164(text: str) -> str:
    """The number as +12075550101; empty for what is no telephone number (a short code, a name)."""
    try:
        number = phonenumbers.parse(text, settings.PHONENUMBER_DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def sender_of(number: str) -> Sender:
    """Who has this number (E.164) today; nobody is an answer too."""
    if not number:
        return Sender(number)
    users = User.objects.filter(phone=number).values_list("pk", flat=True)
    found = Party.objects.borrowers().filter(Q(phone=number) | Q(user_id__in=list(users)))
    parties = [
        party
        for party in found.select_related("loan__officer__officer_profile", "user")
        if party.text_number == number
    ]
    if not parties:
        return Sender(number)
    loan = max((party.loan for party in parties), key=_how_live)
    return Sender(
        number,
        loan,
        tuple(_people(party for party in parties if party.loan_id == loan.pk)),
        tuple(_people(parties)),
        tuple(parties),
    )


def _how_live(loan: Loan) -> tuple[bool, object, int]:
    return loan.stage not in Stage.closed(), loan.last_activity_at, loan.pk


def _people(parties: Iterable[Party]) -> list[Party]:
    """
    One party a person, the main borrower of the oldest loan first. A person has one account; before they have it on
    some loan, the same name at the same number is the same person.
    """
    in_order = sorted(parties, key=lambda party: (party.role != Party.Role.BORROWER, party.pk))
    accounts = {party.name.casefold(): party.user_id for party in in_order if party.user_id}
    people: dict[object, Party] = {}
    for party in in_order:
        name = party.name.casefold()
        people.setdefault(party.user_id or accounts.get(name, name), party)
    return list(people.values())
