"""The outbox and the letter at the desk: who sees what, what the buttons do, and what is never shown."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from loans.models import Loan
from loans.services import change_stage
from notifications import delivery, services
from notifications.models import Notification, Suppression
from tests.cast import Cast

State = Notification.State
ClientFor = Callable[..., Client]


def page(client: Client, name: str, row: Notification | None = None, **query: Any) -> Any:
    return client.get(reverse(name, args=[row.public_id] if row else []), query)


@pytest.fixture
def letter(cast: Cast) -> Notification:
    Loan.objects.filter(pk=cast.loan.pk).update(stage="closing")
    cast.loan.refresh_from_db()
    change_stage(loan=cast.loan, to="funded", by=cast.olga, expected_version=cast.loan.version)
    return Notification.objects.get(kind="thank_you")


# --- Who sees what -------------------------------------------------------------------------------------------


def test_officers_see_messages_of_their_own_loans_staff_those_without_a_loan(
    cast: Cast, make_row: Any, client_for: ClientFor
) -> None:
    mine = make_row()
    other = make_row(loan=cast.other_loan, recipient=cast.otto)
    code = make_row(kind="sign_in_code", recipient=cast.bea, loan=None, secret="428193")
    seen = {
        cast.olga: {mine}, cast.otto: {other}, cast.mara: {mine, other}, cast.stef: {code},
    }  # fmt: skip
    for person, rows in seen.items():
        client = client_for(person)
        assert set(page(client, "outbox:list").context["rows"]) == rows, person
        for row in (mine, other, code):
            expected = 200 if row in rows else 404
            assert page(client, "outbox:message", row).status_code == expected
            assert page(client, "outbox:body", row).status_code == expected


@pytest.mark.parametrize("name", ["bea", "cole", "nils"])
def test_borrowers_find_no_outbox(cast: Cast, make_row: Any, client_for: ClientFor, name: str) -> None:
    client = client_for(getattr(cast, name))
    row = make_row()
    assert page(client, "outbox:list").status_code == 404
    assert page(client, "outbox:message", row).status_code == 404


def test_nobody_is_sent_to_sign_in(make_row: Any, visitor: Client) -> None:
    assert page(visitor, "outbox:list").status_code == 302
    assert page(visitor, "outbox:message", make_row()).status_code == 302


def test_buttons_of_others_are_404_and_change_nothing(
    cast: Cast, make_row: Any, client_for: ClientFor
) -> None:
    row = make_row(due_at=timezone.now() + timedelta(days=1))
    for verb in ("hold", "release", "resend", "send", "cancel", "settle"):
        answer = client_for(cast.otto).post(
            reverse(f"outbox:{verb}", args=[row.public_id]), {"version": row.version}
        )
        assert answer.status_code == 404
    row.refresh_from_db()
    assert row.state == State.QUEUED


# --- Codes and links -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("sent", [False, True])
def test_codes_and_links_are_shown_on_the_demo_alone(
    cast: Cast, make_row: Any, client_for: ClientFor, settings: Any, sent: bool
) -> None:
    settings.DEMO = True
    code = make_row(kind="sign_in_code", recipient=cast.bea, loan=None, secret="428193")
    link = make_row(
        kind="application_received",
        recipient=cast.bea_party,
        secret="https://portal.example/invitations/xyz/",
    )
    if sent:
        delivery.deliver_due()
    for demo in (True, False):
        settings.DEMO = demo
        for person, row, secret in ((cast.stef, code, "428193"), (cast.olga, link, "invitations/xyz")):
            client = client_for(person)
            for name in ("outbox:message", "outbox:body"):
                assert (secret in page(client, name, row).content.decode()) is demo, (name, demo)
    admin = client_for(cast.stef).get(reverse("admin:notifications_notification_change", args=[code.pk]))
    assert admin.status_code == 200 and "428193" not in admin.content.decode()


# --- The page of a message -----------------------------------------------------------------------------------


def test_the_mail_is_framed_under_a_policy_of_its_own(
    cast: Cast, make_row: Any, client_for: ClientFor
) -> None:
    row, client = make_row(), client_for(cast.olga)
    delivery.deliver_due()
    around, inside = page(client, "outbox:message", row), page(client, "outbox:body", row)
    assert "frame-src 'self'" in around["Content-Security-Policy"]
    assert "script-src 'self'" in around["Content-Security-Policy"]
    assert inside["Content-Security-Policy"] == (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'"
    )
    assert inside["X-Frame-Options"] == "SAMEORIGIN"
    assert f'src="{reverse("outbox:body", args=[row.public_id])}" sandbox' in around.content.decode()
    assert " style=" not in around.content.decode().replace("&quot;", "")
    assert "frame-src" not in page(client, "outbox:list")["Content-Security-Policy"]


def test_a_message_that_waits_is_shown_as_it_would_go_out_now(
    cast: Cast, make_row: Any, client_for: ClientFor
) -> None:
    row = make_row(due_at=timezone.now() + timedelta(days=1))
    said = page(client_for(cast.olga), "outbox:message", row).content.decode()
    assert "New application LN-1001" in said and "Scheduled" in said
    row.refresh_from_db()
    assert row.text_body == ""


def test_a_message_that_is_no_longer_wanted_says_why(
    cast: Cast, make_row: Any, client_for: ClientFor
) -> None:
    row = make_row(kind="requests_added", recipient=cast.bea_party)
    answer = page(client_for(cast.olga), "outbox:message", row)
    assert answer.status_code == 200 and "Everything that was asked for is here" in answer.content.decode()
    assert page(client_for(cast.olga), "outbox:body", row).status_code == 404


def test_why_a_message_stands_still_is_told_in_the_language_of_the_reader(
    cast: Cast, make_row: Any, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = make_row()
    Notification.objects.filter(pk=row.pk).update(error="The loan has moved back.", state=State.CANCELLED)
    monkeypatch.setattr("notifications.models.outbox.gettext", {"The loan has moved back.": "Atrás."}.get)
    client = client_for(cast.olga)
    assert "Atrás." in client.get(reverse("outbox:list")).content.decode()
    assert "Atrás." in page(client, "outbox:message", row).content.decode()


def test_hold_release_and_resend(cast: Cast, make_row: Any, client_for: ClientFor) -> None:
    row, client = make_row(due_at=timezone.now() + timedelta(days=1)), client_for(cast.olga)

    def press(verb: str) -> str:
        row.refresh_from_db()
        client.post(reverse(f"outbox:{verb}", args=[row.public_id]), {"version": row.version}, follow=True)
        row.refresh_from_db()
        return row.state

    assert press("hold") == State.HELD
    assert press("release") == State.QUEUED
    services.send_now(notification=row, by=cast.olga)
    delivery.deliver_due()
    assert press("resend") == State.SENT
    assert Notification.objects.filter(resend_of=row).count() == 1
    assert set(Entry.objects.filter(action__startswith="message.").values_list("action", flat=True)) == {
        "message.held", "message.released", "message.sent_now", "message.resent",
    }  # fmt: skip


def test_a_button_of_an_old_page_changes_nothing(cast: Cast, make_row: Any, client_for: ClientFor) -> None:
    row = make_row(due_at=timezone.now() + timedelta(days=1))
    answer = client_for(cast.olga).post(
        reverse("outbox:hold", args=[row.public_id]), {"version": 99}, follow=True
    )
    assert "Somebody changed this message" in answer.content.decode()
    row.refresh_from_db()
    assert row.state == State.QUEUED


# --- The list ------------------------------------------------------------------------------------------------


def test_the_list_is_paged_and_costs_the_same_at_any_depth(
    cast: Cast, make_row: Any, client_for: ClientFor, django_assert_max_num_queries: Any
) -> None:
    rows = [make_row() for _ in range(60)]
    client = client_for(cast.olga)
    seen: list[Notification] = []
    address = reverse("outbox:list")
    while address:
        with django_assert_max_num_queries(8):
            answer = client.get(address)
        seen += answer.context["rows"]
        assert len(answer.context["rows"]) <= 25
        address = answer.context["next_url"]
    assert [row.pk for row in seen] == sorted((row.pk for row in rows), reverse=True)


def test_the_list_can_be_searched_and_filtered(cast: Cast, make_row: Any, client_for: ClientFor) -> None:
    mine = make_row()
    bea = make_row(kind="application_received", recipient=cast.bea_party)
    other = make_row(loan=cast.other_loan, recipient=cast.otto)
    client = client_for(cast.mara)

    def found(**asked: Any) -> set[Notification]:
        return set(page(client, "outbox:list", **asked).context["rows"])

    assert found(q="bea@example.com") == {bea}
    assert found(q="ln-1002") == {other}
    assert found(kind="application_received") == {bea}
    assert found(state="sent") == set()
    assert found(loan=cast.loan.public_id) == {mine, bea}
    assert found(channel="email", loan=cast.other_loan.public_id) == {other}
    assert found(channel="text") == set()
    assert found(q="nobody", state="nonsense", before="x") == set()
    assert found(before=bea.pk) == {mine}


# --- The letter ----------------------------------------------------------------------------------------------


def test_the_letter_is_read_as_pdf_with_an_audit_entry(
    cast: Cast, letter: Notification, client_for: ClientFor
) -> None:
    answer = page(client_for(cast.olga), "letters:pdf", letter)
    assert answer["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF")
    assert answer["Content-Disposition"].startswith("inline") and "no-store" in answer["Cache-Control"]
    entry = Entry.objects.get(action="letter.viewed")
    assert entry.actor == f"user:{cast.olga.public_id}" and entry.loan_id == str(cast.loan.public_id)
    for person in (cast.otto, cast.bea, cast.stef):
        assert page(client_for(person), "letters:pdf", letter).status_code == 404
        assert page(client_for(person), "letters:letter", letter).status_code == 404


def test_the_letter_is_edited_held_released_and_sent(
    cast: Cast, letter: Notification, client_for: ClientFor
) -> None:
    client = client_for(cast.olga)
    shown = page(client, "letters:letter", letter)
    assert "Dear {{ names }}" in shown.content.decode()

    def press(verb: str, status: int = 302, **said: Any) -> Notification:
        letter.refresh_from_db()
        told = {"version": letter.version, **said}
        answer = client.post(reverse(f"letters:{verb}", args=[letter.public_id]), told)
        assert answer.status_code == status
        letter.refresh_from_db()
        return letter

    assert (
        press("edit", wording="Dear {{ names }}, hello.", personal_line="Mine.").wording
        == "Dear {{ names }}, hello."
    )
    press("edit", 422, wording="{{ nmaes }}")
    press("edit", 422, wording="")
    client_answer = client.post(
        reverse("letters:edit", args=[letter.public_id]),
        {"version": 1, "wording": "Dear all", "personal_line": ""},
    )
    said = client_answer.content.decode()
    assert client_answer.status_code == 409
    assert "Dear all" in said and "Dear {{ names }}, hello." in said and "Mine." in said
    assert f'name="version" value="{letter.version}"' in said
    assert press("hold").state == State.HELD
    assert press("release").state == State.QUEUED
    press("send")
    delivery.deliver_due()
    assert press("hold").state == State.SENT
    assert "as it went out" in page(client, "letters:letter", letter).content.decode()
    press("edit", 422, wording="Too late")


def test_other_messages_are_no_letters(cast: Cast, make_row: Any, client_for: ClientFor) -> None:
    assert page(client_for(cast.olga), "letters:letter", make_row()).status_code == 404


# --- The admin -----------------------------------------------------------------------------------------------


def test_staff_read_hold_and_resend_in_the_admin(cast: Cast, make_row: Any, client_for: ClientFor) -> None:
    client = client_for(cast.stef)
    waiting = make_row(due_at=timezone.now() + timedelta(days=1))
    sent = make_row()
    delivery.deliver_due()
    listed = client.get(reverse("admin:notifications_notification_changelist"))
    assert listed.status_code == 200 and "New application LN-1001" not in listed.content.decode()
    change = client.get(reverse("admin:notifications_notification_change", args=[sent.pk]))
    assert "New application LN-1001" in change.content.decode() and "<textarea" not in change.content.decode()

    def act(action: str, row: Notification) -> None:
        client.post(
            reverse("admin:notifications_notification_changelist"),
            {"action": action, "_selected_action": [row.pk]},
        )

    change = reverse("admin:notifications_notification_change", args=[waiting.pk])
    assert 'name="_save"' not in client.get(change).content.decode()
    assert client.post(change, {}).status_code == 403, "saving would write an old state over a newer one"
    act("hold", waiting)
    act("resend", sent)
    waiting.refresh_from_db()
    assert waiting.state == State.HELD and Notification.objects.filter(resend_of=sent).exists()
    assert client.get(reverse("admin:notifications_notification_add")).status_code == 403
    assert client.post(reverse("admin:notifications_notification_delete", args=[sent.pk])).status_code == 403


def test_staff_find_messages_by_address_or_loan_in_the_admin(
    cast: Cast, make_row: Any, client_for: ClientFor
) -> None:
    client = client_for(cast.stef)
    make_row()
    listed = reverse("admin:notifications_notification_changelist")
    for asked in ("ln-1001", f" {cast.olga.mail_address.upper()} ", "LN-9999"):
        shown = client.get(listed, {"q": asked}).content.decode()
        assert (cast.olga.mail_address in shown.split('id="result_list"')[-1]) == (asked != "LN-9999"), asked
    assert client.get(listed, {"kind": "thank_you"}).context["cl"].result_count == 0


def test_an_address_is_switched_on_again_in_the_admin(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.stef)
    told = {"address": "Bea@Example.com", "channel": "email", "scope": "everything", "reason": "staff"}
    client.post(reverse("admin:notifications_suppression_add"), told)
    row = Suppression.objects.get()
    assert row.address == "bea@example.com"
    client.post(reverse("admin:notifications_suppression_delete", args=[row.pk]), {"post": "yes"})
    assert not Suppression.objects.exists()
    assert Entry.objects.filter(action__startswith="message.address_switched").count() == 2
