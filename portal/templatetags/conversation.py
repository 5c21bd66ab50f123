"""What templates of threads need: `{% load conversation %}`."""

from django import template

from conversations.figures import in_words

register = template.Library()


@register.filter
def waited(minutes: int | None) -> str:
    """Minutes of office hours as people say them: 25 minutes, 3 hours, 2 business days."""
    return in_words(minutes or 0)
