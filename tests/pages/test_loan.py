"""`/loans/<uuid>/` and its papers: everything a borrower is owed about their loan (stories 1, 5, 7 and 8)."""

from datetime import time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from documents.models import Document, Request
from loans.models import KeyDate, Loan, StageEvent, StageWording
from loans.progress import stage_words
from loans.stages import STEPS, TABLE, Stage
from portal import formats
from tests.pages.making import ask, estimate_sent, in_days, keep, set_date, stand_at, words

State = Request.State
ON_LINE = [stage for stage in Stage.line() if stage != Stage.STARTED]
BEFORE_PROMISE = [
    stage for stage in ON_LINE if stage not in (Stage.CLEAR_TO_CLOSE, Stage.CLOSING, Stage.FUNDED)
]


def address(loan: Loan, page: str = "detail") -> str:
    return reverse(f"loans:{page}", args=[loan.public_id])


def part(page, heading: str) -> str:
    """The words of one panel, by its heading."""
    html = page.content.decode()
    start = html.index(heading)
    return html[start : html.index("</section>", start)]


# --- Where the loan is ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", ON_LINE)
def test_every_stage_says_where_what_next_and_who_has_the_ball(cast, client_for, stage):
    stand_at(cast.loan, stage)
    text = words(client_for(cast.bea).get(address(cast.loan)))
    said = stage_words(cast.loan)
    for sentence in (said.title, said.meaning, said.next, said.waiting_on_text):
        assert str(sentence) and str(sentence) in text
    for title in STEPS.values():
        assert str(title) in text


def test_steps_done_have_their_dates_and_those_ahead_are_not_promised(cast, client_for):
    cast.loan.stage_events.all().delete()
    cast.loan.stage = ""
    for days, stage in ((20, Stage.APPLICATION_RECEIVED), (12, Stage.PROCESSING), (3, Stage.UNDERWRITING)):
        at = timezone.now() - timedelta(days=days)
        StageEvent.objects.create(loan=cast.loan, from_stage=cast.loan.stage, to_stage=stage, at=at)
        cast.loan.stage = stage
    Loan.objects.filter(pk=cast.loan.pk).update(stage=Stage.UNDERWRITING)
    page = client_for(cast.bea).get(address(cast.loan))
    stepper = page.content.decode().split('<ol class="stepper">')[1].split("</ol>")[0]
    assert stepper.count("step--done") == 2 and stepper.count("step--now") == 1
    assert stepper.count("if all goes well") == 4
    for days in (20, 12, 3):
        assert formats.date_text(timezone.now() - timedelta(days=days)) in stepper
    assert 'aria-current="step"' in stepper
    assert "Step 3 of 7" in words(page)


def test_the_house_rewords_a_stage_and_supplies_usual_days(cast, client_for):
    client = client_for(cast.bea)
    assert "Usually takes" not in words(client.get(address(cast.loan)))
    StageWording.objects.update_or_create(
        stage=Stage.APPLICATION_RECEIVED,
        defaults={"title": "We have it", "next": "Olga calls you.", "usual_days": "1 to 2 business days"},
    )
    text = words(client.get(address(cast.loan)))
    assert "We have it" in text and "Olga calls you." in text
    assert "Usually takes 1 to 2 business days" in text
    assert str(TABLE[Stage.APPLICATION_RECEIVED].meaning) in text  # what was left empty stays the default


def test_the_next_update_is_a_date_and_late_is_late(cast, client_for):
    client = client_for(cast.bea)
    Loan.objects.filter(pk=cast.loan.pk).update(next_update_on=in_days(3))
    text = words(client.get(address(cast.loan)))
    assert f"You hear from us by {formats.weekday_date(in_days(3))}." in text
    assert "We owe you an update" not in text
    Loan.objects.filter(pk=cast.loan.pk).update(next_update_on=in_days(-2))
    assert "We owe you an update" in words(client.get(address(cast.loan)))


def test_a_closing_date_is_a_target_until_the_signing_is_set(cast, client_for):
    client = client_for(cast.bea)
    assert "target" not in words(client.get(address(cast.loan)))
    Loan.objects.filter(pk=cast.loan.pk).update(expected_closing=in_days(30))
    text = words(client.get(address(cast.loan)))
    assert formats.weekday_date(in_days(30)) in text and "target, not confirmed" in text
    set_date(cast.loan, KeyDate.Kind.SIGNING, in_days(28), time(13, 0))
    text = words(client.get(address(cast.loan)))
    assert f"Signing on {formats.weekday_date(in_days(28))} at 1:00 p.m." in text
    assert "target, not confirmed" not in text


def test_without_a_home_neither_closing_nor_appraisal_is_shown(cast, client_for):
    Loan.objects.filter(pk=cast.loan.pk).update(home_found=False, street="", expected_closing=in_days(30))
    set_date(cast.loan, KeyDate.Kind.APPRAISAL_ORDERED)
    set_date(cast.loan, KeyDate.Kind.SIGNING, in_days(28))
    text = words(client_for(cast.bea).get(address(cast.loan)))
    for word in ("target, not confirmed", "Signing on", "Appraisal", formats.weekday_date(in_days(30))):
        assert word not in text


def test_dates_beside_the_line_are_shown_but_not_our_own_deadlines(cast, client_for):
    set_date(cast.loan, KeyDate.Kind.APPRAISAL_ORDERED, in_days(-3))
    set_date(cast.loan, KeyDate.Kind.LOAN_ESTIMATE_DUE, in_days(2))
    text = words(client_for(cast.bea).get(address(cast.loan)))
    assert "Appraisal ordered" in text and formats.date_text(in_days(-3)) in text
    assert "Loan Estimate due" not in text


@pytest.mark.parametrize("stage", BEFORE_PROMISE)
def test_nothing_is_promised_before_clear_to_close(cast, client_for, stage):
    stand_at(cast.loan, stage)
    text = words(client_for(cast.bea).get(address(cast.loan)))
    assert "This is not a commitment to lend." in text
    plain = text.lower().replace("conditionally approved", "")
    for word in ("approved", "guaranteed", "congratulations"):
        assert word not in plain


@pytest.mark.parametrize("stage", [Stage.CLEAR_TO_CLOSE, Stage.CLOSING])
def test_near_the_closing_it_warns_of_false_payment_instructions(cast, client_for, stage):
    stand_at(cast.loan, stage)
    assert "We never change payment instructions by e-mail" in words(
        client_for(cast.bea).get(address(cast.loan))
    )


# --- Paused and ended ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", Stage.quiet())
@pytest.mark.parametrize("page", ["detail", "documents"])
def test_the_outcome_is_not_named_before_the_notice(cast, client_for, stage, page):
    ask(cast.bea_party)
    stand_at(cast.loan, stage)
    StageEvent.objects.filter(to_stage=stage).update(note="We are sorry", internal_note="debt ratio")
    text = words(client_for(cast.bea).get(address(cast.loan, page))).lower()
    for outcome in (
        "paused",
        "suspended",
        "withdrawn",
        "denied",
        "incomplete",
        "could not offer",
        "debt ratio",
    ):
        assert outcome not in text
    if page == "detail":
        assert "please call your loan officer" in text and "a written notice follows" in text


@pytest.mark.parametrize("stage", Stage.quiet())
def test_the_outcome_is_named_once_the_notice_is_sent(cast, client_for, stage):
    stand_at(cast.loan, stage)
    set_date(cast.loan, KeyDate.Kind.NOTICE_SENT)
    text = words(client_for(cast.bea).get(address(cast.loan)))
    assert str(TABLE[stage].named_title) in text and str(TABLE[stage].named_meaning) in text


@pytest.mark.parametrize("stage", Stage.ended())
def test_no_step_lies_ahead_once_an_end_is_told(cast, client_for, stage):
    stand_at(cast.loan, stage)
    client = client_for(cast.bea)
    assert "if all goes well" in words(client.get(address(cast.loan))), (
        "until then the page tells nothing by it"
    )
    set_date(cast.loan, KeyDate.Kind.NOTICE_SENT)
    for page in (client.get(address(cast.loan)), client.get("/home/")):
        assert "if all goes well" not in words(page) and "stepper" not in page.content.decode()


def test_a_notice_of_an_earlier_end_names_nothing_of_a_later_one(cast, client_for):
    set_date(cast.loan, KeyDate.Kind.NOTICE_SENT)
    KeyDate.objects.update(set_at=timezone.now() - timedelta(days=30))
    stand_at(cast.loan, Stage.DENIED)
    assert str(TABLE[Stage.DENIED].named_title) not in words(client_for(cast.bea).get(address(cast.loan)))


# --- Papers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["detail", "documents"])
def test_before_the_loan_estimate_every_paper_is_optional(cast, client_for, page):
    ask(cast.bea_party, "Pay stubs", due_on=in_days(5))
    text = words(client_for(cast.bea).get(address(cast.loan, page)))
    assert "Pay stubs Optional for now" in text
    assert "They are not needed for your Loan Estimate" in text
    assert "Please send it by" not in text and "Pay stubs Needed" not in text


@pytest.mark.parametrize("page", ["detail", "documents"])
def test_after_it_papers_are_needed_with_their_day(cast, client_for, page):
    ask(cast.bea_party, "Pay stubs", due_on=in_days(5))
    estimate_sent(cast.loan)
    text = words(client_for(cast.bea).get(address(cast.loan, page)))
    assert "Pay stubs Needed" in text and f"Please send it by {formats.date_text(in_days(5))}." in text
    assert "Optional for now" not in text


@pytest.mark.parametrize("page", ["detail", "documents"])
def test_each_paper_shows_why_what_counts_its_state_and_a_way_to_send(cast, client_for, page):
    estimate_sent(cast.loan)
    owed = ask(cast.bea_party, "Pay stubs")
    kept = ask(cast.bea_party, "W-2 forms", state=State.ACCEPTED)
    keep(kept, "w2-2025.pdf", review=Document.Review.ACCEPTED)
    keep(ask(cast.bea_party, "Photo ID", state=State.IN_REVIEW), "licence.jpg")
    back = ask(cast.bea_party, "Bank statements", state=State.RETURNED, reason="missing_pages")
    keep(
        back, "march.pdf", review=Document.Review.RETURNED, reason="missing_pages", note="Page 2 is cut off."
    )
    ask(cast.bea_party, "Old lease", state=State.WITHDRAWN)
    response = client_for(cast.bea).get(address(cast.loan, page))
    text = words(response)
    for said in (
        "Pay stubs Needed", "They show what you earn.", "The last 30 days.", "W-2 forms Accepted", "w2-2025.pdf",
        "Photo ID In review", "licence.jpg", "Bank statements Please send again", "Some pages are missing.",
        "Page 2 is cut off.", "3 pages", "2 of 4 received",
    ):  # fmt: skip
        assert said in text, said
    assert "Old lease" not in text
    html = response.content.decode()
    assert html.count(f'name="request" value="{owed.public_id}"') == 1
    assert f'name="request" value="{kept.public_id}"' not in html  # accepted: nothing more to send
    assert f'id="request-{back.public_id}"' in html


def test_the_next_step_leads_to_the_line_it_speaks_of(cast, client_for):
    estimate_sent(cast.loan)
    owed = ask(cast.bea_party, "Pay stubs")
    html = client_for(cast.bea).get(address(cast.loan)).content.decode()
    assert f'class="btn btn-primary" href="#request-{owed.public_id}"' in html
    assert f'id="upload-{owed.public_id}" open' in html


def test_from_home_it_leads_to_the_list_with_that_box_open(cast, client_for):
    estimate_sent(cast.loan)
    ask(cast.bea_party, "Photo ID", due_on=in_days(9))
    owed = ask(cast.bea_party, "Pay stubs", due_on=in_days(2))
    client = client_for(cast.bea)
    link = f"{address(cast.loan, 'documents')}?send={owed.public_id}"
    assert f'href="{link}#request-{owed.public_id}"' in client.get("/home/").content.decode()
    html = client.get(link).content.decode()
    assert f'id="upload-{owed.public_id}" open' in html
    assert html.count(" open>") == 1


def test_a_list_without_requests_says_so(cast, client_for):
    assert "We have not asked you for any papers." in words(client_for(cast.bea).get(address(cast.loan)))


@pytest.mark.parametrize("stage", [Stage.FUNDED, Stage.WITHDRAWN])
def test_when_nothing_is_wanted_any_more_nothing_can_be_sent(cast, client_for, stage):
    ask(cast.bea_party)
    stand_at(cast.loan, stage)
    response = client_for(cast.bea).get(address(cast.loan))
    assert "Nothing more is needed here." in words(response)
    assert 'type="file"' not in response.content.decode()


def test_does_not_apply_works_as_a_plain_form(cast, client_for):
    request = ask(cast.bea_party, "Gift letter")
    client = client_for(cast.bea)
    decline = reverse("loans:does_not_apply", args=[cast.loan.public_id, request.public_id])
    assert f'action="{decline}"' in client.get(address(cast.loan, "documents")).content.decode()
    response = client.post(decline, {"reason": "Nobody gives us money."}, follow=True)
    text = words(response)
    assert "Noted: “Gift letter” does not apply to you." in text
    assert "Gift letter Does not apply" in text and "Nobody gives us money." in text
    assert f'action="{decline}"' not in response.content.decode()


def test_does_not_apply_needs_a_reason(cast, client_for):
    request = ask(cast.bea_party, "Gift letter")
    decline = reverse("loans:does_not_apply", args=[cast.loan.public_id, request.public_id])
    response = client_for(cast.bea).post(decline, {"reason": "  "}, follow=True)
    assert "Please say in a few words why it does not apply." in words(response)
    request.refresh_from_db()
    assert request.state == State.OWED


@pytest.mark.parametrize("who", ["cole", "nils", "olga", "otto", "mara"])
def test_only_the_one_who_is_asked_can_say_so(cast, client_for, who):
    request = ask(cast.bea_party, "Gift letter")
    decline = reverse("loans:does_not_apply", args=[cast.loan.public_id, request.public_id])
    assert client_for(getattr(cast, who)).post(decline, {"reason": "Not ours."}).status_code == 404
    request.refresh_from_db()
    assert request.state == State.OWED


def test_the_address_names_the_loan_of_the_request(cast, client_for):
    request = ask(cast.bea_party, "Gift letter")
    elsewhere = reverse("loans:does_not_apply", args=[cast.other_loan.public_id, request.public_id])
    assert client_for(cast.bea).post(elsewhere, {"reason": "Not ours."}).status_code == 404


# --- Officer and history -------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["detail", "documents", "people"])
def test_the_officer_is_one_press_away(cast, client_for, page):
    html = client_for(cast.bea).get(address(cast.loan, page)).content.decode()
    assert "Olga Haddad" in html and "1200001" in html
    assert 'href="tel:+1-207-555-0161"' in html and 'href="mailto:olga@lantern.example"' in html


def test_the_history_tells_what_happened_and_hides_what_is_internal(cast, client_for):
    stand_at(cast.loan, Stage.PROCESSING)
    StageEvent.objects.filter(loan=cast.loan, to_stage=Stage.PROCESSING).update(
        note="Thank you for the quick start!", internal_note="Check the second job"
    )
    html = part(client_for(cast.bea).get(address(cast.loan)), "What has happened")
    order = ["We are checking your documents", "Application received", "You began your application"]
    assert sorted(order, key=html.index) == order  # newest first
    assert "Thank you for the quick start!" in html
    assert "second job" not in html


def test_a_move_that_was_taken_back_is_one_correction(cast, client_for):
    now = timezone.now()
    StageEvent.objects.create(
        loan=cast.loan, from_stage=Stage.APPLICATION_RECEIVED, to_stage=Stage.UNDERWRITING, note="Wrong loan",
        at=now, undone_at=now, undone_by=cast.olga,
    )  # fmt: skip
    html = part(client_for(cast.bea).get(address(cast.loan)), "What has happened")
    assert html.count("A correction by your loan team") == 1
    assert "underwriter" not in html and "Wrong loan" not in html


# --- Who sees what -------------------------------------------------------------------------------------------

PAGES = ["detail", "documents", "people"]


@pytest.mark.parametrize("page", PAGES)
def test_the_co_borrower_sees_only_how_many_things_are_left(cast, client_for, page):
    """Neither documents nor names of requests, in both directions."""
    ask(cast.bea_party, "Divorce decree of Bea")
    back = ask(cast.bea_party, "Bank statements of Bea", state=State.RETURNED, reason="missing_pages")
    keep(back, "bea-secret.pdf", note="Page 2 of Bea")
    ask(cast.cole_party, "Pay stubs of Cole")
    estimate_sent(cast.loan)
    seen_by_cole = client_for(cast.cole).get(address(cast.loan, page)).content.decode()
    for secret in ("Divorce", "of Bea", "bea-secret", str(back.public_id)):
        assert secret not in seen_by_cole
    seen_by_bea = client_for(cast.bea).get(address(cast.loan, page)).content.decode()
    assert "of Cole" not in seen_by_bea
    if page == "detail":
        assert "Bea has 2 things left" in seen_by_cole and "Pay stubs of Cole" in seen_by_cole
        assert "Cole has 1 thing left" in seen_by_bea and "Divorce decree of Bea" in seen_by_bea


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("who", ["nils", "otto"])
def test_a_stranger_finds_nothing(cast, client_for, page, who):
    assert client_for(getattr(cast, who)).get(address(cast.loan, page)).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_nobody_is_asked_to_sign_in(cast, visitor, page):
    response = visitor.get(address(cast.loan, page))
    assert response.status_code == 302 and response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("who", ["olga", "mara"])
def test_the_loan_team_is_led_to_the_desk(cast, client_for, page, who):
    response = client_for(getattr(cast, who)).get(address(cast.loan, page))
    assert response.status_code == 302
    assert response["Location"] == reverse("desk:loan", args=[cast.loan.public_id])


@pytest.mark.parametrize("page", PAGES)
def test_no_cache_keeps_a_borrowers_page(cast, client_for, page):
    assert "no-store" in client_for(cast.bea).get(address(cast.loan, page))["Cache-Control"]


# --- Cost ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("papers", [2, 30])
def test_a_fixed_number_of_queries_however_long_the_list(
    cast, client_for, django_assert_max_num_queries, page, papers
):
    estimate_sent(cast.loan)
    stand_at(cast.loan, Stage.PROCESSING)
    for number in range(papers):
        keep(ask(cast.bea_party, f"Paper {number}", state=State.IN_REVIEW), f"paper-{number}.pdf")
        keep(
            ask(cast.bea_party, f"Other {number}", state=State.RETURNED, reason="too_old"),
            f"other-{number}.pdf",
        )
        ask(cast.bea_party, f"Owed {number}", due_on=in_days(4))
        ask(cast.cole_party, f"Paper {number}")
    client = client_for(cast.bea)
    client.get(address(cast.loan, page))
    with django_assert_max_num_queries(17):
        assert client.get(address(cast.loan, page)).status_code == 200
