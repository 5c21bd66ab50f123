"""What templates of threads need: `{% load conversation %}`."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import User
from conversations.clock import business_minutes
from conversations.figures import in_words, usually_answers
from conversations.models import QuickReply
from conversations.services.quick import quick_replies_of

register = template.Library()


@register.filter
def waited(minutes: int | None) -> str:
    """Minutes of office hours as people say them: 25 minutes, 3 hours, 2 business days."""
    return in_words(minutes) if minutes else gettext("less than a minute")


@register.filter
def waited_since(moment: datetime) -> str:
    """How long somebody has waited by now, counted and said as everywhere: in office hours."""
    return waited(business_minutes(moment, timezone.now()))


@register.simple_tag(takes_context=True)
def quick_replies(context: template.Context) -> list[QuickReply]:
    """What whoever reads the page may put into an answer."""
    return list(quick_replies_of(context["request"].user))


@register.inclusion_tag("conversations/_usually.html")
def usual_answer(officer: User) -> dict[str, str]:
    """What borrowers read about how long answers take; nothing without enough of them."""
    return {"within": usually_answers(officer), "officer": officer.name}
