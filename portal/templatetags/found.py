"""What the head of a public page says to machines: `{% load found %}`."""

import json
from typing import Any

from django import template
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from portal.found import CARD, absolute

register = template.Library()
# As Django's json_script: nothing in it can end the script or begin a tag.
ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@register.simple_tag
def structured_data(said: dict[str, Any]) -> SafeString:
    """A block of JSON-LD: data, which no browser runs and the content security policy lets be."""
    text = json.dumps(said, ensure_ascii=False).translate(ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308


@register.simple_tag(takes_context=True)
def block_again(context: template.Context, name: str) -> str:
    """What stands in this block of the page, once more, for an attribute: a card for sharing repeats the title."""
    blocks = context.render_context[BLOCK_CONTEXT_KEY]
    text = " ".join(blocks.get_block(name).render(context).split())
    return mark_safe(text.replace('"', "&quot;"))  # noqa: S308 - the block has escaped what is in it


@register.simple_tag(takes_context=True)
def card_image(context: template.Context) -> str:
    """The picture of a page that is shared: its own (`shared_picture`), else the card of the house."""
    return absolute(context.get("shared_picture") or static(CARD))
