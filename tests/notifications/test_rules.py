"""Staff say when the house writes by itself: one form, no list, every change in the audit log."""

from datetime import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import Entry
from notifications.models import MessageRules
from tests.cast import Cast

FORM = reverse("admin:notifications_messagerules_change", args=[1])


@pytest.fixture
def stef(cast: Cast, client_for: Any) -> Client:
    client: Client = client_for(cast.stef)
    return client


def shown(client: Client) -> dict[str, Any]:
    form = client.get(FORM).context["adminform"].form
    return {
        name: "" if value is None else value for name, value in form.initial.items() if name in form.fields
    }


def save(client: Client, **changes: Any) -> Any:
    said = {**shown(client), **changes}
    return client.post(FORM, {name: value for name, value in said.items() if value is not False})


def test_the_list_is_the_form(stef: Client) -> None:
    answer = stef.get(reverse("admin:notifications_messagerules_changelist"))
    assert answer.status_code == 200 and 'name="reminder_every_days"' in answer.content.decode()
    assert not MessageRules.objects.exists(), "looking stores nothing"
    assert shown(stef)["reminder_every_days"] == 4


def test_a_change_is_kept_and_audited(stef: Client, cast: Cast) -> None:
    answer = save(stef, reminder_most=3, quiet_until="09:00", blackout_days="2026-12-24\n2026-12-25")
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    rules = MessageRules.load()
    assert (rules.pk, rules.reminder_most, rules.quiet_until, len(rules.blackouts)) == (1, 3, time(9), 2)
    entry = Entry.objects.get(action="message_rules.changed")
    assert entry.actor == f"user:{cast.stef.public_id}" and entry.object_id == "message-rules"
    assert entry.detail == {
        "reminder_most": "3", "quiet_until": "09:00:00", "blackout_days": "2026-12-24\n2026-12-25",
    }  # fmt: skip
    save(stef, officer_digest=False)
    assert not MessageRules.load().officer_digest and MessageRules.load().reminder_most == 3
    assert MessageRules.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [{"blackout_days": "24.12.2026"}, {"reminder_every_days": 0}, {"binder_month": 13}, {"quiet_from": ""}],
)
def test_what_makes_no_sense_is_refused(stef: Client, wrong: dict[str, Any]) -> None:
    answer = save(stef, **wrong)
    assert answer.status_code == 200 and set(answer.context["adminform"].form.errors) == set(wrong)
    assert not MessageRules.objects.exists()


def test_nobody_adds_or_deletes_rules(stef: Client) -> None:
    assert stef.get(reverse("admin:notifications_messagerules_add")).status_code == 403
    assert stef.post(reverse("admin:notifications_messagerules_delete", args=[1])).status_code == 403
    missing = stef.get(reverse("admin:notifications_messagerules_change", args=[2]))
    assert missing.status_code == 302, "there is one set of rules"


def test_only_staff_may(cast: Cast, client_for: Any) -> None:
    assert client_for(cast.olga).get(FORM).status_code in (302, 403, 404)
