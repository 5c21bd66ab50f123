"""Answers by the link in the mail: by a press alone, once, in nobody else's place; and a bad one is made good."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.signing import Signer
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.models import Entry
from conversations.models import Complaint
from feedback.models import SurveyResponse
from feedback.services import answer, begin_complaint_of, write_review
from loans.errors import Refused
from loans.models import Loan, Party, Task
from loans.services import complete_task
from notifications.models import Notification
from portal import formats
from portal.day import sections_for
from tests.cast import Cast
from tests.desk.helpers import get, words
from tests.feedback.asking import MORNING, Kind, ask, fund, link


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
    assert press(client, survey, score=1) == 302, "pressed twice is no mistake of theirs"
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


def test_a_bad_answer_is_always_somebodys_who_is_there(cast: Cast) -> None:
    """The officer has left, and nobody has taken the loan over yet."""
    User.objects.filter(pk__in=[cast.olga.pk, cast.mara.pk]).update(is_active=False)
    Loan.objects.filter(pk=cast.loan.pk).update(processor=cast.stef)
    answer(survey=ask(Party.objects.get(pk=cast.bea_party.pk)), score=1)
    assert Task.objects.get(kind=Task.Kind.RECOVERY).for_user == cast.stef


def test_a_bad_answer_after_closing_stands_on_the_day_until_it_is_made_good(cast: Cast) -> None:
    fund(cast)
    SurveyResponse.objects.filter(kind=Kind.NPS).update(asked_at=timezone.now())
    answer(survey=SurveyResponse.objects.get(kind=Kind.NPS, party=cast.bea_party), score=2)
    whats = [item.what for section in sections_for(cast.olga) for item in section.items]
    assert any("Make it good" in what for what in whats), "also on a loan that has closed"


def test_the_page_of_a_loan_says_who_makes_it_good_and_by_when(cast: Cast, client_for: Any) -> None:
    with time_machine.travel(MORNING, tick=False):
        answer(survey=ask(cast.bea_party), score=1)
        page = get(client_for(cast.olga), "desk:feedback", cast.loan.public_id)
        assert "Olga Haddad makes it good by Nov 18" in words(page)
        complete_task(task=Task.objects.get(kind=Task.Kind.RECOVERY), by=cast.olga)
        page = get(client_for(cast.olga), "desk:feedback", cast.loan.public_id)
        assert "Made good by Olga Haddad" in words(page)


def test_that_page_costs_the_same_however_much_was_asked(cast: Cast, client_for: Any) -> None:
    mara, counts = client_for(cast.mara), []
    for number, party in enumerate((cast.bea_party, cast.cole_party)):
        write_review(survey=ask(party, Kind.REVIEW), stars=2, words=f"Slow {number}.", publish=False)
        answer(survey=ask(party), score=1)
        formats.company_zone()
        get(mara, "desk:feedback", cast.loan.public_id)
        with CaptureQueriesContext(connection) as captured:
            page = get(mara, "desk:feedback", cast.loan.public_id)
        assert f"Slow {number}." in words(page)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 8, counts


# --- An answer that is a complaint ------------------------------------------------------------------------------


def test_an_answer_is_made_a_complaint_once(cast: Cast, client_for: Any) -> None:
    olga, survey = client_for(cast.olga), ask(cast.bea_party)
    assert get(olga, "desk:answer_complaint", survey.public_id).status_code == 404, "nobody answered yet"
    answer(survey=survey, score=1, words="Nobody called me back.")
    page = get(olga, "desk:feedback", cast.loan.public_id).content.decode()
    address = reverse("desk:answer_complaint", args=[survey.public_id])
    assert address in page
    assert "Nobody called me back." in olga.get(address).content.decode()
    for words_typed in ("Nobody called me back.", "Again"):
        assert olga.post(address, {"words": words_typed}).status_code == 302
    complaint = Complaint.objects.get()
    assert (complaint.party, complaint.words) == (cast.bea_party, "Nobody called me back.")
    assert Loan.objects.get(pk=cast.loan.pk).complaint_open, "nothing is asked or sold while it is open"
    page = get(olga, "desk:feedback", cast.loan.public_id).content.decode()
    assert address not in page and reverse("desk:complaint", args=[complaint.public_id]) in page
    assert "Made good" not in page, "nothing is good yet"
    assert not Task.objects.filter(kind=Task.Kind.RECOVERY, done_at=None).exists(), "its clock stands instead"


def test_a_review_is_made_a_complaint_and_an_empty_one_is_not(cast: Cast, client_for: Any) -> None:
    survey = ask(cast.bea_party, Kind.REVIEW)
    write_review(survey=survey, stars=2, words="Slow and rude.", publish=False)
    olga, address = client_for(cast.olga), reverse("desk:answer_complaint", args=[survey.public_id])
    assert "Slow and rude." in olga.get(address).content.decode()
    assert olga.post(address, {"words": " "}).status_code == 422
    with pytest.raises(Refused):
        begin_complaint_of(survey=survey, by=cast.otto, words="Slow")
    assert olga.post(address, {"words": "Slow and rude."}).status_code == 302
    assert Complaint.objects.get().words == "Slow and rude."


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
