"""`/loans/<uuid>/people/`: who is on the loan, and inviting the other one (story 7)."""

import pytest
from django.urls import reverse

from accounts.models import Invitation
from loans.models import Loan, Party
from loans.stages import Stage
from tests.pages.making import stand_at, words


def address(loan: Loan, name: str = "people", *more) -> str:
    return reverse(f"loans:{name}", args=[loan.public_id, *more])


@pytest.fixture
def alone(cast) -> Loan:
    """Nils's loan, which has nobody else on it."""
    return cast.other_loan


ANSWERS = {"name": "Nora Berg", "email": "nora@example.com", "phone": "(207) 555-0177"}


def test_the_main_borrower_invites_a_co_borrower(cast, alone, client_for):
    client = client_for(cast.nils)
    assert "Invite a co-borrower" in words(client.get(address(alone)))
    response = client.post(address(alone, "invite"), ANSWERS, follow=True)
    assert "The invitation to Nora Berg is on its way." in words(response)
    party = alone.parties.get(name="Nora Berg")
    assert (party.role, party.email, str(party.phone)) == (
        Party.Role.CO_BORROWER,
        "nora@example.com",
        "+12075550177",
    )
    assert Invitation.objects.usable().filter(subject_id=party.public_id).count() == 1
    assert "invited at nora@example.com" in words(response)


def test_a_couple_may_share_a_mailbox(cast, alone, client_for):
    client_for(cast.nils).post(address(alone, "invite"), {**ANSWERS, "email": "nils@example.com"})
    assert alone.parties.filter(name="Nora Berg", email="nils@example.com").exists()


@pytest.mark.parametrize(
    ("answers", "fault"),
    [
        ({"name": ""}, "Full name: This field is required."),
        ({"email": "nora"}, "E-mail address: Enter a valid email address."),
        ({"phone": "12"}, "Telephone: "),
        ({"name": "Nils Berg", "email": "nils@example.com"}, "Nils Berg is on this loan already."),
    ],
)
def test_what_is_wrong_is_named_and_what_was_typed_stays(cast, alone, client_for, answers, fault):
    response = client_for(cast.nils).post(address(alone, "invite"), {**ANSWERS, **answers})
    assert response.status_code == 422
    assert fault in words(response)
    assert 'value="(207) 555-0177"' in response.content.decode() or "phone" in answers
    assert alone.parties.count() == 1


def test_sending_again_ends_the_older_link(cast, alone, client_for):
    client = client_for(cast.nils)
    client.post(address(alone, "invite"), ANSWERS)
    party = alone.parties.get(name="Nora Berg")
    first = Invitation.objects.get(subject_id=party.public_id)
    response = client.post(address(alone, "invite_again", party.public_id), follow=True)
    assert "A new invitation is on its way." in words(response)
    first.refresh_from_db()
    assert first.revoked_at is not None
    assert Invitation.objects.usable().filter(subject_id=party.public_id).count() == 1


def test_nobody_is_invited_again_who_can_sign_in(cast, client_for):
    response = client_for(cast.bea).post(
        address(cast.loan, "invite_again", cast.cole_party.public_id), follow=True
    )
    assert "Cole Nguyen can sign in already." in words(response)
    assert not Invitation.objects.filter(subject_id=cast.cole_party.public_id).exists()


@pytest.mark.parametrize("who", ["cole", "nils", "olga", "otto", "mara"])
def test_only_the_main_borrower_invites_here(cast, client_for, who):
    client = client_for(getattr(cast, who))
    assert client.post(address(cast.loan, "invite"), ANSWERS).status_code == 404
    again = address(cast.loan, "invite_again", cast.cole_party.public_id)
    assert client.post(again).status_code == 404
    assert cast.loan.parties.count() == 2


def test_the_co_borrower_sees_no_form(cast, client_for):
    html = client_for(cast.cole).get(address(cast.loan)).content.decode()
    assert "Bea Nguyen" in html and "Cole Nguyen" in html
    assert address(cast.loan, "invite") not in html and "invited at" not in html


def test_a_party_of_another_loan_cannot_be_invited_from_here(cast, client_for):
    response = client_for(cast.bea).post(address(cast.loan, "invite_again", cast.nils_party.public_id))
    assert response.status_code == 404


def test_nobody_is_added_to_an_ended_loan(cast, alone, client_for):
    stand_at(alone, Stage.WITHDRAWN)
    client = client_for(cast.nils)
    assert address(alone, "invite") not in client.get(address(alone)).content.decode()
    response = client.post(address(alone, "invite"), ANSWERS)
    assert response.status_code == 422 and "This loan has ended" in words(response)
    assert alone.parties.count() == 1


def test_nobody_is_flooded_with_invitations(cast, alone, client_for):
    client = client_for(cast.nils)
    client.post(address(alone, "invite"), ANSWERS)
    party = alone.parties.get(name="Nora Berg")
    again = [client.post(address(alone, "invite_again", party.public_id)).status_code for _ in range(12)]
    assert again[:9] == [302] * 9 and again[-1] == 429
    assert Invitation.objects.filter(subject_id=party.public_id).count() == 10
