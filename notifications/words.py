"""
How dates and telephone numbers are written in messages: by the one set of filters that pages use.

The filters live in the project package, above this app, so they are reached as templates reach them: by the name of
their library.
"""

from datetime import date, datetime

from django.template import Engine
from django.utils.translation import gettext


def storable(text: str) -> str:
    """What somebody outside wrote, without what databases refuse: zero bytes and halves of a pair."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def write(filter_name: str, value: object) -> str:
    """`value` through a filter of the `doorstep` library, for example `date_long`; nothing gives an empty text."""
    library = Engine.get_default().template_libraries["doorstep"]
    return str(library.filters[filter_name](value))


def long_date(value: date | datetime | None) -> str:
    """November 9, 2026."""
    return write("date_long", value) if value else ""


def weekday(value: date | None) -> str:
    """Monday, November 9."""
    return write("weekday_date", value) if value else ""


def moment(value: datetime) -> str:
    """November 9, 2026, 1:15 p.m."""
    return gettext("%(day)s, %(time)s") % {"day": long_date(value), "time": write("time_text", value)}


def phone(value: object) -> str:
    """(512) 555-0142."""
    return write("phone_text", value) if value else ""


def phone_link(value: object) -> str:
    """What follows `tel:` in a link."""
    return write("phone_link", value) if value else ""


def and_list(names: list[str]) -> str:
    """Bea; Bea and Cole; Bea, Cole and Ana."""
    if len(names) < 2:
        return "".join(names)
    return gettext("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


def one_line(text: str, most: int = 500) -> str:
    """What servers and providers answer may hold anything: one line of what can be read, cut."""
    return "".join(letter if letter.isprintable() else " " for letter in text)[:most]
