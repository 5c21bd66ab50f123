"""The editor of wordings in the admin and the gallery: who may do what, what is shown, what is never written."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import User
from loans.models import Loan
from loans.stages import Stage
from notifications import rendering
from notifications.admin.editing import Draft
from notifications.catalog import KINDS, WORDING_TEST, kind_for
from notifications.models import Notification, Wording, WordingVersion
from notifications.services.wording import save_version, standing
from tests.cast import Cast, UserFactory, with_second_factor
from tests.notifications.test_wording import KIND, parts, save


def address(kind: str = KIND, name: str = "change") -> str:
    return reverse(f"admin:notifications_wording_{name}", args=[f"{kind}.en"])


@pytest.fixture
def staff(cast: Cast, client_for: Any) -> Client:
    return client_for(cast.stef)


def typed(staff: Client, kind: str = KIND, **changed: str) -> dict[str, str]:
    """The form as it was opened, with something changed."""
    form = staff.get(address(kind)).context["form"]
    return {**{name: form.initial.get(name, "") for name in form.fields}, **changed}


def test_the_list_shows_every_kind_and_looking_writes_nothing(cast: Cast, staff: Client) -> None:
    save(cast.stef, subject="One")
    page = staff.get(reverse("admin:notifications_wording_changelist")).content.decode()
    for kind in KINDS.values():
        assert (address(kind.key) in page) is (kind.key != WORDING_TEST), kind.key
    assert page.count("Changed, version 1") == 1 and "Stef Moore" in page
    staff.get(address("six_items"))
    assert Wording.objects.count() == 1


def test_each_language_has_words_of_its_own(cast: Cast, staff: Client, make_row: Any, settings: Any) -> None:
    settings.LANGUAGES = [("en", "English"), ("es", "Spanish")]
    page = staff.get(reverse("admin:notifications_wording_changelist")).content.decode()
    assert reverse("admin:notifications_wording_change", args=[f"{KIND}.es"]) in page and "Spanish" in page
    save_version(kind=KIND, language="es", parts=parts(subject="Hola"), by=cast.stef, expected="0.0")
    subjects = [rendering.render(make_row(language=language)).subject for language in ("es", "en")]
    assert subjects[0] == "Hola" and subjects[1].startswith("New application")


def test_saving_in_the_admin(cast: Cast, staff: Client) -> None:
    answer = staff.post(address(), typed(staff, subject="New words", note="Why not", do="save"))
    assert (answer.status_code, answer["Location"]) == (302, address())
    version = WordingVersion.objects.get()
    assert (version.subject, version.note, version.by) == ("New words", "Why not", cast.stef)
    page = staff.get(address()).content.decode()
    assert "New words" in page and "Why not" in page and "Version 1 holds, by Stef Moore" in page


def test_a_refusal_stands_at_its_field_and_keeps_what_was_typed(staff: Client) -> None:
    answer = staff.post(address(), typed(staff, body="Hello {{ frist_name }}", do="save"))
    assert answer.status_code == 422
    errors = answer.context["form"].errors
    assert "does not know “frist_name”" in errors["body"][0] and "The link is missing" in errors["body"][1]
    assert "Hello {{ frist_name }}" in answer.content.decode()
    assert not Wording.objects.exists()


def test_two_at_once_are_told_and_may_choose(cast: Cast, staff: Client) -> None:
    mine = typed(staff, subject="Mine", do="save")
    save(cast.mara, subject="Hers")
    answer = staff.post(address(), mine)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Version 1 by Mara Silva holds now." in page and "Mine" in page
    again = {**mine, "expected": answer.context["form"]["expected"].value()}
    assert staff.post(address(), again).status_code == 302
    assert standing(kind=KIND, language="en").published.subject == "Mine"  # type: ignore[union-attr]


def test_an_earlier_version_and_the_default_come_back_by_a_button(cast: Cast, staff: Client) -> None:
    first = save(cast.stef, subject="One")
    save(cast.stef, subject="Two")
    assert staff.get(address(), {"version": "1"}).context["form"].initial["subject"] == "One"
    assert (
        staff.get(address(), {"version": "0"})
        .context["form"]
        .initial["subject"]
        .startswith("New application")
    )
    assert staff.get(address(), {"version": "9"}).status_code == 404
    staff.post(address(), {"do": "publish", "version": "1", "expected": "2.2"})
    assert standing(kind=KIND, language="en").published == first
    assert staff.post(address(), {"do": "default", "expected": "2.2"}).status_code == 409
    staff.post(address(), {"do": "default", "expected": "2.1"})
    assert standing(kind=KIND, language="en").published is None


def test_without_javascript_a_button_shows_what_is_typed(staff: Client) -> None:
    said = typed(
        staff, subject="Seen by {{ officer }}", kind="stage_processing", do="preview", loan="ln-1001"
    )
    answer = staff.post(address("stage_processing"), said)
    assert answer.status_code == 200 and answer.context["trial"].subject == "Seen by Olga Haddad"
    frame = staff.get(address("stage_processing", "body"), {"draft": answer.context["link"]})
    assert "Olga Haddad" in frame.content.decode() and "LN-100042" not in frame.content.decode()
    assert not Wording.objects.exists() and not Notification.objects.exists()


def test_the_preview_shows_problems_and_draws_all_the_same(staff: Client) -> None:
    said = typed(staff, body="Hello {{ nobody }} {% debug %} <script>alert(1)</script>")
    answer = staff.post(address(name="preview"), said)
    page = answer.content.decode()
    assert "does not know “nobody”" in page and "other braces and tags" in page
    mail = staff.get(address(name="body"), {"draft": answer.context["link"]})
    assert "<script" not in mail.content.decode() and "{% debug %}" in mail.content.decode()
    assert "sandbox" in mail["Content-Security-Policy"] and mail["X-Frame-Options"] == "SAMEORIGIN"


def test_a_preview_is_of_words_we_signed_for_this_kind(staff: Client) -> None:
    link = Draft(kind_for(KIND), "en", parts()).link
    assert staff.get(address(name="body"), {"draft": link}).status_code == 200
    assert staff.get(address("six_items", "body"), {"draft": link}).status_code == 404
    assert staff.get(address(name="body"), {"draft": link[:-1]}).status_code == 404
    assert staff.get(address(name="body")).status_code == 404


def test_only_loans_one_may_see_lend_their_values(cast: Cast, client_for: Any) -> None:
    """Who may not open loans in the admin has those they work on."""
    helper = with_second_factor(UserFactory(name="Sam Poe", role=User.Role.PROCESSOR, is_staff=True))
    helper.user_permissions.set(
        type(helper).user_permissions.rel.model.objects.filter(
            codename__in=["view_wording", "change_wording"]
        )
    )
    Loan.objects.filter(pk=cast.loan.pk).update(processor=helper)
    client = client_for(helper)
    said = typed(client, kind="stage_processing")
    own = client.post(address("stage_processing", "preview"), {**said, "loan": "LN-1001"})
    assert "LN-1001" in own.context["trial"].subject
    other = client.post(address("stage_processing", "preview"), {**said, "loan": "LN-1002"})
    assert "LN-1002" not in other.content.decode().replace('value="LN-1002"', "")
    assert "You see no loan with this number" in other.content.decode()


def test_who_may_only_look_changes_nothing(cast: Cast, client_for: Any) -> None:
    reader = with_second_factor(UserFactory(name="Ray Low", role=User.Role.PROCESSOR, is_staff=True))
    reader.user_permissions.set(Permission.objects.filter(codename="view_wording"))
    client = client_for(reader)
    page = client.get(address())
    assert page.status_code == 200 and "Save and use these words" not in page.content.decode()
    for do in ("save", "test", "default", "publish"):
        assert client.post(address(), {"do": do, "expected": "0.0"}).status_code == 403
    reader.user_permissions.clear()
    assert client.get(address()).status_code == 403
    assert client.post(address(name="preview"), {}).status_code == 403


def test_send_to_me_is_a_row_of_the_outbox(cast: Cast, staff: Client) -> None:
    answer = staff.post(address(), typed(staff, subject="Try me", do="test", loan="LN-1001"))
    assert answer.status_code == 200
    row = Notification.objects.get()
    assert (row.kind, row.address, row.state) == (WORDING_TEST, cast.stef.mail_address, "queued")
    assert f"A test is on its way to {cast.stef.mail_address}." in answer.content.decode()


def test_the_letter_is_shown_as_a_pdf_of_what_is_typed(staff: Client) -> None:
    kind = kind_for("thank_you")
    for loan in ("", "LN-1001"):
        link = Draft(kind, "en", parts("thank_you", letter="Dear {{ names }}, hello."), loan).link
        answer = staff.get(address("thank_you", "letter"), {"draft": link})
        assert answer["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF")
    link = Draft(kind, "en", parts("thank_you", letter="Dear {{ nobody }}")).link
    answer = staff.get(address("thank_you", "letter"), {"draft": link}, follow=True)
    assert "does not know “nobody”" in answer.content.decode()


def test_the_number_of_a_row_leads_to_its_words(cast: Cast, staff: Client) -> None:
    row = save(cast.stef, subject="One").wording
    assert staff.get(reverse("admin:notifications_wording_change", args=[row.pk]))["Location"] == address()
    assert staff.get(reverse("admin:notifications_wording_change", args=[row.pk + 1])).status_code == 404
    assert staff.get(reverse("admin:notifications_wording_change", args=["nothing.en"])).status_code == 404


# --- The gallery ---------------------------------------------------------------------------------------------


def test_the_gallery_shows_the_words_that_hold(cast: Cast, client_for: Any) -> None:
    save(cast.stef, kind="stage_processing", heading="Our own heading")
    desk = client_for(cast.olga)
    page = desk.get(reverse("desk:gallery_message", args=["stage_processing"])).content.decode()
    assert "The house's own, version 1" in page and "Our own heading" in page
    mail = desk.get(reverse("desk:gallery_message_body", args=["stage_processing"]))
    assert "Our own heading" in mail.content.decode()
    assert desk.get(reverse("desk:gallery_message", args=["nothing"])).status_code == 404


def test_the_gallery_leads_to_every_message_and_every_stage(cast: Cast, client_for: Any) -> None:
    desk = client_for(cast.olga)
    page = desk.get(reverse("desk:gallery")).content.decode()
    for kind in KINDS.values():
        here = reverse("desk:gallery_message", args=[kind.key])
        assert here in page and desk.get(here).status_code == 200, kind.key
        letter = desk.get(reverse("desk:gallery_letter", args=[kind.key]))
        assert letter.status_code == (200 if kind.is_letter else 404), kind.key
    for stage in Stage:
        here = reverse("desk:gallery_stage", args=[stage.value])
        assert here in page and desk.get(here).status_code == 200, stage
    denied = reverse("desk:gallery_stage", args=["denied"])
    assert "We could not offer this loan" not in desk.get(denied).content.decode()
    assert "We could not offer this loan" in desk.get(denied, {"notice": "1"}).content.decode()
