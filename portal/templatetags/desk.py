"""What only the templates of the desk need: `{% load desk %}`."""

from typing import Any

from django import template
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.timesince import timesince

from accounts.absences import cover_of, covered_by
from documents.scanning import down_since_lately
from loans.access import wording_of
from loans.models import Loan
from notifications.figures import overdue_lately
from notifications.listing import sees_the_house
from portal.audit_words import audit_actor, audit_words
from portal.desk.columns import Column
from portal.forms.desk import WAITING_ON

register = template.Library()
register.filter(audit_words)
register.filter(audit_actor)


@register.filter
def has_the_ball(loan: Loan) -> str | Promise:
    """Who has the ball, in words for us: the model's own speak to the borrower."""
    return WAITING_ON.get(Loan.WaitingOn(loan.waiting_on), "")


@register.filter
def usual_days(loan: Loan) -> str:
    """How long its stage usually takes, as the borrower reads it; `loan` comes from `desk_loan_for`."""
    return wording_of(loan, loan.stage)[loan.stage].usual_days


@register.filter
def cell(loan: Loan, column: Column) -> str:
    """What a list says about this loan in this column."""
    return column.text(loan)


@register.inclusion_tag("desk/parts/late.html", takes_context=True)
def late_messages(context: template.Context) -> dict[str, Any]:
    """What stands still in the house (messages, the virus scanner): told to managers and staff on every desk page."""
    user = context["request"].user if "request" in context else None
    if user is None or not user.is_authenticated or not sees_the_house(user):
        return {"late": ""}
    late = overdue_lately()
    return {
        "late": timesince(timezone.now() - late) if late else "",
        "scanner_down_since": down_since_lately(),
    }


@register.inclusion_tag("desk/parts/covers.html", takes_context=True)
def covers(context: template.Context) -> dict[str, Any]:
    """Whom one stands in for today, and who stands in for oneself: told on every desk page."""
    user = context["request"].user if "request" in context else None
    if user is None or not user.is_authenticated or not user.works_here:
        return {}
    return {"own": cover_of(user), "covers": covered_by(user)}
