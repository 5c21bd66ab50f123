from django import template
from django.conf import settings

from portal.demo.people import CAST

register = template.Library()


@register.simple_tag
def demo_cast() -> list[dict[str, str]]:
    """The cast one may become with one press; nobody outside the demo."""
    return (
        [{"who": person.key, "name": person.name, "role": person.what} for person in CAST]
        if settings.DEMO
        else []
    )
