"""Asking, changing, taking back, declining; accepting and returning; and what a request becomes by its documents."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import Entry
from documents import events, progress, services
from documents.models import Document, Request
from documents.returns import RETURN_WORDS, ReturnReason, return_words
from loans import clocks
from loans.errors import Changed, Refused
from loans.models import KeyDate, Loan
from loans.stages import Stage
from tests.documents.conftest import ask, received
from tests.documents.files import pdf

State = Request.State


@pytest.fixture
def heard():
    said, connected = [], []

    def listen(name):
        def hear(sender, **more):
            said.append(name)

        getattr(events, name).connect(hear)
        connected.append((name, hear))

    for name in (
        "requests_made",
        "request_withdrawn",
        "request_declined",
        "document_accepted",
        "document_returned",
    ):
        listen(name)
    yield said
    for name, hear in connected:
        getattr(events, name).disconnect(hear)


def estimate_sent(loan):
    KeyDate.objects.create(loan=loan, kind=KeyDate.Kind.LOAN_ESTIMATE_SENT, on=clocks.today())


def add(cast, **fields):
    words = {"kind": "other", "title": "Letter", "why": "To understand the gap.", "by": cast.olga}
    return services.add_request(loan=cast.loan, party=cast.bea_party, **{**words, **fields})


def test_adding(cast, store, heard):
    request = add(cast, title="  Letter about the gap ")
    assert (request.title, request.state, request.source) == ("Letter about the gap", State.OWED, "officer")
    assert heard == ["requests_made"]
    assert Entry.objects.get(action="request.added").actor == f"user:{cast.olga.public_id}"
    cast.loan.refresh_from_db()
    assert cast.loan.open_requests == 1


@pytest.mark.parametrize("fields", [{"title": " "}, {"why": ""}])
def test_asking_without_what_or_why_is_refused(cast, store, fields):
    with pytest.raises(Refused):
        add(cast, **fields)


def test_asking_twice_for_the_same_is_refused(cast, store):
    add(cast)
    with pytest.raises(Refused, match="already"):
        add(cast, title="letter")
    add(cast, period="2024")


def test_what_is_in_review_is_neither_asked_anew_nor_again(cast, store):
    request = add(cast)
    Request.objects.filter(pk=request.pk).update(state=State.IN_REVIEW)
    with pytest.raises(Refused, match="review"):
        add(cast, title="LETTER")
    request.refresh_from_db()
    with pytest.raises(Refused, match="review"):
        services.ask_again(request=request, by=cast.olga, why="x", expected_version=request.version)


@pytest.mark.parametrize("stage", [Stage.FUNDED, Stage.WITHDRAWN, Stage.DENIED, Stage.INCOMPLETE])
def test_nothing_is_asked_for_a_loan_that_has_ended(cast, store, stage):
    request = add(cast)
    services.withdraw_request(request=request, by=cast.olga, expected_version=1)
    Loan.objects.filter(pk=cast.loan.pk).update(stage=stage)
    cast.loan.refresh_from_db()
    with pytest.raises(Refused, match="ended"):
        add(cast, title="Another")
    request = Request.objects.select_related("loan", "party").get(pk=request.pk)
    with pytest.raises(Refused, match="ended"):
        services.ask_again(request=request, by=cast.olga, why="x", expected_version=request.version)


@pytest.mark.parametrize("state", [State.ACCEPTED, State.NOT_APPLICABLE])
def test_what_came_or_was_answered_is_not_asked_anew(cast, store, state):
    request = add(cast, period="2024")
    Request.objects.filter(pk=request.pk).update(state=state)
    with pytest.raises(services.AskedBefore, match="say why"):
        add(cast, title="LETTER", period="2024")
    add(cast, title="Letter", period="2025")
    request.refresh_from_db()
    services.ask_again(
        request=request, by=cast.olga, why="A newer one is needed.", expected_version=request.version
    )
    assert (request.state, request.repeat_reason) == (State.OWED, "A newer one is needed.")
    assert request.why == "To understand the gap.", "what it is for has not changed"


def test_what_was_taken_back_may_be_asked_anew(cast, store):
    services.withdraw_request(request=add(cast), by=cast.olga, expected_version=1)
    assert add(cast).state == State.OWED


def test_only_the_loan_team_asks(cast, store):
    for stranger in (cast.bea, cast.otto, cast.nils):
        with pytest.raises(Refused):
            add(cast, by=stranger)
    assert add(cast, by=cast.mara).asked_by == cast.mara
    with pytest.raises(Refused, match="borrowers of this loan"):
        services.add_request(
            loan=cast.loan, party=cast.nils_party, kind="other", title="a", why="b", by=cast.olga
        )


def test_no_date_before_the_loan_estimate(cast, store):
    day = clocks.today()
    with pytest.raises(Refused, match="Loan Estimate"):
        add(cast, due_on=day)
    request = add(cast)
    with pytest.raises(Refused, match="Loan Estimate"):
        services.edit_request(request=request, by=cast.olga, expected_version=1, due_on=day)
    estimate_sent(cast.loan)
    assert services.edit_request(request=request, by=cast.olga, expected_version=1, due_on=day).due_on == day


def test_two_at_once_the_second_is_told(cast, store):
    request = add(cast)
    services.edit_request(request=request, by=cast.olga, expected_version=1, title="Signed letter")
    late = Request.objects.get(pk=request.pk)
    with pytest.raises(Changed) as told:
        services.withdraw_request(request=late, by=cast.mara, expected_version=1)
    assert "Signed letter" in told.value.what[0]
    late.refresh_from_db()
    assert late.state == State.OWED


def test_declining_needs_a_reason_and_the_right_person(cast, store, heard):
    request = add(cast)
    for by, reason in ((cast.cole, "x"), (cast.olga, "x"), (cast.bea, "  ")):
        with pytest.raises(Refused):
            services.decline_request(request=request, by=by, reason=reason)
    services.decline_request(request=request, by=cast.bea, reason="I never had a gap.")
    assert (request.state, request.note) == (State.NOT_APPLICABLE, "I never had a gap.")
    cast.loan.refresh_from_db()
    assert cast.loan.open_requests == 0
    services.ask_again(
        request=request, by=cast.olga, why="The dates show one.", expected_version=request.version
    )
    assert request.state == State.OWED
    assert heard == ["requests_made", "request_declined", "requests_made"]


# --- A request follows its documents -------------------------------------------------------------------------


def accept(document, by):
    document.refresh_from_db()
    return services.accept_document(document=document, by=by, expected_version=document.version)


def give_back(document, by, reason=ReturnReason.MISSING_PAGES, note=""):
    document.refresh_from_db()
    return services.return_document(
        document=document, by=by, reason=reason, note=note, expected_version=document.version
    )


def state_of(request):
    request.refresh_from_db()
    return request.state


def test_from_owed_to_accepted(asked, cast, heard):
    document = received(asked, cast.bea)
    assert state_of(asked) == State.IN_REVIEW
    cast.loan.refresh_from_db()
    assert (cast.loan.open_requests, cast.loan.to_review) == (0, 1)
    accept(document, cast.olga)
    assert state_of(asked) == State.ACCEPTED
    cast.loan.refresh_from_db()
    assert cast.loan.to_review == 0
    assert heard == ["document_accepted"]


def test_returned_and_mended(asked, cast, heard):
    first = received(asked, cast.bea)
    give_back(first, cast.olga, note="Page 2 of 4 is missing.")
    assert state_of(asked) == State.RETURNED
    assert (asked.reason, asked.note) == ("missing_pages", "Page 2 of 4 is missing.")
    cast.bea_party.refresh_from_db()
    assert cast.bea_party.open_requests == 1
    second = received(asked, cast.bea, data=pdf(4))
    assert state_of(asked) == State.IN_REVIEW
    assert asked.reason == ""
    accept(second, cast.olga)
    assert state_of(asked) == State.ACCEPTED
    assert Document.objects.filter(request=asked).count() == 2, "the first stays for the staff"


def test_one_of_two_returned_keeps_the_request_open(asked, cast):
    march, april = received(asked, cast.bea, "march.pdf"), received(asked, cast.bea, "april.pdf", pdf(2))
    give_back(march, cast.olga)
    assert state_of(asked) == State.RETURNED
    accept(april, cast.olga)
    assert state_of(asked) == State.RETURNED


def test_returning_needs_a_code_and_the_right_person(asked, cast):
    document = received(asked, cast.bea)
    with pytest.raises(Refused):
        give_back(document, cast.olga, reason="")
    with pytest.raises(Refused):
        give_back(document, cast.olga, reason="fraud")
    for stranger in (cast.otto, cast.bea):
        with pytest.raises(Refused):
            accept(document, stranger)


def test_two_reviewers_at_once(asked, cast):
    document = received(asked, cast.bea)
    stale = Document.objects.get(pk=document.pk)
    services.accept_document(document=document, by=cast.olga, expected_version=1)
    with pytest.raises(Changed) as told:
        services.return_document(document=stale, by=cast.mara, reason="too_old", expected_version=1)
    assert "Olga Haddad reviewed" in told.value.what[0]


def test_what_was_withdrawn_stays_so(asked, cast):
    received(asked, cast.bea)
    services.withdraw_request(request=asked, by=cast.olga, expected_version=asked.version)
    assert state_of(asked) == State.WITHDRAWN


def test_every_return_code_has_words_that_accuse_nobody():
    for reason in ReturnReason.values:
        words = return_words(reason)
        text = f"{words.wrong} {words.mend}".lower()
        assert len(str(words.wrong)) > 10 and len(str(words.mend)) > 10
        for harsh in ("fraud", "fake", "forg", "tamper", "suspicious", "your fault"):
            assert harsh not in text
    assert set(RETURN_WORDS) == set(ReturnReason.values)
    assert return_words("") is None


# --- Conditional approval ------------------------------------------------------------------------------------


@pytest.fixture
def underwriting(cast, store):
    cast.loan.stage = Stage.UNDERWRITING
    cast.loan.save(update_fields=["stage"])
    return cast.loan


def condition(cast, **fields):
    return {
        "party": cast.bea_party,
        "kind": "explanation",
        "title": "Gap letter",
        "why": "Asked by the underwriter.",
        **fields,
    }


def decide(cast, loan, conditions, none=False):
    return services.move_to_conditional_approval(
        loan=loan, conditions=conditions, none_for_borrower=none, by=cast.olga, note="", internal_note="",
        expected_version=loan.version,
    )  # fmt: skip


def test_conditions_come_with_the_move(cast, underwriting):
    event = decide(
        cast, underwriting, [condition(cast), condition(cast, party=cast.cole_party, title="Second job")]
    )
    assert event.to_stage == Stage.CONDITIONAL_APPROVAL
    assert set(Request.objects.values_list("title", "source")) == {
        ("Gap letter", "condition"),
        ("Second job", "condition"),
    }


def test_no_conditions_need_a_tick(cast, underwriting):
    with pytest.raises(Refused):
        decide(cast, underwriting, [])
    with pytest.raises(Refused):
        decide(cast, underwriting, [condition(cast)], none=True)
    assert decide(cast, underwriting, [], none=True).to_stage == Stage.CONDITIONAL_APPROVAL


def test_a_refused_move_leaves_no_condition(cast, underwriting):
    with pytest.raises(Changed):
        services.move_to_conditional_approval(
            loan=underwriting, conditions=[condition(cast)], none_for_borrower=False, by=cast.olga,
            expected_version=underwriting.version + 7,
        )  # fmt: skip
    assert not Request.objects.exists()


# --- What pages read -----------------------------------------------------------------------------------------


def test_optional_until_the_loan_estimate(asked, cast):
    services.recount(cast.loan)
    row = progress.needs_list(cast.loan, cast.bea)[0]
    assert (row.state, row.label, row.due_on) == ("optional", "Optional for now", None)
    assert progress.waiting_on_borrower_count(cast.loan) == 0
    estimate_sent(cast.loan)
    row = progress.needs_list(cast.loan, cast.bea)[0]
    assert (row.state, row.label) == ("owed", "Needed")
    assert progress.waiting_on_borrower_count(cast.loan) == 1


def test_a_co_borrower_learns_only_how_much_is_left(asked, cast):
    ask(cast.loan, cast.cole_party, title="Cole's own")
    services.recount(cast.loan)
    assert [row.request.title for row in progress.needs_list(cast.loan, cast.cole)] == ["Cole's own"]
    assert progress.left_of_others(cast.loan, cast.cole) == [("Bea Nguyen", 1)]


def test_the_list_costs_the_same_however_long(cast, store, django_assert_max_num_queries):
    for number in range(12):
        request = ask(cast.loan, cast.bea_party, title=f"Paper {number}")
        if number % 3 == 0:
            received(request, cast.bea, data=pdf(1, f"n{number}"))
    with django_assert_max_num_queries(7):
        rows = progress.needs_list(cast.loan, cast.bea)
        assert sum(len(row.documents) for row in rows) == 4
    assert progress.received_count(rows) == 4


def test_refusals_stay_until_they_are_mended(asked, cast):
    import time_machine

    from tests.documents.conftest import sent_and_checked
    from tests.documents.files import locked_pdf

    def refused():
        row = progress.needs_list(cast.loan, cast.bea)[0]
        return [upload.session.name for upload in row.uploads]

    sent_and_checked(asked, cast.bea, "march.pdf", locked_pdf())
    received(asked, cast.bea, "april.pdf")
    assert refused() == ["march.pdf"], "what is sent together says nothing of one another"
    later = timezone.now() + timedelta(minutes=11)
    with time_machine.travel(later, tick=True):
        received(asked, cast.bea, "march printed.pdf", pdf(2))
        assert refused() == []
    sent_and_checked(asked, cast.bea, "may.pdf", locked_pdf())
    Document.objects.exclude(name="april.pdf").delete()
    assert "may.pdf" in refused()
    received(asked, cast.bea, "may.pdf", pdf(3))
    assert "may.pdf" not in refused()
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        assert refused() == []
