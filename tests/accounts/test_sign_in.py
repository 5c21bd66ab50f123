"""The behaviours of the sign-in pages, each through the pages themselves."""

import time

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.urls import reverse

from accounts.models import User
from accounts.views import RESET_SECONDS
from audit.models import Entry
from notifications.models import Notification
from tests.cast import PASSWORD, TOTP_SECRET, totp_code

CODE_PAGE = "account_confirm_login_code"


def is_signed_in(client) -> bool:
    return "_auth_user_id" in client.session


def test_sign_up_is_closed(client, cast):
    before = User.objects.count()
    fresh = {"email": "new@example.com", "password1": PASSWORD, "password2": PASSWORD}
    answer = client.post(reverse("account_signup"), fresh)
    assert answer.status_code == 200
    assert "account/signup_closed.html" in [template.name for template in answer.templates]
    assert User.objects.count() == before


def test_a_borrower_proves_a_code_after_the_password(client, cast, mails, type_password):
    answer = type_password(client, "bea@example.com")
    assert answer.url == reverse(CODE_PAGE) and not is_signed_in(client)
    [mail] = mails
    assert (mail.kind, mail.address) == ("sign_in_code", "bea@example.com")
    answer = client.post(answer.url, {"code": mail.secret})
    assert answer.status_code == 302 and is_signed_in(client)


def test_the_code_goes_to_the_contact_address(client, cast, mails, type_password):
    type_password(client, "cole@example.com")
    [mail] = mails
    assert mail.address == "bea@example.com"
    assert mail.recipient == f"user:{cast.cole.public_id}"


def test_a_wrong_code_three_times_ends_the_try(client, cast, mails, type_password):
    page = type_password(client, "bea@example.com").url
    for _ in range(3):
        client.post(page, {"code": "WRONG1"})
    answer = client.post(page, {"code": mails[0].secret})
    assert answer.status_code == 302 and answer.url.startswith(reverse("account_login"))
    assert not is_signed_in(client)
    assert Entry.objects.filter(action="account.sign_in_refused", detail__step="code").count() == 3


def test_a_code_works_once(client, cast, mails, type_password):
    page = type_password(client, "bea@example.com").url
    client.post(page, {"code": mails[0].secret})
    client.post(reverse("account_logout"))
    type_password(client, "bea@example.com")
    client.post(page, {"code": mails[0].secret})
    assert not is_signed_in(client)


def test_a_mailbox_alone_opens_nothing(client, cast):
    assert client.get("/accounts/login/code/").status_code == 404


def test_the_sixth_try_is_refused_even_with_the_right_password(client, cast, mails, type_password):
    for _ in range(5):
        type_password(client, "bea@example.com", "not the password")
    answer = type_password(client, "bea@example.com")
    assert answer.status_code != 302 and not mails
    assert "Too many failed login attempts" in answer.content.decode()


def test_a_forged_proxy_header_does_not_lift_the_limit(client, cast, type_password):
    for number in range(12):
        type_password(client, f"x{number}@example.com", "no", HTTP_X_FORWARDED_FOR=f"10.0.0.{number}")
    answer = type_password(client, "nils@example.com", HTTP_X_FORWARDED_FOR="10.9.9.9")
    assert answer.status_code != 302


@pytest.mark.parametrize("email", ["bea@example.com", "nobody@example.com"])
def test_sign_in_does_not_tell_who_exists(client, cast, type_password, email):
    answer = type_password(client, email, "not the password")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "The email address and/or password you specified are not correct." in page


def test_reset_answers_the_same_and_writes_no_row_for_strangers(client, cast, mails):
    answers = []
    for email in ("bea@example.com", "nobody@example.com"):
        answer = client.post(reverse("account_reset_password"), {"email": email})
        page = client.get(answer.url).content.decode()
        answers.append((answer.status_code, answer.url, page.replace(email, "")))
    assert answers[0][:2] == answers[1][:2]
    assert [mail.address for mail in mails] == ["bea@example.com"]


def test_a_reset_takes_as_long_for_strangers(client, cast):
    for email in ("bea@example.com", "nobody@example.com"):
        began = time.monotonic()
        client.post(reverse("account_reset_password"), {"email": email})
        assert time.monotonic() - began >= RESET_SECONDS


def test_the_hostname_of_a_reset_link_is_ours(client, cast, mails):
    answer = client.post(
        reverse("account_reset_password"), {"email": "bea@example.com"}, HTTP_HOST="evil.example"
    )
    assert answer.status_code == 400 and not mails


def reset_password(client, mails, email: str, password: str) -> None:
    client.post(reverse("account_reset_password"), {"email": email})
    address = mails[-1].secret.split("testserver", 1)[1]
    page = client.get(address, follow=True).request["PATH_INFO"]
    return client.post(page, {"password1": password, "password2": password})


def test_a_reset_ends_every_other_session_and_is_told(client, cast, client_for, mails, changes):
    elsewhere = client_for(cast.bea)
    assert elsewhere.get(reverse("accounts:profile")).status_code == 200
    answer = reset_password(client, mails, "bea@example.com", "seven green boats at anchor")
    assert answer.status_code == 302
    assert elsewhere.get(reverse("accounts:profile")).status_code == 302
    assert (cast.bea, "password_reset", ["bea@example.com"]) in changes
    assert Entry.objects.filter(action="account.password_reset").count() == 1
    assert not is_signed_in(client)


@pytest.mark.parametrize("password", ["password123", "short", "beanguyen!", "1234567890"])
def test_bad_passwords_are_refused(client, cast, mails, password):
    before = User.objects.get(pk=cast.bea.pk).password
    answer = reset_password(client, mails, "bea@example.com", password)
    assert answer.status_code == 200
    assert User.objects.get(pk=cast.bea.pk).password == before


def test_an_officer_shows_the_authenticator_not_a_code(client, cast, mails, type_password):
    answer = type_password(client, "olga@lantern.example")
    assert answer.url == reverse("mfa_authenticate") and not mails
    client.post(answer.url, {"code": "000000"})
    assert not is_signed_in(client)
    client.post(answer.url, {"code": totp_code()})
    assert is_signed_in(client)


def test_guessing_the_authenticator_is_limited(client, cast, type_password):
    page = type_password(client, "olga@lantern.example").url
    for _ in range(5):
        client.post(page, {"code": "000000"})
    answer = client.post(page, {"code": totp_code()})
    assert answer.status_code == 200 and not is_signed_in(client)


def test_a_code_of_the_authenticator_works_once(client, cast, client_for, type_password):
    code = totp_code()
    client.post(type_password(client, "olga@lantern.example").url, {"code": code})
    assert is_signed_in(client)
    other = client_for(None)
    other.post(type_password(other, "olga@lantern.example").url, {"code": code})
    assert not is_signed_in(other)


def test_seeds_are_encrypted(cast, settings):
    stored = Authenticator.objects.get(user=cast.olga).data["secret"]
    assert TOTP_SECRET not in stored
    assert Fernet(settings.MFA_KEYS[0]).decrypt(stored.encode()).decode() == TOTP_SECRET


def test_an_older_key_still_opens_seeds(client, cast, settings, type_password):
    settings.MFA_KEYS = [Fernet.generate_key().decode(), *settings.MFA_KEYS]
    page = type_password(client, "olga@lantern.example").url
    client.post(page, {"code": totp_code()})
    assert is_signed_in(client)


def test_sign_ins_are_written_down(client, cast, mails, type_password):
    type_password(client, "bea@example.com", "wrong password")
    type_password(client, "nobody@example.com", "wrong password")
    page = type_password(client, "bea@example.com", HTTP_USER_AGENT="Test browser").url
    client.post(page, {"code": mails[0].secret}, HTTP_USER_AGENT="Test browser", REMOTE_ADDR="203.0.113.9")
    client.post(reverse("account_logout"))
    said = list(Entry.objects.order_by("id").values_list("action", flat=True))
    assert said == [
        "account.sign_in_refused", "account.sign_in_refused", "account.signed_in", "account.signed_out"
    ]  # fmt: skip
    entry = Entry.objects.get(action="account.signed_in")
    assert (entry.address, entry.agent, entry.actor) == (
        "203.0.113.9", "Test browser", f"user:{cast.bea.public_id}"
    )  # fmt: skip


def test_a_new_device_is_told_a_known_one_is_not(client, cast, mails, changes, type_password):
    for agent in ("First", "First", "Second"):
        page = type_password(client, "bea@example.com", HTTP_USER_AGENT=agent).url
        client.post(page, {"code": mails[-1].secret}, HTTP_USER_AGENT=agent)
        client.post(reverse("account_logout"), HTTP_USER_AGENT=agent)
    assert [what for _user, what, _to in changes] == ["new_sign_in"]


def test_a_disabled_person_is_out_at_once(cast, client_for):
    from accounts import services

    client = client_for(cast.nils)
    assert client.get(reverse("accounts:profile")).status_code == 200
    services.disable_person(user=cast.nils, by=cast.stef)
    assert client.get(reverse("accounts:profile")).status_code == 302


def test_next_stays_within_the_house(client, cast, mails, type_password):
    for target in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        client.post(
            reverse("account_login") + f"?next={target}", {"login": "bea@example.com", "password": PASSWORD}
        )
        answer = client.post(
            reverse(CODE_PAGE) + f"?next={target}", {"code": mails[-1].secret, "next": target}
        )
        assert answer.url == "/home/"
        client.post(reverse("account_logout"))


def test_nothing_is_sent_inside_the_request(client, cast, mailoutbox, mails, type_password):
    type_password(client, "bea@example.com")
    assert mailoutbox == []
    row = Notification.objects.get(kind="sign_in_code")
    assert row.state == Notification.State.QUEUED
    assert mails[0].secret.encode() not in bytes(row.secret)
