"""What the tests of the door share: the mails that would go out, and one who signs in by the pages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.events import account_changed, invitation_made
from notifications.models import Notification
from notifications.sealing import unseal
from tests.cast import PASSWORD


@dataclass
class Mail:
    kind: str
    address: str
    secret: str
    recipient: str
    name: str


class Mails(Sequence[Mail]):
    """The rows of the outbox that hold a code or a link, oldest first, as they stand now."""

    KINDS = ("sign_in_code", "password_reset", "email_confirmation")

    def _now(self) -> list[Mail]:
        rows = Notification.objects.filter(kind__in=self.KINDS).order_by("id")
        return [
            Mail(row.kind, row.address, unseal(row.secret), row.recipient, row.recipient_name) for row in rows
        ]

    def __getitem__(self, place: Any) -> Any:
        return self._now()[place]

    def __len__(self) -> int:
        return len(self._now())


@pytest.fixture(autouse=True)
def no_limits_left_over(request: pytest.FixtureRequest) -> None:
    """Rate limits live in the database cache; one test does not count for the next."""
    if "db" in request.fixturenames or "transactional_db" in request.fixturenames:
        request.getfixturevalue("db")
        cache.clear()


@pytest.fixture
def mails(db: None) -> Mails:
    return Mails()


@pytest.fixture
def changes() -> Any:
    """Every `account_changed`: (user, what, addresses)."""
    heard: list[tuple[Any, str, list[str]]] = []

    def hear(sender: object, user: Any, what: str, addresses: list[str], **kwargs: Any) -> None:
        heard.append((user, what, addresses))

    account_changed.connect(hear)
    yield heard
    account_changed.disconnect(hear)


@pytest.fixture
def invitations() -> Any:
    """Every `invitation_made`: (invitation, token)."""
    heard: list[tuple[Any, str]] = []

    def hear(sender: object, invitation: Any, token: str, **kwargs: Any) -> None:
        heard.append((invitation, token))

    invitation_made.connect(hear)
    yield heard
    invitation_made.disconnect(hear)


@pytest.fixture
def type_password() -> Callable[..., Any]:
    """Fills in the sign-in page."""

    def fill(client: Client, email: str, password: str = PASSWORD, **extra: Any) -> Any:
        return client.post(reverse("account_login"), {"login": email, "password": password}, **extra)

    return fill
