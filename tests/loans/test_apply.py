"""Applying, through the pages, without JavaScript."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Invitation, OfficerProfile
from loans import events, services
from loans.answers import read
from loans.models import Application, Consent, KeyDate, Loan, Party, ReceivedItem
from loans.stages import Stage
from notifications.models import Notification
from tests.cast import LoanFactory
from tests.loans.helpers import hearing

pytestmark = pytest.mark.django_db

HOME = {"state": "ME", "purpose": "purchase", "home_found": "yes"}
NO_HOME = {**HOME, "home_found": "no"}
WHO = {"name": "Ida  Moss", "email": "Ida@Example.com", "zip_code": "04101-1234"}
PROPERTY = {
    "street": "7 Elm Street", "city": "Bath", "property_zip_code": "04530", "property_kind": "condo",
    "occupancy": "primary", "has_hoa": "on", "value": "$450,000", "under_contract": "on",
}  # fmt: skip
LOAN = {"amount": "360k", "mortgage_type": "va", "down_payment": ["savings", "gift"]}
WORK = {"income_kinds": ["w2", "self_employed"], "monthly_income": "$ 8,500.50", "residency": "citizen"}
REACH = {"phone": "207 555 0142", "best_time": "any", "language": "es", "privacy_seen": "on"}


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def codes():
    with hearing(events.email_proof_asked) as heard:
        yield heard


@pytest.fixture
def links():
    with hearing(events.resume_link_asked) as heard:
        yield heard


def step(client: Client, name: str, data: dict):
    return client.post(reverse("apply:step", args=[name]), data)


def begin(client: Client, codes, home=HOME, who=WHO) -> Application:
    """Start and prove the address."""
    assert client.post(reverse("apply:start"), home).url == reverse("apply:step", args=["who"])
    assert step(client, "who", who).url == reverse("apply:prove")
    answer = client.post(reverse("apply:prove"), {"code": codes[-1]["code"]})
    assert answer.url == reverse("apply:step", args=["property"])
    return Application.objects.latest("id")


def apply(client: Client, codes, **changed) -> Application:
    """The whole way to the sent application."""
    application = begin(client, codes, home=changed.get("home", HOME), who=changed.get("who", WHO))
    for name, data in (("property", PROPERTY), ("loan", LOAN), ("work", WORK), ("reach", REACH)):
        answer = step(client, name, changed.get(name, data))
        assert answer.status_code == 302, answer.content.decode()
    assert answer.url == reverse("apply:arrived")
    application.refresh_from_db()
    return application


# --- The whole way -------------------------------------------------------------------------------------------


def test_a_visitor_applies_and_sees_that_it_arrived(cast, visitor, codes):
    with hearing(events.application_submitted) as sent, hearing(events.stage_changed) as moved:
        application = apply(visitor, codes)
    loan = Loan.objects.get(pk=application.loan_id)
    party = loan.parties.get()
    assert (loan.stage, loan.number[:3], loan.home_found) == (Stage.APPLICATION_RECEIVED, "LN-", True)
    assert (loan.street, loan.property_value, loan.amount) == (
        "7 Elm Street",
        Decimal(450000),
        Decimal(360000),
    )
    assert (loan.mortgage_type, loan.property_kind, loan.waiting_on) == ("va", "condo", "lender")
    assert (party.name, party.email, party.user, party.language) == (
        "Ida Moss",
        "ida@example.com",
        None,
        "en",
    )
    assert str(party.phone) == "+12075550142"
    assert {item.item for item in loan.received_items.all()} == {
        "name",
        "income",
        "address",
        "value",
        "amount",
    }
    assert not KeyDate.objects.filter(loan=loan).exists()
    assert moved[0]["silent"] is True
    invitation = Invitation.objects.get(subject_id=party.public_id)
    assert sent[0]["invitation"] == invitation and sent[0]["token"]
    page = visitor.get(reverse("apply:arrived")).content.decode()
    assert loan.number in page and loan.officer.name in page and "Loan Estimate" in page
    assert visitor.get(reverse("loans:detail", args=[loan.public_id])).status_code in (302, 404)


@pytest.mark.parametrize("wish", ["zh", "tl", "ko", "other", "es"])
def test_a_wish_for_a_language_we_do_not_write_is_kept_as_a_wish(cast, visitor, codes, wish):
    application = apply(visitor, codes, reach={**REACH, "language": wish})
    assert application.loan.parties.get().language == "en"
    assert read(application.answers).language == wish


def test_answers_are_kept_as_they_were_meant(cast, visitor, codes):
    answers = read(apply(visitor, codes).answers)
    assert (answers.zip_code, answers.value, answers.amount) == ("04101", Decimal(450000), Decimal(360000))
    assert answers.monthly_income == Decimal("8500.50")
    assert answers.has_gift and answers.income_kinds == ("w2", "self_employed")
    assert not (answers.support_counted or answers.bankruptcy or answers.divorced)


def test_the_arrived_page_belongs_to_the_session_that_sent_it(
    cast, visitor, codes, django_assert_max_num_queries
):
    apply(visitor, codes)
    assert Client().get(reverse("apply:arrived")).url == reverse("apply:start")
    with django_assert_max_num_queries(8):
        visitor.get(reverse("apply:arrived"))


@pytest.mark.parametrize("name", ["who", "property", "loan", "work", "reach"])
def test_each_step_stays_within_its_queries(cast, visitor, codes, name, django_assert_max_num_queries):
    application = begin(visitor, codes)
    full = {key: {} for key in ("property", "loan", "work")}
    Application.objects.filter(pk=application.pk).update(answers={**application.answers, **full})
    with django_assert_max_num_queries(8):
        answer = visitor.get(reverse("apply:step", args=[name]))
    assert answer.status_code == 200
    assert (
        f"Step {['home', 'who', 'property', 'loan', 'work', 'reach'].index(name) + 1} of 6"
        in answer.content.decode()
    )


def test_sending_twice_is_once(cast, visitor, codes):
    application = apply(visitor, codes)
    with hearing(events.application_submitted) as sent:
        services.submit_application(application=application)
    assert sent == [] and Consent.objects.count() == 2
    assert step(visitor, "reach", REACH).url == reverse("apply:arrived")


def test_when_a_handler_fails_the_application_is_not_sent(cast, visitor, codes):
    application = begin(visitor, codes)
    for name, data in (("property", PROPERTY), ("loan", LOAN), ("work", WORK)):
        step(visitor, name, data)

    def fail(**_said):
        raise RuntimeError("a handler failed")

    events.application_submitted.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            step(visitor, "reach", REACH)
    finally:
        events.application_submitted.disconnect(fail)
    application.refresh_from_db()
    assert application.submitted_at is None and application.loan.stage == Stage.STARTED
    assert not ReceivedItem.objects.filter(loan=application.loan).exists()
    assert step(visitor, "reach", REACH).url == reverse("apply:arrived")


# --- No home yet ---------------------------------------------------------------------------------------------


def test_without_a_home_neither_address_nor_contract_is_asked(cast, visitor, codes):
    begin(visitor, codes, home=NO_HOME)
    page = visitor.get(reverse("apply:step", args=["property"])).content.decode()
    for name in ("street", "city", "under_contract", "has_hoa", "property_zip_code"):
        assert f'name="{name}"' not in page
    step(visitor, "property", {"property_kind": "house", "occupancy": "primary", "value": ""})
    step(visitor, "loan", LOAN)
    step(visitor, "work", WORK)
    assert step(visitor, "reach", REACH).url == reverse("apply:arrived")
    loan = Loan.objects.latest("id")
    assert (loan.home_found, loan.street, loan.property_value) == (False, "", None)
    assert {item.item for item in loan.received_items.all()} == {"name", "income", "amount"}


def test_refinancing_needs_no_answer_about_finding_a_home(cast, visitor, codes):
    begin(visitor, codes, home={"state": "ME", "purpose": "refinance"})
    page = visitor.get(reverse("apply:step", args=["loan"]))
    assert page.status_code == 302  # the property comes first
    answer = step(visitor, "property", {**PROPERTY, "under_contract": ""})
    assert answer.url == reverse("apply:step", args=["loan"])
    page = visitor.get(reverse("apply:step", args=["loan"])).content.decode()
    assert "second_lien" in page and "down_payment" not in page


# --- Officers ------------------------------------------------------------------------------------------------


def test_when_nobody_is_licensed_we_say_so_before_anything_personal(cast, visitor):
    page = visitor.post(reverse("apply:start"), {**HOME, "state": "TX"}).content.decode()
    assert "Texas" in page and "Maine" in page and "tel:+1-207-555-0148" in page
    assert not Application.objects.exists()


def test_apply_with_an_officer_gives_the_loan_to_them(cast, visitor, codes):
    LoanFactory(officer=cast.olga)
    visitor.post(reverse("apply:with", args=["olga-haddad"]), HOME)
    step(visitor, "who", WHO)
    visitor.post(reverse("apply:prove"), {"code": codes[-1]["code"]})
    assert Application.objects.get().loan.officer == cast.olga


def test_apply_with_an_officer_who_may_not_take_it_offers_another_and_says_why(cast, visitor):
    address = reverse("apply:with", args=["otto-weber"])
    page = visitor.post(address, {**HOME, "state": "NH"})
    text = page.content.decode()
    assert "Olga Haddad can take your application" in text and "not licensed" in text
    assert not Application.objects.exists()
    hidden = dict(
        re.findall(r'type="hidden" name="(state|purpose|home_found|officer)" value="([^"]*)"', text)
    )
    assert visitor.post(address, hidden).url == reverse("apply:step", args=["who"])
    assert Application.objects.get().officer == cast.olga


def test_an_officer_who_takes_no_applications_is_said_to_at_once(cast, visitor):
    OfficerProfile.objects.filter(user=cast.otto).update(is_taking_applications=False)
    address = reverse("apply:with", args=["otto-weber"])
    assert "not taking new applications" in visitor.get(address).content.decode()
    page = visitor.post(address, HOME).content.decode()
    assert "Olga Haddad can take your application" in page and "not taking new applications" in page
    assert visitor.get(reverse("apply:with", args=["nobody"])).status_code == 404


# --- Proof ---------------------------------------------------------------------------------------------------


def test_nothing_after_the_second_step_without_proof(cast, visitor, codes):
    visitor.post(reverse("apply:start"), HOME)
    step(visitor, "who", WHO)
    assert visitor.get(reverse("apply:step", args=["property"])).url == reverse("apply:prove")
    assert step(visitor, "property", PROPERTY).url == reverse("apply:prove")
    assert not Loan.objects.filter(stage=Stage.STARTED).exists()
    assert visitor.post(reverse("apply:leave")).url == reverse("apply:prove")


def test_only_a_keyed_hash_of_the_code_is_kept(cast, visitor, codes):
    visitor.post(reverse("apply:start"), HOME)
    step(visitor, "who", WHO)
    application = Application.objects.get()
    assert re.fullmatch(r"\d{6}", codes[0]["code"])
    assert codes[0]["code"] not in application.code_hash and len(application.code_hash) == 64


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_three_wrong_tries_end_a_code(cast, visitor, codes):
    visitor.post(reverse("apply:start"), HOME)
    step(visitor, "who", WHO)
    good = codes[-1]["code"]
    for _try in range(3):
        assert visitor.post(reverse("apply:prove"), {"code": wrong(good)}).status_code == 422
    page = visitor.post(reverse("apply:prove"), {"code": good})
    assert page.status_code == 422 and "has ended" in page.content.decode()
    assert not Loan.objects.filter(stage=Stage.STARTED).exists()
    visitor.post(reverse("apply:prove"), {"resend": "yes"})
    assert visitor.post(reverse("apply:prove"), {"code": codes[-1]["code"]}).status_code == 302


def test_a_code_lasts_ten_minutes_and_a_new_one_ends_it(cast, visitor, codes):
    visitor.post(reverse("apply:start"), HOME)
    step(visitor, "who", WHO)
    Application.objects.update(code_sent_at=timezone.now() - timedelta(minutes=11))
    assert visitor.post(reverse("apply:prove"), {"code": codes[0]["code"]}).status_code == 422
    visitor.post(reverse("apply:prove"), {"resend": "yes"})
    if codes[0]["code"] != codes[1]["code"]:
        assert visitor.post(reverse("apply:prove"), {"code": codes[0]["code"]}).status_code == 422
    assert visitor.post(
        reverse("apply:prove"), {"code": f" {codes[1]['code'][:3]} {codes[1]['code'][3:]}"}
    ).url


def test_codes_are_limited(cast, visitor, codes):
    visitor.post(reverse("apply:start"), HOME)
    step(visitor, "who", WHO)
    answers = [visitor.post(reverse("apply:prove"), {"resend": "yes"}).status_code for _try in range(6)]
    assert answers[-1] == 429 and len(codes) == 5


def test_another_address_must_be_proved_anew(cast, visitor, codes):
    application = begin(visitor, codes)
    assert step(visitor, "who", {**WHO, "email": "other@example.com"}).url == reverse("apply:prove")
    assert visitor.get(reverse("apply:step", args=["property"])).url == reverse("apply:prove")
    visitor.post(reverse("apply:prove"), {"code": codes[-1]["code"]})
    assert application.loan.parties.get().email == "other@example.com"
    assert Loan.objects.filter(stage=Stage.STARTED).count() == 1


def test_a_known_address_gets_the_same_pages_and_no_door(cast, visitor, codes):
    pages = []
    for email in ("bea@example.com", "stranger@example.com"):
        client = Client()
        who = {**WHO, "email": email}
        client.post(reverse("apply:start"), HOME)
        step(client, "who", who)
        page = client.get(reverse("apply:prove")).content.decode().replace(email, "…")
        pages.append(re.sub(r'csrfmiddlewaretoken" value="[^"]*"', "", page))
    assert pages[0] == pages[1]
    application = apply(Client(), codes, who={**WHO, "email": "bea@example.com"})
    party = Party.objects.get(loan=application.loan)
    assert party.user is None
    assert not Loan.objects.visible_to(cast.bea).filter(pk=application.loan_id).exists()


# --- Coming back ---------------------------------------------------------------------------------------------


def leave(client: Client) -> None:
    assert "on its way" in client.post(reverse("apply:leave")).content.decode()


def test_who_only_closes_the_browser_has_a_way_back_too(cast, visitor, codes, links):
    application = begin(visitor, codes)
    waiting = Notification.objects.get(kind="application_resume")
    assert waiting.address == application.email and waiting.loan == application.loan
    assert timedelta(minutes=25) < waiting.due_at - timezone.now() < timedelta(minutes=35)
    other = Client()
    answer = other.post(reverse("apply:resume", args=[links[0]["token"]]), {"zip_code": "04101"})
    assert answer.url == reverse("apply:step", args=["property"])


def test_that_link_is_not_sent_to_whoever_sends_the_application(cast, visitor, codes):
    apply(visitor, codes)
    assert Notification.objects.get(kind="application_resume").state == "cancelled"


def test_an_application_closed_by_the_officer_gets_no_link(cast, visitor, codes):
    loan = begin(visitor, codes).loan
    loan.refresh_from_db()
    services.change_stage(loan=loan, to=Stage.WITHDRAWN, by=loan.officer, expected_version=loan.version)
    assert Notification.objects.get(kind="application_resume").state == "cancelled"


def test_they_leave_and_come_back_by_the_link_and_their_zip_code(cast, visitor, codes, links):
    begin(visitor, codes)
    step(visitor, "property", PROPERTY)
    leave(visitor)
    assert visitor.get(reverse("apply:step", args=["loan"])).url == reverse("apply:start")
    address = reverse("apply:resume", args=[links[1]["token"]])
    other = Client()
    assert "Elm" not in other.get(address).content.decode()
    assert other.post(address, {"zip_code": "04101"}).url == reverse("apply:step", args=["loan"])
    assert "7 Elm Street" in other.get(reverse("apply:step", args=["property"])).content.decode()


def test_five_wrong_zip_codes_end_a_link_and_a_new_one_goes_to_the_address_on_file(
    cast, visitor, codes, links
):
    begin(visitor, codes)
    leave(visitor)
    old = reverse("apply:resume", args=[links[1]["token"]])
    for _try in range(5):
        assert Client().post(old, {"zip_code": "99999"}).status_code == 422
    assert Client().post(old, {"zip_code": "04101"}).status_code == 422
    assert "on its way" in Client().post(old, {"renew": "yes"}).content.decode()
    assert links[2]["application"].email == "ida@example.com"
    new = reverse("apply:resume", args=[links[2]["token"]])
    assert Client().post(new, {"zip_code": "04101"}).status_code == 302
    assert Client().post(old, {"zip_code": "04101"}).status_code == 422


def test_every_link_gives_the_same_page(cast, visitor, codes, links, monkeypatch):
    begin(visitor, codes)
    leave(visitor)
    token = links[1]["token"]

    def page(token, data=None):
        address = reverse("apply:resume", args=[token])
        answer = Client().post(address, data) if data else Client().get(address)
        return answer.status_code, re.sub(r'csrfmiddlewaretoken" value="[^"]*"', "", answer.content.decode())

    assert page(token) == page("made-up")
    assert page(token, {"zip_code": "11111"}) == page("made-up", {"zip_code": "11111"})
    assert page("made-up", {"renew": "yes"})[0] == 200
    monkeypatch.setattr("django.core.signing.time.time", lambda: timezone.now().timestamp() + 8 * 86400)
    assert page(token, {"zip_code": "04101"}) == page("made-up", {"zip_code": "04101"})
    assert page(token, {"renew": "yes"}) == page("made-up", {"renew": "yes"})
    assert len(links) == 3


def test_a_sent_application_is_opened_by_no_link(cast, visitor, codes, links):
    begin(visitor, codes)
    leave(visitor)
    token = links[1]["token"]
    Application.objects.update(submitted_at=timezone.now())
    assert Client().post(reverse("apply:resume", args=[token]), {"zip_code": "04101"}).status_code == 422
    Client().post(reverse("apply:resume", args=[token]), {"renew": "yes"})
    assert len(links) == 2


# --- Consents and words --------------------------------------------------------------------------------------


def ready_to_send(visitor, codes) -> Application:
    application = begin(visitor, codes)
    for name, data in (("property", PROPERTY), ("loan", LOAN), ("work", WORK)):
        step(visitor, name, data)
    return application


def test_the_two_consents_are_separate_unticked_and_kept_with_their_wording(cast, visitor, codes):
    ready_to_send(visitor, codes)
    page = visitor.get(reverse("apply:step", args=["reach"])).content.decode()
    boxes = re.findall(r"<input[^>]*(?:privacy_seen|texting)[^>]*>", page)
    assert len(boxes) == 2 and not any("checked" in box for box in boxes)
    refused = step(visitor, "reach", {**REACH, "privacy_seen": ""})
    assert refused.status_code == 422 and "privacy notice" in refused.content.decode()
    step(visitor, "reach", REACH)
    kept = {consent.kind: consent for consent in Consent.objects.all()}
    assert kept["privacy_seen"].given and not kept["texting"].given
    assert kept["texting"].wording_version == cast.company.texting_version
    assert "text messages" in kept["texting"].wording and kept["privacy_seen"].wording


def test_a_ticked_consent_is_about_the_number_typed_and_texts_begin_by_saying_so(cast, visitor, codes):
    apply(visitor, codes, reach={**REACH, "texting": "on"})
    kept = {consent.kind: consent for consent in Consent.objects.all()}
    assert (kept["texting"].given, kept["texting"].number) == (True, "+12075550142")
    assert kept["privacy_seen"].number == ""
    texts = list(Notification.objects.filter(channel="text").order_by("priority", "due_at", "id"))
    assert [(text.kind, text.address) for text in texts] == [
        ("texting_confirmed", "+12075550142"),
        ("application_received", "+12075550142"),
    ]
    assert all(text.secret is None for text in texts)


def test_without_the_tick_nobody_is_texted(cast, visitor, codes):
    apply(visitor, codes)
    assert not Notification.objects.filter(channel="text").exists()


def test_support_is_free_to_leave_out_and_that_is_said_before_income_is_asked(cast, visitor, codes):
    ready_to_send(visitor, codes)
    page = visitor.get(reverse("apply:step", args=["work"])).content.decode()
    assert page.index("need not tell us about alimony") < page.index("monthly_income")


def test_no_number_of_the_social_security_and_no_birth_date_is_asked(cast, visitor, codes):
    from loans.forms import FORMS

    names = " ".join(name for form in FORMS.values() for name in form.base_fields)
    assert not re.search(r"ssn|social|birth|dob", names)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("property", {**PROPERTY, "value": "lots"}, "Write an amount in dollars"),
        ("property", {**PROPERTY, "value": "1e999999999"}, "less than or equal to"),  # never written out
        ("property", {**PROPERTY, "street": ""}, "Street address"),
        ("property", {**PROPERTY, "property_zip_code": "12"}, "five digits"),
        ("loan", {**LOAN, "amount": "900000"}, "more than the price"),
        ("loan", {**LOAN, "down_payment": []}, "Tick at least one"),
        ("work", {**WORK, "income_kinds": ["w2", "none"]}, "None of these"),
        ("reach", {**REACH, "phone": "12"}, "area code"),
    ],
)
def test_mistakes_are_told_in_words_and_nothing_is_lost(cast, visitor, codes, name, data, said):
    ready_to_send(visitor, codes)
    answer = step(visitor, name, data)
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_back_shows_what_was_typed(cast, visitor, codes):
    ready_to_send(visitor, codes)
    page = visitor.get(reverse("apply:step", args=["property"])).content.decode()
    assert 'value="450,000"' in page and "7 Elm Street" in page
    page = visitor.get(reverse("apply:step", args=["home"])).content.decode()
    assert re.search(r'value="yes"[^>]*checked', page)


def test_a_state_changed_on_the_way_back_finds_the_officer_who_may(cast, visitor, codes):
    LoanFactory(officer=cast.olga)
    LoanFactory(officer=cast.olga)
    application = ready_to_send(visitor, codes)
    assert Loan.objects.get(pk=application.loan_id).officer == cast.otto
    page = step(visitor, "home", {**HOME, "state": "TX"})
    assert "cannot take an application in Texas" in page.content.decode()
    assert step(visitor, "home", {**HOME, "state": "NH"}).status_code == 302
    assert Loan.objects.get(pk=application.loan_id).officer == cast.olga


# --- Signed in -----------------------------------------------------------------------------------------------


def test_a_borrower_with_an_open_loan_is_offered_it_first(cast, client_for):
    client = client_for(cast.bea)
    page = client.get(reverse("apply:start")).content.decode()
    assert "You already have an application" in page and cast.loan.number in page
    assert "You already have" in client.post(reverse("apply:start"), HOME).content.decode()
    assert not Application.objects.exists()
    assert client.post(reverse("apply:start"), {**HOME, "again": "yes"}).url == reverse(
        "apply:step", args=["who"]
    )


def test_a_signed_in_borrower_needs_no_code_for_their_own_address(cast, client_for, codes):
    client = client_for(cast.nils)
    client.post(reverse("apply:start"), {**HOME, "again": "yes"})
    page = client.get(reverse("apply:step", args=["who"])).content.decode()
    assert "Nils Berg" in page and "nils@example.com" in page
    assert step(client, "who", {**WHO, "email": "nils@example.com"}).url == reverse(
        "apply:step", args=["property"]
    )
    assert codes == []
    for name, data in (("property", PROPERTY), ("loan", LOAN), ("work", WORK)):
        step(client, name, data)
    with hearing(events.application_submitted) as sent:
        step(client, "reach", {**REACH, "time_zone": "America/Denver"})
    assert sent[0]["invitation"] is None and sent[0]["token"] == ""
    cast.nils.refresh_from_db()
    assert cast.nils.time_zone == "America/Denver", "nobody is texted at night where they live"
    loan = Loan.objects.latest("id")
    assert loan.parties.get().user == cast.nils
    assert (
        reverse("loans:detail", args=[loan.public_id])
        in client.get(reverse("apply:arrived")).content.decode()
    )


def test_the_time_zone_they_named_goes_into_their_account(cast, visitor, codes):
    loan = apply(visitor, codes, reach={**REACH, "time_zone": "Pacific/Honolulu"}).loan
    services.join(party=loan.parties.get(), user=cast.nils)
    cast.nils.refresh_from_db()
    assert cast.nils.time_zone == "Pacific/Honolulu"
    cast.bea.time_zone = "America/Chicago"
    again = apply(Client(), codes, reach={**REACH, "time_zone": "Pacific/Honolulu"}).loan
    services.join(party=again.parties.get(), user=cast.bea)
    assert cast.bea.time_zone == "America/Chicago", "what they chose themselves stays"


def test_a_signed_in_borrower_proves_an_address_that_is_not_theirs(cast, client_for, codes):
    client = client_for(cast.nils)
    client.post(reverse("apply:start"), {**HOME, "again": "yes"})
    assert step(client, "who", {**WHO, "email": "bea@example.com"}).url == reverse("apply:prove")
    assert codes


def test_an_unfinished_application_goes_on_after_sign_in_for_its_owner_alone(cast, client_for, codes):
    client = client_for(cast.nils)
    client.post(reverse("apply:start"), {**HOME, "again": "yes"})
    step(client, "who", {**WHO, "email": "nils@example.com"})
    loan = Loan.objects.latest("id")
    again = client_for(cast.nils)
    assert "Finish this application" in again.get(reverse("apply:start")).content.decode()
    go_on = {"go_on_with": str(loan.public_id)}
    assert again.post(reverse("apply:start"), go_on).url == reverse("apply:step", args=["property"])
    for person in (cast.bea, None):
        assert client_for(person).post(reverse("apply:start"), go_on).status_code == 404
    assert client_for(cast.nils).post(reverse("apply:start"), {"go_on_with": "x"}).status_code == 404


def test_people_who_work_here_apply_like_visitors(cast, client_for, codes):
    client = client_for(cast.olga)
    client.post(reverse("apply:start"), HOME)
    assert step(client, "who", {**WHO, "email": "olga@lantern.example"}).url == reverse("apply:prove")


# --- Keeping house -------------------------------------------------------------------------------------------


def test_applications_nobody_proved_go_after_thirty_days(cast, visitor, codes):
    kept = begin(visitor, codes)
    old = services.start_application(state="ME", purpose="purchase", home_found=True)
    fresh = services.start_application(state="ME", purpose="purchase", home_found=True)
    Application.objects.exclude(pk=fresh.pk).update(saved_at=timezone.now() - timedelta(days=31))
    assert services.purge_unproved() == 1
    assert set(Application.objects.all()) == {kept, fresh} and old.pk
