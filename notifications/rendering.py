"""
A row becomes a subject, a text and a page: the catalog says what, `facts` read it anew, one template each draws it.

Secrets are never in what is kept: the bodies carry a mark made from the row's id, filled only in the message on its
way and, on the demo, on the outbox screen (`reveal`). A fact too few or too many is an error of that row alone.
"""

import re
from dataclasses import dataclass
from typing import Any

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.utils.translation import override

from accounts.models import Company
from notifications import facts, words
from notifications.catalog import Kind, kind_for
from notifications.catalog.shape import BORROWER, DESK
from notifications.models import Notification
from notifications.sealing import unseal

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
    subject: str
    text: str
    html: str


def render(row: Notification) -> Rendered:
    """The message with a mark in the place of its secret. Raises RenderError, NotReady or facts.NotWanted."""
    kind = _kind_of(row)
    with override(row.language or settings.LANGUAGE_CODE):
        return draw(
            kind, row, {**common_facts(row), **facts.gather(row, kind.gather), **_secret_facts(kind, row)}
        )


def _kind_of(row: Notification) -> Kind:
    try:
        return kind_for(row.kind)
    except KeyError as error:
        raise RenderError(f"No message of kind {row.kind} is declared.") from error


def draw(kind: Kind, row: Notification, found: dict[str, Any]) -> Rendered:
    """Subject and bodies from these facts; they must be exactly the declared ones."""
    must_fit(kind, found)
    subject = SPACES.sub(" ", str(kind.subject) % found).strip()[:300]
    context = {
        "subject": subject,
        "heading": str(kind.heading) % found,
        "blocks": [block.filled(found) for block in kind.blocks if block.shown(found)],
        "language": row.language or settings.LANGUAGE_CODE,
        "signature": signature(row),
        "not_a_commitment": kind.not_a_commitment,
        "why_you": why_you(kind),
    }
    html = _inliner.inline(render_to_string("emails/message.html", context))
    text = re.sub(r"\n{3,}", "\n\n", render_to_string("emails/message.txt", context)).strip() + "\n"
    return Rendered(subject=subject, text=text, html=html)


def must_fit(kind: Kind, found: dict[str, Any]) -> None:
    missing, unknown = set(kind.fields) - set(found), set(found) - set(kind.fields)
    if missing or unknown:
        raise RenderError(f"{kind.key}: missing {sorted(missing)}, unknown {sorted(unknown)}")


def common_facts(row: Notification) -> dict[str, Any]:
    name = row.recipient_name.split()
    return {"first_name": name[0] if name else _("there"), "company": Company.load().name}


def why_you(kind: Kind) -> str:
    if kind.audience == BORROWER:
        return _("You get this message because you are a borrower of this loan.")
    if kind.audience == DESK:
        return _("You get this message because you work on this loan.")
    return _("You get this message because this address was given to us for an account or an application.")


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
    """Company, NMLS IDs, officer, Equal Housing (12 CFR 1007.105). NotReady without the company's NMLS ID."""
    company = Company.load()
    if not company.nmls_id.strip():
        raise NotReady(
            noop(
                "The company has no NMLS ID yet: fill it in under Admin, Company. Nothing is sent without it."
            )
        )
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
        "officer": _officer(row),
    }


def _officer(row: Notification) -> dict[str, str] | None:
    if row.loan is None:
        return None
    officer = row.loan.officer
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
