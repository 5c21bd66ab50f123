"""What machines ask."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import Entry
from notifications.models import DeliveryEvent, Heartbeat, InboundText, Notification
from portal.views import health


def test_healthz_says_the_process_is_alive(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        response = client.get("/healthz")
    assert response.status_code == 200 and response.json() == {"status": "ok"}


def test_readyz_names_every_check(client, db):
    Heartbeat.objects.update_or_create(name="beat", defaults={"at": timezone.now() - timedelta(seconds=90)})
    response = client.get("/readyz")
    assert response.status_code == 200
    answer = response.json()
    assert answer["checks"] == {"database": True, "migrations": True, "cache": True, "storage": True}
    assert 85 <= answer["heartbeat_age_seconds"]["beat"] <= 120
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("broken", ["database", "migrations", "cache", "storage"])
def test_readyz_is_503_and_says_what_is_missing(client, db, monkeypatch, broken):
    def fails() -> bool:
        raise OSError("disk full")

    monkeypatch.setitem(health.CHECKS, broken, fails)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"][broken] is False


def test_storage_that_cannot_be_written_is_not_ready(client, db, settings, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    settings.PRIVATE_FILES_DIR = blocked / "files"
    assert client.get("/readyz").status_code == 503


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer wrong"])
def test_metrics_are_nowhere_without_the_token(client, db, settings, header):
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"Authorization": header}).status_code == 404
    settings.METRICS_TOKEN = "figures"
    assert client.get("/metrics", headers={"Authorization": header}).status_code == 404


LINE = re.compile(r'doorstep_([a-z_]+)(?:\{((?:[a-z_]+="[^"]*",?)+)\})? (-?[0-9.]+)')


def read(client, settings):
    """Every figure by name and labels; HELP and TYPE are checked on the way, as Prometheus does."""
    settings.METRICS_TOKEN = "figures"
    answer = client.get("/metrics", headers={"Authorization": "Bearer figures"})
    assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    text, found, declared = answer.content.decode(), {}, []
    assert text.endswith("\n")
    for line in text.splitlines():
        if line.startswith("#"):
            word, name, said = line.removeprefix("# ").split(" ", 2)
            assert word in ("HELP", "TYPE") and said and (word == "HELP" or said == "gauge"), line
            assert (word, name) not in declared, "declared twice"
            declared.append((word, name))
            continue
        name, labels, value = LINE.fullmatch(line).groups()
        assert [("HELP", f"doorstep_{name}"), ("TYPE", f"doorstep_{name}")] == declared[-2:], line
        key = f"{name}{{{labels}}}" if labels else name
        assert key not in found, "one sample twice"
        found[key] = float(value)
    return found


def make_message(state="queued", minutes=0, **fields):
    number = Notification.objects.count() + 1
    due_at = timezone.now() + timedelta(minutes=minutes)
    return Notification.objects.create(
        event_key=f"{number}", kind="k", recipient="user:1", address="a@example.com", due_at=due_at, state=state,
        message_id=f"<{number}@x>", **fields,
    )  # fmt: skip


def test_metrics_tell_how_long_work_has_waited(client, db, settings):
    make_message(minutes=-5)
    make_message(minutes=60 * 24 * 7)
    past = timezone.now() - timedelta(seconds=300)
    Entry.objects.create(actor="user:1", action="a", object_kind="o", object_id="1", at=past)
    Heartbeat.objects.update_or_create(name="beat", defaults={"at": past})
    found = read(client, settings)
    for name in (
        "oldest_due_message_age_seconds",
        "unsealed_audit_age_seconds",
        'heartbeat_age_seconds{name="beat"}',
    ):
        assert 299 <= found[name] < 360, name
    assert found['messages{state="queued"}'] == 2
    assert found['due_messages{channel="email"}'] == 1
    assert found['scheduled_messages{channel="email"}'] == 1
    assert found['due_messages{channel="text"}'] == 0
    assert found['uploads{state="scanning"}'] == 0


def test_metrics_of_an_empty_house_are_all_there(client, db, settings):
    found = read(client, settings)
    for name in ("oldest_due_message_age_seconds", "inbound_texts_undecided", "messages_sent_today"):
        assert found[name] == 0
    assert {name.partition("{")[0] for name in found} >= {
        "messages", "due_messages", "scheduled_messages", "delivery_events_last_hour", "uploads",
    }  # fmt: skip


def test_metrics_tell_what_became_of_messages(client, db, settings):
    now = timezone.now()
    for number, state in enumerate(["sent"] * 18 + ["delivered", "bounced"], start=1):
        row = make_message(state, minutes=-10)
        Notification.objects.filter(pk=row.pk).update(sent_at=row.due_at + timedelta(seconds=number))
    for state in ("failed", "unknown", "held", "ready_to_print"):
        make_message(state)
    DeliveryEvent.objects.create(provider="x", event_id="1", kind="bounced", at=now)
    InboundText.objects.create(provider="local", provider_id="1", sender="+12075550101", reading="unclear")
    found = read(client, settings)
    for state in ("failed", "unknown", "held", "ready_to_print", "bounced"):
        assert found[f'messages{{state="{state}"}}'] == 1, state
    assert found['messages_last_hour{channel="email",state="sent"}'] == 18
    assert found['delivery_events_last_hour{kind="bounced"}'] == 1
    assert found['message_seconds{quantile="0.5"}'] == 10
    assert found['message_seconds{quantile="0.95"}'] == 19
    assert found["inbound_texts_undecided"] == 1
