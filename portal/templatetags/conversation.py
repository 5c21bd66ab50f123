"""What templates of threads need: `{% load conversation %}`."""

from django import template

from accounts.models import User
from conversations.figures import in_words, usually_answers
from conversations.models import QuickReply
from conversations.services.quick import quick_replies_of

register = template.Library()


@register.filter
def waited(minutes: int | None) -> str:
    """Minutes of office hours as people say them: 25 minutes, 3 hours, 2 business days."""
    return in_words(minutes or 0)


@register.simple_tag(takes_context=True)
def quick_replies(context: template.Context) -> list[QuickReply]:
    """What whoever reads the page may put into an answer."""
    return list(quick_replies_of(context["request"].user))


@register.inclusion_tag("conversations/_usually.html")
def usual_answer(officer: User) -> dict[str, str]:
    """What borrowers read about how long answers take; nothing without enough of them."""
    return {"within": usually_answers(officer), "officer": officer.name}
