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
def record_of(loan: Loan) -> keeping.Record:
    """How long the record of this loan is kept, and whether a legal hold stands."""
    return keeping.record_with_hold(loan)
