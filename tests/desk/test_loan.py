"""The page of a loan: what it shows, what is changed on it, and two officers at once."""

from datetime import timedelta

import pytest

from accounts.models import Invitation
from audit import log
from documents.services import decline_request
from loans import clocks
from loans.models import Application, KeyDate, Loan, Party, ReceivedItem, Task
from loans.stages import Stage
from notifications.models import Notification
from tests.desk.helpers import fresh, get, make_document, make_request, post, words


@pytest.fixture
def olga(cast, client_for):
    return client_for(cast.olga)


def ahead(days):
    return clocks.today() + timedelta(days=days)


def test_everything_about_the_loan_stands_on_its_page(cast, olga):
    make_document(make_request(cast.bea_party, cast.olga), name="may-statement.pdf")
    page = words(get(olga, "desk:loan", cast.loan.public_id))
    for said in (
        "Bea Nguyen, Cole Nguyen", "LN-1001", "12 Harbor Lane, Portland, ME", "$336,000", "$420,000",
        "Application received", "Bank statements, May", "may-statement.pdf", "3 pages", "Co-borrower",
        "bea@example.com", "5 of 6", "Social Security number", "Who saw or changed what",
    ):  # fmt: skip
        assert said in page, said


def test_how_the_borrower_would_like_to_be_reached(cast, olga):
    reach = {"best_time": "evening", "language": "vi", "time_zone": "America/Chicago"}
    Application.objects.create(loan=cast.loan, answers={"reach": reach})
    assert "Would like: Evenings · Vietnamese · Central" in words(get(olga, "desk:loan", cast.loan.public_id))


def test_a_paper_that_does_not_apply_stands_there_with_the_reason(cast, olga):
    request = make_request(cast.bea_party, cast.olga)
    decline_request(request=request, by=cast.bea, reason="My bank sends none.")
    page = words(get(olga, "desk:loan", cast.loan.public_id))
    assert "Does not apply" in page and "My bank sends none." in page
    assert "Ask again" in words(get(olga, "desk:request_edit", request.public_id))


def test_the_next_update_is_promised_and_seen_in_the_list(cast, olga):
    typed = {"on": ahead(3), "version": 1}
    assert post(olga, "desk:next_update", cast.loan.public_id, **typed).status_code == 302
    assert fresh(cast.loan).next_update_on == ahead(3)


def test_a_day_that_has_passed_is_refused_with_the_reason_at_the_form(cast, olga):
    page = post(olga, "desk:next_update", cast.loan.public_id, on=ahead(-1), version=1)
    assert page.status_code == 422
    assert "lies in the past" in words(page)
    assert f'value="{ahead(-1)}"' in page.content.decode(), "what was typed is kept"
    assert fresh(cast.loan).next_update_on is None


def test_who_has_the_ball_and_the_closing_are_set(cast, olga):
    post(olga, "desk:waiting_on", cast.loan.public_id, waiting_on="third_party", version=1)
    post(olga, "desk:expected_closing", cast.loan.public_id, on=ahead(30), version=2)
    loan = fresh(cast.loan)
    assert (loan.waiting_on, loan.waiting_on_by_hand, loan.expected_closing) == (
        "third_party",
        True,
        ahead(30),
    )
    assert "Someone outside" in words(get(olga, "desk:loan", loan.public_id))


# --- Two at once ---------------------------------------------------------------------------------------------


def test_of_two_officers_one_wins_and_the_other_is_told_what_changed(cast, client_for):
    olga, mara = client_for(cast.olga), client_for(cast.mara)
    assert post(olga, "desk:next_update", cast.loan.public_id, on=ahead(2), version=1).status_code == 302
    late = post(mara, "desk:next_update", cast.loan.public_id, on=ahead(9), version=1)
    assert late.status_code == 409
    said = words(late)
    assert f"Olga Haddad set the next update to {ahead(2)}" in said
    assert f'value="{ahead(9)}"' in late.content.decode(), "what Mara typed is kept"
    assert fresh(cast.loan).next_update_on == ahead(2), "and nothing was overwritten"


def test_saving_again_after_reading_is_a_decision(cast, client_for):
    olga, mara = client_for(cast.olga), client_for(cast.mara)
    post(olga, "desk:next_update", cast.loan.public_id, on=ahead(2), version=1)
    late = post(mara, "desk:next_update", cast.loan.public_id, on=ahead(9), version=1)
    version = late.context["forms"]["next_update"]["version"].value()
    assert (
        post(mara, "desk:next_update", cast.loan.public_id, on=ahead(9), version=version).status_code == 302
    )
    assert fresh(cast.loan).next_update_on == ahead(9)


def test_a_mistyped_form_does_not_become_newer_than_what_its_page_showed(cast, client_for):
    olga, mara = client_for(cast.olga), client_for(cast.mara)
    post(olga, "desk:next_update", cast.loan.public_id, on=ahead(2), version=1)
    mistyped = post(mara, "desk:next_update", cast.loan.public_id, on="soon", version=1)
    assert mistyped.status_code == 422
    version = mistyped.context["forms"]["next_update"]["version"].value()
    late = post(mara, "desk:next_update", cast.loan.public_id, on=ahead(9), version=version)
    assert late.status_code == 409 and "Olga Haddad set the next update" in words(late)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("waiting_on", {"waiting_on": "lender"}),
        ("expected_closing", {"on": "2031-03-04"}),
        ("key_date", {"kind": "rate_lock_ends", "on": "2031-03-04"}),
        ("key_date_clear", {"kind": "rate_lock_ends"}),
        ("facts", {"purpose": "purchase", "mortgage_type": "fha", "home_found": "on", "street": "12 Harbor Lane",
                   "state": "ME"}),
    ],
)  # fmt: skip
def test_every_form_of_the_loan_carries_its_version(cast, client_for, name, typed):
    Loan.objects.filter(pk=cast.loan.pk).update(version=7)
    page = post(client_for(cast.olga), f"desk:{name}", cast.loan.public_id, **typed, version=6)
    assert page.status_code == 409
    assert "Somebody changed this loan" in words(page)
    assert fresh(cast.loan).version == 7


def test_a_form_without_its_version_does_nothing(cast, olga):
    assert post(olga, "desk:next_update", cast.loan.public_id, on=ahead(2)).status_code == 422
    assert fresh(cast.loan).next_update_on is None


# --- Key dates -----------------------------------------------------------------------------------------------


def test_key_dates_are_set_shown_and_removed(cast, olga):
    typed = {"kind": "signing", "on": ahead(12), "time": "13:30", "note": "At the title office"}
    post(olga, "desk:key_date", cast.loan.public_id, version=1, **typed)
    page = words(get(olga, "desk:loan", cast.loan.public_id))
    assert "Signing appointment" in page and "1:30 p.m." in page and "At the title office" in page
    post(olga, "desk:key_date_clear", cast.loan.public_id, kind="signing", version=2)
    assert not cast.loan.key_dates.exists()


def offered(page):
    return [kind for kind, _label in page.context["forms"]["key_date"].fields["kind"].choices]


def test_only_dates_that_make_sense_are_offered(cast, olga):
    kinds = offered(get(olga, "desk:loan", cast.loan.public_id))
    assert "appraisal_ordered" in kinds and "loan_estimate_due" not in kinds and "notice_sent" not in kinds
    Loan.objects.filter(pk=cast.loan.pk).update(home_found=False, street="", stage=Stage.SUSPENDED)
    kinds = offered(get(olga, "desk:loan", cast.loan.public_id))
    assert "notice_sent" in kinds
    assert not {"appraisal_ordered", "title_received", "signing"} & set(kinds)


def test_without_a_home_no_closing_is_asked_shown_or_taken(cast, olga):
    Loan.objects.filter(pk=cast.loan.pk).update(home_found=False, street="")
    page = words(get(olga, "desk:loan", cast.loan.public_id))
    assert "Expected closing" not in page and "not found yet" in page
    forged = post(olga, "desk:expected_closing", cast.loan.public_id, on=ahead(20), version=1)
    assert forged.status_code == 422 and "No home has been found yet" in words(forged)
    assert (
        post(olga, "desk:key_date", cast.loan.public_id, kind="signing", on=ahead(3), version=1).status_code
        == 422
    )


def test_the_loan_estimate_ends_optional_for_now(cast, olga):
    make_request(cast.bea_party, cast.olga)
    before = words(get(olga, "desk:loan", cast.loan.public_id))
    assert "Optional for now" in before and "Everything is optional for now" in before
    typed = {"kind": "loan_estimate_sent", "on": clocks.today(), "version": fresh(cast.loan).version}
    assert post(olga, "desk:key_date", cast.loan.public_id, **typed).status_code == 302
    after = words(get(olga, "desk:loan", cast.loan.public_id))
    assert "ptional for now" not in after and "Needed" in after


# --- The six items, tasks, facts -----------------------------------------------------------------------------


def test_the_sixth_item_recorded_at_the_desk_starts_the_clock(cast, olga):
    assert post(olga, "desk:received_item", cast.loan.public_id, item="ssn").status_code == 302
    assert ReceivedItem.objects.filter(loan=cast.loan).count() == 6
    assert cast.loan.key_dates.filter(kind=KeyDate.Kind.LOAN_ESTIMATE_DUE).exists()
    page = words(get(olga, "desk:loan", cast.loan.public_id))
    assert "6 of 6" in page and "Loan Estimate due" in page and "Application complete under TRID" in page
    assert Task.objects.filter(loan=cast.loan, for_user=cast.olga).exists()


def test_an_unknown_item_is_refused(cast, olga):
    assert post(olga, "desk:received_item", cast.loan.public_id, item="blood_type").status_code == 422


def test_the_address_that_was_found_is_added(cast, olga):
    Loan.objects.filter(pk=cast.loan.pk).update(home_found=False, street="", city="")
    ReceivedItem.objects.filter(loan=cast.loan, item="address").delete()
    typed = {
        "purpose": "purchase", "mortgage_type": "conventional", "home_found": "on", "street": "7 New Street",
        "city": "Bath", "state": "ME", "zip_code": "04530", "property_value": "400000", "amount": "300000",
        "version": 1,
    }  # fmt: skip
    assert post(olga, "desk:facts", cast.loan.public_id, **typed).status_code == 302
    assert fresh(cast.loan).street == "7 New Street"
    assert ReceivedItem.objects.filter(loan=cast.loan, item="address").exists()


def test_a_home_without_an_address_is_not_found(cast, olga):
    Loan.objects.filter(pk=cast.loan.pk).update(home_found=False, street="", city="")
    typed = {"purpose": "purchase", "mortgage_type": "fha", "home_found": "on", "state": "ME", "version": 1}
    page = post(olga, "desk:facts", cast.loan.public_id, **typed)
    assert page.status_code == 422 and "Type the address" in words(page)


# --- People --------------------------------------------------------------------------------------------------


def test_a_co_borrower_is_invited_and_invited_again(cast, olga):
    Party.objects.filter(pk=cast.cole_party.pk).delete()
    typed = {"name": "Dana Nguyen", "email": "bea@example.com", "phone": "(207) 555-0177"}
    assert post(olga, "desk:co_borrower", cast.loan.public_id, **typed).status_code == 302
    party = Party.objects.get(loan=cast.loan, name="Dana Nguyen")
    first = Invitation.objects.get(subject_id=party.public_id)
    page = words(get(olga, "desk:loan", cast.loan.public_id))
    assert "Dana Nguyen" in page and "Invited" in page
    assert Notification.objects.filter(kind="invitation", recipient_name="Dana Nguyen").count() == 1
    assert post(olga, "desk:reinvite", cast.loan.public_id, party.public_id).status_code == 302
    first.refresh_from_db()
    assert first.revoked_at and Invitation.objects.filter(subject_id=party.public_id).count() == 2


def test_who_can_sign_in_is_not_invited_again(cast, olga):
    page = post(olga, "desk:reinvite", cast.loan.public_id, cast.cole_party.public_id)
    assert page.status_code == 422 and "can sign in already" in words(page)


def test_the_same_person_is_not_added_twice(cast, olga):
    page = post(olga, "desk:co_borrower", cast.loan.public_id, name="Cole Nguyen", email="bea@example.com")
    assert page.status_code == 422
    assert "is on this loan already" in words(page)
    assert page.context["forms"]["co_borrower"]["name"].value() == "Cole Nguyen", "what was typed is kept"


# --- An ended loan -------------------------------------------------------------------------------------------


def test_an_ended_loan_promises_nothing_and_says_so_to_a_forged_form(cast, olga):
    Loan.objects.filter(pk=cast.loan.pk).update(stage=Stage.WITHDRAWN)
    page = words(get(olga, "desk:loan", cast.loan.public_id))
    assert "Promise the next update" not in page and "Invite a co-borrower" not in page
    forged = post(olga, "desk:next_update", cast.loan.public_id, on=ahead(3), version=1)
    assert forged.status_code == 422 and "This loan has ended" in words(forged)


def test_who_saw_or_changed_what(cast, olga):
    post(olga, "desk:next_update", cast.loan.public_id, on=ahead(2), version=1)
    page = words(get(olga, "desk:audit", cast.loan.public_id))
    assert "Olga Haddad" in page and "Next update promised" in page and "loan.next_update_set" not in page


def test_who_saw_or_changed_what_with_any_detail(cast, olga):
    log.record(
        action="x", about=cast.loan, by=cast.olga, loan=cast.loan, detail={"items": ["income", "ssn"], "n": 4}
    )
    page = words(get(olga, "desk:audit", cast.loan.public_id))
    assert "items: [&#x27;income" in page or "items: ['income" in page
