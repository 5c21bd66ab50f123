"""The life of an invitation, through the pages."""

from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import services
from accounts.errors import Refused
from accounts.events import invitation_accepted
from accounts.models import Invitation, User
from audit.models import Entry
from tests.cast import PASSWORD

PAGE = "/invitations/"
WORDS = "seven green boats at anchor"


def open_link(client: Client, token: str):
    answer = client.get(reverse("accounts:invitation", args=[token]))
    assert answer.status_code == 302 and answer.url == PAGE
    return client.get(PAGE)


def set_password(client: Client, **extra):
    return client.post(PAGE, {"action": "password", "password1": WORDS, "password2": WORDS, **extra})


@pytest.fixture
def accepted():
    heard = []

    def hear(sender, invitation, user, **kwargs):
        heard.append((invitation, user))

    invitation_accepted.connect(hear)
    yield heard
    invitation_accepted.disconnect(hear)


@pytest.fixture
def invited(cast):
    """A new borrower's invitation and its token. (The subject is made up: no party hears of it.)"""
    return services.invite(
        purpose="loan_party", name="Nora Quist", email="Nora@Example.com", subject_id=uuid4(), by=cast.olga
    )


@pytest.fixture
def shared(cast):
    """An invitation to a mailbox whose address is Bea's sign-in."""
    return services.invite(
        purpose="loan_party", name="Ben Nguyen", email="bea@example.com", subject_id=uuid4(), by=cast.olga
    )


def test_only_a_digest_is_kept(invited):
    invitation, token = invited
    assert len(token) >= 43
    stored = [str(value) for value in Invitation.objects.filter(pk=invitation.pk).values_list().get()]
    assert not any(token in value for value in stored)
    assert timedelta(days=6, hours=23) < invitation.expires_at - timezone.now() <= timedelta(days=7)


def test_the_token_leaves_the_address_bar(client, invited):
    _invitation, token = invited
    page = open_link(client, token)
    assert page.status_code == 200 and token not in page.content.decode()
    assert token not in str(dict(client.session))
    assert page["Cache-Control"] == "no-store, private"


def test_a_password_makes_the_account_and_signs_in(client, invited, accepted):
    invitation, token = invited
    open_link(client, token)
    answer = set_password(client)
    assert answer.status_code == 302 and answer.url == "/home/"
    user = User.objects.get(email="nora@example.com")
    assert user.check_password(WORDS) and (user.name, user.role) == ("Nora Quist", "borrower")
    assert EmailAddress.objects.get(user=user).verified
    assert client.session["_auth_user_id"] == str(user.pk)
    assert accepted == [(invitation, user)]
    assert Entry.objects.filter(action="invitation.accepted", actor=f"user:{user.public_id}").exists()


def test_it_works_once(client, invited):
    _invitation, token = invited
    open_link(client, token)
    set_password(client)
    again = Client()
    assert open_link(again, token).status_code == 410
    assert set_password(again).status_code == 410
    assert User.objects.filter(name="Nora Quist").count() == 1


def test_a_changed_token_is_no_token(client, invited):
    _invitation, token = invited
    spoilt = ("A" if token[0] != "A" else "B") + token[1:]
    assert open_link(client, spoilt).status_code == 410


def test_an_expired_a_revoked_and_a_replaced_one_are_gone(cast, invited, time_machine):
    invitation, token = invited
    _fresh, newer = services.invite(
        purpose="loan_party", name="Nora Quist", email="nora@example.com", subject_id=invitation.subject_id,
        by=cast.olga,
    )  # fmt: skip
    assert open_link(Client(), token).status_code == 410
    assert open_link(Client(), newer).status_code == 200
    services.revoke_invitation(invitation=_fresh, by=cast.stef)
    assert open_link(Client(), newer).status_code == 410


def test_after_seven_days_it_is_gone(client, invited, time_machine):
    _invitation, token = invited
    time_machine.move_to(timezone.now() + timedelta(days=7, minutes=1))
    assert open_link(client, token).status_code == 410


def test_a_new_link_goes_to_the_address_on_file(client, invited, invitations, time_machine):
    invitation, token = invited
    time_machine.move_to(timezone.now() + timedelta(days=8))
    open_link(client, token)
    answer = client.post(PAGE, {"action": "renew", "email": "evil@example.com"})
    assert answer.status_code == 200
    [(fresh, newer)] = invitations
    assert (fresh.email, fresh.subject_id) == ("nora@example.com", invitation.subject_id)
    assert open_link(Client(), newer).status_code == 200


def test_asking_for_a_new_link_reveals_nothing(cast, invited, invitations, time_machine):
    _invitation, token = invited
    used, used_token = services.invite(
        purpose="staff", name="Ada", email="ada@x.example", role="officer", by=cast.stef
    )
    Invitation.objects.filter(pk=used.pk).update(used_at=timezone.now())
    revoked, revoked_token = services.invite(
        purpose="staff", name="Abe", email="abe@x.example", role="officer", by=cast.stef
    )
    services.revoke_invitation(invitation=revoked, by=cast.stef)
    time_machine.move_to(timezone.now() + timedelta(days=8))
    invitations.clear()
    answers = set()
    for candidate in (token, used_token, revoked_token, "made-up"):
        client = Client()
        gone = open_link(client, candidate)
        answer = client.post(PAGE, {"action": "renew"})
        answers.add((gone.status_code, len(gone.content), answer.status_code, len(answer.content)))
    assert len(answers) == 1
    assert [fresh.name for fresh, _token in invitations] == ["Nora Quist"]


def test_asking_again_and_again_is_limited(client, invited, invitations, time_machine):
    _invitation, token = invited
    time_machine.move_to(timezone.now() + timedelta(days=8))
    open_link(client, token)
    codes = [client.post(PAGE, {"action": "renew"}).status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]


@pytest.mark.parametrize(
    "password1, password2",
    [("password123", "password123"), ("short", "short"), (WORDS, WORDS + "x"), ("", "")],
)
def test_a_bad_password_comes_back(client, invited, password1, password2):
    _invitation, token = invited
    open_link(client, token)
    answer = client.post(PAGE, {"action": "password", "password1": password1, "password2": password2})
    assert answer.status_code == 422
    assert not User.objects.filter(name="Nora Quist").exists()


def test_a_passkey_account_has_no_password_and_may_add_one_without_being_asked(client, invited):
    _invitation, token = invited
    open_link(client, token)
    answer = client.post(PAGE, {"action": "passkey"})
    assert answer.url == reverse("mfa_add_webauthn")
    assert not User.objects.get(name="Nora Quist").has_usable_password()
    page = client.get(answer.url)
    assert page.status_code == 200
    assert page.context["form"].fields["passwordless"].widget.attrs["disabled"]


# --- Somebody signs in with this address already --------------------------------------------------------------


def test_a_known_address_opens_nothing(client, shared):
    _invitation, token = shared
    page = open_link(client, token).content.decode()
    assert "Sign in to add this loan" in page and "another person who shares this mailbox" in page
    answer = set_password(client)
    assert answer.status_code == 422  # without an address of their own there is no account
    assert "_auth_user_id" not in client.session
    assert not User.objects.get(email="bea@example.com").check_password(WORDS)


def test_signing_in_adds_the_loan(client, cast, shared, accepted, mails, type_password):
    invitation, token = shared
    open_link(client, token)
    answer = client.post(PAGE, {"action": "join"})
    assert answer.url.startswith(reverse("account_login"))
    assert not accepted
    page = type_password(client, "bea@example.com").url
    assert not accepted
    client.post(page, {"code": mails[0].secret})
    assert accepted == [(invitation, cast.bea)]
    assert not client.session.get("invitation")


def test_opening_the_link_alone_adds_nothing(client, cast, shared, accepted, mails, type_password):
    open_link(client, shared[1])
    page = type_password(client, "bea@example.com").url
    client.post(page, {"code": mails[0].secret})
    assert not accepted


def test_somebody_signed_in_is_asked(cast, shared, client_for, accepted):
    client = client_for(cast.bea)
    page = open_link(client, shared[1])
    assert "You are signed in as Bea Nguyen" in page.content.decode() and not accepted
    client.post(PAGE, {"action": "add"})
    assert [user for _invitation, user in accepted] == [cast.bea]


def test_somebody_else_at_the_same_screen_signs_the_first_out(cast, shared, client_for):
    client = client_for(cast.bea)
    open_link(client, shared[1])
    client.post(PAGE, {"action": "someone_else"})
    assert "_auth_user_id" not in client.session
    assert client.get(PAGE).status_code == 200


def test_another_person_in_the_same_mailbox_gets_an_own_sign_in(
    client, cast, shared, accepted, mails, type_password
):
    open_link(client, shared[1])
    answer = set_password(client, sign_in_email="ben@example.com")
    assert answer.status_code == 302
    ben = User.objects.get(email="ben@example.com")
    assert ben.mail_address == "bea@example.com"
    assert [user for _invitation, user in accepted] == [ben]
    client.post(reverse("account_logout"))
    type_password(client, "ben@example.com", WORDS)
    assert mails[-1].address == "bea@example.com" and mails[-1].name == "Ben Nguyen"


def test_the_own_address_may_not_be_somebodys(client, cast, shared):
    open_link(client, shared[1])
    assert set_password(client, sign_in_email="NILS@example.com").status_code == 422
    assert set_password(client, sign_in_email="bea@example.com").status_code == 422


# --- People who work here -------------------------------------------------------------------------------------


def test_a_work_account_must_set_up_a_second_factor_first(client, cast):
    _invitation, token = services.invite(
        purpose="staff", name="Ada Berg", email="ada@lantern.example", role="officer", by=cast.stef
    )
    open_link(client, token)
    set_password(client)
    user = User.objects.get(email="ada@lantern.example")
    assert user.works_here and not user.is_staff
    assert client.get(reverse("accounts:profile")).url == reverse("mfa_index")


def test_no_borrower_becomes_staff_and_no_officer_a_borrower(cast, shared):
    staff, _token = services.invite(
        purpose="staff", name="Bea", email="bea@example.com", role="manager", by=cast.stef
    )
    with pytest.raises(Refused):
        services.accept_invitation(invitation=staff, user=cast.bea)
    with pytest.raises(Refused):
        services.accept_invitation(invitation=shared[0], user=cast.olga)
    assert User.objects.get(pk=cast.bea.pk).role == "borrower"


def test_old_ones_are_tidied_away(cast, invited, client_for, time_machine):
    from django.contrib.sessions.models import Session

    from accounts.tasks import tidy

    client_for(cast.nils)
    kept, _token = services.invite(
        purpose="staff", name="A", email="a@x.example", role="officer", by=cast.stef
    )
    services.accept_invitation(
        invitation=kept, user=services.create_person(name="A", email="a@x.example", role="officer")
    )
    time_machine.move_to(timezone.now() + timedelta(days=98))
    tidy()
    assert list(Invitation.objects.all()) == [kept]
    assert not Session.objects.exists()


def test_the_password_of_the_cast_is_a_good_one(db):
    from django.contrib.auth.password_validation import validate_password

    validate_password(PASSWORD)
