"""What only the templates of the desk need: `{% load desk %}`."""

from django import template
from django.utils.functional import Promise

from loans.models import Loan
from portal.forms.desk import WAITING_ON

register = template.Library()


@register.filter
def has_the_ball(loan: Loan) -> str | Promise:
    """Who has the ball, in words for us: the model's own speak to the borrower."""
    return WAITING_ON.get(Loan.WaitingOn(loan.waiting_on), "")
