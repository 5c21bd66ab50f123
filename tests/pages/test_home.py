"""`/home/`: a greeting with the state in one sentence, one next step with one main button, the loans (story 5)."""

from datetime import UTC, datetime, time

import pytest
from django.urls import reverse

from documents.models import Request
from loans.models import Application, KeyDate, Loan, StageWording
from loans.progress import stage_words
from loans.stages import Stage
from portal import formats
from portal.standing import greeting, next_step
from tests.cast import make_loan
from tests.pages.making import ask, estimate_sent, in_days, set_date, stand_at, words

OPEN_WITH_PAPERS = [
    Stage.APPLICATION_RECEIVED, Stage.PROCESSING, Stage.UNDERWRITING, Stage.CONDITIONAL_APPROVAL,
    Stage.CONDITIONS_REVIEW, Stage.CLEAR_TO_CLOSE, Stage.CLOSING,
]  # fmt: skip
State = Request.State


@pytest.mark.parametrize(
    ("hour", "said"),
    [
        (4, "Good morning"),
        (11, "Good morning"),
        (12, "Good afternoon"),
        (17, "Good afternoon"),
        (18, "Good evening"),
    ],
)
def test_greets_by_the_clock_of_the_company(company, hour, said):
    # New York is five hours behind in January.
    assert greeting("Bea", datetime(2026, 1, 15, (hour + 5) % 24, 30, tzinfo=UTC)) == f"{said}, Bea."


@pytest.mark.parametrize("stage", [stage for stage in Stage.line() if stage != Stage.STARTED])
def test_says_the_state_in_one_sentence(cast, client_for, stage):
    stand_at(cast.loan, stage)
    text = words(client_for(cast.bea).get("/home/"))
    assert f", Bea. {stage_words(cast.loan).meaning}" in text


def test_the_house_may_say_it_in_its_own_words(cast, client_for):
    StageWording.objects.update_or_create(
        stage=Stage.APPLICATION_RECEIVED, defaults={"meaning": "Olga has your application on her desk."}
    )
    assert "Bea. Olga has your application on her desk." in words(client_for(cast.bea).get("/home/"))


# --- The one next step -----------------------------------------------------------------------------------


def step_of(cast, requests=()):
    loan = Loan.objects.get(pk=cast.loan.pk)
    return next_step(loan=loan, requests=list(requests), list_address="/list/")


@pytest.mark.parametrize("stage", OPEN_WITH_PAPERS)
@pytest.mark.parametrize("sent", [True, False])
def test_a_returned_paper_comes_first(cast, stage, sent):
    stand_at(cast.loan, stage)
    if sent:
        estimate_sent(cast.loan)
    set_date(cast.loan, KeyDate.Kind.SIGNING, in_days(4))
    owed = ask(cast.bea_party, "Pay stubs")
    back = ask(
        cast.bea_party,
        "Bank statements",
        state=State.RETURNED,
        reason="missing_pages",
        note="Page 2 is cut off.",
    )
    step = step_of(cast, [owed, back])
    assert step.title == "Send again: Bank statements"
    assert "Some pages are missing." in step.text and "Page 2 is cut off." in step.text
    assert ("2 papers are still needed in all" in step.text) is sent
    assert ("optional for now" in step.text) is step.calm is not sent
    assert step.address == f"/list/?send={back.public_id}#request-{back.public_id}"


@pytest.mark.parametrize("stage", OPEN_WITH_PAPERS)
def test_owed_papers_come_next_once_the_loan_estimate_is_sent(cast, stage):
    stand_at(cast.loan, stage)
    estimate_sent(cast.loan)
    later = ask(cast.bea_party, "Tax returns", due_on=in_days(9))
    first = ask(cast.bea_party, "Pay stubs", due_on=in_days(3))
    step = step_of(cast, [later, first])
    assert step.title == "Send: Pay stubs"
    assert formats.weekday_date(in_days(3)) in step.text
    assert "2 papers are still needed in all." in step.text
    assert step.label == "Upload" and not step.calm


@pytest.mark.parametrize("stage", OPEN_WITH_PAPERS)
def test_before_the_loan_estimate_papers_are_only_invited(cast, client_for, stage):
    stand_at(cast.loan, stage)
    ask(cast.bea_party, "Pay stubs", due_on=None)
    ask(cast.bea_party, "Photo ID")
    text = words(client_for(cast.bea).get("/home/"))
    assert "You may send papers now, if you like" in text
    assert (
        "2 papers are on your list. They are optional for now: none is needed for the Loan Estimate." in text
    )
    assert "still needed" not in text and "Please send it by" not in text


@pytest.mark.parametrize("state", [State.IN_REVIEW, State.ACCEPTED, State.NOT_APPLICABLE, State.WITHDRAWN])
def test_papers_that_are_with_us_are_no_next_step(cast, client_for, state):
    estimate_sent(cast.loan)
    ask(cast.bea_party, state=state)
    assert "Nothing for you to do" in words(client_for(cast.bea).get("/home/"))


def test_the_signing_comes_when_no_paper_is_owed(cast):
    stand_at(cast.loan, Stage.CLOSING)
    set_date(cast.loan, KeyDate.Kind.SIGNING, in_days(4), time(13, 0), "Harbor Title, 3 Pier Road")
    step = step_of(cast)
    assert step.title == f"Sign on {formats.weekday_date(in_days(4))} at 1:00 p.m."
    assert step.text == "Harbor Title, 3 Pier Road"


def test_a_signing_that_is_over_is_no_next_step(cast):
    stand_at(cast.loan, Stage.CLOSING)
    set_date(cast.loan, KeyDate.Kind.SIGNING, in_days(-1))
    assert step_of(cast).title == "Nothing for you to do"


def test_nothing_to_do_says_when_they_hear_from_us(cast):
    Loan.objects.filter(pk=cast.loan.pk).update(next_update_on=in_days(2))
    step = step_of(cast)
    assert step.title == "Nothing for you to do" and step.calm
    assert formats.weekday_date(in_days(2)) in step.text


def test_a_promised_update_that_has_passed_is_owned_up_to(cast, client_for):
    Loan.objects.filter(pk=cast.loan.pk).update(next_update_on=in_days(-1))
    page = client_for(cast.bea).get("/home/")
    assert "We owe you an update" in words(page)
    assert 'href="tel:+1-207-555-0161"' in page.content.decode()


def test_an_update_due_today_is_not_late(cast):
    Loan.objects.filter(pk=cast.loan.pk).update(next_update_on=in_days(0))
    assert step_of(cast).title == "Nothing for you to do"


@pytest.mark.parametrize("stage", Stage.quiet())
def test_a_paused_or_ended_loan_says_call_and_names_nothing(cast, client_for, stage):
    """The outcome is named only after the written notice is recorded as sent."""
    ask(cast.bea_party)
    stand_at(cast.loan, stage)
    text = words(client_for(cast.bea).get("/home/"))
    assert "Please call Olga" in text and "A written notice follows." in text
    for outcome in ("paused", "suspended", "withdrawn", "denied", "incomplete", "could not offer"):
        assert outcome not in text.lower()
    assert "Pay stubs" not in text and "papers" not in text.split("Where your loan is")[0]


@pytest.mark.parametrize(
    ("stage", "named"),
    [
        (Stage.SUSPENDED, "cannot go on with your application for now"),
        (Stage.WITHDRAWN, "it was withdrawn"),
        (Stage.DENIED, "gives the reasons"),
        (Stage.INCOMPLETE, "did not arrive in time"),
    ],
)
def test_the_outcome_is_named_once_the_notice_is_sent(cast, client_for, stage, named):
    stand_at(cast.loan, stage)
    set_date(cast.loan, KeyDate.Kind.NOTICE_SENT)
    text = words(client_for(cast.bea).get("/home/"))
    assert named in text
    assert "Your written notice has been sent." in text


def test_a_funded_loan_asks_for_nothing(cast):
    stand_at(cast.loan, Stage.FUNDED)
    estimate_sent(cast.loan)
    step = step_of(cast, [ask(cast.bea_party)])
    assert step.title == "Nothing for you to do" and step.calm


def test_there_is_one_main_button(cast, client_for):
    estimate_sent(cast.loan)
    ask(cast.bea_party)
    page = client_for(cast.bea).get("/home/").content.decode()
    assert page.count('class="next-step-action"') == 1


# --- Whose home -------------------------------------------------------------------------------------------


def test_the_next_step_is_the_readers_own(cast, client_for):
    """Cole is not asked for Bea's papers, and does not read their names."""
    estimate_sent(cast.loan)
    ask(cast.bea_party, "Divorce decree of Bea")
    assert "Send: Divorce decree of Bea" in words(client_for(cast.bea).get("/home/"))
    text = words(client_for(cast.cole).get("/home/"))
    assert "Nothing for you to do" in text and "Divorce" not in text


def test_several_loans_are_listed_and_the_most_urgent_speaks(cast, client_for):
    second = make_loan(officer=cast.otto, borrowers=[cast.bea], number="LN-2001", street="77 Elm Street")
    estimate_sent(second)
    ask(second.parties.get(), "Photo ID")
    text = words(client_for(cast.bea).get("/home/"))
    assert "Your loans" in text and "LN-2001" in text and "LN-1001" in text
    assert "Send: Photo ID" in text.split("Where your loan is")[0]
    assert "Nils" not in text and "LN-1002" not in text


def test_an_open_loan_speaks_before_an_ended_one(cast, client_for):
    ended = make_loan(officer=cast.otto, borrowers=[cast.bea], number="LN-2002")
    stand_at(ended, Stage.WITHDRAWN)
    text = words(client_for(cast.bea).get("/home/"))
    assert "Nothing for you to do" in text.split("Where your loan is")[0]


@pytest.mark.parametrize("who", ["olga", "otto", "mara", "stef"])
def test_those_who_work_here_go_to_the_desk(cast, client_for, who):
    response = client_for(getattr(cast, who)).get("/home/")
    assert response.status_code == 302 and response["Location"] == reverse("desk:pipeline")


def test_without_a_loan_one_is_offered_to_apply(cast, client_for):
    cast.other_loan.parties.all().delete()
    response = client_for(cast.nils).get("/home/")
    assert "You have no loan with us yet." in words(response)
    assert f'href="{reverse("apply:start")}"' in response.content.decode()


def test_an_application_begun_in_this_browser_is_offered_first(cast, client_for):
    cast.other_loan.parties.all().delete()
    client = client_for(cast.nils)
    client.post(reverse("apply:start"), {"state": "ME", "purpose": "purchase", "home_found": "no"})
    assert Application.objects.exists()
    response = client.get("/home/")
    assert "Your application is not finished yet." in words(response)
    assert "Finish your application" in words(response)


def test_a_loan_that_is_only_begun_is_to_be_finished(cast, client_for):
    stand_at(cast.loan, Stage.STARTED)
    assert "Finish your application" in words(client_for(cast.bea).get("/home/"))


def test_what_somebody_typed_with_this_address_elsewhere_is_not_shown(cast, client_for):
    cast.other_loan.parties.all().delete()
    Application.objects.create(email="nils@example.com")
    assert "You have no loan with us yet." in words(client_for(cast.nils).get("/home/"))


def test_nobody_is_sent_to_sign_in(visitor, db):
    response = visitor.get("/home/")
    assert response.status_code == 302 and response["Location"].startswith(reverse("account_login"))


# --- Dates and cost ---------------------------------------------------------------------------------------


def test_a_closing_date_is_a_target_until_the_signing_is_set(cast, client_for):
    Loan.objects.filter(pk=cast.loan.pk).update(expected_closing=in_days(30))
    assert "target, not confirmed" in words(client_for(cast.bea).get("/home/"))
    set_date(cast.loan, KeyDate.Kind.SIGNING, in_days(28))
    text = words(client_for(cast.bea).get("/home/"))
    assert "Signing on" in text and "target, not confirmed" not in text


def test_without_a_home_no_closing_is_shown(cast, client_for):
    Loan.objects.filter(pk=cast.loan.pk).update(home_found=False, street="", expected_closing=in_days(30))
    text = words(client_for(cast.bea).get("/home/"))
    assert "target, not confirmed" not in text and "Maine" in text


@pytest.mark.parametrize("loans", [1, 12])
def test_at_most_eight_queries_however_many_loans(cast, client_for, django_assert_max_num_queries, loans):
    for number in range(1, loans):
        extra = make_loan(officer=cast.otto, borrowers=[cast.bea], number=f"LN-3{number:03}")
        ask(extra.parties.get(), "Photo ID")
    ask(cast.bea_party)
    client = client_for(cast.bea)
    client.get("/home/")
    with django_assert_max_num_queries(8):
        assert client.get("/home/").status_code == 200
