"""People who work here reach nothing without a second factor."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.urls import get_resolver, reverse

from accounts.models import User
from tests.cast import PASSWORD, UserFactory, totp_code


def staff_addresses() -> list[str]:
    """Every address of the admin and the desk that needs no argument, from the real list."""
    found = []

    def walk(patterns, prefix: str) -> None:
        for entry in patterns:
            path = prefix + str(entry.pattern)
            if hasattr(entry, "url_patterns"):
                walk(entry.url_patterns, path)
            elif path.startswith(("admin/", "desk/")) and "<" not in path and "(" not in path:
                found.append("/" + path)

    walk(get_resolver().url_patterns, "")
    return [path for path in found if path not in ("/admin/login/", "/admin/logout/")]


@pytest.fixture
def newcomer(db) -> User:
    return UserFactory(name="New Officer", email="new@lantern.example", role=User.Role.OFFICER, is_staff=True)


def test_without_a_factor_every_staff_page_leads_to_setting_one_up(newcomer, client_for):
    client = client_for(newcomer)
    addresses = staff_addresses()
    assert "/admin/" in addresses and len(addresses) > 5
    for address in addresses + ["/home/", "/profile/"]:
        answer = client.get(address)
        assert (answer.status_code, answer.headers.get("Location")) == (302, reverse("mfa_index")), address
        assert client.post(address).headers.get("Location") == reverse("mfa_index"), address


def test_with_a_factor_a_session_that_did_not_show_it_must(cast, client_for):
    client = client_for(cast.stef, second_factor=False)
    for address in staff_addresses():
        answer = client.get(address)
        assert answer.status_code == 302, address
        assert answer.url.startswith(reverse("mfa_reauthenticate")), address


def test_such_a_session_cannot_add_a_factor_of_its_own(cast, client_for):
    client = client_for(cast.stef, second_factor=False)
    for name in (
        "mfa_add_webauthn",
        "mfa_activate_totp",
        "account_change_password",
        "account_reauthenticate",
    ):
        answer = client.post(reverse(name), {"password": PASSWORD})
        assert answer.url.startswith(reverse("mfa_reauthenticate")), name


def test_showing_it_opens_the_door(cast, client_for):
    client = client_for(cast.stef, second_factor=False)
    answer = client.post(
        reverse("mfa_reauthenticate") + "?next=/admin/", {"code": totp_code(), "next": "/admin/"}
    )
    assert answer.url == "/admin/"
    assert client.get("/admin/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_the_session_that_enrols_goes_on(newcomer, client_for, changes):
    client = client_for(newcomer)
    page = client.get(reverse("mfa_activate_totp"))
    assert page.url.startswith(reverse("account_reauthenticate"))
    client.post(page.url, {"password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    answer = client.post(reverse("mfa_activate_totp"), {"code": totp_code(secret)})
    assert answer.status_code == 302
    assert client.get("/admin/").status_code == 200
    assert "factor_added" in [what for _user, what, _to in changes]
    other = client_for(newcomer, second_factor=False)
    assert other.get("/admin/").url.startswith(reverse("mfa_reauthenticate"))


def test_a_borrower_needs_none(cast, client_for):
    assert client_for(cast.bea).get(reverse("accounts:profile")).status_code == 200


def test_the_admin_has_no_door_of_its_own(client, cast, client_for):
    answer = client.post("/admin/login/", {"username": "stef@lantern.example", "password": PASSWORD})
    assert answer.status_code == 302 and answer.url.startswith(reverse("account_login"))
    assert "_auth_user_id" not in client.session
    assert client_for(cast.bea).get("/admin/login/").status_code == 403


def test_the_last_factor_of_somebody_who_works_here_stays(cast, client_for):
    client = client_for(cast.olga)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    answer = client.post(reverse("mfa_deactivate_totp"))
    assert answer.status_code == 200
    assert Authenticator.objects.filter(user=cast.olga, type="totp").exists()


def test_a_borrower_may_remove_theirs(cast, client_for, changes):
    TOTP.activate(cast.nils, "JBSWY3DPEHPK3PXP")
    client = client_for(cast.nils)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=cast.nils).exists()
    assert (cast.nils, "factor_removed", ["nils@example.com"]) in changes


def passkey(user: User, name: str = "Laptop") -> Authenticator:
    return Authenticator.objects.create(
        user=user, type=Authenticator.Type.WEBAUTHN, data={"name": name, "credential": {}}
    )


def remove_passkey(client, key: Authenticator):
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client.post(reverse("mfa_remove_webauthn", kwargs={"pk": key.pk}), follow=True)


def test_the_last_passkey_of_somebody_who_works_here_stays(newcomer, client_for):
    first, second = passkey(newcomer), passkey(newcomer, "Phone")
    client = client_for(newcomer)
    remove_passkey(client, second)
    assert list(Authenticator.objects.filter(user=newcomer)) == [first]
    answer = remove_passkey(client, first)
    assert "at least one" in answer.content.decode()
    assert list(Authenticator.objects.filter(user=newcomer)) == [first]


def test_a_borrower_may_remove_their_last_passkey_and_nobody_elses(cast, client_for):
    mine, other = passkey(cast.nils), passkey(cast.bea)
    client = client_for(cast.nils)
    assert remove_passkey(client, other).status_code == 404
    remove_passkey(client, mine)
    assert list(Authenticator.objects.filter(user__in=[cast.nils, cast.bea])) == [other]
