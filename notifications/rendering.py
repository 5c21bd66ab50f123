"""
A row becomes a subject, a text and a page: the staff's words or the catalog's say what, `facts` read it anew, one
template each draws it. A text message is its short words and nothing else.

Secrets are never in what is kept: the bodies carry a mark made from the row's id, filled only in the message on its
way and, on the demo, on the outbox screen (`reveal`). A fact too few or too many is an error of that row alone.
"""

import re
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from accounts.models import Company, User
from loans.models import Loan
from loans.stages import MONEY_MOVES
from notifications import facts, wording, words
from notifications.catalog import WORDING_TEST, Kind, kind_for
from notifications.catalog.shape import BORROWER, DESK, Quote, Section, WireFraud
from notifications.models import Notification
from notifications.once import once
from notifications.sealing import unseal
from notifications.texting.segments import plain
from notifications.unsubscribing import unsubscribe_url

SPACES = re.compile(r"\s+")
HIDDEN = "••••••"
_inliner = css_inline.CSSInliner(
    inline_style_tags=True, keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False
)


class RenderError(Exception):
    """This row cannot be written as it stands; others can."""


class NotReady(Exception):
    """The house must fill something in first; the row waits for it."""


@dataclass(frozen=True)
class Rendered:
    """For a text message subject and html are empty."""

    subject: str
    text: str
    html: str


def render(row: Notification) -> Rendered:
    """
    The message with a mark in the place of its secret; sets `row.wording_version` to the words that were used. Raises
    RenderError, NotReady or facts.NotWanted.
    """
    kind = _kind_of(row)
    with override(language_of(row)):
        if kind.key == WORDING_TEST:
            return _render_test(kind, row)
        said = wording.words_of(kind, language_of(row))
        row.wording_version = said.version
        if own := row.context.get("own_words"):
            said = wording.with_own_part(kind, said, own)
        return draw(kind, row, facts_of(kind, row), said)


def _kind_of(row: Notification) -> Kind:
    try:
        return kind_for(row.kind)
    except KeyError as error:
        raise RenderError(f"No message of kind {row.kind} is declared.") from error


def language_of(row: Notification) -> str:
    return row.language or settings.LANGUAGE_CODE


def facts_of(kind: Kind, row: Notification) -> dict[str, Any]:
    return {**common_facts(row), **facts.gather(row, kind.gather), **_secret_facts(kind, row)}


def letter_markdown(row: Notification) -> str:
    """The letter's words with fields and conditions still open: its own, else the staff's, else the catalog's."""
    if row.wording:
        return row.wording
    with override(language_of(row)):
        said = wording.words_of(_kind_of(row), language_of(row))
        row.wording_version = said.version
        return str(said.letter)


def draw(
    kind: Kind,
    row: Notification,
    found: dict[str, Any],
    said: wording.Words | None = None,
    signed: dict[str, Any] | None = None,
) -> Rendered:
    """
    Subject and bodies from these facts, which must be exactly the declared ones, in these words (the catalog's, when
    none are given) and over this signature (the row's own).
    """
    must_fit(kind, found)
    said = said or wording.default_words(kind)
    if row.channel == Notification.Channel.TEXT:
        return Rendered("", _short(kind, said, found), "")
    return _page(
        row,
        subject=str(said.subject) % found,
        heading=str(said.heading) % found,
        blocks=[*_filled(said, found), *_wire_warning(kind, row, said)],
        signature=signed or signature(row),
        kind=kind,
    )


def _filled(said: wording.Words, found: dict[str, Any]) -> list[dict[str, Any]]:
    return [block.filled(found) for block in said.blocks if block.shown(found)]


def _wire_warning(kind: Kind, row: Notification, said: wording.Words) -> list[dict[str, Any]]:
    """While a closing is near, every mail to its borrowers warns; those of stages do so by their own words."""
    near = kind.audience == BORROWER and row.loan is not None and row.loan.stage in MONEY_MOVES
    if not near or kind.topic == "stages" or any(isinstance(block, WireFraud) for block in said.blocks):
        return []
    return [WireFraud().filled({})]


def _short(kind: Kind, said: wording.Words, found: dict[str, Any]) -> str:
    text = plain(str(said.short) % found).strip()
    if not text:
        raise RenderError(f"{kind.key} has no words for a text message.")
    return text


def _page(
    row: Notification, *, subject: str, heading: str, blocks: list[Any], signature: dict[str, Any], kind: Kind
) -> Rendered:
    subject = SPACES.sub(" ", subject).strip()[:300]
    context = {
        "subject": subject,
        "heading": heading,
        "blocks": blocks,
        "language": language_of(row),
        "signature": signature,
        "not_a_commitment": kind.not_a_commitment,
        "why_you": why_you(kind),
        "unsubscribe": _way_out(row, signature) if kind.marketing else "",
    }
    html = _inliner.inline(render_to_string("emails/message.html", context))
    text = re.sub(r"\n{3,}", "\n\n", render_to_string("emails/message.txt", context)).strip() + "\n"
    return Rendered(subject=subject, text=text, html=html)


def _way_out(row: Notification, signature: dict[str, Any]) -> str:
    """Marketing says how to end it, and where the house stands (CAN-SPAM). NotReady without the address."""
    if not signature["address"]:
        raise NotReady(
            noop(
                "The company has no postal address yet: fill it in under Admin, Company. Marketing needs it."
            )
        )
    return unsubscribe_url(row)


def must_fit(kind: Kind, found: dict[str, Any]) -> None:
    missing, unknown = set(kind.fields) - set(found), set(found) - set(kind.fields)
    if missing or unknown:
        raise RenderError(f"{kind.key}: missing {sorted(missing)}, unknown {sorted(unknown)}")


def common_facts(row: Notification) -> dict[str, Any]:
    name = row.recipient_name.split()
    return {"first_name": name[0] if name else _("there"), "company": Company.load().name}


def why_you(kind: Kind) -> str:
    if kind.why:
        return str(kind.why)
    if kind.marketing:
        return _("You get this message because a loan of yours was closed with us.")
    if kind.audience == BORROWER:
        return _("You get this message because you are a borrower of this loan.")
    if kind.audience == DESK:
        return _("You get this message because you work on this loan.")
    return _("You get this message because this address was given to us for an account or an application.")


# --- Trying words out ----------------------------------------------------------------------------------------


def _render_test(kind: Kind, row: Notification) -> Rendered:
    """
    The words in `row.context["words"]` as a mail to whoever tries them out: under a line that says what it is, with
    the values kept in the row. What opens a door is dots.
    """
    tried = kind_for(row.context["kind"])
    found = row.context["values"]
    must_fit(tried, found)
    found = {**found, **({"secret": mark(row)} if tried.secret else {})}
    said = wording.compose(tried, wording.Parts(**row.context["words"]))
    about = facts_of(kind, row)
    page = _page(
        row,
        subject=str(kind.subject) % about,
        heading=str(said.heading) % found or str(tried.name),
        blocks=[*_filled(wording.default_words(kind), about), *_filled(said, found), *_as_text(said, found)],
        signature={**signature(row), "officer": row.context["officer"]},
        kind=replace(tried, marketing=False, why=kind.why),
    )
    return without_secret(row, page)


def _as_text(said: wording.Words, found: dict[str, Any]) -> list[dict[str, Any]]:
    """The words of the text message, quoted: a test is a mail."""
    if not said.short:
        return []
    quote = Quote("", "short").filled({"short": str(said.short) % found})
    return [Section(_("As a text message")).filled({}), quote]


# --- Secrets -------------------------------------------------------------------------------------------------


def _secret_facts(kind: Kind, row: Notification) -> dict[str, str]:
    if not kind.secret:
        return {}
    if row.context.get("secret_is") == "none":  # already signed in: the door is open, a plain address will do
        return {"secret": settings.PUBLIC_URL + "/home/", "secret_is": "link"}
    return {"secret": mark(row), "secret_is": row.context.get("secret_is", "link")}


def mark(row: Notification) -> str:
    """What stands in the place of the secret in everything that is kept. Nobody can guess it, nobody can type it."""
    return f"secret-{row.public_id.hex}"


def fill(row: Notification, rendered: Rendered) -> Rendered:
    """The message as it leaves, with its secret. RenderError when the secret is gone."""
    if mark(row) not in rendered.text:
        return rendered
    if row.secret is None:
        raise RenderError(noop("The code or link of this message was wiped; ask for a new one."))
    try:
        secret = unseal(row.secret)
    except ValueError as error:
        raise RenderError(str(error)) from error
    return _replaced(row, rendered, secret)


def reveal(row: Notification, rendered: Rendered) -> Rendered:
    """For the outbox screen: the secret on the demo alone, dots everywhere else."""
    if settings.DEMO and row.secret is not None:
        return fill(row, rendered)
    return without_secret(row, rendered)


def without_secret(row: Notification, rendered: Rendered) -> Rendered:
    """Dots where the secret would stand, and a link that leads nowhere."""
    return _replaced(row, rendered, HIDDEN, link="#")


def _replaced(row: Notification, rendered: Rendered, secret: str, link: str = "") -> Rendered:
    html = rendered.html.replace(f'href="{mark(row)}"', f'href="{escape(link or secret)}"')
    return Rendered(
        subject=rendered.subject,
        text=rendered.text.replace(mark(row), secret),
        html=html.replace(mark(row), escape(secret)),
    )


# --- The signature that nothing leaves without ---------------------------------------------------------------


def signature(row: Notification) -> dict[str, Any]:
    """
    Company, officer, NMLS IDs, Equal Housing (12 CFR 1007.105). NotReady without the company's NMLS ID; outside the
    house also without the officer's.
    """
    company = Company.load()
    if not company.nmls_id.strip():
        raise NotReady(
            noop(
                "The company has no NMLS ID yet: fill it in under Admin, Company. Nothing is sent without it."
            )
        )
    officer = _officer_of(row.loan) if row.loan else _officer_named(row)
    if officer and not officer["nmls_id"].strip() and kind_for(row.kind).audience != DESK:
        raise NotReady(noop("The loan officer has no NMLS ID yet: fill it in under Admin, Officer pages."))
    return {
        "company": company.name,
        "legal_name": company.legal_name,
        "address": ", ".join(part for part in (company.address, company.city_line) if part),
        "phone": words.phone(company.phone),
        "phone_link": words.phone_link(company.phone),
        "nmls_id": company.nmls_id,
        "licence_lines": company.licence_lines.splitlines(),
        "equal_housing": company.equal_housing_statement,
        "site": settings.PUBLIC_URL,
        "officer": officer,
    }


def _officer_of(loan: Loan) -> dict[str, str]:
    return once(("officer", loan.officer_id, get_language()), partial(officer_lines, loan.officer))


def _officer_named(row: Notification) -> dict[str, str] | None:
    """Whoever is no borrower yet hears from an officer too: `from_officer` in the context is who, by `public_id`."""
    if not (public_id := row.context.get("from_officer")):
        return None
    officer = User.objects.select_related("officer_profile").filter(public_id=public_id).first()
    return officer_lines(officer) if officer else None


def officer_lines(officer: User) -> dict[str, str]:
    profile = getattr(officer, "officer_profile", None)
    phone = (profile.direct_phone if profile else "") or officer.phone
    return {
        "name": officer.name,
        "title": profile.title if profile else _("Loan officer"),
        "nmls_id": profile.nmls_id if profile else "",
        "phone": words.phone(phone),
        "phone_link": words.phone_link(phone),
        "email": officer.mail_address,
        "hours": profile.hours if profile else "",
    }
