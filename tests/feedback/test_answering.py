"""Answers by the link in the mail: by a press alone, once, in nobody else's place; and a bad one is made good."""

from datetime import timedelta

import pytest
import time_machine
from django.core.signing import Signer
from django.test import Client
from django.utils import timezone

from audit.models import Entry
from feedback.models import SurveyResponse
from feedback.services import answer
from loans.errors import Refused
from loans.models import Task
from notifications.models import Notification
from portal.day import sections_for
from tests.cast import Cast
from tests.feedback.asking import MORNING, Kind, ask, link


def press(client: Client, survey: SurveyResponse, **said: object) -> int:
    return client.post(link(survey), said).status_code


def fresh(survey: SurveyResponse) -> SurveyResponse:
    return SurveyResponse.objects.get(pk=survey.pk)


def test_opening_the_page_says_nothing_and_a_press_does(cast: Cast, client: Client) -> None:
    survey = ask(cast.bea_party)
    page = client.get(link(survey))
    assert page.status_code == 200 and b"So-so" in page.content
    client.head(link(survey))
    client.get(f"{link(survey)}?score=1")
    assert fresh(survey).answered_at is None, "what looks through mails presses nothing"
    assert press(client, survey, score=3) == 302
    assert (fresh(survey).score, fresh(survey).answered_at is not None) == (3, True)
    press(client, survey, score=1)
    assert fresh(survey).score == 3, "the first answer counts"
    assert press(client, survey, words="Nice and quick.") == 302
    press(client, survey, words="And more.")
    assert fresh(survey).words == "Nice and quick."
    assert b"Nice and quick." in client.get(link(survey)).content


@pytest.mark.parametrize(("kind", "wrong"), [(Kind.APPLIED, 0), (Kind.CONVERSATION, 6), (Kind.NPS, 11)])
def test_what_is_not_on_the_scale_is_no_answer(cast: Cast, client: Client, kind: str, wrong: int) -> None:
    survey = ask(cast.bea_party, kind)
    press(client, survey, score=wrong)
    assert press(client, survey, score="ten") == 422
    assert fresh(survey).answered_at is None
    with pytest.raises(Refused):
        answer(survey=survey, score=wrong)


def test_links_that_open_nothing(cast: Cast, client: Client) -> None:
    survey = ask(cast.bea_party)
    waits = ask(cast.cole_party, asked_at=None)
    others = Signer(salt="conversations.settled").sign_object({"survey": str(survey.public_id)})
    signed = link(survey).split("/")[2]
    for token in (
        others,
        signed[:-1] + ("A" if signed[-1] != "A" else "B"),
        "made-up",
        Signer(salt="feedback.answer").sign_object({"survey": "x"}),
    ):
        assert client.get(f"/answer/{token}/").status_code == 404
        assert client.post(f"/answer/{token}/", {"score": 1}).status_code == 404
    assert client.get(link(waits)).status_code == 404, "nobody was asked yet"
    with time_machine.travel(timezone.now() + timedelta(days=61)):
        assert client.get(link(survey)).status_code == 404, "it has ended"


def test_nobody_here_answers_in_their_place(cast: Cast, client_for: object) -> None:
    survey = ask(cast.bea_party)
    assert client_for(cast.olga).post(link(survey), {"score": 3}).status_code == 404  # type: ignore[operator]
    assert fresh(survey).answered_at is None


@pytest.mark.parametrize(
    ("kind", "bad", "good"),
    [(Kind.APPLIED, 1, 2), (Kind.CONVERSATION, 2, 3), (Kind.NPS, 6, 7), (Kind.NPS, 0, 10)],
)
def test_a_bad_answer_is_somebodys_task_and_a_good_one_nobodys(
    cast: Cast, kind: str, bad: int, good: int
) -> None:
    answer(survey=ask(cast.cole_party, kind), score=good)
    assert not Task.objects.filter(kind=Task.Kind.RECOVERY).exists()
    survey = ask(cast.bea_party, kind)
    with time_machine.travel(MORNING, tick=False):
        SurveyResponse.objects.filter(pk=survey.pk).update(asked_at=timezone.now())
        answer(survey=survey, score=bad, words="Nobody called me back, zqangryzq.")
        task = Task.objects.get(kind=Task.Kind.RECOVERY)
        assert str(task.due_on) == "2026-11-18", "the next business day"
        # About what the officer wrote: a manager, not the officer about themselves.
        assert task.for_user == (cast.mara if kind == Kind.CONVERSATION else cast.olga)
        listed = [item.what for section in sections_for(task.for_user) for item in section.items]
    assert any("Make it good" in what for what in listed), "it stands on their day"
    assert "zqangryzq" not in task.why
    assert not [mail for mail in Notification.objects.all() if "zqangryzq" in str(mail.context)]
    assert not Entry.objects.filter(detail__icontains="zqangryzq").exists()


def test_an_answer_about_a_stand_in_is_made_good_by_the_officer(cast: Cast) -> None:
    answer(survey=ask(cast.bea_party, Kind.CONVERSATION, officer=cast.otto), score=1)
    assert Task.objects.get(kind=Task.Kind.RECOVERY).for_user == cast.olga


def test_the_words_stand_at_the_desk_for_the_loan_team_alone(cast: Cast, client_for: object) -> None:
    answer(survey=ask(cast.bea_party), score=1, words="Too many questions.")
    page = f"/desk/loans/{cast.loan.public_id}/feedback/"
    assert b"Too many questions." in client_for(cast.olga).get(page).content  # type: ignore[operator]
    for other in (cast.otto, cast.bea, cast.nils):
        assert client_for(other).get(page).status_code == 404  # type: ignore[operator]


def test_the_page_speaks_the_language_of_who_is_asked(cast: Cast, client: Client) -> None:
    cast.bea.language = "es"
    cast.bea.save(update_fields=["language"])
    assert b'<html lang="es"' in client.get(link(ask(cast.bea_party))).content
    assert b'<html lang="en"' in client.get(link(ask(cast.cole_party))).content
