"""Who may be written to, by which channel: asked when a message is queued, and again when it is about to leave."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from loans.models import Consent, Party
from notifications import permission, rendering, services
from notifications.catalog import KINDS, kind_for
from notifications.models import Notification, Preference, Suppression
from notifications.texting.segments import segments
from tests.cast import Cast
from tests.notifications.conftest import agree

State = Notification.State
Reason = Suppression.Reason
Scope = Suppression.Scope
BEAS = "+12075550101"
PLAIN, SHORT = "application_received_officer", "requests_added"


@pytest.fixture
def news(monkeypatch: pytest.MonkeyPatch) -> str:
    """A marketing kind, which can be switched off."""
    kind = replace(kind_for("thank_you"), key="news", topic="news", marketing=True, must_send=False)
    monkeypatch.setitem(KINDS, "news", kind)
    return kind.key


def mail(cast: Cast, kind: str = SHORT, **chosen: Any) -> Notification:
    told = {"event_key": str(uuid.uuid4()), "recipient": cast.bea_party, "loan": cast.loan, **chosen}
    return services.queue(kind=kind, **told)


def texts() -> list[Notification]:
    return list(Notification.objects.filter(channel="text").order_by("id"))


def off(address: str, reason: str, *, channel: str = "email", scope: str = Scope.EVERYTHING) -> Suppression:
    return Suppression.objects.create(address=address, channel=channel, scope=scope, reason=reason)


def refused(row: Notification) -> str:
    """The reason for which it does not go, or nothing."""
    found = permission.refusal(Notification.objects.get(pk=row.pk))
    assert found is None or found[0] == State.SUPPRESSED
    return found[1] if found else ""


# --- A text beside the mail --------------------------------------------------------------------------------------


def test_without_consent_nobody_is_texted(cast: Cast) -> None:
    assert permission.channels_for(kind_for(SHORT), cast.bea_party) == ["email"]
    mail(cast)
    assert texts() == []


def test_with_consent_a_text_goes_beside_the_mail(cast: Cast) -> None:
    agree(cast.bea_party)
    row = mail(cast)
    [text] = texts()
    assert (row.channel, row.address, row.recipient) == (
        "email", "bea@example.com", f"party:{cast.bea_party.public_id}",
    )  # fmt: skip
    assert (text.address, text.recipient, text.party) == (BEAS, f"phone:{BEAS}", cast.bea_party)
    assert (text.event_key, text.kind, text.due_at) == (row.event_key, row.kind, row.due_at)
    assert text.message_id != row.message_id and text.public_id != row.public_id


def test_a_kind_without_short_words_stays_mail(cast: Cast) -> None:
    agree(cast.bea_party)
    mail(cast, "invitation", context={"invitation": "x"}, secret="https://portal.example/x")
    mail(cast, PLAIN, recipient=cast.olga)
    assert texts() == []


def test_what_opens_a_door_is_never_in_a_text(cast: Cast) -> None:
    agree(cast.bea_party)
    row = mail(cast, "application_received", secret="https://portal.example/in", context={"sets_up": True})
    [text] = texts()
    assert row.secret and row.context["secret_is"] == "link"
    assert text.secret is None and text.context["secret_is"] == "none"


def test_the_same_event_again_is_a_no_op_for_both(cast: Cast) -> None:
    agree(cast.bea_party)
    first = mail(cast, event_key="once")
    assert mail(cast, event_key="once") == first
    assert Notification.objects.count() == 2


def test_a_couple_with_one_telephone_gets_each_event_once(cast: Cast) -> None:
    User.objects.filter(pk=cast.cole.pk).update(phone=BEAS)
    cast.cole_party.refresh_from_db()
    agree(cast.bea_party)
    agree(cast.cole_party)
    for party in (cast.bea_party, cast.cole_party):
        mail(cast, "stage_processing", recipient=party, event_key="moved", context={"event": "x"})
    assert Notification.objects.filter(channel="email").count() == 2  # mail is per person, as ever
    assert [text.address for text in texts()] == [BEAS]


def test_several_of_a_kind_in_a_row_are_one_text(cast: Cast, time_machine: Any) -> None:
    agree(cast.bea_party)
    mail(cast)
    mail(cast)
    assert len(texts()) == 1 and Notification.objects.filter(channel="email").count() == 2
    Notification.objects.filter(channel="text").update(state=State.SENT)
    mail(cast)
    assert len(texts()) == 1
    time_machine.move_to(timezone.now() + timedelta(minutes=16))
    mail(cast)
    assert len(texts()) == 2


def test_a_text_that_was_taken_back_does_not_silence_the_next(cast: Cast) -> None:
    agree(cast.bea_party)
    mail(cast)
    Notification.objects.update(state=State.CANCELLED)
    mail(cast)
    assert len(texts()) == 2


def test_another_loan_has_texts_of_its_own(cast: Cast) -> None:
    other = Party.objects.create(
        loan=cast.other_loan, user=cast.bea, role="co_borrower", name="Bea", email="bea@example.com"
    )
    agree(cast.bea_party)  # on one loan, for the person
    mail(cast)
    mail(cast, recipient=other, loan=cast.other_loan)
    assert [text.loan for text in texts()] == [cast.loan, cast.other_loan]


def test_a_paused_loan_gets_neither(cast: Cast) -> None:
    agree(cast.bea_party)
    cast.loan.stage = "suspended"
    assert mail(cast).state == State.CANCELLED
    assert texts() == []


def test_one_channel_alone_can_be_asked_for(cast: Cast) -> None:
    agree(cast.bea_party)
    text = mail(cast, channel="text")
    letter = mail(cast, "thank_you", channel="letter")
    assert (text.channel, text.address, letter.channel) == ("text", BEAS, "letter")
    assert Notification.objects.count() == 2


@pytest.mark.parametrize(
    ("reason", "scope", "goes"),
    [
        (Reason.STOP, Scope.EVERYTHING, False),
        (Reason.UNSUBSCRIBED, Scope.EVERYTHING, False),
        (Reason.BOUNCED, Scope.EVERYTHING, False),
        (Reason.STAFF, Scope.EVERYTHING, False),
        (Reason.UNCLEAR, Scope.EVERYTHING, True),  # it waits for the answer instead
        (Reason.UNSUBSCRIBED, Scope.MARKETING, True),
    ],
)
def test_a_number_that_is_switched_off_gets_no_text(cast: Cast, reason: str, scope: str, goes: bool) -> None:
    agree(cast.bea_party)
    off(BEAS, reason, channel="text", scope=scope)
    mail(cast)
    assert bool(texts()) is goes


def test_who_wants_no_texts_about_a_topic_gets_the_mail_alone(cast: Cast) -> None:
    agree(cast.bea_party)
    Preference.objects.create(user=cast.bea, topic="papers", channel="text", wanted=False)
    mail(cast)
    assert texts() == []
    mail(cast, "stage_processing", context={"event": "x"})
    assert [text.kind for text in texts()] == ["stage_processing"]


# --- Consent is about one number -----------------------------------------------------------------------------------


def test_a_new_number_is_not_texted_until_it_is_agreed_to(cast: Cast) -> None:
    agree(cast.bea_party)
    mail(cast)
    User.objects.filter(pk=cast.bea.pk).update(phone="+12075550199")
    cast.bea_party.refresh_from_db()
    mail(cast)
    [text] = texts()
    assert refused(text) == permission.NUMBER_CHANGED


def test_the_newest_word_about_a_number_counts(cast: Cast) -> None:
    agree(cast.bea_party)
    agree(cast.bea_party, given=False)
    mail(cast)
    assert texts() == []
    agree(cast.bea_party)
    mail(cast)
    assert len(texts()) == 1


def test_who_has_no_sign_in_yet_is_texted_by_the_consent_of_the_application(cast: Cast) -> None:
    party = Party.objects.create(
        loan=cast.loan, role="co_borrower", name="Ana", email="ana@example.com", phone="+12075550177"
    )
    mail(cast, recipient=party)
    assert texts() == []
    agree(party)
    mail(cast, recipient=party)
    assert [text.address for text in texts()] == ["+12075550177"]


def test_consent_taken_back_stops_what_waits(cast: Cast) -> None:
    agree(cast.bea_party)
    mail(cast)
    [text] = texts()
    assert refused(text) == ""
    agree(cast.bea_party, given=False)
    assert refused(text) == permission.NO_CONSENT


# --- When it is about to leave -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scope", "plain", "marketing"), [(Scope.EVERYTHING, False, False), (Scope.MARKETING, True, False)]
)
def test_marketing_alone_stops_marketing_alone(
    cast: Cast, news: str, scope: str, plain: bool, marketing: bool
) -> None:
    off("bea@example.com", Reason.UNSUBSCRIBED, scope=scope)
    assert (refused(mail(cast)) == "") is plain
    assert (refused(mail(cast, news)) == "") is marketing


@pytest.mark.parametrize("reason", [Reason.REFUSED, Reason.BOUNCED, Reason.COMPLAINED, Reason.STAFF])
@pytest.mark.parametrize("kind", [SHORT, "sign_in_code", "account_notice"])
def test_an_address_that_is_switched_off_gets_nothing_not_even_a_code(
    cast: Cast, reason: str, kind: str
) -> None:
    off("bea@example.com", reason)
    row = mail(cast, kind, recipient=cast.bea, loan=None, secret="123456" if kind == "sign_in_code" else None)
    assert refused(row) == permission.WHY_OFF[reason]


def test_addresses_are_compared_whatever_their_case(cast: Cast) -> None:
    off("bea@example.com", Reason.BOUNCED)
    assert refused(mail(cast, PLAIN, recipient=cast.olga, address="Bea@Example.com "))


def test_mail_follows_the_person_to_the_new_address(cast: Cast) -> None:
    row = mail(cast)
    off("bea@example.com", Reason.BOUNCED)
    User.objects.filter(pk=cast.bea.pk).update(contact_email="new@example.com")
    assert refused(row) == ""


def test_one_channel_says_nothing_about_the_other(cast: Cast) -> None:
    agree(cast.bea_party)
    row = mail(cast)
    off(BEAS, Reason.STOP, channel="text")
    off("bea@example.com", Reason.BOUNCED, channel="text")
    assert refused(row) == "" and refused(texts()[0]) == permission.WHY_OFF[Reason.STOP]


def test_what_must_be_sent_asks_nobody(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "optional", replace(kind_for(SHORT), key="optional", must_send=False))
    Preference.objects.create(user=cast.bea, topic="papers", channel="email", wanted=False)
    assert refused(mail(cast)) == ""
    assert refused(mail(cast, "optional")) == permission.NOT_WANTED
    assert refused(mail(cast, "optional", recipient=cast.cole_party)) == ""
    assert refused(mail(cast, "optional", recipient=cast.bea, loan=None)) == permission.NOT_WANTED


def test_a_letter_on_paper_follows_the_choice_about_mail(cast: Cast, news: str) -> None:
    Preference.objects.create(user=cast.bea, topic="news", channel="email", wanted=False)
    assert refused(mail(cast, news, channel="letter")) == permission.NOT_WANTED
    assert refused(mail(cast, "thank_you", channel="letter")) == ""


def test_a_choice_about_texts_is_heard_for_every_kind(cast: Cast) -> None:
    agree(cast.bea_party)
    mail(cast)
    Preference.objects.create(user=cast.bea, topic="papers", channel="text", wanted=False)
    assert refused(texts()[0]) == permission.NOT_WANTED


def test_a_paused_number_waits_and_loses_nothing(cast: Cast) -> None:
    agree(cast.bea_party)
    row = mail(cast)
    [text] = texts()
    assert permission.paused_until(text) is None
    pause = off(BEAS, Reason.UNCLEAR, channel="text")
    until = permission.paused_until(text)
    assert until and until > timezone.now() and refused(text) == ""
    assert permission.paused_until(row) is None
    pause.delete()
    assert permission.paused_until(text) is None


def test_an_answer_needs_no_consent_and_to_a_number_that_said_stop_only_help_and_farewell_go(
    cast: Cast,
) -> None:
    def to_number(kind: str) -> str:
        told = {"recipient": f"phone:{BEAS}", "address": BEAS, "channel": "text", "loan": None}
        return refused(mail(cast, kind, **told))

    always, other = ("texting_stopped", "text_help"), "text_menu"
    assert [to_number(kind) for kind in (*always, other)] == ["", "", ""]
    stop = off(BEAS, Reason.STOP, channel="text")
    assert [to_number(kind) for kind in always] == ["", ""]
    assert to_number(other) == permission.WHY_OFF[Reason.STOP]
    stop.reason = Reason.STAFF
    stop.save()
    assert {to_number(kind) for kind in (*always, other)} == {permission.WHY_OFF[Reason.STAFF]}


def test_a_kind_that_is_gone_from_the_catalog_still_obeys_the_address(cast: Cast) -> None:
    row = mail(cast)
    Notification.objects.filter(pk=row.pk).update(kind="of_long_ago")
    assert refused(row) == ""
    off("bea@example.com", Reason.STAFF)
    assert refused(row) == permission.WHY_OFF[Reason.STAFF]


# --- What it costs ---------------------------------------------------------------------------------------------------


def queries(work: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as seen:
        work()
    return len(seen)


def test_queueing_costs_few_queries(cast: Cast) -> None:
    """Handlers run inside the click of an officer."""
    bea, cole = Party.objects.select_related("user").filter(loan=cast.loan).order_by("id")
    plain = queries(lambda: mail(cast, recipient=cole))  # no number, nothing to ask
    assert queries(lambda: mail(cast, PLAIN, recipient=cast.olga)) == plain + 1, "who stands in for her"
    assert queries(lambda: mail(cast, recipient=bea)) == plain + 1, "one look at the consents"
    agree(bea)
    assert queries(lambda: mail(cast, recipient=bea)) == plain + 4  # also address, wishes, what was just said


def test_asking_before_sending_costs_one_query_for_mail(cast: Cast) -> None:
    row = Notification.objects.select_related("loan__officer", "party__user").get(pk=mail(cast).pk)
    assert queries(lambda: permission.refusal(row)) == 1


def test_consents_of_other_kinds_are_no_consent_to_texts(cast: Cast) -> None:
    Consent.objects.create(
        party=cast.bea_party,
        kind=Consent.Kind.PRIVACY_SEEN,
        number=BEAS,
        wording_version="1",
        wording="Seen.",
    )
    mail(cast)
    assert texts() == []


# --- What a text beside a mail says -------------------------------------------------------------------------------

BESIDE_A_MAIL = [
    kind for kind in KINDS.values() if kind.short and kind.channel == "email" and kind.topic != "texting"
]


def test_every_message_worth_a_text_has_its_short_words() -> None:
    expected = {"application_received", "requests_added", "document_returned", "needs_reminder"}
    expected |= {key for key in KINDS if key.startswith("stage_")}
    assert expected <= {kind.key for kind in BESIDE_A_MAIL}
    assert {kind.audience for kind in BESIDE_A_MAIL} == {"borrower"}


@pytest.mark.parametrize("kind", BESIDE_A_MAIL, ids=lambda kind: kind.key)
def test_a_text_is_short_says_who_writes_and_how_to_end_it(kind: Any, cast: Cast, settings: Any) -> None:
    settings.PUBLIC_URL = "https://portal.harborview-home-loans.example"
    facts = {**kind.example, "company": "Harborview Home Loans"}
    links = {name: str(field.example) for name, field in kind.fields.items() if name in ("link", "portal")}
    row = Notification(kind=kind.key, channel="text", loan=cast.loan, party=cast.bea_party, address=BEAS)
    text = rendering.draw(kind, row, {**facts, **links}).text
    assert text.startswith("Harborview Home Loans:") and "Reply STOP to end texts." in text
    said = segments(text)
    assert said.encoding == "GSM-7" and said.count <= 2, (said, text)
    for link in links.values():
        assert f"{link} " in text, "a link ends at a space, or the telephone makes it too long"
    private = {str(facts[name]) for name in ("place", "paper", "note", "first_name") if name in facts}
    assert not any(word in text for word in private)
