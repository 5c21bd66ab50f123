"""What the tests of the outbox share."""

from collections.abc import Callable
from typing import Any

import pytest

from documents.models import Request
from loans import clocks
from loans.models import KeyDate, Loan
from notifications import delivery, services
from notifications.models import Notification
from tests.cast import Cast


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
