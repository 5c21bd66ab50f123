"""Rules of the whole house: public list, imports, migrations, templates, headers, cookies; reading writes nothing."""

import hashlib
import io
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.migrations import AddField, CreateModel, Migration
from django.db.migrations.loader import MigrationLoader
from django.db.models import NOT_PROVIDED
from django.http import HttpResponse
from django.test import override_settings
from django.urls import reverse
from importlinter.cli import lint_imports

from portal.public_list import PUBLIC_ADDRESSES, PUBLIC_SIGN_IN
from tests.guards.table import TABLE
from tests.guards.test_addresses import ADDRESSES, ADMIN, Person, admin_url, ask
from tests.guards.world import World
from tests.running import ROOT

pytestmark = pytest.mark.django_db
POLICY = {
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:", "font-src 'self'",
    "connect-src 'self'", "manifest-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'",
    "form-action 'self'",
}  # fmt: skip
WITH_MESSAGE = POLICY | {"frame-src 'self'"}
# A message is shown alone, in a sandbox; so is whatever a borrower has sent. The letter is ours.
MESSAGE = {
    "sandbox", "default-src 'none'", "style-src 'unsafe-inline'", "img-src 'self' data:", "frame-ancestors 'self'",
}  # fmt: skip
LETTER = {"default-src 'none'", "style-src 'unsafe-inline'", "object-src 'self'", "frame-ancestors 'none'"}
FILE = {"sandbox", "default-src 'none'"}
SPECIAL = {
    "desk:stage": (WITH_MESSAGE, {}),
    "desk:gallery_message": (WITH_MESSAGE, {}),
    "desk:gallery_message_body": (MESSAGE, {"X-Frame-Options": "SAMEORIGIN"}),
    "desk:gallery_letter": (LETTER, {"Referrer-Policy": "no-referrer"}),
    "admin:notifications_wording_change": (WITH_MESSAGE, {}),
    "outbox:message": (WITH_MESSAGE, {}),
    "outbox:body": (MESSAGE, {"X-Frame-Options": "SAMEORIGIN"}),
    "letters:pdf": (LETTER, {"Referrer-Policy": "no-referrer"}),
    "letters:pile_pdf": (LETTER, {"Referrer-Policy": "no-referrer"}),
    "letters:printed_pdf": (LETTER, {"Referrer-Policy": "no-referrer"}),
    "accounts:signature_picture": (FILE, {"Referrer-Policy": "no-referrer"}),
    "documents:archive_file": (FILE, {"Referrer-Policy": "no-referrer"}),
    "documents:page": (FILE, {"Referrer-Policy": "no-referrer"}),
    "documents:original": (FILE, {"Referrer-Policy": "no-referrer"}),
    "preferences:unsubscribe": (POLICY, {"Referrer-Policy": "no-referrer"}),
    "send:page": (POLICY, {"Referrer-Policy": "no-referrer"}),
    "partner:page": (POLICY, {"Referrer-Policy": "no-referrer"}),
    "loans:e_delivery_test": (LETTER, {"Referrer-Policy": "no-referrer"}),
    "the file": (FILE, {"Referrer-Policy": "no-referrer"}),
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
PERMISSIONS = {
    "camera=(self)", "publickey-credentials-get=(self)", "publickey-credentials-create=(self)", "geolocation=()",
    "microphone=()", "payment=()", "usb=()",
}  # fmt: skip
# What a GET may write: who looked (audit), sessions and their last use, counters of tries.
MAY_GROW = {"audit", "sessions", "usersessions", "contenttypes", "auth", "admin"}


def pages(world: World, *, with_admin: bool) -> Iterator[tuple[str, str]]:
    """Name and address of everything that answers to GET."""
    for row in TABLE.values():
        if row.get:
            yield row.name, reverse(row.name, kwargs=row.fill(world))
    yield "the file", reverse("documents:document", args=[world.bea.document.public_id]) + "?download=1"
    if with_admin:
        for address in ADMIN:
            yield address.name, admin_url(address)


# --- The list of what is public -----------------------------------------------------------------------------------


def leads_to_sign_in(answer: HttpResponse, url: str) -> bool:
    """Sent to the sign-in page, and from there back to this very address."""
    if answer.status_code != 302:
        return False
    to = urlsplit(answer["Location"])
    return to.path in (reverse("account_login"), reverse("admin:login")) and parse_qs(to.query).get(
        "next"
    ) == [url]


def test_the_public_list_is_what_answers_without_sign_in(world: World, person: Person) -> None:
    open_to_all = set()
    for address in ADDRESSES:
        row = TABLE.get(address.name)
        url = reverse(address.name, kwargs=row.fill(world)) if row else admin_url(address)
        if not leads_to_sign_in(ask(person("nobody"), "GET", url), url):
            open_to_all.add(address.name)
    listed = set(PUBLIC_ADDRESSES) | set(PUBLIC_SIGN_IN)
    assert open_to_all - listed == set(), "open without standing in portal/public_list.py"
    # The admin's own sign-in page is open, and its whole answer is the way to the house's.
    assert listed - open_to_all - {"admin:login"} == set(), "in portal/public_list.py, yet closed or gone"


# --- Code ---------------------------------------------------------------------------------------------------------


def test_imports_go_down_only(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True) == 0, capsys.readouterr().out


@pytest.fixture
def migrations() -> Iterator[None]:
    """As they are on disk, also where the tables of the suite are made from the models (`make test`)."""
    with override_settings(MIGRATION_MODULES={}):
        yield


@pytest.mark.usefixtures("migrations")
def test_no_migration_is_missing() -> None:
    out = io.StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=out)
    except SystemExit:
        pytest.fail(f"models changed without a migration:\n{out.getvalue()}")


@pytest.mark.usefixtures("migrations")
def test_a_new_column_has_a_value_for_those_who_do_not_know_it() -> None:
    """While an update begins the old version still writes rows, without the column."""
    ours = {app.label for app in apps.get_app_configs() if Path(app.path).parent == ROOT}
    later = [
        migration
        for (label, _name), migration in MigrationLoader(None).disk_migrations.items()
        if label in ours and not migration.initial
    ]
    wrong = [
        f"{migration}: {column.model_name}.{column.name}"
        for migration in later
        for column in bare_columns(migration)
    ]
    assert later and not wrong, "\n".join(["These need null or db_default:", *wrong])


def bare_columns(migration: Migration) -> Iterator[AddField]:
    """New columns without a value of the database's own, in tables that were there before."""
    new = {operation.name_lower for operation in migration.operations if isinstance(operation, CreateModel)}
    for operation in migration.operations:
        if isinstance(operation, AddField) and operation.model_name_lower not in new:
            field = operation.field
            if not field.null and not field.many_to_many and field.db_default is NOT_PROVIDED:
                yield operation


def test_no_template_has_inline_script_or_style(capsys: pytest.CaptureFixture[str]) -> None:
    guard = runpy.run_path(str(ROOT / ".ci" / "templates.py"))
    assert guard["main"]() == 0, capsys.readouterr().out


# --- Answers ------------------------------------------------------------------------------------------------------

faults_of = runpy.run_path(str(ROOT / ".ci" / "templates.py"))["faults"]


@pytest.mark.embedded("with a bucket the policy of each page names it too")
@pytest.mark.parametrize("name", ["nobody", "bea", "nils", "olga", "mara", "stef"])
def test_every_page_is_safe_and_reading_writes_nothing(name: str, world: World, person: Person) -> None:
    """Headers, `no-store`, no inline script or style; and nothing of the business is changed by looking at it."""
    before, wrong = everything(), []
    for view, url in pages(world, with_admin=name == "stef"):
        answer = person(name).get(url)
        answer.whole = b"".join(answer.streaming_content) if answer.streaming else answer.content
        wrong += [(url, fault) for fault in unsafe(view, answer, is_private=name != "nobody")]
    after = everything()
    assert not wrong
    assert {label for label in before if before[label] != after[label]} == set()


def unsafe(view: str, answer: Any, is_private: bool) -> Iterator[str]:
    if answer.status_code >= 500:
        yield f"answered {answer.status_code}"
    policy, other = SPECIAL.get(view, (POLICY, {})) if answer.status_code == 200 else (POLICY, {})
    if set(answer["Content-Security-Policy"].split("; ")) != policy:
        yield answer["Content-Security-Policy"]
    if set(answer["Permissions-Policy"].split(", ")) != PERMISSIONS:
        yield answer["Permissions-Policy"]
    for header, value in {**HEADERS, **other}.items():
        if answer.headers.get(header) != value:
            yield f"{header}: {answer.headers.get(header)}"
    if is_private and "no-store" not in answer.get("Cache-Control", ""):
        yield "may be kept by a cache"
    if "html" in answer.get("Content-Type", "") and policy is not MESSAGE:
        yield from faults_of(answer.whole.decode())


def test_no_cache_keeps_what_belongs_to_a_session(world: World, person: Person) -> None:
    for view, url in pages(world, with_admin=False):
        if view.startswith(("apply:", "account", "mfa_", "usersessions")):
            assert "no-store" in ask(person("nobody"), "GET", url).get("Cache-Control", ""), url


# Against forged answers, and nothing else.
WITH_A_FORM = {"public:settled"}


def test_public_pages_set_no_cookie(world: World, person: Person) -> None:
    for view, url in pages(world, with_admin=False):
        if view.startswith("public:") and view not in WITH_A_FORM:
            assert not ask(person("nobody"), "GET", url).cookies, url


# --- Reading writes nothing ---------------------------------------------------------------------------------------


# The evidence that a paper was opened is written by opening it, as its entry in the audit log is.
BY_OPENING = {
    "documents.Share.first_opened_at",
}


def everything() -> dict[str, str]:
    """A fingerprint of every table that holds business."""
    prints = {}
    for model in apps.get_models():
        if model._meta.app_label in MAY_GROW:
            continue
        names = [field.attname for field in model._meta.concrete_fields]
        read = [name for name in names if f"{model._meta.label}.{name}" not in BY_OPENING]
        rows = repr(list(model._default_manager.order_by("pk").values_list(*read)))
        prints[model._meta.label] = hashlib.sha256(rows.encode()).hexdigest()
    return prints


def test_the_fingerprint_sees_a_change(world: World) -> None:
    before = everything()
    world.cast.loan.street = "1 Other Lane"
    world.cast.loan.save(update_fields=["street"])
    after = everything()
    assert [label for label in before if before[label] != after[label]] == ["loans.Loan"]
