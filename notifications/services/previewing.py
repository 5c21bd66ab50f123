"""What the desk sees before it moves a loan: the message as the borrower will get it, drawn by the same hands."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.utils.translation import override

from accounts.models import Company, User
from documents.models import Request
from documents.services import usual_due_date
from loans.models import Loan, Party
from notifications import facts
from notifications.catalog import stage_message
from notifications.models import Notification
from notifications.rendering import common_facts, draw
from notifications.services.queueing import recipient_of
from notifications.wording import words_of


@dataclass(frozen=True)
class Preview:
    subject: str
    text: str
    html: str
    recipients: list[str]
    waits_minutes: int


def preview_stage_message(
    *, loan: Loan, to: str, note: str, by: User, conditions: list[dict[str, Any]] | None = None
) -> Preview | None:
    """
    The message the first borrower would get; None for a stage that sends nothing. `conditions` are those typed on the
    form, not written yet: kind, title and optionally why, period, due_on and party. Nothing is written.
    """
    kind = stage_message(to)
    if kind is None:
        return None
    prefetch_related_objects([loan], "key_dates")  # asked twice below
    told = [party for party in borrowers_of(loan) if party.user_id != by.pk]
    if not told:
        return None
    party = told[0]
    row = Notification(
        kind=kind.key,
        loan=loan,
        party=party,
        recipient_name=party.name,
        language=recipient_of(party).language,
    )
    with override(row.language):
        found = facts.stage_facts(
            loan, party, to=to, note=note, extra_requests=_conditions(conditions, loan, party)
        )
        drawn = draw(kind, row, {**common_facts(row), **found}, words_of(kind, row.language))
    return Preview(
        subject=drawn.subject,
        text=drawn.text,
        html=drawn.html,
        recipients=[f"{person.name} <{person.mail_address}>" for person in told],
        waits_minutes=Company.load().message_wait_minutes,
    )


def borrowers_of(loan: Loan) -> list[Party]:
    """
    In order, with their users; read once for this `loan` however often the page asks. The company comes along, which
    pays for the question whose words hold.
    """
    people = Party.objects.select_related("user").annotate(company=Company.beside())
    prefetch_related_objects([loan], Prefetch("parties", queryset=people))
    parties = list(loan.parties.all())
    Company.came_along(getattr(parties[0], "company", None) if parties else None)
    return [party for party in parties if party.role != Party.Role.HELPER]


def _conditions(conditions: list[dict[str, Any]] | None, loan: Loan, party: Party) -> list[Request]:
    known = {"kind", "title", "why", "what_counts", "period", "due_on"}
    usual = usual_due_date(loan) if conditions else None
    return [
        Request(
            loan=loan,
            party=party,
            **{
                "due_on": usual,
                **{name: value for name, value in condition.items() if name in known and value},
            },
        )
        for condition in conditions or []
        if condition.get("party") in (None, "", party)
    ]
