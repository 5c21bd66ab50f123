"""`{% load hints %}`: what whoever reads the page is told of a paper before a person looks at it."""

from django import template

from documents.models import Document
from documents.preflight import showing

register = template.Library()


register.filter("hint_lines", showing.lines_of)


@register.simple_tag(takes_context=True)
def hints_told(context: template.Context, document: Document) -> showing.Told:
    user = context.get("user") or (context["request"].user if "request" in context else None)
    return showing.hints_told(document, user) if user is not None else showing.NOTHING
