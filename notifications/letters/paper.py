"""
What stands on the page, read from today's facts, and the PDF of it.

The pictures (logo, signature) go to the compiler as inputs of their own: it remembers what it has decoded, so that a
hundred letters of one officer pay once for them.
"""

import json
import re
import threading
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import typst
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import private_files
from accounts.models import Company, OfficerProfile
from loans.errors import Refused
from loans.models import Loan
from notifications import facts, rendering, wording, words
from notifications.catalog import kind_for
from notifications.letters import markdown
from notifications.letters.addresses import address_lines
from notifications.letters.kinds import NeedsALook
from notifications.models import Notification

LETTERHEAD = Path(__file__).with_name("letterhead.typ")
MOST_LOGO_BYTES = 400_000
PICTURES = ("logo", "signature")
NO_SHAPE = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)
# What a font would draw as nothing, as something of its own, or backwards: controls, halves of pairs, private use,
# turned directions, and the mark of a character that was lost on its way here.
NO_CHARACTER = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u206f\ud800-\udfff\ue000-\uf8ff\ufff9-\uffff]"
)


def pdf_for(row: Notification, values: dict[str, Any] | None = None) -> bytes:
    """
    The letter as it would go out now, or with these values for an example. Refused, in a sentence, when it cannot be
    set.
    """
    try:
        return render_letter(letter_data(row, values))
    except (NeedsALook, facts.NotWanted, rendering.NotReady) as error:
        raise Refused(_(str(error))) from error


def wording_now(row: Notification) -> str:
    """
    The words of this letter with their fields still open; paragraphs that do not apply are left out. Refused when the
    letter is not wanted any more.
    """
    try:
        with override(rendering.language_of(row)):
            return wording.guarded(rendering.letter_markdown(row), _values(row))
    except facts.NotWanted as error:
        raise Refused(_(str(error))) from error


def letter_data(row: Notification, values: dict[str, Any] | None = None) -> dict[str, Any]:
    """
    Everything on the page. Raises facts.NotWanted, NeedsALook when something is missing, and rendering.NotReady while
    the house cannot sign: a letter carries the same company, officer and NMLS IDs as a mail (12 CFR 1007.105).
    """
    loan, company, kind = loan_of(row), Company.load(), kind_for(row.kind)
    language = rendering.language_of(row)
    with override(language):
        values, signed = values or _values(row), rendering.signature(row)
        officer = signed["officer"]
        return {
            "language": language[:2],
            "title": _("%(letter)s, for %(names)s") % {"letter": kind.name, "names": values["names"]},
            "date": words.long_date(row.due_at if row.is_scheduled else row.sent_at or timezone.now()),
            "to": address_lines(row),
            "body": markdown.tree(wording.guarded(rendering.letter_markdown(row), values), values),
            "own_lines": _own_lines(row),
            "closing": _("With warm regards,"),
            "company": {"name": company.name, "lines": _company_lines(company)},
            "officer": {"name": officer["name"], "lines": _officer_lines(officer)},
            "signed": _("Signature of %(name)s") % officer,
            "way_out": _way_out(company) if kind.marketing else "",
            "footer": [
                _("%(company)s, NMLS ID %(id)s")
                % {"company": signed["legal_name"] or company.name, "id": signed["nmls_id"]},
                *signed["licence_lines"],
                signed["equal_housing"],
            ],
            "logo": _logo(company),
            "signature": _signature(loan),
        }


def loan_of(row: Notification) -> Loan:
    if row.loan is None:
        raise NeedsALook(_("This letter belongs to no loan."))
    return row.loan


def _values(row: Notification) -> dict[str, Any]:
    return rendering.facts_of(kind_for(row.kind), row)


def usual_line(row: Notification) -> str:
    """What the officer of the loan has written into their profile for every letter."""
    profile = _profile(loan_of(row))
    return profile.letter_line.strip() if profile else ""


def _profile(loan: Loan) -> OfficerProfile | None:
    return getattr(loan.officer, "officer_profile", None)


def _own_lines(row: Notification) -> list[str]:
    own = [usual_line(row), row.personal_line]
    return [line.strip() for text in own for line in text.split("\n\n") if line.strip()]


def _company_lines(company: Company) -> list[str]:
    lines = (company.address, company.city_line, words.phone(company.phone), company.email)
    return [line for line in lines if line]


def _officer_lines(officer: dict[str, str]) -> list[str]:
    nmls = _("NMLS ID %(id)s") % {"id": officer["nmls_id"]} if officer["nmls_id"] else ""
    lines = (", ".join(filter(None, (officer["title"], nmls))), officer["phone"], officer["email"])
    return [line for line in lines if line]


def _way_out(company: Company) -> str:
    """How to hear no more of this sort: on paper there is no link to press."""
    city = company.city_line.replace(" ", "\u00a0")  # the ZIP code stays with its city
    where = ", ".join(filter(None, (company.name, company.address, city)))
    return _(
        "To stop letters like this one, write to %(email)s or to %(where)s. Messages about your loan itself still come."
    ) % {"email": company.email, "where": where}


def _signature(loan: Loan) -> bytes | None:
    profile = _profile(loan)
    return private_files.read(profile.signature_key) if profile else None


def _logo(company: Company) -> bytes | None:
    if not company.logo:
        return None
    with company.logo.open("rb") as handle:
        content = bytes(handle.read(MOST_LOGO_BYTES + 1))
    return content if len(content) <= MOST_LOGO_BYTES else None


# --- typst ---------------------------------------------------------------------------------------------------

_one_at_a_time = threading.Lock()  # a compiler keeps its inputs; web threads share it


@cache
def _compiler(template: Path) -> typst.Compiler:
    return typst.Compiler(input=str(template), root=str(template.parent), ignore_system_fonts=True)


def render_letter(data: dict[str, Any]) -> bytes:
    """The PDF of this data. NeedsALook when a character has no shape in our fonts, or anything else is wrong."""
    said = {name: value for name, value in data.items() if name not in PICTURES}
    return set_page(LETTERHEAD, said, {name: _numbers(data.get(name)) for name in PICTURES})


@lru_cache(maxsize=16)
def _numbers(picture: bytes | None) -> str:
    return json.dumps(list(picture) if picture else None)


def set_page(template: Path, data: dict[str, Any], pictures: dict[str, str] | None = None) -> bytes:
    """A tagged PDF/UA-1 of one of our templates; see `render_letter`."""
    if lost := NO_CHARACTER.search(" ".join(_texts(data))):
        raise NeedsALook(_cannot_show(f"U+{ord(lost[0]):04X}"))
    inputs = {"data": json.dumps(data, ensure_ascii=False), **(pictures or {})}
    try:
        with _one_at_a_time:
            made = _compiler(template).compile(format="pdf", pdf_standards=["ua-1"], sys_inputs=inputs)
    except typst.TypstError as error:
        raise NeedsALook(_what_is_wrong(error)) from error
    assert isinstance(made, bytes)
    return made


def _texts(data: Any) -> Iterator[str]:
    """Every text of the data, however deep."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for value in data.values() if isinstance(data, dict) else data:
            yield from _texts(value)


def _what_is_wrong(error: typst.TypstError) -> str:
    if found := NO_SHAPE.search(error.message):
        return _cannot_show(found[1])
    return _("The letter cannot be set: %(why)s") % {"why": error.message}


def _cannot_show(character: str) -> str:
    return _(
        "The letter holds a character its font cannot show: “%(character)s”. Please look at the names and words."
    ) % {"character": character}
