"""One's own profile."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.forms import fingerprint
from accounts.models import User
from audit.models import Entry
from tests.cast import PASSWORD

PAGE = "/profile/"


def typed(user: User, **changes: str) -> dict[str, str]:
    said = {
        "name": user.name, "phone": str(user.phone), "contact_email": user.mail_address, "language": "en",
        "time_zone": "", "seen": fingerprint(user),
    }  # fmt: skip
    return {**said, **changes}


def prove_password(client) -> None:
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


def test_name_and_zone_are_saved(cast, client_for):
    client = client_for(cast.bea)
    answer = client.post(PAGE, typed(cast.bea, name="Bea N. Nguyen", time_zone="America/Denver"))
    assert answer.status_code == 302
    cast.bea.refresh_from_db()
    assert (cast.bea.name, cast.bea.language, cast.bea.time_zone) == ("Bea N. Nguyen", "en", "America/Denver")
    assert Entry.objects.filter(action="user.changed", object_id=str(cast.bea.public_id)).exists()


def test_whoever_chose_no_zone_reads_whose_clock_counts(cast, client_for):
    for user, said in ((cast.bea, "That of the home"), (cast.olga, "That of the company")):
        assert f'<option value="" selected>{said}</option>' in client_for(user).get(PAGE).content.decode()


def test_a_language_is_chosen_once_there_is_a_choice(cast, client_for, settings):
    client = client_for(cast.bea)
    assert 'name="language"' not in client.get(PAGE).content.decode()
    client.post(PAGE, typed(cast.bea, language="es"))
    cast.bea.refresh_from_db()
    assert cast.bea.language == "en"
    settings.LANGUAGES = [("en", "English"), ("es", "Spanish")]
    assert 'name="language"' in client.get(PAGE).content.decode()
    client.post(PAGE, typed(cast.bea, language="es"))
    cast.bea.refresh_from_db()
    assert cast.bea.language == "es"


def test_a_page_is_in_the_language_it_says(visitor, company):
    page = visitor.get("/", headers={"Accept-Language": "es-MX,es;q=0.9"})
    assert '<html lang="en">' in page.content.decode()


def test_a_new_address_asks_for_the_password_first_and_then_goes_on(cast, client_for, mails):
    client = client_for(cast.bea)
    answer = client.post(PAGE, typed(cast.bea, contact_email="new@example.com"))
    assert answer.url.startswith(reverse("account_reauthenticate")) and not mails
    client.post(answer.url, {"password": PASSWORD, "next": PAGE})
    assert [mail.address for mail in mails] == ["new@example.com"]


def test_a_new_address_counts_once_proved_and_both_are_told(cast, client_for, mails, changes):
    client = client_for(cast.bea)
    prove_password(client)
    client.post(PAGE, typed(cast.bea, contact_email="new@example.com"))
    assert User.objects.get(pk=cast.bea.pk).mail_address == "bea@example.com"
    [mail] = mails
    link = mail.secret.removeprefix("http://localhost:8000")
    assert client.get(link).status_code == 200
    assert User.objects.get(pk=cast.bea.pk).mail_address == "bea@example.com"
    client.post(link)
    assert User.objects.get(pk=cast.bea.pk).mail_address == "new@example.com"
    assert (cast.bea, "email_changed", ["bea@example.com", "new@example.com"]) in changes
    assert client.post(link).status_code == 410  # it works once


def test_the_link_is_for_one_person_and_one_day(cast, client_for, mails, time_machine):
    client = client_for(cast.bea)
    prove_password(client)
    client.post(PAGE, typed(cast.bea, contact_email="new@example.com"))
    link = mails[0].secret.removeprefix("http://localhost:8000")
    assert client_for(cast.nils).get(link).status_code == 410
    assert client.get(link[:-2] + "x/").status_code == 410
    time_machine.move_to(timezone.now() + timedelta(days=1, minutes=1))
    assert client_for(cast.bea).get(link).status_code == 410


def test_a_new_phone_asks_for_the_password(cast, client_for):
    client = client_for(cast.bea)
    answer = client.post(PAGE, typed(cast.bea, phone="+12075550199"))
    assert answer.url.startswith(reverse("account_reauthenticate"))
    assert str(User.objects.get(pk=cast.bea.pk).phone) == "+12075550101"


def test_two_tabs_do_not_overwrite_each_other(cast, client_for):
    client = client_for(cast.bea)
    stale = typed(cast.bea, name="From the old tab")
    client.post(PAGE, typed(cast.bea, name="First"))
    answer = client.post(PAGE, stale)
    assert answer.status_code == 422 and "changed elsewhere" in answer.content.decode()
    assert User.objects.get(pk=cast.bea.pk).name == "First"


@pytest.mark.parametrize("field", ["role", "is_staff", "is_superuser", "email", "public_id"])
def test_nothing_else_can_be_set(cast, client_for, field):
    before = User.objects.filter(pk=cast.bea.pk).values(field).get()
    values = {"role": "manager", "email": "x@example.com", "public_id": str(cast.nils.public_id)}
    client_for(cast.bea).post(PAGE, typed(cast.bea, **{field: values.get(field, "on")}))
    assert User.objects.filter(pk=cast.bea.pk).values(field).get() == before


def test_the_sign_in_address_is_changed_by_its_own_proof(cast, client_for, mails, changes):
    client = client_for(cast.nils)
    prove_password(client)
    client.post(reverse("account_email"), {"action_add": "", "email": "nils2@example.com"})
    [mail] = mails
    assert (mail.kind, mail.address) == ("email_confirmation", "nils2@example.com")
    assert User.objects.get(pk=cast.nils.pk).email == "nils@example.com"
    client.post(mail.secret.split("testserver", 1)[1])
    assert User.objects.get(pk=cast.nils.pk).email == "nils2@example.com"
    assert (cast.nils, "email_changed", ["nils@example.com", "nils2@example.com"]) in changes


def test_a_changed_password_ends_the_other_sessions(cast, client_for, changes):
    here, elsewhere = client_for(cast.bea), client_for(cast.bea)
    prove_password(here)
    fresh = "seven green boats at anchor"
    here.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh}
    )
    assert here.get(PAGE).status_code == 200
    assert elsewhere.get(PAGE).status_code == 302
    assert "password_changed" in [what for _user, what, _to in changes]
