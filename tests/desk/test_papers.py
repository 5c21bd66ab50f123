"""Requests and the papers that come for them, through the forms of the desk."""

from datetime import timedelta

import pytest
from django.utils import timezone

from documents.models import Document, Request
from loans import clocks
from loans.stages import Stage
from tests.desk.helpers import fresh, get, make_document, make_request, post, send_loan_estimate, words


@pytest.fixture
def olga(cast, client_for):
    return client_for(cast.olga)


def typed(asked_of, **fields):
    asked = {
        "party": asked_of.public_id,
        "kind": "other",
        "title": "A letter about the roof",
        "why": "The insurer asks.",
    }
    return {**asked, **fields}


# --- Asking --------------------------------------------------------------------------------------------------


def test_a_paper_is_asked_for_in_own_words(cast, olga):
    counts = "Two lines from the roofer are enough."
    answer = post(olga, "desk:request_add", cast.loan.public_id, **typed(cast.cole_party, what_counts=counts))
    assert answer.status_code == 302
    asked = Request.objects.get()
    assert (asked.title, asked.party, asked.why) == (
        "A letter about the roof",
        cast.cole_party,
        "The insurer asks.",
    )
    assert (asked.what_counts, asked.source, asked.asked_by) == (counts, "officer", cast.olga)
    assert "A letter about the roof" in words(get(olga, "desk:loan", cast.loan.public_id))


def test_a_paper_is_asked_for_by_kind(cast, olga):
    post(olga, "desk:request_add", cast.loan.public_id, **typed(cast.bea_party, kind="w2", title=""))
    assert Request.objects.get().title == "W-2 forms"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"title": ""}, "Say in your own words what is needed"),
        ({"why": ""}, "This field is required"),
        ({"party": "nobody"}, "Select a valid choice"),
    ],
)
def test_what_is_missing_is_said_at_the_form_and_the_rest_is_kept(cast, olga, fields, said):
    page = post(
        olga, "desk:request_add", cast.loan.public_id, **typed(cast.bea_party, period="May", **fields)
    )
    assert page.status_code == 422
    assert said in words(page)
    assert page.context["form"]["period"].value() == "May"
    assert not Request.objects.exists()


def test_somebody_of_another_loan_cannot_be_asked_here(cast, olga):
    answer = post(olga, "desk:request_add", cast.loan.public_id, **typed(cast.nils_party))
    assert answer.status_code == 422 and not Request.objects.exists()


def test_the_same_paper_is_not_asked_for_twice(cast, olga):
    post(olga, "desk:request_add", cast.loan.public_id, **typed(cast.bea_party))
    page = post(olga, "desk:request_add", cast.loan.public_id, **typed(cast.bea_party))
    assert page.status_code == 422 and "asked for this already" in words(page)


def test_a_due_date_waits_for_the_loan_estimate(cast, olga):
    due_on = clocks.today() + timedelta(days=9)
    page = get(olga, "desk:request_add", cast.loan.public_id)
    assert "due_on" not in page.context["form"].fields and "optional for now" in words(page)
    post(olga, "desk:request_add", cast.loan.public_id, **typed(cast.bea_party, due_on=due_on))
    assert Request.objects.get().due_on is None, "a forged date is not taken"
    send_loan_estimate(cast.loan, cast.olga)
    post(olga, "desk:request_add", cast.loan.public_id, **typed(cast.bea_party, title="Later", due_on=due_on))
    assert Request.objects.get(title="Later").due_on == due_on


def test_a_request_is_changed_and_taken_back(cast, olga):
    asked = make_request(cast.bea_party, cast.olga)
    changed = {
        "kind": "bank_statement",
        "title": "Statements, May and June",
        "why": "We count.",
        "version": 1,
    }
    assert post(olga, "desk:request_edit", asked.public_id, **changed).status_code == 302
    asked.refresh_from_db()
    assert asked.title == "Statements, May and June"
    assert post(olga, "desk:request_withdraw", asked.public_id, version=asked.version).status_code == 302
    asked.refresh_from_db()
    assert asked.state == Request.State.WITHDRAWN
    assert fresh(cast.loan).open_requests == 0


def test_what_was_taken_back_can_be_asked_for_again(cast, olga):
    asked = make_request(cast.bea_party, cast.olga)
    post(olga, "desk:request_withdraw", asked.public_id, version=1)
    assert "Needed after all?" in words(get(olga, "desk:request_edit", asked.public_id))
    assert post(olga, "desk:request_again", asked.public_id, version=2, why="").status_code == 422
    assert (
        post(olga, "desk:request_again", asked.public_id, version=2, why="A new account.").status_code == 302
    )
    asked.refresh_from_db()
    assert (asked.state, asked.why) == (Request.State.OWED, "A new account.")


def test_two_who_change_one_request(cast, client_for):
    asked = make_request(cast.bea_party, cast.olga)
    changed = {"kind": "bank_statement", "why": "We count.", "version": 1}
    post(client_for(cast.olga), "desk:request_edit", asked.public_id, title="Olga's words", **changed)
    late = post(client_for(cast.mara), "desk:request_edit", asked.public_id, title="Mara's words", **changed)
    assert late.status_code == 409
    assert "Olga's words" in words(late), "what changed is told"
    assert late.context["form"]["title"].value() == "Mara's words", "what was typed is kept"
    assert post(client_for(cast.mara), "desk:request_withdraw", asked.public_id, version=1).status_code == 409
    asked.refresh_from_db()
    assert (asked.title, asked.state) == ("Olga's words", Request.State.OWED)


# --- Reviewing -----------------------------------------------------------------------------------------------


def test_a_paper_is_accepted(cast, olga):
    document = make_document(make_request(cast.bea_party, cast.olga))
    assert "statement.pdf" in words(get(olga, "desk:documents"))
    answer = post(olga, "desk:accept", document.public_id, version=1, back="inbox")
    assert (answer.status_code, answer.url) == (302, "/desk/documents/")
    document.refresh_from_db()
    assert (document.review, document.reviewed_by) == (Document.Review.ACCEPTED, cast.olga)
    assert document.request.state == Request.State.ACCEPTED
    assert fresh(cast.loan).to_review == 0
    assert "Nothing to review" in words(get(olga, "desk:documents"))


def test_a_paper_goes_back_with_a_code_and_a_line(cast, olga):
    document = make_document(make_request(cast.bea_party, cast.olga))
    line = "Page 2 of 4 is not there."
    answer = post(
        olga, "desk:return", document.public_id, version=1, reason="missing_pages", note=line, back="loan"
    )
    assert answer.status_code == 302 and answer.url.endswith("#to-review")
    document.refresh_from_db()
    assert (document.review, document.reason, document.note) == ("returned", "missing_pages", line)
    page = words(get(olga, "desk:loan", cast.loan.public_id))
    assert "Please send again" in page and "Pages are missing" in page and line in page


@pytest.mark.parametrize("reason", ["", "because"])
def test_nothing_goes_back_without_a_code(cast, olga, reason):
    document = make_document(make_request(cast.bea_party, cast.olga))
    page = post(olga, "desk:return", document.public_id, version=1, reason=reason, note="My line")
    assert page.status_code == 422
    assert page.context["return_form"].errors["reason"]
    assert page.context["return_form"]["note"].value() == "My line", "what was typed is kept"
    document.refresh_from_db()
    assert document.review == Document.Review.PENDING


def test_two_who_review_one_paper(cast, client_for):
    document = make_document(make_request(cast.bea_party, cast.olga))
    assert post(client_for(cast.olga), "desk:accept", document.public_id, version=1).status_code == 302
    late = post(client_for(cast.mara), "desk:return", document.public_id, version=1, reason="illegible")
    assert late.status_code == 409
    assert "Olga Haddad reviewed" in words(late) and "Accepted" in words(late)
    document.refresh_from_db()
    assert document.review == Document.Review.ACCEPTED


def test_the_inbox_shows_own_papers_only_the_oldest_first_without_gaps(cast, client_for):
    mine, others = make_request(cast.bea_party, cast.olga), make_request(cast.nils_party, cast.otto)
    moment = timezone.now()
    for number in range(30):
        make_document(
            mine, name=f"mine-{number:02d}.pdf", received_at=moment - timedelta(minutes=number // 2)
        )
    make_document(others, name="of-nils.pdf", received_at=moment - timedelta(days=9))
    olga = client_for(cast.olga)
    first = get(olga, "desk:documents").context["page"]
    second = olga.get(first.next_url).context["page"]
    seen = [document.name for document in [*first.rows, *second.rows]]
    wanted = (
        Document.objects.filter(loan=cast.loan).order_by("received_at", "id").values_list("name", flat=True)
    )
    assert seen == list(wanted) and len(first.rows) == 25 and not second.next_url
    assert "of-nils.pdf" in words(get(client_for(cast.mara), "desk:documents"))


def test_an_ended_loan_asks_for_nothing_new(cast, olga):
    type(cast.loan).objects.filter(pk=cast.loan.pk).update(stage=Stage.FUNDED)
    assert "Ask for a paper" not in words(get(olga, "desk:loan", cast.loan.public_id))
