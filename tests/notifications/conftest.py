"""What the tests of the outbox share."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from documents.models import Request
from loans import clocks
from loans.models import Consent, KeyDate, Loan, Party
from notifications import delivery, services
from notifications.models import Notification
from tests.cast import Cast

TAKEN_AT = datetime(2026, 11, 18, 17, 0, tzinfo=UTC)


def fresh(row: Notification) -> Notification:
    """The row as it stands now."""
    return Notification.objects.get(pk=row.pk)


@pytest.fixture
def make_row(cast: Cast) -> Callable[..., Notification]:
    """`make_row()`: a message of Bea's loan that is due; any field of `queue` may be given."""
    count = iter(range(1, 10_000))

    def make(**chosen: Any) -> Notification:
        told: dict[str, Any] = {
            "kind": "application_received_officer",
            "event_key": f"event:{next(count)}",
            "recipient": cast.olga,
            "loan": cast.loan,
        }
        return services.queue(**{**told, **chosen})

    return make


@pytest.fixture
def sent(make_row: Callable[..., Notification], cast: Cast) -> Notification:
    """A mail to Bea that a provider has taken as `their-1`."""
    row = make_row(kind="application_received", recipient=cast.bea_party)
    Notification.objects.filter(pk=row.pk).update(
        state="sent", sent_at=TAKEN_AT, attempts=1, provider="postmark", provider_id="their-1"
    )
    return fresh(row)


@pytest.fixture
def deliver() -> Callable[[], int]:
    return lambda: delivery.deliver_due()


@pytest.fixture
def make_request(cast: Cast) -> Callable[..., Request]:
    def make(**chosen: Any) -> Request:
        told = {
            "loan": cast.loan,
            "party": cast.bea_party,
            "kind": "pay_stub",
            "title": "Pay stubs",
            "why": "Income.",
        }
        return Request.objects.create(**{**told, **chosen})

    return make


def send_estimate(loan: Loan) -> None:
    KeyDate.objects.create(loan=loan, kind=KeyDate.Kind.LOAN_ESTIMATE_SENT, on=clocks.today())


def agree(party: Party, *, given: bool = True) -> Consent:
    """What this person says about texts to their number of today."""
    return Consent.objects.create(
        party=party, kind=Consent.Kind.TEXTING, given=given, number=party.text_number, wording_version="1",
        wording="You may text me.",
    )  # fmt: skip


def boxes(html: str, name: str) -> dict[str, bool]:
    """Each box of this name and whether it is ticked."""
    found = re.findall(rf'<input[^>]*type="checkbox" name="{name}" value="([^"]+)"([^>]*)>', html)
    return {value: "checked" in rest for value, rest in found}
