"""The page of a loan tells what was and will be sent, whom it does not reach, and what came back from them."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from conversations import services as conversations
from documents.services import withdraw_request
from loans.models import Consent, Loan, Party
from loans.services import change_stage
from notifications import services
from notifications.models import InboundText, Notification, Suppression
from tests.desk.helpers import get, make_document, make_request, post, words

State = Notification.State


@pytest.fixture
def olga(cast, client_for):
    return client_for(cast.olga)


@pytest.fixture
def make_row(cast):
    """A message of Bea's loan, as it stands after `state`."""
    count = iter(range(1, 1_000))

    def make(state=State.QUEUED, *, kind="application_received_officer", days=0, **fields):
        row = services.queue(
            kind=kind, event_key=f"made:{next(count)}", recipient=fields.pop("recipient", cast.olga),
            loan=fields.pop("loan", cast.loan), due_at=timezone.now() + timedelta(days=days),
        )  # fmt: skip
        if state != State.QUEUED or fields:
            Notification.objects.filter(pk=row.pk).update(state=state, **fields)
            row.refresh_from_db()
        return row

    return make


@pytest.fixture
def letter(cast):
    Loan.objects.filter(pk=cast.loan.pk).update(stage="closing")
    cast.loan.refresh_from_db()
    change_stage(loan=cast.loan, to="funded", by=cast.olga, expected_version=cast.loan.version)
    return Notification.objects.filter(loan=cast.loan, kind="thank_you", state=State.QUEUED).first()


def page_of(olga, cast):
    return get(olga, "desk:loan", cast.loan.public_id)


def mails(page):
    return page.context["around"].mails


# --- What was and will be sent -------------------------------------------------------------------------------


def test_what_will_be_sent_stands_apart_with_its_day_and_why(cast, olga, make_row):
    later = make_row(days=9)
    soon = make_row(days=2, kind="stage_processing", recipient=cast.bea_party)
    held = make_row(State.HELD, days=3)
    sent = make_row(State.SENT, sent_at=timezone.now())
    page = page_of(olga, cast)
    assert [mail.row for mail in mails(page).coming] == [soon, held, later]
    assert [mail.row for mail in mails(page).gone] == [sent]
    said = words(page)
    assert said.index("Will be sent") < said.index("Sent, or over")
    assert "Waits a few minutes, so that the move can be taken back." in said
    assert "Somebody put it on hold." in said and "to Bea Nguyen" in said


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (State.DELIVERED, "Delivered"),
        (State.BOUNCED, "Came back"),
        (State.COMPLAINED, "Marked as unwanted"),
        (State.FAILED, "Failed"),
        (State.SUPPRESSED, "Not sent: address switched off"),
        (State.PRINTED, "Printed"),
    ],
)
def test_each_message_says_by_which_channel_and_what_became_of_it(cast, olga, make_row, state, said):
    row = make_row(state, sent_at=timezone.now(), channel="text", error="It did not work.")
    page = page_of(olga, cast)
    assert [mail.row for mail in mails(page).gone] == [row]
    assert said in words(page) and "Text message" in words(page) and "It did not work." in words(page)


def test_a_letter_that_waits_to_be_printed_is_still_to_come(cast, olga, make_row):
    row = make_row(State.READY_TO_PRINT, channel="letter")
    page = page_of(olga, cast)
    assert [mail.row for mail in mails(page).coming] == [row]
    assert "Letter on paper" in words(page) and "Waits to be printed and posted." in words(page)


def test_many_messages_are_folded_and_the_outbox_has_them_all(cast, olga, make_row):
    waiting = make_row(days=1)  # written first: shown however many came after it
    rows = [make_row(State.SENT, sent_at=timezone.now()) for _ in range(40)]
    page = page_of(olga, cast)
    assert [mail.row for mail in mails(page).coming] == [waiting]
    assert [mail.row for mail in mails(page).gone] == rows[:-7:-1]
    assert len(mails(page).before) == 18
    assert f"/desk/outbox/?loan={cast.loan.public_id}" in page.content.decode()


def test_the_letter_on_top_is_the_next_one_however_many_messages_came_after_it(cast, olga, letter, make_row):
    for _number in range(30):
        make_row(State.SENT, sent_at=timezone.now(), kind="documents_received")
    page = page_of(olga, cast)
    assert mails(page).letter.row == letter and 'id="letter"' in page.content.decode()
    assert letter not in [mail.row for mail in mails(page).coming]


# --- Held, released, sent now --------------------------------------------------------------------------------


def press(olga, verb, row, **typed):
    row.refresh_from_db()
    told = {"version": row.version, **typed}
    answer = post(olga, f"desk:message_{verb}", row.loan.public_id, row.public_id, **told)
    row.refresh_from_db()
    return answer


def test_a_message_is_held_released_and_sent_from_the_page_of_its_loan(cast, olga, make_row):
    row = make_row(days=3)
    held = press(olga, "hold", row)
    assert held.status_code == 302 and held.url == f"/desk/loans/{cast.loan.public_id}/#messages"
    assert row.state == State.HELD and "Release" in words(page_of(olga, cast))
    press(olga, "release", row)
    assert row.state == State.QUEUED and row.is_scheduled
    press(olga, "send", row)
    assert row.state == State.QUEUED and not row.is_scheduled


def test_of_two_people_the_later_one_is_told_what_happened(cast, olga, make_row):
    row = make_row(days=3)
    old = row.version
    press(olga, "hold", row)
    late = press(olga, "send", row, version=old)
    assert late.status_code == 409 and "Somebody changed this message" in words(late)
    assert "On hold" in words(late) and row.state == State.HELD


def test_what_cannot_be_done_is_refused_with_the_reason(cast, olga, make_row):
    sent = make_row(State.SENT, sent_at=timezone.now())
    refused = press(olga, "hold", sent)
    assert refused.status_code == 422 and "Only a message that is waiting can be held." in words(refused)
    assert press(olga, "release", make_row(days=1), version="x").status_code == 422


def test_messages_of_another_loan_are_not_found_here(cast, olga, make_row):
    other = make_row(loan=cast.other_loan, recipient=cast.otto, days=1)
    answer = post(olga, "desk:message_hold", cast.loan.public_id, other.public_id, version=other.version)
    assert answer.status_code == 404


def test_stage_messages_wait_for_the_undo_and_are_not_offered_sooner(cast, olga, make_row):
    row = make_row(kind="stage_processing", recipient=cast.bea_party, days=1)
    offers = mails(page_of(olga, cast)).coming[0].offers
    assert offers == {"hold"}
    assert press(olga, "send", row).status_code == 422


# --- Whom mail does not reach --------------------------------------------------------------------------------


def switch_off(address, reason="bounced", channel="email", **fields):
    return Suppression.objects.create(address=address, channel=channel, reason=reason, **fields)


def test_mail_that_comes_back_is_told_on_top_and_at_the_person(cast, olga, client_for):
    off = switch_off("nora@example.com")
    Party.objects.filter(pk=cast.bea_party.pk).update(
        user=None, email="Nora@example.com", phone="+12075550133"
    )
    said = words(page_of(olga, cast))
    assert "Please call Bea Nguyen: mail comes back. (207) 555-0133" in said
    assert "Correct the address below" in said
    staff_page = f"/admin/notifications/suppression/{off.pk}/change/"
    assert staff_page not in page_of(olga, cast).content.decode()
    Loan.objects.filter(pk=cast.loan.pk).update(processor=cast.stef)
    assert staff_page in page_of(client_for(cast.stef), cast).content.decode()


def test_a_couple_with_one_mailbox_is_told_twice_and_a_mended_address_no_more(cast, olga):
    switch_off("bea@example.com")
    assert len(page_of(olga, cast).context["around"].unreachable) == 2
    cast.bea.contact_email = "new@example.com"
    cast.bea.save()
    assert [person.name for person in page_of(olga, cast).context["around"].unreachable] == ["Cole Nguyen"]
    assert "new@example.com" in words(page_of(olga, cast)), "the address where mail goes"


def test_who_unsubscribed_from_news_is_still_reached(cast, olga):
    switch_off("bea@example.com", reason="unsubscribed", scope="marketing")
    assert "Please call" not in words(page_of(olga, cast))


def test_an_address_is_corrected_where_it_is_seen(cast, olga):
    Party.objects.filter(pk=cast.bea_party.pk).update(user=None, email="nroa@example.com")
    switch_off("nroa@example.com", reason="refused")
    who = (cast.loan.public_id, cast.bea_party.public_id)
    wrong = post(olga, "desk:correct", *who, name="Bea Nguyen", email="nora@")
    assert wrong.status_code == 422 and 'value="nora@"' in wrong.content.decode()
    done = post(olga, "desk:correct", *who, name="Bea Nguyen", email="Nora@example.com", phone="")
    assert done.status_code == 302
    cast.bea_party.refresh_from_db()
    assert cast.bea_party.email == "nora@example.com"
    assert "Please call" not in words(page_of(olga, cast))


def test_who_has_joined_keeps_their_own_address(cast, olga):
    who = (cast.loan.public_id, cast.bea_party.public_id)
    refused = post(olga, "desk:correct", *who, name="B", email="other@example.com")
    assert refused.status_code == 422 and "keeps the address in their profile" in words(refused)
    assert Party.objects.get(pk=cast.bea_party.pk).email == "bea@example.com"


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("stop", "No texts Said stop"),
        ("unclear", "Texts are paused"),
        ("staff", "No texts Switched off by staff"),
    ],
)
def test_texts_that_are_off_or_paused_are_told_at_the_person(cast, olga, reason, said):
    switch_off("+12075550101", reason=reason, channel="text")
    page = words(page_of(olga, cast))
    assert said in page and "Please call" not in page


def test_who_agreed_to_texts_is_seen_until_they_take_it_back(cast, olga):
    def say(given):
        Consent.objects.create(
            party=cast.bea_party, kind="texting", given=given, wording_version="1", wording="x", number="+12075550101"
        )  # fmt: skip

    say(True)
    assert "Agreed to texts" in words(page_of(olga, cast))
    say(False)
    assert "Agreed to texts" not in words(page_of(olga, cast))


def test_complaints_and_bereavements_are_told_on_top(cast, olga):
    assert "No letter goes out" not in words(page_of(olga, cast))
    Loan.objects.filter(pk=cast.loan.pk).update(bereavement=True, complaint_open=True)
    said = words(page_of(olga, cast))
    assert (
        "A bereavement is recorded on this loan. A complaint is open on this loan. No letter goes out" in said
    )


# --- What they wrote -----------------------------------------------------------------------------------------


def test_what_was_said_and_asked_for_stands_on_the_page(cast, olga):
    conversations.receive_message(
        loan=cast.loan, party=cast.bea_party, channel="text", body="Is the yard included?", source="text:1"
    )
    conversations.say(loan=cast.loan, by=cast.olga, channel="call", body="Yes, it is.", source="desk:1")
    wish = conversations.make_service_request(
        loan=cast.loan, party=cast.bea_party, words="Please lock the rate.", channel="text", source="text:2"
    )
    InboundText.objects.create(
        provider="local", provider_id="3", sender="+12075550101", loan=cast.loan, party=cast.bea_party,
        reading="unclear", body="End of month is fine",
    )  # fmt: skip
    page = page_of(olga, cast)
    said = words(page)
    assert said.index("Is the yard included?") < said.index("Yes, it is.")
    for words_of_it in ("Please lock the rate.", "answer by", "End of month is fine", "perhaps says stop"):
        assert words_of_it in said, words_of_it
    assert page.context["around"].asked_for[0].due_on == wish.due_on > date(2026, 1, 1)
    conversations.finish_service_request(request=wish, by=cast.olga, answer="Locked until June.")
    assert "Locked until June." in words(page_of(olga, cast))


# --- Papers --------------------------------------------------------------------------------------------------


def test_papers_no_longer_needed_are_folded_away(cast, olga):
    kept = make_request(cast.bea_party, cast.olga, title="Pay stubs")
    gone = make_request(cast.bea_party, cast.olga, title="Gift letter")
    withdraw_request(request=gone, by=cast.olga, expected_version=gone.version)
    page = page_of(olga, cast)
    assert [row.asked.title for row in page.context["request_rows"]] == [kept.title]
    assert [row.asked.title for row in page.context["withdrawn"]] == ["Gift letter"]
    assert "1 paper no longer needed" in words(page)


def test_a_paper_that_nobody_asked_for_waits_for_review_too(cast, olga):
    document = make_document(make_request(cast.bea_party, cast.olga), name="picture.jpg")
    type(document).objects.filter(pk=document.pk).update(request=None, party=cast.bea_party)
    said = words(page_of(olga, cast))
    assert "Sent unasked by Bea Nguyen" in said and "Came unasked" in said
