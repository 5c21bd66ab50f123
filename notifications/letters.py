"""
The letter of thanks: words, paper, file.

Wording is Markdown with declared fields (`{{ names }}`), parsed into a small tree of paragraphs that the fixed
letterhead walks; fields are put into the parsed text, so a name with code or Markdown in it stays a name. typst makes
a tagged PDF/UA-1 with the fonts it brings along, and refuses a character it has no shape for: such a letter waits for
somebody to look, never goes out with a box in it.
"""

import hashlib
import json
import re
import secrets
import threading
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from accounts.models import Company, OfficerProfile
from audit import log
from loans import clocks
from loans.errors import Refused
from loans.models import Loan, StageEvent
from notifications import words
from notifications.models import Notification

KIND = "thank_you"
LETTERHEAD = Path(__file__).with_name("letterhead.typ")
SENDS_AT = time(10, 0)
MOST_LOGO_BYTES = 400_000
FIELD = re.compile(r"{{\s*(\w+)\s*}}")
NO_SHAPE = re.compile(r'the text `"(.+?)"` could not be displayed')
LEFT_OVER = re.compile(r"{{|}}|{%|%}|{#|#}")
# What a letter may say by itself: the name of a field and what it stands for.
FIELDS = ("names", "place", "closing_date", "officer", "company")
PURCHASE = gettext_lazy(
    "Dear {{ names }},\n\n"
    "On {{ closing_date }} you closed on {{ place }}. Now that the papers are put away, we want to say it properly: "
    "thank you.\n\n"
    "Thank you for your trust, for every paper you went and found, and for your patience where the process asked for "
    "it. Buying a home is a large step, and it meant something to all of us at {{ company }} to walk a part of it with "
    "you.\n\n"
    "We wish you good years there. If a question about your loan ever comes up, my number is below and it still "
    "reaches me."
)
REFINANCE = gettext_lazy(
    "Dear {{ names }},\n\n"
    "On {{ closing_date }} the new loan on {{ place }} was closed. Now that the papers are put away, we want to say it "
    "properly: thank you.\n\n"
    "Thank you for your trust, for every paper you went and found, and for your patience where the process asked for "
    "it. It meant something to all of us at {{ company }} to do this with you.\n\n"
    "If a question about your loan ever comes up, my number is below and it still reaches me."
)


class NeedsALook(Exception):
    """This letter cannot be set as it stands; somebody must look at it."""


# --- When ----------------------------------------------------------------------------------------------------


def due_at(closed_at: datetime, company: Company) -> datetime:
    """
    10:00 on the company's clock, `thank_you_days` after the local date of closing, moved over weekends and US federal
    holidays.
    """
    day = clocks.next_open_day(clocks.local_date(closed_at, company) + timedelta(days=company.thank_you_days))
    return datetime.combine(day, SENDS_AT, tzinfo=company.zone)


def event_key(event: StageEvent) -> str:
    """One letter a closing: a second closing of the same loan has a number, and so a letter, of its own."""
    return f"closing:{event.closing_number}:{event.public_id}"


# --- Words ---------------------------------------------------------------------------------------------------


def default_wording(row: Notification) -> str:
    """The house's letter, with its fields still open."""
    loan = row.loan
    default = PURCHASE if loan is None or loan.purpose == Loan.Purpose.PURCHASE else REFINANCE
    with override(row.language or settings.LANGUAGE_CODE):
        return str(default)


def check_wording(text: str) -> None:
    """Refused when it uses a field that is not declared, or any other braces of templates."""
    unknown = sorted({name for name in FIELD.findall(text) if name not in FIELDS})
    if unknown:
        raise Refused(
            _("The letter does not know “%(name)s”. It knows: %(known)s.")
            % {"name": unknown[0], "known": ", ".join(FIELDS)}
        )
    if LEFT_OVER.search(FIELD.sub("", text)):
        raise Refused(
            _("Please write fields as {{ names }}; other double braces and tags are not used in letters.")
        )


def field_values(row: Notification) -> dict[str, str]:
    loan = _loan(row)
    closed = _closing(row)
    return {
        "names": words.and_list([party.first_name for party in loan.parties.borrowers()]),
        "place": f"{loan.street}, {loan.city}" if loan.street else loan.place,
        "closing_date": words.long_date(closed.at if closed else loan.stage_since),
        "officer": loan.officer.name,
        "company": Company.load().name,
    }


def tree(wording: str, values: dict[str, str]) -> list[dict[str, Any]]:
    """Markdown as nodes the letterhead knows: par, list, enum, quote; text, strong, em, break, space."""
    parser = MarkdownIt("commonmark", {"html": False})
    return _blocks(SyntaxTreeNode(parser.parse(wording)).children, values)


def _blocks(nodes: Sequence[SyntaxTreeNode], values: dict[str, str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for node in nodes:
        if node.type in ("bullet_list", "ordered_list"):
            items = [{"t": "item", "c": _blocks(item.children, values)} for item in node.children]
            found.append({"t": "list" if node.type == "bullet_list" else "enum", "c": items})
        elif node.type == "blockquote":
            found.append({"t": "quote", "c": _blocks(node.children, values)})
        elif node.type == "heading":
            found.append({"t": "par", "c": [{"t": "strong", "c": _inline(node.children, values)}]})
        elif node.type == "paragraph":
            found.append({"t": "par", "c": _inline(node.children, values)})
        elif node.content:
            found.append({"t": "par", "c": [_text(node.content, values)]})
    return found


def _inline(nodes: Sequence[SyntaxTreeNode], values: dict[str, str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for node in nodes:
        if node.type == "inline":
            found += _inline(node.children, values)
        elif node.type == "text":
            found.append(_text(node.content, values))
        elif node.type in ("strong", "em"):
            found.append({"t": node.type, "c": _inline(node.children, values)})
        elif node.type in ("softbreak", "hardbreak"):
            found.append({"t": "space" if node.type == "softbreak" else "break"})
        elif node.children:  # a link on paper is its words
            found += _inline(node.children, values)
        elif node.content:
            found.append(_text(node.content, values))
    return found


def _text(content: str, values: dict[str, str]) -> dict[str, Any]:
    return {"t": "text", "v": FIELD.sub(lambda match: values.get(match[1], match[0]), content)}


# --- Paper ---------------------------------------------------------------------------------------------------


def pdf_for(row: Notification) -> bytes:
    """The letter as it would go out now. Refused, in a sentence, when it cannot be set."""
    try:
        return render_letter(letter_data(row))
    except NeedsALook as error:
        raise Refused(str(error)) from error


def letter_data(row: Notification) -> dict[str, Any]:
    """Everything on the page, read from today's facts."""
    loan, company = _loan(row), Company.load()
    officer = loan.officer
    profile = OfficerProfile.objects.filter(user=officer).first()
    with override(row.language or settings.LANGUAGE_CODE):
        values = field_values(row)
        return {
            "language": (row.language or settings.LANGUAGE_CODE)[:2],
            "title": _("Thank you, %(names)s") % values,
            "date": words.long_date(row.due_at if row.is_scheduled else row.sent_at or clocks.timezone.now()),
            "to": _address_block(loan),
            "body": tree(row.wording or default_wording(row), values),
            "own_lines": _own_lines(row, profile),
            "closing": _("With warm regards,"),
            "company": {"name": company.name, "lines": _company_lines(company)},
            "officer": {"name": officer.name, "lines": _officer_lines(profile, officer)},
            "footer": _footer(company),
            "logo": _logo(company),
        }


def _loan(row: Notification) -> Loan:
    if row.loan is None:
        raise NeedsALook(_("This letter belongs to no loan."))
    return row.loan


def _closing(row: Notification) -> StageEvent | None:
    return _loan(row).stage_events.filter(closing_number=row.context.get("closing")).order_by("-at").first()


def _address_block(loan: Loan) -> list[str]:
    names = [party.name for party in loan.parties.borrowers()]
    where = [loan.street, f"{loan.city}, {loan.state} {loan.zip_code}".strip()] if loan.street else []
    return [*names, *where]


def usual_line(row: Notification) -> str:
    """What the officer of the loan has written into their profile for every letter."""
    profile = getattr(_loan(row).officer, "officer_profile", None)
    return profile.letter_line.strip() if profile else ""


def _own_lines(row: Notification, profile: OfficerProfile | None) -> list[str]:
    own = [profile.letter_line if profile else "", row.personal_line]
    return [line.strip() for text in own for line in text.split("\n\n") if line.strip()]


def _company_lines(company: Company) -> list[str]:
    return [
        line
        for line in (company.address, company.city_line, words.phone(company.phone), company.email)
        if line
    ]


def _officer_lines(profile: OfficerProfile | None, officer: Any) -> list[str]:
    phone = words.phone((profile.direct_phone if profile else "") or officer.phone)
    nmls = _("NMLS ID %(id)s") % {"id": profile.nmls_id} if profile and profile.nmls_id else ""
    title = profile.title if profile else _("Loan officer")
    return [
        line
        for line in (", ".join(part for part in (title, nmls) if part), phone, officer.mail_address)
        if line
    ]


def _footer(company: Company) -> list[str]:
    named = company.legal_name or company.name
    return [
        _("%(company)s, NMLS ID %(id)s") % {"company": named, "id": company.nmls_id},
        *company.licence_lines.splitlines(),
        company.equal_housing_statement,
    ]


def _logo(company: Company) -> list[int] | None:
    if not company.logo:
        return None
    with company.logo.open("rb") as handle:
        content = handle.read(MOST_LOGO_BYTES + 1)
    return list(content) if len(content) <= MOST_LOGO_BYTES else None


_one_at_a_time = threading.Lock()  # a compiler keeps its inputs; web threads share it


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(input=str(LETTERHEAD), root=str(LETTERHEAD.parent), ignore_system_fonts=True)


def render_letter(data: dict[str, Any]) -> bytes:
    """The PDF of this data. NeedsALook when a character has no shape in our fonts, or anything else is wrong."""
    try:
        with _one_at_a_time:
            made = _compiler().compile(
                format="pdf",
                pdf_standards=["ua-1"],
                sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            )
    except typst.TypstError as error:
        raise NeedsALook(_what_is_wrong(error)) from error
    assert isinstance(made, bytes)
    return made


def _what_is_wrong(error: typst.TypstError) -> str:
    if found := NO_SHAPE.search(error.message):
        return _(
            "The letter holds a character its font cannot show: “%(character)s”. Please look at the names and words."
        ) % {"character": found[1]}
    return _("The letter cannot be set: %(why)s") % {"why": error.message}


# --- File ----------------------------------------------------------------------------------------------------


def folder() -> Path:
    return Path(settings.PRIVATE_FILES_DIR) / "letters"


def attach(row: Notification) -> tuple[str, bytes]:
    """Make the PDF that goes out, keep it, write its hash down; the name and bytes for the mail. NeedsALook."""
    content = render_letter(letter_data(row))
    key = row.attachment_key or f"letters/{secrets.token_hex(16)}.pdf"
    _keep(key, content)
    row.attachment_key = key
    log.record(
        action="letter.made", about=row, task="notifications", loan=row.loan,
        detail={"key": key, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()},
    )  # fmt: skip
    return file_name(row), content


def _keep(key: str, content: bytes) -> None:
    """Written whole, then renamed: a worker that dies here leaves no half a letter."""
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    path = Path(settings.PRIVATE_FILES_DIR) / key
    draft = path.with_suffix(f".{secrets.token_hex(4)}")
    draft.write_bytes(content)
    draft.chmod(0o600)
    draft.replace(path)


def kept(row: Notification) -> bytes | None:
    """The PDF that went out; None before that."""
    path = Path(settings.PRIVATE_FILES_DIR) / row.attachment_key
    return path.read_bytes() if row.attachment_key and path.is_file() else None


def file_name(row: Notification) -> str:
    return f"thank-you-{_loan(row).number}.pdf"
