"""Requests and the papers that come for them, through the forms of the desk."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from documents import services as papers
from documents.models import Document, Request
from loans import clocks
from loans.stages import Stage
from tests.cast import make_loan
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


# --- One after another ---------------------------------------------------------------------------------------


@pytest.fixture
def three(cast):
    """Three papers that wait, the oldest first: two of Bea's, one of them a pay stub, and one of a second loan."""
    other = make_loan(officer=cast.olga, borrowers=[cast.nils], number="LN-2001", stage=Stage.PROCESSING)
    moment = timezone.now() - timedelta(hours=3)
    asked = [
        make_request(cast.bea_party, cast.olga),
        make_request(cast.bea_party, cast.olga, kind="pay_stub", title="Pay stubs"),
        make_request(other.parties.get(), cast.olga, title="Statements of Nils"),
    ]
    return [
        make_document(one, name=f"paper-{number}.pdf", received_at=moment + timedelta(minutes=number))
        for number, one in enumerate(asked, start=1)
    ]


def test_after_a_decision_the_next_paper_opens_by_itself(cast, olga, three):
    first, second, third = three
    answer = post(olga, "desk:accept", first.public_id, version=1, back="inbox", go_on="1")
    assert answer.url.startswith(f"/desk/documents/{second.public_id}/")
    answer = post(
        olga, "desk:return", third.public_id, version=1, reason="illegible", back="inbox", go_on="1"
    )
    assert answer.url.startswith(f"/desk/documents/{second.public_id}/"), "what was left out comes at the end"
    answer = post(olga, "desk:accept", second.public_id, version=1, back="inbox", go_on="1")
    assert answer.url == "/desk/documents/", "nothing is left"


def test_from_a_loans_page_the_queue_is_that_loan(cast, olga, three):
    first, second, _third = three
    page = olga.get(reverse("desk:review", args=[first.public_id]), {"back": "loan"})
    assert [one.name for one in page.context["queue"].after] == ["paper-2.pdf"]
    answer = post(olga, "desk:accept", first.public_id, version=1, back="loan", go_on="1")
    assert answer.url == f"/desk/documents/{second.public_id}/?back=loan"
    answer = post(olga, "desk:accept", second.public_id, version=1, back="loan", go_on="1")
    assert answer.url.endswith("#to-review")


def test_the_list_is_narrowed_and_the_next_paper_stays_within_it(cast, olga, three):
    first, second, third = three

    def named(**asked):
        return [row.name for row in get(olga, "desk:documents", **asked).context["page"].rows]

    assert named(loan=str(third.loan.public_id)) == ["paper-3.pdf"]
    assert named(kind="pay_stub") == ["paper-2.pdf"]
    assert named(kind="unasked") == []
    assert named(newest="1") == ["paper-3.pdf", "paper-2.pdf", "paper-1.pdf"]
    assert named(kind="nonsense", loan="nonsense") == ["paper-1.pdf", "paper-2.pdf", "paper-3.pdf"]
    answer = post(olga, "desk:accept", first.public_id, version=1, newest="1", back="inbox", go_on="1")
    assert answer.url == f"/desk/documents/{third.public_id}/?back=inbox&newest=1"
    answer = post(olga, "desk:accept", second.public_id, version=1, kind="pay_stub", back="inbox", go_on="1")
    assert answer.url == "/desk/documents/?kind=pay_stub"


def test_another_officers_loan_cannot_be_looked_into_by_the_filter(cast, olga):
    assert get(olga, "desk:documents", loan=str(cast.other_loan.public_id)).status_code == 404


# --- Several at once -----------------------------------------------------------------------------------------


def ticked(*documents):
    return [f"{document.public_id}:{document.version}" for document in documents]


def test_several_are_accepted_and_each_says_what_became_of_it(cast, olga, three):
    _first, second, _third = three
    papers.accept_document(document=Document.objects.get(pk=second.pk), by=cast.mara, expected_version=1)
    page = post(olga, "desk:documents_many", do="accept", paper=ticked(*three))
    assert [outcome.is_done for outcome in page.context["outcomes"]] == [True, False, True]
    assert "Mara Silva reviewed" in words(page) and "2 of 3 papers are done" in words(page)
    reviewed = dict(Document.objects.values_list("name", "reviewed_by__name"))
    assert reviewed == {
        "paper-1.pdf": "Olga Haddad",
        "paper-2.pdf": "Mara Silva",
        "paper-3.pdf": "Olga Haddad",
    }


def test_several_go_back_for_the_same_reason(cast, olga, three):
    first, _second, third = three
    said = {"do": "return", "reason": "illegible", "note": "In daylight, please."}
    page = post(olga, "desk:documents_many", paper=ticked(first, third), **said)
    assert "Sent back: Hard to read" in words(page)
    assert list(Document.objects.filter(review="returned").values_list("name", "note").order_by("name")) == [
        ("paper-1.pdf", "In daylight, please."),
        ("paper-3.pdf", "In daylight, please."),
    ]


def test_several_are_filed_under_one_request_and_one_of_somebody_else_is_refused(cast, olga, three):
    *_bea, third = three
    target = make_request(cast.bea_party, cast.olga, kind="other", title="All of it")
    page = post(olga, "desk:documents_many", do="move", to=target.public_id, paper=ticked(*three))
    assert [outcome.is_done for outcome in page.context["outcomes"]] == [True, True, False]
    assert "who did not send it" in words(page)
    assert target.documents.count() == 2 and fresh(third.loan).to_review == 1


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"do": "accept"}, "Tick the papers"),
        ({"do": "return", "ticks": True}, "Choose a reason"),
        ({"do": "move", "ticks": True}, "Choose what they answer"),
    ],
)
def test_what_is_missing_is_told_and_nothing_is_decided(cast, olga, three, said, told):
    if said.pop("ticks", False):
        said["paper"] = ticked(*three)
    page = olga.post(reverse("desk:documents_many"), said, follow=True)
    assert told in page.content.decode()
    assert set(Document.objects.values_list("review", flat=True)) == {"pending"}


def test_papers_of_another_officer_are_no_longer_there(cast, client_for, three):
    page = post(
        client_for(cast.otto), "desk:documents_many", do="accept", paper=[*ticked(*three), "x:1", "nonsense"]
    )
    assert {outcome.is_done for outcome in page.context["outcomes"]} == {False}
    assert "paper-1.pdf" not in words(page)
    assert set(Document.objects.values_list("review", flat=True)) == {"pending"}


# --- Moving --------------------------------------------------------------------------------------------------


def test_a_paper_is_moved_within_its_loan(cast, olga, three):
    first, second, _third = three
    page = get(olga, "desk:move", first.public_id)
    assert "Pay stubs (Bea Nguyen)" in words(page) and "I have looked at it" not in words(page)
    answer = post(
        olga, "desk:move", first.public_id, version=1, to=f"request:{second.request.public_id}", back="loan"
    )
    assert answer.url == f"/desk/documents/{first.public_id}/?back=loan"
    assert Document.objects.get(pk=first.pk).request == second.request


def test_a_loan_is_found_and_somebody_elses_list_asks_for_a_reason(cast, olga, three):
    first, _second, third = three
    found = get(olga, "desk:move", first.public_id, q="LN-2001")
    assert [loan.number for loan in found.context["loans"]] == ["LN-2001"]
    assert not get(olga, "desk:move", first.public_id, q="LN-1002").context["loans"], "Otto's"
    by_mail = get(olga, "desk:move", first.public_id, q=f"{third.loan.parties.get().mail_address}\0")
    assert [loan.number for loan in by_mail.context["loans"]] == ["LN-2001"], "by any word that finds a loan"
    said = {"version": 1, "to_loan": third.loan.public_id, "to": f"request:{third.request.public_id}"}
    page = post(olga, "desk:move", first.public_id, **said)
    assert page.status_code == 422 and "who did not send it" in words(page)
    answer = post(olga, "desk:move", first.public_id, **said, why="Sent from his account.", is_confirmed="on")
    assert answer.status_code == 302 and Document.objects.get(pk=first.pk).loan == third.loan


def test_a_loan_of_another_officer_is_not_there_to_move_to(cast, olga, three):
    asked = {"to_loan": str(cast.other_loan.public_id)}
    assert get(olga, "desk:move", three[0].public_id, **asked).status_code == 404
