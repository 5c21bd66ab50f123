"""Doorstep refuses to start with an unsafe setting, names it by a fixed id and says what to set."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from portal.checks import check_settings, refuse_unsafe_settings
from portal.keys import make_secret_key
from tests.running import ROOT

PRODUCTION: dict[str, Any] = {
    "PUBLIC_URL": "https://portal.example.com",
    "BIND_ADDRESS": "127.0.0.1",
    "TRUSTED_PROXY_COUNT": 1,
    "EMAIL_URL": "smtp+tls://user:secret@mail.example.com:587",
    "DEFAULT_FROM_EMAIL": "Example Lending <portal@example.com>",
}
TEXTS = {"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "x", "TWILIO_FROM": "+12075550148"}
DEMO = {"DEMO": True, "PUBLIC_URL": "http://localhost:8000", "BIND_ADDRESS": "127.0.0.1"}


def ids(settings: Any, **values: Any) -> set[str]:
    for name, value in values.items():
        setattr(settings, name, value)
    faults = check_settings()
    assert all(fault.hint for fault in faults)
    return {str(fault.id).removeprefix("doorstep.") for fault in faults}


@pytest.fixture(autouse=True)
def secret_key(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.AWS_STORAGE_BUCKET_NAME = ""  # the bucket of a test run is no production's
    monkeypatch.setenv("SECRET_KEY", make_secret_key())


@pytest.mark.parametrize("good", [{}, DEMO, PRODUCTION], ids=["nothing set", "demo", "production"])
def test_what_the_readme_describes_starts(settings: Any, good: dict[str, Any]) -> None:
    assert ids(settings, **good) == set()


@pytest.mark.parametrize(
    ("base", "change", "fault"),
    [
        (DEMO, {"PUBLIC_URL": "http://portal.example.com"}, "E001"),
        (DEMO, {"PUBLIC_URL": "https://localhost"}, "E001"),
        (DEMO, {"PUBLIC_URL": "http://127.0.0.1:8000"}, "E001"),
        (DEMO, {"PUBLIC_URL": "http://localhost.example.com"}, "E001"),
        (DEMO, {"BIND_ADDRESS": "0.0.0.0"}, "E001"),
        (PRODUCTION, {"DEMO": True}, "E001"),
        (PRODUCTION, {"PUBLIC_URL": "portal.example.com"}, "E002"),
        (PRODUCTION, {"PUBLIC_URL": "https://portal.example.com/doorstep"}, "E002"),
        (PRODUCTION, {"PUBLIC_URL": "http://portal.example.com"}, "E003"),
        (PRODUCTION, {"TRUSTED_PROXY_COUNT": 0}, "E004"),
        (PRODUCTION, {"DEBUG": True}, "E005"),
        ({}, {"DEBUG": True, "BIND_ADDRESS": "0.0.0.0"}, "E005"),
        (PRODUCTION, {"EMAIL_URL": ""}, "E007"),
        (PRODUCTION, {"EMAIL_URL": "smtp://user:secret@mail.example.com:25"}, "E014"),
        (PRODUCTION, {"EMAIL_URL": "consolemail://"}, "E014"),
        (PRODUCTION, {"EMAIL_URL": "dummymail://"}, "E014"),
        (PRODUCTION, {"DEFAULT_FROM_EMAIL": "Doorstep <portal@localhost>"}, "E008"),
        (PRODUCTION, {"DATA_DIR": Path("/proc/doorstep")}, "E009"),
        (PRODUCTION, {"DATA_DIR": ROOT / "staticfiles" / "data"}, "E010"),
        (PRODUCTION, {"MFA_KEYS": []}, "E011"),
        (PRODUCTION, {"DOCUMENTS_MASTER_KEYS": ["short"]}, "E030"),
        (PRODUCTION, {"MFA_KEYS": [Fernet.generate_key().decode(), "short"]}, "E011"),
        (PRODUCTION, {"MAX_UPLOAD_MB": 0}, "E013"),
        (PRODUCTION, {"MAX_UPLOAD_MB": 5000}, "E013"),
        ({}, {"TWILIO_ACCOUNT_SID": "AC1"}, "E019"),
        ({}, {"TWILIO_FROM": "+12075550148"}, "E019"),
        (TEXTS, {"TWILIO_AUTH_TOKEN": ""}, "E019"),
        (TEXTS, {"TWILIO_FROM": "Lantern"}, "E021"),
    ],
)
def test_one_unsafe_value_is_one_fault(
    settings: Any, base: dict[str, Any], change: dict[str, Any], fault: str
) -> None:
    assert fault not in ids(settings, **{"PUBLIC_URL": "http://localhost:8000", **base})
    assert fault in ids(settings, **change)


def test_texts_through_twilio_need_its_library(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for is_installed, faults in ((False, {"E020"}), (True, set())):
        monkeypatch.setattr("portal.checks.library_is_installed", lambda answer=is_installed: answer)
        assert ids(settings, **TEXTS, TEXTS_LEAVE_THE_HOUSE=True) == faults


@pytest.mark.parametrize(
    "good", ["smtps://user:secret@mail.example.com", "smtp+ssl://mail.example.com:465", "smtp://localhost:25"]
)
def test_mail_leaves_encrypted_or_through_this_machine(settings: Any, good: str) -> None:
    assert ids(settings, **{**PRODUCTION, "EMAIL_URL": good}) == set()


@pytest.mark.parametrize("value", [None, "", "short"])
def test_production_needs_a_secret_key(
    settings: Any, monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("SECRET_KEY") if value is None else monkeypatch.setenv("SECRET_KEY", value)
    assert ids(settings, **PRODUCTION) == {"E006"}


def test_keys_that_others_can_read_are_refused(settings: Any, tmp_path: Path) -> None:
    key = tmp_path / "mfa_key"
    key.touch(mode=0o600)
    assert ids(settings, KEYS_DIR=tmp_path) == set()
    key.chmod(0o644)
    assert ids(settings, KEYS_DIR=tmp_path) == {"E012"}


def test_the_web_process_refuses_by_itself(settings: Any) -> None:
    settings.MAX_UPLOAD_MB = 0
    with pytest.raises(ImproperlyConfigured, match=r"doorstep\.E013.*MAX_UPLOAD_MB=0"):
        refuse_unsafe_settings()


def test_the_run_command_refuses_and_says_why(tmp_path: Path) -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "portal.settings", "DATA_DIR": str(tmp_path)}
    environment |= {"DEMO": "1", "PUBLIC_URL": "https://portal.example.com"}
    done = subprocess.run(
        [sys.executable, "manage.py", "run"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode != 0
    assert "doorstep.E001" in done.stderr
    assert "Unset DEMO" in done.stderr
