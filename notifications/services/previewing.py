"""What the desk sees before it moves a loan: the message as the borrower will get it, drawn by the same hands."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, prefetch_related_objects
from django.utils.translation import override

from accounts.models import Company, User
from documents.models import Request
from documents.services import usual_due_date
from loans.access import own_words_at, wording_of
from loans.models import Loan, Party, StageWording
from loans.progress import wordings
from notifications import facts
from notifications.catalog import Kind, stage_message
from notifications.models import Notification
from notifications.once import a_batch, once
from notifications.rendering import common_facts, draw
from notifications.services.queueing import recipient_of
from notifications.wording import own_part, own_part_problems, tidy, with_own_part, words_of


@dataclass(frozen=True)
class Preview:
    subject: str
    text: str
    html: str
    recipients: list[str]
    waits_minutes: int
    own_part: str = ""  # what the message says by itself where the sender's own words may stand
    problems: list[str] = field(default_factory=list)  # why those words cannot be sent


def preview_stage_message(
    *,
    loan: Loan,
    to: str,
    note: str,
    by: User,
    words: str = "",
    conditions: list[dict[str, Any]] | None = None,
) -> Preview | None:
    """
    The message the first borrower would get; None for a stage that sends nothing. `words` stand in the place of the
    table's text, when they differ from it; `conditions` are those typed on the form, not written yet: kind, title and
    optionally why, period, due_on and party. Nothing is written.
    """
    kind = stage_message(to)
    if kind is None:
        return None
    prefetch_related_objects([loan], "key_dates")  # asked twice below
    told = [party for party in borrowers_of(loan, to) if party.user_id != by.pk]
    if not told:
        return None
    party = told[0]
    row = _row(kind, loan, party)
    with override(row.language), a_batch():
        if hasattr(party, "own_title"):
            once("stages", partial(wording_of, party, to))
        asked = _conditions(conditions, loan, party)
        found = common_facts(row) | facts.stage_facts(loan, party, to=to, note=note, extra_requests=asked)
        said = words_of(kind, row.language)
        by_itself = own_part(said, found)
        own = own_words(words, by_itself)
        drawn = draw(kind, row, found, with_own_part(kind, said, own) if own else said)
        problems = own_part_problems(kind, own, found)
    return Preview(
        subject=drawn.subject,
        text=drawn.text,
        html=drawn.html,
        recipients=[f"{person.name} <{person.mail_address}>" for person in told],
        waits_minutes=Company.load().message_wait_minutes,
        own_part=by_itself,
        problems=problems,
    )


def preview_stage_messages(
    *,
    loans: Sequence[Loan],
    to: str,
    note: str,
    by: User,
    words: str = "",
    own: dict[str, StageWording] | None = None,
) -> dict[int, Preview | None]:
    """
    The same for several loans, by their ids; what it asks the database does not grow with them. `own` are the house's
    words for the stage, where the page has read them.
    """
    if stage_message(to) is None:
        return {loan.pk: None for loan in loans}
    waiting = Prefetch(
        "requests", Request.objects.waiting_for_borrower().order_by("id"), to_attr="waiting_requests"
    )
    people = Party.objects.select_related("user").annotate(company=Company.beside()).prefetch_related(waiting)
    prefetch_related_objects(loans, "key_dates", Prefetch("parties", queryset=people))
    with a_batch():
        once("stages", wordings if own is None else partial(dict, own))
        return {
            loan.pk: preview_stage_message(loan=loan, to=to, note=note, by=by, words=words) for loan in loans
        }


def stage_words_with_fields(to: str) -> str:
    """What the message of stage `to` says where own words may stand, for any loan: with its fields."""
    kind = stage_message(to)
    return own_part(words_of(kind, settings.LANGUAGE_CODE)) if kind else ""


def own_words(typed: str, by_itself: str) -> str:
    """What was typed where it says something else than the message says by itself; else nothing."""
    return "" if typed.split() == by_itself.split() else tidy(typed)


def problems_with_words(*, loan: Loan, to: str, note: str, words: str, party: Party) -> list[str]:
    """Why the message of stage `to` cannot go to this party in these words, each a sentence; empty when it can."""
    kind = stage_message(to)
    if kind is None or not words:
        return []
    row = _row(kind, loan, party)
    with override(row.language):
        found = common_facts(row) | facts.stage_facts(loan, party, to=to, note=note)
        return own_part_problems(kind, words, found)


def _row(kind: Kind, loan: Loan, party: Party) -> Notification:
    """The message, never saved."""
    return Notification(
        kind=kind.key,
        loan=loan,
        party=party,
        recipient_name=party.name,
        language=recipient_of(party).language,
    )


def borrowers_of(loan: Loan, to: str = "") -> list[Party]:
    """
    In order, with their users; read once for this `loan` however often the page asks. The company comes along, and the
    house's own words for stage `to`, which pays for the question whose words hold.
    """
    words = own_words_at(to) if to else {}
    people = Party.objects.select_related("user").annotate(company=Company.beside(), **words)
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
