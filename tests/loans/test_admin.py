"""What staff do with loans in the admin."""

import re

import pytest
from django.core.management import call_command
from django.urls import reverse

from loans import events
from loans.models import KeyDate, Loan, Party, ReceivedItem, StageWording
from loans.stages import Stage
from tests.loans.helpers import hearing

pytestmark = pytest.mark.django_db


def loan_form(loan: Loan, **changed):
    inlines = ("parties", "stage_events", "key_dates", "received_items")
    managed = {f"{name}-{key}": 0 for name in inlines for key in ("TOTAL_FORMS", "INITIAL_FORMS")}
    said = {
        "expected_version": loan.version, "home_found": "on", "street": loan.street, "city": loan.city,
        "state": loan.state, "zip_code": loan.zip_code, "property_kind": loan.property_kind,
        "occupancy": loan.occupancy, "property_value": loan.property_value, "purpose": loan.purpose,
        "mortgage_type": loan.mortgage_type, "amount": loan.amount, "officer": loan.officer_id, "processor": "",
    }  # fmt: skip
    return {**managed, **said, **changed}


def change(loan: Loan) -> str:
    return reverse("admin:loans_loan_change", args=[loan.pk])


def test_an_amount_typed_in_the_admin_is_the_sixth_item_like_any_other(cast, client_for):
    ReceivedItem.objects.filter(loan=cast.loan, item="amount").delete()
    ReceivedItem.objects.create(loan=cast.loan, item="ssn", source="desk")
    with hearing(events.six_items_arrived) as heard:
        answer = client_for(cast.stef).post(change(cast.loan), loan_form(cast.loan, amount="300000"))
    assert answer.status_code == 302, re.findall(r"errorlist.*", answer.content.decode())
    assert len(heard) == 1
    assert ReceivedItem.objects.get(loan=cast.loan, item="amount").source == "admin"
    assert KeyDate.objects.filter(loan=cast.loan, kind="loan_estimate_due").exists()
    assert Loan.objects.get(pk=cast.loan.pk).version == 2


def test_the_stage_is_read_in_the_admin_and_never_written(cast, client_for):
    client = client_for(cast.stef)
    page = client.get(change(cast.loan)).content.decode()
    assert 'name="stage"' not in page and "Application received" in page
    client.post(change(cast.loan), loan_form(cast.loan, stage=Stage.FUNDED, street="3 Quay"))
    loan = Loan.objects.get(pk=cast.loan.pk)
    assert (loan.stage, loan.street) == (Stage.APPLICATION_RECEIVED, "3 Quay")


def test_staff_with_an_old_page_are_told_what_changed(cast, client_for):
    from loans import services

    stale = loan_form(cast.loan, street="3 Quay")
    services.set_waiting_on(loan=cast.loan, waiting_on="third_party", by=cast.olga, expected_version=1)
    page = client_for(cast.stef).post(change(cast.loan), stale)
    assert page.status_code == 200 and "Olga Haddad" in page.content.decode()
    assert Loan.objects.get(pk=cast.loan.pk).street == "12 Harbor Lane"


def test_an_officer_without_a_licence_is_refused_and_nothing_is_written(cast, client_for):
    answer = client_for(cast.stef).post(
        change(cast.loan), loan_form(cast.loan, state="TX", officer=cast.otto.pk), follow=True
    )
    assert "holds no licence" in answer.content.decode()
    loan = Loan.objects.get(pk=cast.loan.pk)
    assert (loan.state, loan.officer) == ("ME", cast.olga)


@pytest.mark.parametrize("name", ["loan", "party", "stagewording", "task", "consent"])
def test_lists_are_flat_and_clean(cast, client_for, name, django_assert_max_num_queries):
    client = client_for(cast.stef)
    with django_assert_max_num_queries(8):
        answer = client.get(reverse(f"admin:loans_{name}_changelist"))
    assert answer.status_code == 200
    page = answer.content.decode()
    assert not re.search(r"<script(?![^>]*src=)[^>]*>\s*\S|style=\"| on\w+=\"", page)


def test_loans_are_found_by_the_beginning_of_their_number(cast, client_for):
    page = (
        client_for(cast.stef).get(reverse("admin:loans_loan_changelist"), {"q": "LN-1002"}).content.decode()
    )
    assert "LN-1002" in page and "LN-1001" not in page


def test_staff_mend_an_address_and_invite_again(cast, client_for):
    from loans import services

    party = services.add_co_borrower(loan=cast.loan, name="Ana Ruiz", email="ana@exmaple.com", by=cast.olga)
    client = client_for(cast.stef)
    said = {"name": "Ana Ruiz", "email": "ana@example.com", "phone": "", "language": "en"}
    assert client.post(reverse("admin:loans_party_change", args=[party.pk]), said).status_code == 302
    from accounts.events import invitation_made

    with hearing(invitation_made) as heard:
        client.post(
            reverse("admin:loans_party_changelist"),
            {"action": "invite_again", "_selected_action": [party.pk]},
        )
    assert Party.objects.get(pk=party.pk).email == heard[0]["invitation"].email == "ana@example.com"


def test_the_house_may_not_promise_too_early(cast, client_for):
    client, address = client_for(cast.stef), reverse("admin:loans_stagewording_add")
    refused = client.post(address, {"stage": "underwriting", "title": "Nearly approved"})
    assert refused.status_code == 200 and "promise" in refused.content.decode()
    assert client.post(address, {"stage": "underwriting", "title": "Being read"}).status_code == 302
    assert StageWording.objects.get().title == "Being read"


def test_counters_that_drifted_are_found_and_mended(cast, capsys):
    from documents.services.counters import recount

    recount(cast.loan)
    Loan.objects.filter(pk=cast.loan.pk).update(open_requests=9, to_review=4, borrower_names="?")
    Party.objects.filter(pk=cast.bea_party.pk).update(open_requests=7)
    call_command("reconcile_counters")
    said = capsys.readouterr().out
    assert f"{cast.loan.number}: open_requests, to_review, per_party, borrower_names" in said
    loan = Loan.objects.get(pk=cast.loan.pk)
    assert (loan.open_requests, loan.to_review, loan.borrower_names) == (0, 0, "Bea Nguyen, Cole Nguyen")
    call_command("reconcile_counters")
    assert "0 mended" in capsys.readouterr().out
