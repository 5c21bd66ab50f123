"""How a visitor chats in the tests: what a person leaves in a room that was opened a minute ago, and the answer."""

from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from conversations import services
from conversations.models import Conversation, Message
from portal.chat import give_key
from portal.forms.visitors import VisitorForm

OPEN = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)  # a Wednesday morning in Maine
CLOSED = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)  # a Saturday
FETCH = {"HTTP_X_REQUESTED_WITH": "fetch"}


def typed(number: int = 1, made: timedelta = timedelta(minutes=1), **said: str) -> dict[str, str]:
    """What a person leaves in a room that was opened a minute ago."""
    with time_machine.travel(datetime.now(UTC) - made, tick=False):
        mark = VisitorForm().mark
    return {"body": "How long does a refinance take?", "token": f"{number:032x}", "made": mark, **said}


def asks(visitor: Client, number: int = 1, **said: Any) -> HttpResponse:
    if "chat" not in visitor.cookies:
        visitor.cookies["chat"] = _key()
    return visitor.post("/chat/say/", typed(number, **said), **FETCH)


def _key() -> str:
    """What opening the room leaves in a browser."""
    response = HttpResponse()
    give_key(response)
    return response.cookies["chat"].value


def answers(officer: User, body: str = "Often six weeks.", thread: Conversation | None = None) -> Message:
    return services.write(conversation=thread or Conversation.objects.get(), by=officer, body=body)
