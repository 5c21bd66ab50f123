"""What staff do with people in the admin."""

import re
from datetime import UTC, datetime
from io import BytesIO

import pytest
from allauth.mfa.models import Authenticator
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from accounts.models import Company, Invitation, OfficerProfile, User
from audit.models import Entry

MODELS = ["user", "officerprofile", "company", "invitation"]


@pytest.fixture
def stef(cast, client_for):
    return client_for(cast.stef)


@pytest.mark.parametrize("model", MODELS)
def test_lists_and_forms_open_and_hold_no_inline_code(stef, cast, model):
    page = stef.get(f"/admin/accounts/{model}/")
    assert page.status_code == 200
    row = {"user": cast.bea, "officerprofile": cast.olga.officer_profile, "company": cast.company}.get(model)
    pages = [page] + ([stef.get(f"/admin/accounts/{model}/{row.pk}/change/")] if row else [])
    if model in ("officerprofile", "invitation"):
        pages.append(stef.get(f"/admin/accounts/{model}/add/"))
    for answer in pages:
        html = answer.content.decode()
        assert answer.status_code == 200
        assert not re.search(r"<[^>]+\s(style|on[a-z]+)=", html)
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", html)


def test_nobody_sets_a_password_for_somebody_else(stef, cast):
    html = stef.get(f"/admin/accounts/user/{cast.bea.pk}/change/").content.decode()
    assert "password" not in re.findall(r'name="([^"]+)"', html)
    assert stef.get(f"/admin/accounts/user/{cast.bea.pk}/password/").status_code in (302, 404)
    assert stef.get("/admin/accounts/user/add/").status_code == 403


@pytest.mark.parametrize(
    "path", ["account/emailaddress", "mfa/authenticator", "usersessions/usersession", "auth/group"]
)
def test_tables_of_the_sign_in_package_are_not_edited_by_hand(stef, path):
    assert stef.get(f"/admin/{path}/").status_code == 404


def act(client, model: str, action: str, *rows) -> None:
    answer = client.post(
        f"/admin/accounts/{model}/", {"action": action, "_selected_action": [row.pk for row in rows]}
    )
    assert answer.status_code == 302


def test_inviting_a_colleague(stef, cast, invitations):
    said = {"name": "Ada Berg", "email": "ada@lantern.example", "role": "officer"}
    assert stef.post("/admin/accounts/invitation/add/", said).status_code == 302
    [(invitation, token)] = invitations
    assert (invitation.purpose, invitation.role, invitation.invited_by) == ("staff", "officer", cast.stef)
    assert Invitation.objects.count() == 1 and token
    assert stef.post("/admin/accounts/invitation/add/", {**said, "role": "borrower"}).status_code == 200
    act(stef, "invitation", "revoke", invitation)
    invitation.refresh_from_db()
    assert invitation.revoked_at
    act(stef, "invitation", "invite_again", invitation)
    assert len(invitations) == 2


def test_starting_a_reset_mails_a_link(stef, cast, mails):
    act(stef, "user", "start_reset", cast.cole)
    [mail] = mails
    assert (mail.kind, mail.address) == ("password_reset", "bea@example.com")
    assert Entry.objects.get(action="account.reset_started").actor == f"user:{cast.stef.public_id}"


def test_a_lost_phone(stef, cast, client_for, changes):
    olga = client_for(cast.olga)
    act(stef, "user", "remove_factors", cast.olga, cast.stef)
    assert not Authenticator.objects.filter(user=cast.olga).exists()
    assert Authenticator.objects.filter(user=cast.stef).exists()  # never one's own
    assert olga.get(reverse("accounts:profile")).status_code == 302
    assert (cast.olga, "factor_removed", ["olga@lantern.example"]) in changes


def test_switching_off_and_on(stef, cast, client_for):
    nils = client_for(cast.nils)
    act(stef, "user", "switch_off", cast.nils, cast.stef)
    assert nils.get(reverse("accounts:profile")).status_code == 302
    assert User.objects.get(pk=cast.stef.pk).is_active
    act(stef, "user", "switch_on", cast.nils)
    assert User.objects.get(pk=cast.nils.pk).is_active


def form_of(client, address: str) -> dict[str, object]:
    form = client.get(address).context["adminform"].form
    values = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    return {name: value for name, value in values.items() if value not in (None, False, "", [])}


def test_a_new_sign_in_address_follows_everywhere(stef, cast, changes):
    address = f"/admin/accounts/user/{cast.nils.pk}/change/"
    said = {**form_of(stef, address), "email": "Nils.New@example.com"}
    assert stef.post(address, said).status_code == 302
    nils = User.objects.get(pk=cast.nils.pk)
    assert nils.email == "nils.new@example.com"
    assert list(nils.emailaddress_set.values_list("email", "verified")) == [("nils.new@example.com", True)]
    assert (nils, "email_changed", ["nils@example.com", "nils.new@example.com"]) in changes
    taken = stef.post(address, {**said, "email": "BEA@example.com"})
    assert taken.status_code == 200 and User.objects.get(pk=cast.nils.pk).email == "nils.new@example.com"


def test_staff_who_are_no_superuser_cannot_raise_anybody(cast, client_for):
    from django.contrib.auth.models import Permission

    User.objects.filter(pk=cast.otto.pk).update(is_staff=True)
    cast.otto.user_permissions.set(Permission.objects.filter(codename__in=["change_user", "view_user"]))
    client = client_for(User.objects.get(pk=cast.otto.pk))
    address = f"/admin/accounts/user/{cast.nils.pk}/change/"
    said = {**form_of(client, address), "role": "manager", "is_staff": "on", "is_superuser": "on"}
    assert client.post(address, said).status_code == 302
    nils = User.objects.get(pk=cast.nils.pk)
    assert (nils.role, nils.is_staff, nils.is_superuser) == ("borrower", False, False)


def picture(size=(900, 1200), **extra) -> bytes:
    buffer = BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    Image.new("RGB", size, "teal").save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


def test_an_officers_photo_is_made_anew(stef, cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    profile = cast.olga.officer_profile
    address = f"/admin/accounts/officerprofile/{profile.pk}/change/"
    inline = {"licenses-TOTAL_FORMS": 0, "licenses-INITIAL_FORMS": 0, "languages": "English"}
    said = {**form_of(stef, address), **inline, "upload": SimpleUploadedFile("me.jpg", picture())}
    assert stef.post(address, said).status_code == 302
    profile = OfficerProfile.objects.get(pk=profile.pk)
    stored = profile.photo.read()
    assert b"secret place" not in stored
    assert Image.open(BytesIO(stored)).size == (480, 480)
    assert Entry.objects.filter(action="officer.photo_changed").exists()
    for name, content in (("me.jpg", b"<svg/>"), ("me.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")):
        refused = stef.post(address, {**said, "upload": SimpleUploadedFile(name, content)})
        assert refused.status_code == 200 and "not a picture" in refused.content.decode()


def test_a_new_officer_page_gets_its_address_from_the_name(stef, cast):
    inline = {"licenses-TOTAL_FORMS": 1, "licenses-INITIAL_FORMS": 0, "licenses-0-state": "ME"}
    said = {"user": cast.mara.pk, "title": "Manager", "nmls_id": "77", "languages": "English", **inline}
    assert stef.post("/admin/accounts/officerprofile/add/", said).status_code == 302
    page = OfficerProfile.objects.get(user=cast.mara)
    assert page.slug == "mara-silva" and page.licensed_states == ["ME"]


def test_the_logo_is_made_anew(stef, cast, settings, tmp_path, django_capture_on_commit_callbacks):
    settings.MEDIA_ROOT = tmp_path
    address = f"/admin/accounts/company/{cast.company.pk}/change/"
    said = form_of(stef, address)
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            stef.post(address, {**said, "upload": SimpleUploadedFile("logo.jpg", picture((2000, 500)))})
    [stored] = (tmp_path / "company").iterdir()
    assert Image.open(stored).size == (800, 200) and b"secret place" not in stored.read_bytes()
    assert stef.post(address, {**said, "time_zone": "Mars/Base"}).status_code == 200


def test_there_is_one_company(stef, cast):
    assert stef.get("/admin/accounts/company/add/").status_code == 403
    address = f"/admin/accounts/company/{cast.company.pk}/change/"
    assert stef.post(address, {**form_of(stef, address), "name": "Lantern Two"}).status_code == 302
    assert Company.load().name == "Lantern Two" and Company.objects.count() == 1
    Company.objects.all().delete()
    assert stef.get("/admin/accounts/company/add/").status_code == 200


def test_languages_and_specialities_are_ticked_and_the_photo_is_shown(stef, cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    profile = cast.olga.officer_profile
    page = stef.get(f"/admin/accounts/officerprofile/{profile.pk}/change/").content.decode()
    assert 'value="English" id="id_languages_6" checked' in page
    assert "the page shows initials" in page and f"/profile/page/{cast.olga.public_id}/" in page
    said = {
        "user": cast.olga.pk, "slug": profile.slug, "title": profile.title, "nmls_id": profile.nmls_id,
        "languages": ["Spanish", "English"], "specialities": ["va"],
        "licenses-TOTAL_FORMS": 0, "licenses-INITIAL_FORMS": 0,
        "upload": SimpleUploadedFile("face.jpg", picture()),
    }  # fmt: skip
    assert stef.post(f"/admin/accounts/officerprofile/{profile.pk}/change/", said).status_code == 302
    profile.refresh_from_db()
    assert profile.languages == ["English", "Spanish"] and profile.specialities == ["va"]
    page = stef.get(f"/admin/accounts/officerprofile/{profile.pk}/change/").content.decode()
    assert f'<img src="{profile.photo.url}"' in page and page.count(" checked>") >= 3


def test_the_admin_tells_the_time_of_the_company(stef, cast):
    Company.objects.filter(pk=1).update(time_zone="America/Los_Angeles")
    User.objects.filter(pk=cast.bea.pk).update(last_login=datetime(2026, 11, 9, 20, 15, tzinfo=UTC))
    page = stef.get(f"/admin/accounts/user/{cast.bea.pk}/change/").content.decode()
    assert "Nov. 9, 2026, 12:15 p.m." in page
