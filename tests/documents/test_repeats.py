"""Nobody is asked twice for what they sent or answered, unless the reason is there to read."""

import pytest

from documents import services
from documents.facts import Facts
from documents.models import Request
from documents.services import AskedBefore
from loans.errors import Refused
from loans.stages import Stage
from tests.documents.conftest import received

State = Request.State


def add(cast, **fields):
    words = {
        "kind": "bank_statement",
        "title": "Bank statements",
        "why": "We count your savings.",
        "by": cast.olga,
    }
    return services.add_request(loan=cast.loan, party=cast.bea_party, **{**words, **fields})


@pytest.mark.parametrize("state", [State.IN_REVIEW, State.ACCEPTED, State.NOT_APPLICABLE])
def test_what_was_sent_or_answered_needs_a_reason(cast, store, state):
    before = add(cast)
    Request.objects.filter(pk=before.pk).update(state=state)
    with pytest.raises(AskedBefore) as told:
        add(cast, title="Statements of your savings")
    assert told.value.before == before
    again = add(cast, title="Statements of your savings", repeat_reason=" A new account was opened. ")
    assert again.repeat_reason == "A new account was opened."


def test_a_reason_without_a_repeat_is_not_kept(cast, store):
    assert add(cast, repeat_reason="Just because.").repeat_reason == ""


@pytest.mark.parametrize(("first", "second", "is_the_same"), [
    ("May", "May", True), ("May", "may", True), ("May", "June", False), ("", "June", True), ("May", "", True),
])  # fmt: skip
def test_the_same_paper_is_the_same_kind_for_the_same_period(cast, store, first, second, is_the_same):
    before = add(cast, period=first)
    Request.objects.filter(pk=before.pk).update(state=State.ACCEPTED)
    if not is_the_same:
        assert add(cast, title="More", period=second)
        return
    with pytest.raises(AskedBefore):
        add(cast, title="More", period=second)


@pytest.mark.parametrize("kind", ["other", "explanation"])
def test_papers_known_by_their_title_alone_are_compared_by_it(cast, store, kind):
    before = add(cast, kind=kind, title="Letter about the gap")
    Request.objects.filter(pk=before.pk).update(state=State.ACCEPTED)
    assert add(cast, kind=kind, title="Letter about the deposit")
    with pytest.raises(AskedBefore):
        add(cast, kind=kind, title="letter about the GAP")


def test_the_other_borrower_is_another_person(cast, store):
    Request.objects.filter(pk=add(cast).pk).update(state=State.ACCEPTED)
    assert services.add_request(
        loan=cast.loan, party=cast.cole_party, kind="bank_statement", title="Statements", why="Same.", by=cast.olga
    )  # fmt: skip


def test_changing_the_words_of_a_request_is_no_way_around(cast, store):
    Request.objects.filter(pk=add(cast).pk).update(state=State.ACCEPTED)
    other = add(cast, kind="w2", title="W-2 forms")
    change = {"request": other, "by": cast.olga, "expected_version": other.version, "kind": "bank_statement"}
    with pytest.raises(AskedBefore):
        services.edit_request(**change)
    changed = services.edit_request(**change, repeat_reason="The account was closed.")
    assert (changed.kind, changed.repeat_reason) == ("bank_statement", "The account was closed.")
    again = services.edit_request(
        request=changed, by=cast.olga, expected_version=changed.version, why="Other words."
    )
    assert again.why == "Other words.", "what stays the same paper is not asked about anew"


def test_asking_again_for_what_came_is_a_repeat_and_for_what_never_came_is_not(asked, cast):
    document = received(asked, cast.bea)
    services.accept_document(document=document, by=cast.olga, expected_version=document.version)
    asked.refresh_from_db()
    services.ask_again(
        request=asked, by=cast.olga, why="It is too old by now.", expected_version=asked.version
    )
    assert (asked.state, asked.why, asked.repeat_reason) == (
        State.OWED, "To see the money.", "It is too old by now.",
    )  # fmt: skip
    taken_back = add(cast, kind="w2", title="W-2 forms")
    services.withdraw_request(request=taken_back, by=cast.olga, expected_version=taken_back.version)
    services.ask_again(request=taken_back, by=cast.olga, why="Needed.", expected_version=taken_back.version)
    assert (taken_back.why, taken_back.repeat_reason) == ("Needed.", "")


def test_a_condition_that_was_met_before_says_which_one(cast, store):
    Request.objects.filter(pk=add(cast).pk).update(state=State.ACCEPTED)
    cast.loan.stage = Stage.UNDERWRITING
    cast.loan.save(update_fields=["stage"])
    letter = {"party": cast.bea_party, "kind": "explanation", "title": "Letter", "why": "Asked."}
    statements = {"party": cast.bea_party, "kind": "bank_statement", "title": "Statements", "why": "Asked."}
    move = {
        "loan": cast.loan,
        "none_for_borrower": False,
        "by": cast.olga,
        "expected_version": cast.loan.version,
    }
    with pytest.raises(AskedBefore) as told:
        services.move_to_conditional_approval(conditions=[letter, statements], **move)
    assert told.value.place == 1
    assert not Request.objects.filter(title="Letter").exists(), "the whole move is refused"
    statements["repeat_reason"] = "The underwriter needs June as well."
    services.move_to_conditional_approval(conditions=[letter, statements], **move)
    assert Request.objects.get(title="Statements").repeat_reason == "The underwriter needs June as well."


def test_the_needs_list_does_not_ask_for_what_came_by_hand(cast, store, monkeypatch):
    Request.objects.filter(pk=add(cast, kind="photo_id", title="Your ID").pk).update(state=State.ACCEPTED)
    monkeypatch.setattr("documents.services.requests.facts_of", lambda loan: Facts(employed=True))
    kinds = [request.kind for request in services.make_requests_from_needs(loan=cast.loan)
             if request.party == cast.bea_party]  # fmt: skip
    assert "pay_stub" in kinds and "photo_id" not in kinds


def test_an_open_request_stays_refused_whatever_the_reason(cast, store):
    add(cast)
    with pytest.raises(Refused, match="already"):
        add(cast, repeat_reason="Because.")
