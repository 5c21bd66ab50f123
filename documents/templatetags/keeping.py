"""What page parts say about how long papers and records are kept: `{% load keeping %}`."""

from django import template

from documents import keeping
from documents.models import Document
from documents.retention import Kept
from loans.models import Loan

register = template.Library()


@register.simple_tag
def kept_of(document: Document) -> Kept:
    """How long this document is kept."""
    return keeping.kept_of(document)


@register.simple_tag
def record_of(loan: Loan, house_rules: dict[str, int]) -> Kept:
    """How long the record of this loan is kept; the house's own months have been read with the page's other facts."""
    return keeping.record_of(loan, house_rules)
