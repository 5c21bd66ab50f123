"""A house that has conversations already and is updated: who waits, and since when, is known from the first day."""

from datetime import datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from conversations import services
from conversations.models import Conversation, Message
from conversations.tasks import run_clocks
from documents.models import Request
from loans.models import KeyDate, Loan, StageEvent, Task
from tests.cast import Cast, make_loan
from tests.desk.helpers import make_request

DAY = timedelta(days=1)
LONG_AGO = datetime(2026, 3, 2, 15, tzinfo=timezone.get_fixed_timezone(0))


def run(migration: str, *steps: str) -> None:
    module = import_module(migration)
    for step in steps:
        getattr(module, step)(apps, None)


def update() -> None:
    run("loans.migrations.0016_fill_who_waits", "fill_lock_ends", "fill_last_words")
    run("documents.migrations.0019_fill_last_words", "count_papers")
    run(
        "conversations.migrations.0007_fill_clock_of_answers",
        "answer_what_was_answered", "say_since_when_they_wait", "count_what_we_said",
    )  # fmt: skip


def thread_of(loan: Loan, *said: object, status: str) -> list[Message]:
    """As the version before left it: what they said (None) and what one of us did, a day apart."""
    thread = Conversation.objects.create(loan=loan, status=status)
    return [
        Message.objects.create(
            conversation=thread, channel="text", by=by, body="Hello", source=f"{loan.pk}:{place}",
            at=LONG_AGO + place * DAY,
        )
        for place, by in enumerate(said)
    ]  # fmt: skip


def fresh(*rows: Message) -> list[datetime | None]:
    return [Message.objects.get(pk=row.pk).answered_at for row in rows]


def test_what_was_answered_long_ago_is_not_answered_today(cast: Cast) -> None:
    first, second, answer, third = thread_of(cast.loan, None, None, cast.olga, None, status="open")
    update()
    assert fresh(first, second, answer, third) == [answer.at, answer.at, None, None]
    services.write(loan=cast.loan, by=cast.olga, body="On Friday.")
    counted = Message.objects.filter(answer_minutes__isnull=False)
    assert list(counted) == [third]


def test_who_waits_at_the_update_is_in_the_lists_and_gets_a_task(cast: Cast) -> None:
    *_before, waiting = thread_of(cast.loan, None, cast.olga, None, status="open")
    other = make_loan(officer=cast.olga, borrowers=[cast.bea])
    thread_of(other, None, cast.olga, status="answered")
    update()
    since = Loan.objects.values_list("unanswered_since", flat=True)
    assert (since.get(pk=cast.loan.pk), since.get(pk=other.pk)) == (waiting.at, None)
    assert Conversation.objects.get(loan=cast.loan).unanswered_since == waiting.at
    run_clocks()
    assert Task.objects.get(kind=Task.Kind.REPLY).loan == cast.loan


def test_a_thread_that_was_answered_by_somebody_who_is_gone_waits_for_nobody(cast: Cast) -> None:
    asked, said = thread_of(cast.loan, None, None, status="answered")
    update()
    assert fresh(asked, said) == [asked.at, said.at]


def test_a_house_that_was_never_silent_gets_no_reminder_of_silence(cast: Cast) -> None:
    """The last word is the newest stage, message of ours or paper; where nothing says so, silence begins now."""
    moved, told, asked, bare = (
        cast.loan, *(make_loan(officer=cast.olga, borrowers=[cast.bea]) for _ in range(3))
    )  # fmt: skip
    StageEvent.objects.all().delete()
    Request.objects.all().delete()
    for loan in (moved, told, asked):
        StageEvent.objects.create(loan=loan, to_stage="processing", at=LONG_AGO)
    *_before, answer = thread_of(told, None, cast.olga, status="answered")
    request = make_request(asked.parties.first(), cast.olga)
    began = timezone.now()
    Loan.objects.update(last_word_at=None)
    update()
    heard = dict(Loan.objects.values_list("pk", "last_word_at"))
    assert (heard[moved.pk], heard[told.pk]) == (LONG_AGO, answer.at)
    assert heard[asked.pk] == request.created_at
    assert abs(heard[bare.pk] - began) < timedelta(minutes=1)


def test_the_end_of_a_rate_lock_is_on_the_loan(cast: Cast) -> None:
    KeyDate.objects.create(loan=cast.loan, kind=KeyDate.Kind.RATE_LOCK_ENDS, on=LONG_AGO.date())
    update()
    assert list(Loan.objects.exclude(lock_ends_on=None).values_list("pk", "lock_ends_on")) == [
        (cast.loan.pk, LONG_AGO.date())
    ]


def test_the_update_may_run_twice(cast: Cast) -> None:
    thread_of(cast.loan, None, cast.olga, None, status="open")
    update()
    once = list(Message.objects.values()), list(Conversation.objects.values()), list(Loan.objects.values())
    update()
    assert once == (
        list(Message.objects.values()), list(Conversation.objects.values()), list(Loan.objects.values())
    )  # fmt: skip


@pytest.mark.parametrize(("ours_last", "status"), [(False, "open"), (True, "answered")])
def test_what_the_version_before_writes_meanwhile_is_counted_by_the_clock(
    cast: Cast, ours_last: bool, status: str
) -> None:
    """It knows neither the clock nor the lists: not when it takes a message in, and not when it answers one."""
    first, answer, last = thread_of(cast.loan, None, cast.olga, None, status=status)
    if ours_last:
        Message.objects.filter(pk=last.pk).update(by=cast.olga)
        Conversation.objects.update(unanswered_since=first.at)
        Loan.objects.filter(pk=cast.loan.pk).update(unanswered_since=first.at)
    run_clocks()
    thread = Conversation.objects.select_related("loan").get(loan=cast.loan)
    waits_since = None if ours_last else last.at
    assert (thread.unanswered_since, thread.loan.unanswered_since) == (waits_since, waits_since)
    assert fresh(first) == [answer.at if not ours_last else last.at]
    assert thread.status == status
