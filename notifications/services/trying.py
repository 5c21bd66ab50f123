"""
Words tried out before they hold: drawn with example values or with those of a loan, and sent to whoever wrote them.

Drawing writes nothing. What a loan cannot tell (nothing of that kind has happened on it) stays an example. Codes and
links that open a door are dots.
"""

import uuid
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import OfficerProfile, User
from audit import log
from loans.errors import Refused
from loans.models import Loan, Party
from loans.stages import Stage
from notifications import facts, letters, rendering, wording
from notifications.catalog import WORDING_TEST, Kind, stage_message
from notifications.catalog.shape import DESK, PERSON, Contact
from notifications.facts.shared import borrowers
from notifications.models import Notification
from notifications.services.queueing import queue, recipient_of
from notifications.texting.segments import Segments, plain, segments
from notifications.wording import Parts, Words

EXAMPLE_POSTAL = "Bea Nguyen\nCole Nguyen\n12 Elm Street\nAustin, TX 78701"


@dataclass(frozen=True)
class Trial:
    """What the words say. Where they cannot be drawn, `problem` says why and the rest is empty."""

    subject: str = ""
    text: str = ""
    html: str = ""
    short: str = ""
    segments: Segments | None = None
    problem: str = ""


def try_out(kind: Kind, said: Words, *, loan: Loan | None = None, language: str = "") -> Trial:
    """`said` as a mail, and as a text message where the kind has one."""
    row = _row(kind, loan, language)
    with override(rendering.language_of(row)):
        found = _shown_values(kind, row, loan)
        short = plain(str(said.short) % found).strip()  # as it leaves: so is it counted
        counted = segments(short) if short else None
        if kind.is_text_alone:
            return Trial(short=short, segments=counted)
        try:
            mail = rendering.draw(kind, row, found, said)
        except rendering.NotReady as reason:
            return Trial(problem=_(str(reason)))
    mail = rendering.without_secret(row, mail)
    return Trial(mail.subject, mail.text, mail.html, short, counted)


def letter_pdf(kind: Kind, markdown: str, *, loan: Loan | None = None, language: str = "") -> bytes:
    """The letter in these words. Refused, in a sentence, when it cannot be set."""
    if problem := next(wording.letter_problems(kind, markdown), ""):
        raise Refused(problem)
    row = _row(kind, loan, language)
    row.wording = markdown
    if loan is None:
        row.context = {"postal": EXAMPLE_POSTAL}
    with override(rendering.language_of(row)):
        return letters.pdf_for(row, values_of(kind, row, loan))


def _row(kind: Kind, loan: Loan | None, language: str = "") -> Notification:
    """A message that is never saved, to the one who would get it."""
    party = loan.parties.borrowers().select_related("user").order_by("id").first() if loan else None
    to_desk = kind.audience == DESK
    name = _name(loan, party, to_desk)
    signs = kind.audience != PERSON or any(isinstance(block, Contact) for block in kind.blocks)
    return Notification(
        kind=kind.key,
        loan=loan or (_example_loan() if signs else None),
        party=None if to_desk else party,
        recipient=_recipient(loan.officer if loan and to_desk else party),
        recipient_name=name,
        address="bea@portal.example",
        language=language or settings.LANGUAGE_CODE,
        context=_context(kind, loan),
    )


def _name(loan: Loan | None, party: Party | None, to_desk: bool) -> str:
    if loan is None:
        return "Olga Petrov" if to_desk else "Bea Nguyen"
    if to_desk:
        return loan.officer.name
    return party.name if party else ""


def _recipient(who: User | Party | None) -> str:
    return recipient_of(who).key if who else ""


def _example_loan() -> Loan:
    """A loan that is nowhere, for the officer who signs."""
    officer = User(name="Olga Petrov", email="olga.petrov@portal.example", phone="+15125550142")
    OfficerProfile(user=officer, title=_("Senior loan officer"), nmls_id="1200001")
    return Loan(pk=0, officer=officer)


def _context(kind: Kind, loan: Loan | None) -> dict[str, Any]:
    """What the loan's last message of this kind was about."""
    last = loan.notifications.filter(kind=kind.key).order_by("-id").first() if loan else None
    return last.context if last else {}


# --- Values --------------------------------------------------------------------------------------------------


def values_of(kind: Kind, row: Notification, loan: Loan | None) -> dict[str, Any]:
    """Example values, with what the loan has to tell in their place."""
    found = {**kind.example, **rendering.common_facts(row)}
    if loan is not None:
        told = {**_always_known(loan), **_told(kind, row, loan)}
        found |= {name: value for name, value in told.items() if name in kind.fields}
    return found


def _told(kind: Kind, row: Notification, loan: Loan) -> dict[str, Any]:
    """The very facts of the message, where the loan is far enough to have them. A digest tells of other loans too."""
    if stage := _stage_of(kind):
        return facts.stage_facts(loan, row.party, to=stage, note=str(kind.example["note"]))
    if kind.audience == DESK and "number" not in kind.fields:
        return {}
    try:
        return facts.gather(row, kind.gather)
    except (facts.NotWanted, KeyError, ObjectDoesNotExist, ValidationError):
        return {}


def _stage_of(kind: Kind) -> Stage | None:
    return next((stage for stage in Stage if stage_message(stage) is kind), None)


def _always_known(loan: Loan) -> dict[str, Any]:
    return {
        "number": loan.number,
        "place": loan.place,
        "officer": loan.officer.name,
        "borrowers": borrowers(loan),
        "purpose": loan.get_purpose_display(),
    }


def _shown_values(kind: Kind, row: Notification, loan: Loan | None) -> dict[str, Any]:
    secret = {"secret": rendering.mark(row)} if kind.secret else {}
    return {**values_of(kind, row, loan), **secret}


# --- To oneself ----------------------------------------------------------------------------------------------


@transaction.atomic
def send_test(
    *, kind: Kind, parts: Parts, by: User, language: str = "", loan: Loan | None = None
) -> Notification:
    """
    The words as a mail to `by` alone, marked as a test; it goes through the outbox as everything does. Refused when
    they could not be saved.
    """
    if problems := wording.check(kind, parts):
        raise Refused(problems[0].text)
    row = _row(kind, loan, language)
    with override(rendering.language_of(row)):
        found = {name: _flat(value) for name, value in values_of(kind, row, loan).items()}
        subject = str(wording.compose(kind, parts).subject) % found or str(kind.name)
        officer = rendering.officer_lines(row.loan.officer) if row.loan else None
    test = queue(
        kind=WORDING_TEST,
        event_key=f"test:{uuid.uuid4()}",
        recipient=by,
        language=language,
        context={
            "kind": kind.key,
            "words": asdict(wording.tidied(parts)),
            "values": found,
            "about": str(kind.name),
            "subject": subject,
            "officer": officer,
        },
    )
    log.record(action="wording.tried", about=test, by=by, detail={"kind": kind.key})
    return test


def _flat(value: Any) -> Any:
    """As JSON keeps it."""
    return value if isinstance(value, bool | int | list | str) else str(value)
