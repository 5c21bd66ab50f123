"""A loan opened by hand: licensed, with its needs list, and nobody is written to unless that is ticked."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from leads.services import take_call
from loans.errors import Refused
from loans.models import Loan, StageEvent
from loans.search import found
from loans.services import open_loan_by_hand
from loans.stages import Stage
from notifications.models import Notification
from tests.cast import Cast
from tests.desk.helpers import get, post, words

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]
TYPED = {
    "name": "Ida Moss", "email": "Ida@Moss.example", "phone": "2075550177", "purpose": "purchase", "state": "ME",
    "street": "7 Elm Street", "city": "Portland", "zip_code": "04101", "mortgage_type": "va",
    "property_value": "420000", "amount": "336000",
}  # fmt: skip


def opened() -> Loan:
    return Loan.objects.latest("id")


def test_a_loan_opened_by_hand_asks_for_its_papers_and_writes_to_nobody(
    cast: Cast, client_for: ClientFor
) -> None:
    olga = client_for(cast.olga)
    answer = post(olga, "desk:new_loan", **TYPED)
    loan = opened()
    assert (answer.status_code, answer["Location"]) == (302, reverse("desk:loan", args=[loan.public_id]))
    assert (loan.stage, loan.officer, loan.borrower_names) == (
        Stage.APPLICATION_RECEIVED, cast.olga, "Ida Moss",
    )  # fmt: skip
    assert loan.parties.get().email == "ida@moss.example"
    needs = set(loan.requests.values_list("need", flat=True))
    assert needs and loan.open_requests == len(needs)
    assert any("va" in need or "eligib" in need for need in needs), "the list follows what was typed"
    assert set(loan.received_items.values_list("item", flat=True)) == {"name", "address", "value", "amount"}
    assert not Notification.objects.filter(loan=loan).exists()
    assert "Nobody was written to" in words(olga.get(answer["Location"]))
    assert list(found(Loan.objects.all(), "2075550177 moss")) == [loan]
    event = loan.stage_events.get()
    assert (event.to_stage, event.by, event.source) == (
        Stage.APPLICATION_RECEIVED, cast.olga, StageEvent.Source.DESK,
    )  # fmt: skip


def test_ticked_the_borrower_is_invited_and_told_nothing_else(cast: Cast, client_for: ClientFor) -> None:
    post(client_for(cast.olga), "desk:new_loan", **TYPED, invite="on")
    rows = Notification.objects.filter(address="ida@moss.example")
    assert [row.kind for row in rows] == ["invitation"]


def test_a_state_without_a_licence_is_refused(cast: Cast, client_for: ClientFor) -> None:
    answer = post(client_for(cast.otto), "desk:new_loan", **{**TYPED, "state": "NH"})
    assert answer.status_code == 422
    assert "Otto Weber holds no licence in New Hampshire" in words(answer)
    assert not Loan.objects.filter(borrower_names="Ida Moss").exists()


def test_who_is_no_officer_chooses_one(cast: Cast, client_for: ClientFor) -> None:
    mara = client_for(cast.mara)
    assert post(mara, "desk:new_loan", **TYPED).status_code == 422
    assert post(mara, "desk:new_loan", **TYPED, officer=cast.otto.pk).status_code == 302
    assert opened().officer == cast.otto
    with pytest.raises(Refused, match="A manager opens one"):
        open_loan_by_hand(
            by=cast.olga,
            officer=cast.otto,
            name="Ida",
            email="i@moss.example",
            state="ME",
            purpose="purchase",
        )
    with pytest.raises(Refused, match="work here"):
        open_loan_by_hand(
            by=cast.bea, officer=cast.olga, name="Ida", email="i@moss.example", state="ME", purpose="purchase"
        )


def test_no_home_yet_is_fine_for_a_purchase_alone(cast: Cast, client_for: ClientFor) -> None:
    olga, bare = client_for(cast.olga), {**TYPED, "street": ""}
    refused = post(olga, "desk:new_loan", **{**bare, "purpose": "refinance"})
    assert refused.status_code == 422 and "address of the home" in words(refused)
    assert post(olga, "desk:new_loan", **bare).status_code == 302
    assert opened().home_found is False


def test_the_same_borrower_and_home_twice_is_one_loan(cast: Cast, client_for: ClientFor) -> None:
    olga = client_for(cast.olga)
    post(olga, "desk:new_loan", **TYPED)
    first = opened()
    again = post(olga, "desk:new_loan", **{**TYPED, "street": "7 elm street "})
    assert again.status_code == 422 and first.number in words(again)
    assert opened() == first


def test_the_number_of_somebody_elses_loan_is_not_told(cast: Cast, client_for: ClientFor) -> None:
    post(client_for(cast.olga), "desk:new_loan", **TYPED)
    said = words(post(client_for(cast.otto), "desk:new_loan", **TYPED))
    assert "already. Ask a manager" in said and opened().number not in said


def test_what_a_caller_said_is_there_already(cast: Cast, client_for: ClientFor) -> None:
    lead = take_call(
        by=cast.olga, officer=cast.olga, name="Ida Moss", email="ida@moss.example", home_state="NH"
    )
    page = get(client_for(cast.olga), "desk:new_loan", lead=str(lead.public_id)).content.decode()
    assert 'value="Ida Moss"' in page and '<option value="NH" selected>' in page
    other: Any = get(client_for(cast.otto), "desk:new_loan", lead=str(lead.public_id))
    assert "Ida Moss" not in other.content.decode()
    assert get(client_for(cast.olga), "desk:new_loan", lead="made-up").status_code == 200
