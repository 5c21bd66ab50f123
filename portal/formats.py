"""
How money, dates, telephone numbers and sizes are written, everywhere: pages, messages and letters.

Dates are those of the company's time zone, whatever the server or the reader uses: a closing date must not shift.
Templates reach these functions through `{% load doorstep %}`.
"""

import time
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

import phonenumbers
from django.utils import dateformat, timezone
from django.utils.translation import gettext, ngettext, pgettext

Moment = datetime | date | str | None

ZONE_KEPT_SECONDS = 30
_zone: tuple[float, ZoneInfo] | None = None


def company_zone() -> ZoneInfo:
    """The company's time zone, read at most every half minute: a list has hundreds of dates."""
    global _zone
    if _zone is None or time.monotonic() - _zone[0] > ZONE_KEPT_SECONDS:
        from accounts.models import Company

        _zone = (time.monotonic(), Company.load().zone)
    return _zone[1]


def forget_zone() -> None:
    """Read the time zone anew at the next date (after the company was changed)."""
    global _zone
    _zone = None


def local(value: Moment) -> datetime | date | None:
    """A moment on the company's clock; a plain date stays as it is, ISO text is read, nothing stays nothing."""
    if not value:
        return None
    if isinstance(value, str):
        value = date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
    if not isinstance(value, datetime):
        return value
    if timezone.is_naive(value):
        return value.replace(tzinfo=company_zone())
    return value.astimezone(company_zone())


def local_day(value: Moment) -> date | None:
    moment = local(value)
    return moment.date() if isinstance(moment, datetime) else moment


def today() -> date:
    """Today, where the company is."""
    return timezone.now().astimezone(company_zone()).date()


def date_text(value: Moment) -> str:
    """Nov 9; with the year when it is not this one."""
    day = local_day(value)
    if day is None:
        return ""
    if day.year == today().year:
        return dateformat.format(day, pgettext("date format: Nov 9", "M j"))
    return dateformat.format(day, pgettext("date format: Nov 9, 2026", "M j, Y"))


def date_long(value: Moment) -> str:
    """November 9, 2026."""
    day = local_day(value)
    return "" if day is None else dateformat.format(day, pgettext("date format: November 9, 2026", "F j, Y"))


def weekday_date(value: Moment) -> str:
    """Monday, November 9."""
    day = local_day(value)
    return (
        "" if day is None else dateformat.format(day, pgettext("date format: Monday, November 9", "l, F j"))
    )


def time_text(value: Moment) -> str:
    """1:15 p.m., on the company's clock."""
    moment = local(value)
    if not isinstance(moment, datetime):
        return ""
    return dateformat.format(moment, pgettext("time format: 1:15 p.m.", "g:i a"))


def datetime_text(value: Moment) -> str:
    """Nov 9, 1:15 p.m."""
    moment = local(value)
    if moment is None:
        return ""
    if not isinstance(moment, datetime):
        return date_text(moment)
    return gettext("%(date)s, %(time)s") % {"date": date_text(moment), "time": time_text(moment)}


def iso(value: Moment) -> str:
    """For <time datetime>: without microseconds, which HTML does not allow beyond three digits."""
    moment = local(value)
    if isinstance(moment, datetime):
        return moment.isoformat(timespec="seconds")
    return moment.isoformat() if moment else ""


def days_since(value: Moment) -> int | None:
    """Whole days on the calendar of the company from then to today; negative when it lies ahead."""
    day = local_day(value)
    return None if day is None else (today() - day).days


def days_text(value: Moment) -> str:
    """Today, 1 day, 12 days: how long something has been so."""
    days = days_since(value)
    if days is None:
        return ""
    if days <= 0:
        return gettext("today")
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}


def money(value: Decimal | int | float | str | None) -> str:
    """$412,000; cents only when there are any."""
    if value is None or value == "":
        return ""
    try:
        amount = Decimal(str(value)).quantize(Decimal("0.01"))
    except InvalidOperation:
        return ""
    sign = "−" if amount < 0 else ""
    digits = f"{abs(amount):,.2f}"
    return f"{sign}${digits.removesuffix('.00')}"


def _phone(value: object) -> phonenumbers.PhoneNumber | None:
    if not value:
        return None
    if isinstance(value, phonenumbers.PhoneNumber):
        return value
    try:
        return phonenumbers.parse(str(value), "US")
    except phonenumbers.NumberParseException:
        return None


def phone_text(value: object) -> str:
    """(512) 555-0142; abroad with the country code. What cannot be read is shown as it was typed."""
    number = _phone(value)
    if number is None or number.national_number is None:
        return str(value or "")
    style = phonenumbers.PhoneNumberFormat
    at_home = number.country_code == 1
    text = phonenumbers.format_number(number, style.NATIONAL if at_home else style.INTERNATIONAL)
    return text.replace(" ", "\u00a0")


def phone_link(value: object) -> str:
    """What follows `tel:` in a link, for example +15125550142;ext=4."""
    number = _phone(value)
    if number is None or number.national_number is None:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.RFC3966).removeprefix("tel:")


def file_size(value: int | float | None) -> str:
    """303 KB, 1.7 MB: in steps of 1024, as computers show it."""
    if value is None:
        return ""
    size = float(value)
    if size < 1024:
        return ngettext("%(count)d byte", "%(count)d bytes", int(size)) % {"count": int(size)}
    if size < 1024 * 1023.5:
        return f"{size / 1024:.0f}\u00a0KB"
    unit, divisor = ("MB", 1024**2) if size < 1024**3 else ("GB", 1024**3)
    return f"{size / divisor:.1f}".removesuffix(".0") + f"\u00a0{unit}"


def initials(value: object) -> str:
    """AR for Ana Maria Ruiz."""
    words = [word for word in str(value or "").replace(".", " ").split() if word[0].isalpha()]
    if not words:
        return ""
    letters = words[0][0] + (words[-1][0] if len(words) > 1 else "")
    return letters.upper()


# The first that fits counts: browsers also name those they descend from.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def device_text(agent: object) -> str:
    """Chrome on Linux, from what the browser says of itself."""
    said = str(agent or "")
    browser = next((name for mark, name in BROWSERS if mark in said), "")
    system = next((name for mark, name in SYSTEMS if mark in said), "")
    if browser and system:
        return gettext("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or gettext("A device we do not know")
