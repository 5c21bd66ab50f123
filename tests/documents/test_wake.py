"""Wake-ups: no page waits for the broker, one hint each, nothing before the commit."""

import threading
import time
from collections.abc import Callable

import pytest
from celery import current_app
from django.db import transaction

from documents import wake

pytestmark = pytest.mark.django_db(transaction=True)


class SlowBroker:
    """Takes its first hint and does not answer until it is let go."""

    def __init__(self) -> None:
        self.got: list[tuple[str, list[str]]] = []
        self.let_go = threading.Event()

    def send_task(self, task: str, args: list[str], **options: object) -> None:
        self.got.append((task, args))
        self.let_go.wait(10)
        if task == "a.dies":
            raise ConnectionError("broker down")


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> SlowBroker:
    slow = SlowBroker()
    monkeypatch.setattr(current_app, "send_task", slow.send_task)
    yield slow
    slow.let_go.set()
    assert soon(lambda: not wake._is_sending)


def soon(happened: Callable[[], bool]) -> bool:
    until = time.monotonic() + 10
    while not happened() and time.monotonic() < until:
        time.sleep(0.02)
    return happened()


def test_a_broker_that_does_not_answer_holds_nobody_up(broker: SlowBroker) -> None:
    began = time.monotonic()
    with transaction.atomic():
        for number in range(20):
            wake.soon("a.task", str(number))
        assert not broker.got, "nothing leaves before the commit"
    assert time.monotonic() - began < 1
    assert soon(lambda: len(broker.got) == 1)


def test_what_waits_already_is_not_said_again(broker: SlowBroker) -> None:
    wake.soon("first")
    assert soon(lambda: len(broker.got) == 1)
    for _ in range(5):
        wake.soon("again")
    broker.let_go.set()
    assert soon(lambda: len(broker.got) == 2)
    time.sleep(0.1)
    assert [task for task, _args in broker.got] == ["first", "again"]


def test_a_broker_that_fails_ends_the_line_and_the_next_hint_tries_again(broker: SlowBroker) -> None:
    wake.soon("a.dies")
    assert soon(lambda: len(broker.got) == 1)
    wake.soon("b.waits")
    broker.let_go.set()
    assert soon(lambda: not wake._is_sending)
    wake.soon("c.comes.later")
    assert soon(lambda: len(broker.got) == 2)
    assert [task for task, _args in broker.got] == ["a.dies", "c.comes.later"]


def test_too_many_are_dropped_and_nothing_grows(broker: SlowBroker) -> None:
    wake.soon("first")
    assert soon(lambda: len(broker.got) == 1)
    for number in range(wake.MOST_WAITING * 2):
        wake.soon("many", str(number))
    assert len(wake._waiting) == wake.MOST_WAITING
