"""The door in a real browser: password and code, a passkey instead of a password, and an officer's authenticator."""

import re
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from accounts import services
from accounts.models import User
from tests.cast import PASSWORD, totp_code

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def with_fingerprint(page):
    """Gives the browser a reader for passkeys that always says yes."""
    wire = page.context.new_cdp_session(page)
    wire.send("WebAuthn.enable")
    wire.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return wire


def test_password_and_code(live_server, cast, mails, open_page, axe):
    page = open_page()
    page.goto(live_server.url + reverse("account_login"))
    axe(page)
    page.fill("[name=login]", "bea@example.com")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/accounts/login/code/confirm/**")
    axe(page)
    page.fill("[name=code]", mails[0].secret)
    page.locator("form:has([name=code]) button[type=submit]").first.click()
    page.wait_for_url("**/home/")
    page.goto(live_server.url + "/profile/")
    axe(page)
    assert page.locator("[name=name]").input_value() == "Bea Nguyen"


def test_a_passkey_instead_of_a_password(live_server, cast, mails, open_page, axe, size):
    _invitation, token = services.invite(
        purpose="loan_party", name="Nora Quist", email="nora@example.com", subject_id=uuid4(), by=cast.olga,
        announce=False,
    )  # fmt: skip
    page = open_page(size=size)
    wire = with_fingerprint(page)
    page.goto(live_server.url + reverse("accounts:invitation", args=[token]))
    axe(page)
    page.get_by_role("button", name="Set a passkey instead").click()
    page.wait_for_url("**/accounts/2fa/webauthn/add/")
    axe(page)
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url(re.compile(r"/accounts/2fa/(recovery-codes/)?$"))
    user = User.objects.get(email="nora@example.com")
    assert not user.has_usable_password()
    assert Authenticator.objects.filter(user=user, type="webauthn").count() == 1
    page.goto(live_server.url + "/accounts/logout/")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(live_server.url + "/")

    page.goto(live_server.url + reverse("account_login"))
    page.locator("#passkey_login").click()
    page.wait_for_url("**/home/")
    page.goto(live_server.url + "/profile/")
    assert page.locator("[name=name]").input_value() == "Nora Quist"
    assert not mails  # no code was needed
    wire.detach()


def test_a_colleague_with_a_passkey_reaches_the_admin(live_server, cast, open_page):
    _invitation, token = services.invite(
        purpose="staff",
        name="Ada Berg",
        email="ada@lantern.example",
        role="processor",
        by=cast.stef,
        announce=False,
    )
    page = open_page()
    with_fingerprint(page)
    page.goto(live_server.url + reverse("accounts:invitation", args=[token]))
    page.get_by_role("button", name="Set a passkey instead").click()
    page.wait_for_url("**/accounts/2fa/webauthn/add/")
    User.objects.filter(email="ada@lantern.example").update(is_staff=True, is_superuser=True)
    page.goto(live_server.url + "/admin/")
    page.wait_for_url("**/accounts/2fa/")
    page.goto(live_server.url + reverse("mfa_add_webauthn"))
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url(re.compile(r"/accounts/2fa/(recovery-codes/)?$"))
    for address in (
        "/admin/",
        "/admin/accounts/user/",
        f"/admin/accounts/user/{cast.bea.pk}/change/",
        "/admin/accounts/officerprofile/add/",
        f"/admin/accounts/officerprofile/{cast.olga.officer_profile.pk}/change/",
        "/admin/accounts/company/1/change/",
        "/admin/accounts/invitation/",
        "/admin/accounts/invitation/add/",
    ):
        page.goto(live_server.url + address)
        assert page.url == live_server.url + address


def test_password_and_authenticator(live_server, cast, open_page, watch):
    page = open_page(scheme="dark")
    page.goto(live_server.url + "/admin/")
    page.fill("[name=login]", "stef@lantern.example")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/accounts/2fa/authenticate/**")
    page.fill("[name=code]", totp_code())
    page.locator("form:has([name=code]) button[type=submit]").first.click()
    page.wait_for_url("**/admin/")


def test_two_people_in_one_mailbox(live_server, cast, open_page, axe, scheme):
    _invitation, token = services.invite(
        purpose="loan_party", name="Ben Nguyen", email="bea@example.com", subject_id=uuid4(), by=cast.olga,
        announce=False,
    )  # fmt: skip
    page = open_page(scheme=scheme)
    page.goto(live_server.url + reverse("accounts:invitation", args=[token]))
    page.get_by_text("I am another person who shares this mailbox").click()
    axe(page)
    words = "seven green boats at anchor"
    page.locator("#id_password1").fill(words)
    page.locator("#id_password2").fill(words)
    page.get_by_role("button", name="Set password and sign in").click()
    page.locator("#error-summary").wait_for()  # the form came back: no address of their own yet
    axe(page)
    page.locator("#id_sign_in_email").fill("ben@example.com")
    page.locator("#id_password1").fill(words)
    page.locator("#id_password2").fill(words)
    page.get_by_role("button", name="Set password and sign in").click()
    page.wait_for_url("**/home/")
    assert User.objects.get(email="ben@example.com").mail_address == "bea@example.com"


def test_an_ended_link(live_server, cast, open_page, axe, watch):
    watch.expect(r"410 \(Gone\)")
    page = open_page(size="phone")
    page.goto(live_server.url + "/invitations/made-up/")
    axe(page)
    page.get_by_role("button", name="Send me a new link").click()
    page.get_by_role("heading", name="Look into your mailbox").wait_for()
    axe(page)
