"""A loan comes into other hands: licensed ones, with all that is open on it, and the old ones are empty at once."""

import pytest
from django.urls import reverse

from accounts.absences import note_absence
from accounts.models import Invitation, OfficerProfile, User
from accounts.services import invite
from conversations.models import Complaint, Draft, ServiceRequest
from conversations.services import make_service_request, save_draft, thread_of
from loans import clocks, services
from loans.models import Loan, Task
from loans.stages import Stage
from notifications import facts
from notifications.catalog import KINDS
from notifications.models import Notification
from notifications.services import queue
from tests.cast import Cast, make_loan, make_officer
from tests.desk.helpers import fresh, get, make_document, make_request, post, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def open_work(cast: Cast) -> Cast:
    """Something of everything that waits on Bea's loan."""
    services.make_task(
        loan=cast.loan, kind="call", why="Call", for_user=cast.olga, due_on=clocks.today(), key="call"
    )
    make_service_request(
        loan=cast.loan, party=cast.bea_party, words="A copy, please", channel="text", source="wish"
    )
    Complaint.objects.create(
        loan=cast.loan, words="Too slow", owner=cast.olga, acknowledge_by=clocks.today(), source="complaint"
    )
    invite(
        purpose=Invitation.Purpose.LOAN_PARTY, name="Cole", email="c@example.com",
        subject_id=cast.cole_party.public_id, by=cast.olga,
    )  # fmt: skip
    return cast


def give(client, loan: Loan, officer: User):
    return post(
        client, "desk:reassign", loan.public_id, officer=str(officer.public_id), version=fresh(loan).version
    )


def test_only_those_licensed_in_its_state_are_offered(cast, client_for):
    Loan.objects.filter(pk=cast.loan.pk).update(state="NH")
    dan = make_officer(
        states=["NH"], slug="dan", nmls_id="1200009", name="Dan Roy", email="dan@lantern.example"
    )
    page = words(get(client_for(cast.olga), "desk:reassign", cast.loan.public_id))
    assert "licensed in New Hampshire" in page and "Dan Roy" in page and "Otto Weber" not in page
    refused = give(client_for(cast.mara), cast.loan, cast.otto)
    assert refused.status_code == 422 and fresh(cast.loan).officer == cast.olga
    assert give(client_for(cast.mara), cast.loan, dan).status_code == 302
    assert fresh(cast.loan).officer == dan


def test_everything_open_goes_along(open_work, client_for):
    cast = open_work
    assert give(client_for(cast.mara), cast.loan, cast.otto).status_code == 302
    assert Task.objects.filter(loan=cast.loan, done_at=None, for_user=cast.olga).count() == 0
    assert ServiceRequest.objects.get().owner == cast.otto
    assert Complaint.objects.get().owner == cast.otto
    assert Invitation.objects.get(subject_id=cast.cole_party.public_id).invited_by == cast.otto
    waiting = cast.loan.notifications.filter(state="queued")
    assert not waiting.filter(recipient=f"user:{cast.olga.public_id}").exists()
    notice = waiting.get(kind="service_request_officer")
    assert (notice.recipient, notice.address) == (f"user:{cast.otto.public_id}", cast.otto.mail_address)
    assert facts.gather(Notification.objects.get(pk=notice.pk), "service_request_officer")


@pytest.mark.parametrize("kind", ["application_received_officer", "six_items"])
def test_nobody_is_told_of_an_application_that_is_no_longer_theirs(cast, kind):
    for who in (cast.olga, cast.otto, cast.mara):
        context = {"due_on": "2026-11-25"}
        queue(kind=kind, event_key="application", recipient=who, loan=cast.loan, context=context)
    Loan.objects.filter(pk=cast.loan.pk).update(officer=cast.otto)  # a row that the handing over did not find
    told = Notification.objects.filter(kind=kind).select_related("loan")
    with pytest.raises(facts.NotWanted):
        facts.gather(told.get(recipient=f"user:{cast.olga.public_id}"), KINDS[kind].gather)
    for who in (cast.otto, cast.mara):
        assert facts.gather(told.get(recipient=f"user:{who.public_id}"), KINDS[kind].gather)


@pytest.mark.parametrize("stays", [False, True])
def test_the_deputys_copies_stop_unless_the_loan_is_at_their_desk(cast, client_for, stays):
    dora = make_officer(
        states=["ME"], slug="dora", nmls_id="1200009", name="Dora Lee", email="dora@lantern.example"
    )
    if stays:
        Loan.objects.filter(pk=cast.loan.pk).update(processor=dora)
    note_absence(user=cast.olga, deputy=dora, first_day=clocks.today(), last_day=clocks.today(), by=cast.olga)
    make_service_request(
        loan=cast.loan, party=cast.bea_party, words="A copy, please", channel="text", source="wish"
    )
    copy = Notification.objects.get(kind="service_request_officer", recipient=f"user:{dora.public_id}")
    give(client_for(cast.mara), cast.loan, cast.otto)
    copy.refresh_from_db()
    assert copy.state == ("queued" if stays else "cancelled")


def test_the_borrowers_are_introduced_and_the_new_officer_told(cast, client_for):
    give(client_for(cast.mara), cast.loan, cast.otto)
    told = Notification.objects.filter(kind="new_officer", channel="email")
    assert {row.party for row in told} == {cast.bea_party, cast.cole_party}
    said = facts.gather(told[0], "new_officer")
    assert (said["officer"], said["before"]) == ("Otto Weber", "Olga Haddad")
    assert Notification.objects.get(kind="loans_handed_over").recipient == f"user:{cast.otto.public_id}"
    assert "Otto" in words(client_for(cast.bea).get(reverse("loans:detail", args=[cast.loan.public_id])))
    # Given back within the minutes: nobody is told of an officer who is none.
    give(client_for(cast.mara), cast.loan, cast.olga)
    with pytest.raises(facts.NotWanted):
        facts.gather(told.order_by("id")[0], "new_officer")


def test_what_somebody_typed_who_sees_the_loan_no_more_is_deleted(cast, client_for):
    thread = thread_of(cast.loan)
    for who in (cast.olga, cast.mara, cast.bea):
        save_draft(conversation=thread, user=who, words="About the Nguyens")
    give(client_for(cast.mara), cast.loan, cast.otto)
    assert {draft.user for draft in Draft.objects.all()} == {cast.mara, cast.bea}


def test_a_loan_that_ended_is_handed_over_without_a_word_to_its_borrowers(cast, client_for):
    Loan.objects.filter(pk=cast.loan.pk).update(stage=Stage.FUNDED)
    give(client_for(cast.mara), cast.loan, cast.otto)
    assert fresh(cast.loan).officer == cast.otto
    assert not Notification.objects.filter(kind="new_officer").exists()


def test_an_officer_gives_away_their_own_and_sees_it_no_more(cast, client_for):
    olga = client_for(cast.olga)
    answer = give(olga, cast.loan, cast.otto)
    assert answer.status_code == 302 and answer.url == reverse("desk:pipeline")
    assert get(olga, "desk:loan", cast.loan.public_id).status_code == 404
    assert get(client_for(cast.otto), "desk:loan", cast.loan.public_id).status_code == 200


def test_others_do_not_give_away_what_they_only_work_on(cast, client_for):
    stef = cast.stef
    stef.is_superuser = False
    stef.save()
    Loan.objects.filter(pk=cast.loan.pk).update(processor=stef)
    assert get(client_for(stef), "desk:loan", cast.loan.public_id).status_code == 200
    assert give(client_for(stef), cast.loan, cast.otto).status_code == 404


def test_two_who_give_it_away_at_once(cast, client_for):
    before = cast.loan.version
    give(client_for(cast.mara), cast.loan, cast.otto)
    late = post(
        client_for(cast.mara),
        "desk:reassign",
        cast.loan.public_id,
        officer=str(cast.olga.public_id),
        version=before,
    )
    assert late.status_code == 409 and "changed the officer" in words(late)
    assert fresh(cast.loan).officer == cast.otto


def test_the_moment_after_no_address_of_the_loan_answers_the_old_officer(cast, client_for):
    """Every address of the desk that names this loan, its papers, its requests or its tasks."""
    request = make_request(cast.bea_party, cast.olga)
    document = make_document(request)
    task = services.make_task(
        loan=cast.loan, kind="call", why="Call", for_user=cast.olga, due_on=clocks.today(), key="k"
    )
    known = {
        "public_id": cast.loan.public_id, "request_id": request.public_id, "document_id": document.public_id,
        "task_id": task.public_id, "party_id": cast.cole_party.public_id,
    }  # fmt: skip
    olga = client_for(cast.olga)
    assert get(olga, "desk:loan", cast.loan.public_id).status_code == 200
    give(client_for(cast.mara), cast.loan, cast.otto)
    asked = 0
    for name, values in _addresses(known):
        for method in (olga.get, olga.post):
            code = method(reverse(name, kwargs=values)).status_code
            assert code in (404, 405), (name, method, code)
        asked += 1
    assert asked > 25
    papers = [
        reverse("documents:document", args=[document.public_id]),
        f"/documents/{document.public_id}/?download=1",
    ]
    for address in papers:
        assert olga.get(address).status_code == 404


def _addresses(known):
    from tests.guards.urls import every_address

    for address in every_address():
        names = set(address.parameters)
        if address.name.startswith("desk:") and names and names <= known.keys():
            yield address.name, {name: known[name] for name in names}


def test_all_of_an_officers_with_a_result_for_each(cast, client_for):
    here = make_loan(officer=cast.olga, borrowers=[cast.bea], number="LN-2001")
    far = make_loan(officer=cast.olga, borrowers=[cast.bea], number="LN-2002", state="NH")
    funded = make_loan(officer=cast.olga, borrowers=[cast.bea], number="LN-2003", stage=Stage.FUNDED)
    page = post(
        client_for(cast.mara), "desk:reassign_all", cast.olga.public_id, officer=str(cast.otto.public_id)
    )
    said = words(page)
    assert page.status_code == 200
    assert "2 loans were given away" in said and "1 stayed" in said
    assert "LN-2002" in said and "holds no licence in New Hampshire" in said
    owners = dict(Loan.objects.values_list("number", "officer__name"))
    assert owners["LN-1001"] == owners["LN-2001"] == "Otto Weber"
    assert owners["LN-2002"] == owners["LN-2003"] == "Olga Haddad", (here, far, funded)


def test_each_to_whoever_is_licensed_with_those_that_ended(cast, client_for):
    dan = make_officer(
        states=["NH"], slug="dan", nmls_id="1200009", name="Dan Roy", email="dan@lantern.example"
    )
    make_loan(officer=cast.olga, borrowers=[cast.bea], number="LN-2002", state="NH")
    make_loan(officer=cast.olga, borrowers=[cast.bea], number="LN-2003", stage=Stage.FUNDED)
    OfficerProfile.objects.filter(user=cast.olga).update(is_taking_applications=False)
    post(client_for(cast.mara), "desk:reassign_all", cast.olga.public_id, officer="", ended_too="on")
    owners = dict(Loan.objects.values_list("number", "officer__name"))
    assert owners["LN-2002"] == dan.name
    assert owners["LN-1001"] == owners["LN-2003"] == "Otto Weber"
    assert Notification.objects.filter(kind="loans_handed_over").count() == 2  # once each, however many loans
