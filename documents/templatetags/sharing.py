"""What page parts about sharing need, so that the pages they stand on need not know: `{% load sharing %}`."""

from typing import Any

from django import template
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from documents import openings, sharing_rows
from documents.models import Document, Request
from loans.models import Loan

register = template.Library()


def _reader(context: template.Context) -> User | AnonymousUser:
    return context["request"].user if "request" in context else AnonymousUser()


@register.simple_tag(takes_context=True)
def openings_of(context: template.Context, document: Document) -> list[openings.Opening]:
    """Who opened it and when, for a borrower."""
    reader = _reader(context)
    return openings.openings_for(document, reader) if isinstance(reader, User) else []


@register.simple_tag(takes_context=True)
def review_of(context: template.Context, document: Document) -> dict[str, Any]:
    """Whether whoever reads may open it for a compliance review, and why they do so now."""
    reader = _reader(context)
    if not isinstance(reader, User) or not openings.may_review(reader):
        return {"may": False, "why": ""}
    return {"may": True, "why": openings.review_reason(document, reader)}


@register.simple_tag(takes_context=True)
def sharing_of(context: template.Context, document: Document) -> sharing_rows.Sharing | None:
    reader = _reader(context)
    return sharing_rows.sharing_of(document, reader) if isinstance(reader, User) else None


@register.simple_tag(takes_context=True)
def shared_with_me(context: template.Context, loan: Loan) -> sharing_rows.SharedWithMe | None:
    reader = _reader(context)
    return sharing_rows.shared_with_me(loan, reader) if isinstance(reader, User) else None


@register.simple_tag(takes_context=True)
def links_of(context: template.Context, request: Request) -> sharing_rows.Links | None:
    reader = _reader(context)
    return sharing_rows.links_of(request, reader) if isinstance(reader, User) else None
