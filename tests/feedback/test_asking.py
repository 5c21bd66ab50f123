"""When a question leaves and when it does not: single stories beside the property of `test_never_twice.py`."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from conversations.services.complaints import begin_complaint
from feedback.models import FeedbackRules, SurveyResponse
from feedback.services import plan_question
from loans.models import Loan, Party
from loans.search import keep_words
from notifications.models import Notification, Preference
from notifications.reminders import surveys
from tests.cast import Cast, PartyFactory, make_cast, make_loan
from tests.feedback.asking import MORNING, Kind, fund, letter_leaves, mails, move

TRULY_AT_ONCE = 2


def due(cast: Cast, kind: str = Kind.APPLIED) -> SurveyResponse:
    survey = plan_question(party=cast.bea_party, kind=kind, due_at=timezone.now())
    assert survey is not None
    return survey


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_the_same_moment_ask_once() -> None:
    cast, together = make_cast(), Barrier(TRULY_AT_ONCE)
    with time_machine.travel(MORNING, tick=True):
        survey, asked = due(cast), list[bool]()

        def work() -> None:
            try:
                together.wait()
                asked.append(surveys._ask(survey.pk))
            finally:
                connection.close()

        threads = [Thread(target=work) for _number in range(TRULY_AT_ONCE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(asked) == [False, True]
    assert len(mails()) == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_thing_told_twice_at_the_same_moment_is_one_question() -> None:
    cast, together = make_cast(), Barrier(TRULY_AT_ONCE)

    def work() -> None:
        try:
            together.wait()
            due(cast)
        finally:
            connection.close()

    threads = [Thread(target=work) for _number in range(TRULY_AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert SurveyResponse.objects.count() == 1


@pytest.mark.parametrize("address", ["bea@elsewhere.example", "bea@nguyen.example"])
def test_trouble_on_another_loan_of_theirs_counts_whichever_address_stands_there(
    cast: Cast, address: str
) -> None:
    """They sign in with one address, are written to at a second, and gave one of them on another loan."""
    cast.bea.email, cast.bea.contact_email = "bea@nguyen.example", "bea@elsewhere.example"
    cast.bea.save(update_fields=["email", "contact_email"])
    other = make_loan(officer=cast.otto, borrowers=[cast.nils], number="LN-2002")
    PartyFactory(loan=other, user=None, name="Bea Nguyen", email=address, role=Party.Role.CO_BORROWER)
    keep_words(other)
    with time_machine.travel(MORNING, tick=False):
        survey = due(cast)
        begin_complaint(loan=other, by=cast.mara, words="Nobody calls", source="desk:1")
        surveys.plan()
    assert not mails()
    survey.refresh_from_db()
    assert survey.due_at == MORNING + timedelta(days=1), "looked at again tomorrow"


def test_a_loan_that_fell_back_is_not_asked_how_the_way_to_clear_was(cast: Cast) -> None:
    Loan.objects.filter(pk=cast.loan.pk).update(stage="conditions_review")
    with time_machine.travel(MORNING, tick=False) as clock:
        move(cast, "clear_to_close")
        clock.shift(timedelta(hours=3))
        move(cast, "conditions_review")
        clock.shift(timedelta(days=1))
        surveys.plan()
        assert not mails(), "it is not behind them"
        move(cast, "clear_to_close")
        clock.shift(timedelta(days=1, hours=1))
        surveys.plan()
    assert [row.kind for row in mails()] == ["survey_clear", "survey_clear"], "Bea and Cole, once it is"


def test_the_latest_day_that_staff_may_choose_is_asked_on(cast: Cast) -> None:
    rules = FeedbackRules(nps_days=120, review_days=180)
    rules.full_clean()
    rules.save()
    with time_machine.travel(MORNING, tick=False) as clock:
        fund(cast)
        clock.shift(timedelta(days=8))
        letter_leaves()
        Notification.objects.filter(kind="thank_you", state="queued").update(state="cancelled")
        clock.shift(timedelta(days=181 - 8, hours=1))  # a Monday
        surveys.plan()
    assert {row.kind for row in mails()} >= {"review_invitation"}


@pytest.mark.parametrize("stage", ["withdrawn", "denied", "incomplete", "suspended"])
@pytest.mark.parametrize("kind", [Kind.APPLIED, Kind.RETURNED, Kind.CLEAR, Kind.NPS, Kind.REVIEW])
def test_nobody_is_asked_about_a_loan_that_ended_otherwise(cast: Cast, kind: str, stage: str) -> None:
    with time_machine.travel(MORNING, tick=False):
        due(cast, kind)
        Loan.objects.filter(pk=cast.loan.pk).update(stage=stage)
        surveys.plan()
    assert not mails()
    assert SurveyResponse.objects.get().dropped_why == "over"


def test_who_did_not_want_the_topic_is_not_asked(cast: Cast) -> None:
    Preference.objects.create(user=cast.bea, topic="feedback", channel="email", wanted=False)
    with time_machine.travel(MORNING, tick=False):
        due(cast)
        surveys.plan()
    assert not mails() and SurveyResponse.objects.get().dropped_why == "unwanted"
