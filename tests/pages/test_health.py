"""What machines ask."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import Entry
from notifications.models import Heartbeat, Notification
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


def test_metrics_tell_how_long_work_has_waited(client, db, settings):
    settings.METRICS_TOKEN = "figures"
    past = timezone.now() - timedelta(seconds=300)
    Notification.objects.create(
        event_key="a", kind="k", recipient="user:1", address="a@example.com", due_at=past, message_id="<1@x>"
    )
    Notification.objects.create(
        event_key="b", kind="k", recipient="user:1", address="a@example.com", message_id="<2@x>",
        due_at=timezone.now() + timedelta(days=7),
    )  # fmt: skip
    Entry.objects.create(actor="user:1", action="a", object_kind="o", object_id="1", at=past)
    lines = client.get("/metrics", headers={"Authorization": "Bearer figures"}).content.decode().splitlines()
    figures = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    assert 299 <= float(figures["doorstep_oldest_due_message_age_seconds"]) < 360
    assert 299 <= float(figures["doorstep_unsealed_audit_age_seconds"]) < 360
    assert figures['doorstep_messages{state="queued"}'] == "2"
    assert figures['doorstep_uploads{state="scanning"}'] == "0"
