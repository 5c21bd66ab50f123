"""Money, dates, telephone numbers and sizes read the same everywhere."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from accounts.models import Company
from portal import formats

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_chicago():
    Company.objects.update_or_create(
        pk=1,
        defaults={"name": "Harbor", "nmls_id": "1", "phone": "+13125550100", "time_zone": "America/Chicago"},
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("412000.00"), "$412,000"),
        (Decimal("1234.5"), "$1,234.50"),
        (0, "$0"),
        (-20, "−$20"),
        ("1999999.999", "$2,000,000"),
        (None, ""),
        ("", ""),
        ("much", ""),
    ],
)
def test_money(value, text):
    assert formats.money(value) == text


def test_dates_are_those_of_the_company_not_of_utc():
    late_evening = datetime(timezone.now().year, 11, 10, 3, 30, tzinfo=UTC)
    assert formats.date_text(late_evening) == "Nov 9"
    assert formats.time_text(late_evening) == "9:30 p.m."
    assert formats.datetime_text(late_evening) == "Nov 9, 9:30 p.m."


def test_a_plain_date_never_shifts():
    assert formats.date_long(date(2026, 12, 18)) == "December 18, 2026"
    assert formats.weekday_date(date(2026, 12, 18)) == "Friday, December 18"
    assert formats.datetime_text(date(2019, 1, 2)) == "Jan 2, 2019"


def test_the_year_shows_only_when_it_is_another():
    assert formats.date_text(date(timezone.now().year - 2, 6, 15)) == f"Jun 15, {timezone.now().year - 2}"
    assert formats.date_text(date(timezone.now().year, 6, 15)) == "Jun 15"


def test_iso_text_from_a_stored_message_is_read_as_well():
    assert formats.date_long("2026-12-18") == "December 18, 2026"
    assert formats.date_long("2026-12-18T03:00:00+00:00") == "December 17, 2026"


@pytest.mark.parametrize("show", [formats.date_text, formats.date_long, formats.datetime_text, formats.iso])
def test_nothing_reads_as_nothing(show):
    assert show(None) == ""


def test_iso_has_no_microseconds():
    assert formats.iso(datetime(2026, 7, 1, 12, 0, 0, 123456, tzinfo=UTC)) == "2026-07-01T07:00:00-05:00"


def test_days_since_counts_calendar_days():
    now = timezone.now()
    assert formats.days_since(now) == 0
    assert formats.days_since(formats.today() - timedelta(days=12)) == 12
    assert formats.days_since(formats.today() + timedelta(days=3)) == -3
    assert formats.days_text(formats.today() - timedelta(days=1)) == "1 day"
    assert formats.days_text(now) == "today"


@pytest.mark.parametrize(
    ("value", "text", "link"),
    [
        ("+15125550142", "(512)\u00a0555-0142", "+1-512-555-0142"),
        ("5125550142", "(512)\u00a0555-0142", "+1-512-555-0142"),
        ("+442079460000", "+44\u00a020\u00a07946\u00a00000", "+44-20-7946-0000"),
        ("call me", "call me", ""),
        ("", "", ""),
        (None, "", ""),
    ],
)
def test_phone_numbers(value, text, link):
    assert formats.phone_text(value) == text
    assert formats.phone_link(value) == link


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (1, "1 byte"),
        (512, "512 bytes"),
        (310_374, "303\u00a0KB"),
        (1_048_400, "1\u00a0MB"),
        (1_782_579, "1.7\u00a0MB"),
        (52_428_800, "50\u00a0MB"),
        (3 * 1024**3, "3\u00a0GB"),
        (None, ""),
    ],
)
def test_file_sizes(size, text):
    assert formats.file_size(size) == text


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ana Maria Ruiz", "AR"),
        ("Bea", "B"),
        ("José Ángel Ñuñez", "JÑ"),
        ("J. R. Tolkien", "JT"),
        ("", ""),
        (None, ""),
    ],
)
def test_initials(name, letters):
    assert formats.initials(name) == letters


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36", "Chrome on Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/156.0 Safari/537.36 Edg/156.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1",
            "Safari on iPhone",
        ),
        ("curl/8.1", "A device we do not know"),
        ("", "A device we do not know"),
    ],
)
def test_devices_are_named_in_a_few_words(agent, said):
    assert formats.device_text(agent) == said


def test_templates_reach_them_by_one_load():
    page = Template("{% load doorstep %}{{ amount|money }} {{ size|file_size }} {{ name|initials }}")
    assert page.render(Context({"amount": 5, "size": 2048, "name": "Olga Ortiz"})) == "$5 2\u00a0KB OO"


def test_the_zone_is_read_once_for_a_whole_list(django_assert_num_queries):
    with django_assert_num_queries(1):
        for _ in range(50):
            formats.datetime_text(timezone.now())


def test_dates_follow_the_language():
    with translation.override("es"):
        assert "diciembre" in formats.date_long(date(2026, 12, 18)).lower()
