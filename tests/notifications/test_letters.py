"""The letter of thanks: its day, its words, its paper, and who may send or stop it."""

import hashlib
import io
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pikepdf
import pypdfium2
import pytest
import time_machine
from django.utils import timezone

from accounts.models import Company
from audit.models import Entry
from loans.errors import Changed, Refused
from loans.models import Loan, Party, Task
from loans.services import change_stage, latest_event, undo_stage_change
from notifications import delivery, letters, services
from notifications.models import Notification
from tests.cast import Cast

State = Notification.State


def words_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())


@pytest.fixture
def funded(cast: Cast) -> Notification:
    """The letter of Bea's and Cole's loan, which was funded just now."""
    Loan.objects.filter(pk=cast.loan.pk).update(stage="closing")
    cast.loan.refresh_from_db()
    move(cast, "funded")
    return Notification.objects.get(kind="thank_you")


def move(cast: Cast, to: str) -> Any:
    cast.loan.refresh_from_db()
    return change_stage(
        loan=cast.loan,
        to=to,
        by=cast.mara,
        expected_version=cast.loan.version,
        reason="a signature was missing",
    )


# --- When ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("closed", "due"),
    [
        ("2026-02-28 17:30", "2026-03-09 10:00 -0400"),  # a weekend, and the clocks change on the 8th
        ("2026-12-18 12:00", "2026-12-28 10:00 -0500"),  # Christmas and a weekend
        ("2026-11-19 12:00", "2026-11-27 10:00 -0500"),  # Thanksgiving
        ("2026-11-09 12:00", "2026-11-16 10:00 -0500"),
        ("2026-10-26 23:59", "2026-11-02 10:00 -0500"),  # the clocks went back on the 1st
        ("2026-11-03 00:01", "2026-11-10 10:00 -0500"),
    ],
)
def test_the_day_of_the_letter(closed: str, due: str) -> None:
    company = Company(time_zone="America/New_York", thank_you_days=7)
    moment = datetime.strptime(closed, "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo("America/New_York"))
    found = letters.due_at(moment.astimezone(ZoneInfo("UTC")), company)
    assert found.strftime("%Y-%m-%d %H:%M %z") == due


def test_the_days_are_set_by_the_house() -> None:
    company = Company(time_zone="America/Los_Angeles", thank_you_days=3)
    closed = datetime(2026, 11, 10, 4, 30, tzinfo=ZoneInfo("UTC"))  # still the 9th on the west coast
    assert letters.due_at(closed, company).isoformat() == "2026-11-12T10:00:00-08:00"


# --- Closing and opening again -------------------------------------------------------------------------------


def test_funded_plans_one_letter(funded: Notification, cast: Cast) -> None:
    assert funded.state == State.QUEUED and funded.is_scheduled
    assert funded.event_key.startswith("closing:1:")
    assert funded.due_at == letters.due_at(cast.loan.stage_events.last().at, cast.company)
    assert services.letter_for(cast.loan) == funded


def test_opening_the_loan_again_cancels_the_letter_and_a_second_closing_plans_its_own(
    funded: Notification, cast: Cast
) -> None:
    services.hold(notification=funded, by=cast.olga)
    move(cast, "closing")
    funded.refresh_from_db()
    assert funded.state == State.CANCELLED
    move(cast, "funded")
    second = services.letter_for(cast.loan)
    assert second is not None and second.pk != funded.pk and second.event_key.startswith("closing:2:")
    with time_machine.travel(second.due_at + timedelta(minutes=1)):
        delivery.deliver_due()
    sent = Notification.objects.filter(kind="thank_you", state=State.SENT)
    assert list(sent) == [second]


def test_taking_funded_back_cancels_the_letter(cast: Cast) -> None:
    Loan.objects.filter(pk=cast.loan.pk).update(stage="closing")
    event = move(cast, "funded")
    cast.loan.refresh_from_db()
    undo_stage_change(event=event, by=cast.mara, expected_version=cast.loan.version)
    assert not Notification.objects.filter(kind="thank_you").waiting().exists()


def test_a_day_of_downtime_sends_it_late_and_a_month_does_not(funded: Notification) -> None:
    with time_machine.travel(funded.due_at + timedelta(days=1)):
        delivery.deliver_due()
    funded.refresh_from_db()
    assert funded.state == State.SENT
    Notification.objects.update(state=State.QUEUED, sent_at=None)
    with time_machine.travel(funded.due_at + timedelta(days=31)):
        delivery.deliver_due()
    funded.refresh_from_db()
    assert funded.state == State.EXPIRED


def test_a_complaint_or_a_bereavement_keeps_the_letter_back(funded: Notification) -> None:
    Loan.objects.update(bereavement=True)
    with time_machine.travel(funded.due_at + timedelta(minutes=1)):
        delivery.deliver_due()
    funded.refresh_from_db()
    assert funded.state == State.HELD and "bereavement" in funded.error
    task = Task.objects.get(kind=Task.Kind.LETTER)
    assert task.for_user == funded.loan.officer and "bereavement" in task.why


def test_a_letter_that_was_sent_keeps_its_closing(funded: Notification, cast: Cast) -> None:
    """Sent now, within the minutes in which the move could be taken back."""
    services.send_now(notification=funded, by=cast.olga)
    delivery.deliver_due()
    cast.loan.refresh_from_db()
    event = latest_event(cast.loan)
    with pytest.raises(Refused, match="on its way"):
        undo_stage_change(event=event, by=cast.olga, expected_version=cast.loan.version)


# --- Paper ---------------------------------------------------------------------------------------------------


def test_the_letter_goes_out_as_a_tagged_pdf_and_is_kept(
    funded: Notification, cast: Cast, settings: Any
) -> None:
    services.edit_letter(
        notification=funded, wording=letters.default_wording(funded), personal_line="The garden looked lovely.",
        by=cast.olga, expected_version=funded.version,
    )  # fmt: skip
    with time_machine.travel(funded.due_at + timedelta(minutes=1)):
        delivery.deliver_due()
    funded.refresh_from_db()
    assert funded.state == State.SENT
    content = letters.kept(funded)
    assert content is not None
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert bool(pdf.Root.MarkInfo.Marked) and str(pdf.Root.Lang) == "en"
        assert "pdfuaid" in pdf.Root.Metadata.read_bytes().decode()
        assert len(pdf.pages) == 1
    words = words_of(content)
    for said in (
        "Dear Bea and Cole", "12 Harbor Lane, Portland", "Bea Nguyen", "Cole Nguyen", "Olga Haddad", "1200001",
        "It was a pleasure to work with you.", "The garden looked lovely.", "Lantern Home Loans, LLC, NMLS ID 1000048",
        "Equal Housing Lender", "48 Commercial Street",
    ):  # fmt: skip
        assert said in words, said
    assert "{{" not in words and "$" not in words
    entry = Entry.objects.get(action="letter.made")
    assert entry.detail["sha256"] == hashlib.sha256(content).hexdigest()
    path = Path(settings.PRIVATE_FILES_DIR) / funded.attachment_key
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_refinance_is_not_thanked_for_buying_a_home(funded: Notification) -> None:
    Loan.objects.update(purpose="refinance")
    words = words_of(letters.pdf_for(Notification.objects.get(pk=funded.pk)))
    assert "new loan on 12 Harbor Lane" in words and "Buying a home" not in words


EVIL = '#eval("1+1") $x$ *bold* #include "/etc/passwd" [a](http://b) \\ <label> @ref ```code```'


def test_names_and_words_are_set_literally(funded: Notification, cast: Cast) -> None:
    Party.objects.filter(pk=cast.bea_party.pk).update(name=EVIL)
    cast.olga.officer_profile.letter_line = EVIL
    cast.olga.officer_profile.save()
    row = Notification.objects.get(pk=funded.pk)
    words = words_of(letters.pdf_for(row))
    assert words.count('#eval("1+1")') >= 2
    assert "$x$ *bold* #include" in words and "root:" not in words


def test_markdown_makes_paragraphs_lists_and_emphasis_and_no_html(funded: Notification) -> None:
    made = letters.tree(
        "One *two* **three**\n\n- a\n- {{ names }}\n\n<b>x</b> [l](https://e.example)", {"names": "*B*"}
    )
    assert [node["t"] for node in made] == ["par", "list", "par"]
    flat = json.dumps(made)
    assert '{"t": "em"' in flat and '{"t": "strong"' in flat
    assert '"*B*"' in flat and "<b>" in flat and "https://e.example" not in flat


def test_a_character_without_a_shape_makes_the_letter_wait(funded: Notification, cast: Cast) -> None:
    Party.objects.filter(pk=cast.bea_party.pk).update(name="漢字 Nguyen")
    with time_machine.travel(funded.due_at + timedelta(minutes=1)):
        delivery.deliver_due()
    funded.refresh_from_db()
    assert funded.state == State.HELD and "漢" in funded.error
    task = Task.objects.get(kind=Task.Kind.LETTER)
    assert task.loan == cast.loan and "漢" in task.why and task.for_user == cast.olga


def test_vietnamese_names_are_set(funded: Notification, cast: Cast) -> None:
    Party.objects.filter(pk=cast.bea_party.pk).update(name="Nguyễn Thị Bích")
    assert "Nguyễn Thị Bích" in words_of(letters.pdf_for(funded))


# --- Words ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wording",
    [
        "Dear {{ nmaes }}",
        "{% include 'x' %}",
        "{# x #}",
        "{{ names|safe }}",
        "{{ names",
        "names }}",
        "{{ a.b }}",
    ],
)
def test_words_with_unknown_fields_or_template_code_are_refused(
    funded: Notification, cast: Cast, wording: str
) -> None:
    with pytest.raises(Refused):
        services.edit_letter(
            notification=funded,
            wording=wording,
            personal_line="",
            by=cast.olga,
            expected_version=funded.version,
        )
    funded.refresh_from_db()
    assert funded.wording == ""


def test_two_people_at_once(funded: Notification, cast: Cast) -> None:
    told = {
        "notification": funded,
        "wording": "Dear {{ names }}",
        "by": cast.olga,
        "expected_version": funded.version,
    }
    services.edit_letter(**told, personal_line="one")
    with pytest.raises(Changed):
        services.edit_letter(**told, personal_line="two")
    funded.refresh_from_db()
    assert (funded.wording, funded.personal_line) == ("Dear {{ names }}", "one")


def test_the_pdf_that_was_read_is_the_pdf_that_goes_out(funded: Notification) -> None:
    read = words_of(letters.pdf_for(funded))
    with time_machine.travel(funded.due_at + timedelta(minutes=1)):
        delivery.deliver_due()
    funded.refresh_from_db()
    assert words_of(letters.kept(funded)) == read


def test_sent_now_it_carries_today(funded: Notification, cast: Cast) -> None:
    services.send_now(notification=funded, by=cast.olga, expected_version=funded.version)
    delivery.deliver_due()
    funded.refresh_from_db()
    assert funded.state == State.SENT and funded.sent_at < timezone.now()
    assert parsed(funded.date_header) < timezone.now() + timedelta(minutes=1)


def parsed(header: str) -> datetime:
    from email.utils import parsedate_to_datetime

    return parsedate_to_datetime(header)
