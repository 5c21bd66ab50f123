"""Every address of the real URL list, asked by nobody, Hana and the seven of the cast: the exact code for each."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib import admin
from django.db import transaction
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, clear_url_caches, reverse, set_urlconf

from accounts import absences
from accounts.models import User
from documents.storage import file_store
from loans.models import Loan
from loans.services import partners, reassign_all
from tests.cast import NAMES, UserFactory, sign_in
from tests.guards.conftest import EVERYBODY, VISITORS
from tests.guards.table import TABLE, Codes, Row
from tests.guards.urls import Address, every_address
from tests.guards.world import MARKS, World

pytestmark = pytest.mark.django_db
Person = Callable[[str], Client]
ADDRESSES = every_address()
ADMIN = [address for address in ADDRESSES if address.name.startswith("admin:")]
HOUSE = [address for address in ADDRESSES if not address.name.startswith("admin:")]


def ask(client: Client, method: str, url: str, row: Row | None = None) -> Any:
    """One question; whatever it changed is rolled back."""
    said: Any = row.said if row else {}
    options: dict[str, Any] = {}
    if row and row.json:
        said, options = json.dumps(said), {"content_type": "application/json"}
    with transaction.atomic():
        answer = client.post(url, said, **options) if method == "POST" else client.get(url)
        answer.whole = b"".join(answer.streaming_content) if answer.streaming else answer.content
        transaction.set_rollback(True)
    return answer


def codes(person: Person, method: str, url: str, row: Row | None = None) -> Codes:
    return {name: ask(person(name), method, url, row).status_code for name in EVERYBODY}


# --- The table and the list agree ------------------------------------------------------------------------------


def test_every_address_has_its_row_and_every_row_its_address() -> None:
    real = {address.name for address in HOUSE}
    missing = sorted(real - TABLE.keys())
    gone = sorted(TABLE.keys() - real)
    assert not missing, (
        f"New addresses without a row: {missing}. Add `Row(name, get=…, post=…)` to tests/guards/table.py: who gets "
        "which code? Somebody who must not know that a thing exists gets 404."
    )
    assert not gone, f"Rows of tests/guards/table.py whose address no longer exists: {gone}"


FROM_THE_STORAGE = {"documents:archive_file", "documents:original", "documents:page"}


@pytest.mark.parametrize("name", sorted(TABLE))
def test_each_person_gets_their_answer(name: str, world: World, person: Person) -> None:
    if name in FROM_THE_STORAGE and not file_store().needs_seal:
        pytest.skip(
            "a bucket hands it out itself: tests/documents/test_serving.py, test_viewer.py, test_exports.py"
        )
    row = TABLE[name]
    url = reverse(name, kwargs=row.fill(world))
    for method, expected in (("GET", row.get), ("POST", row.post)):
        if expected is None:
            assert ask(person("mara"), method, url).status_code in (403, 405), (
                f"{method} {url} is not in the table"
            )
        else:
            assert codes(person, method, url, row) == expected, f"{method} {url}"


@pytest.mark.parametrize(
    "name", sorted(name for name, row in TABLE.items() if (row.get or row.post)["nobody"] == 302)
)
def test_a_visitor_is_led_to_the_sign_in(name: str, world: World, person: Person) -> None:
    """302 alone would also be said by a page that did something and went on."""
    row = TABLE[name]
    if name in LEAD_ELSEWHERE:
        return
    method = "GET" if row.get else "POST"
    url = reverse(name, kwargs=row.fill(world))
    assert ask(person("nobody"), method, url, row).url.startswith(reverse("account_login") + "?next="), name


# Public addresses that go on to another page, without a session of their own back to its start.
LEAD_ELSEWHERE = {
    "account_confirm_login_code", "account_logout", "accounts:invitation", "apply:arrived", "apply:leave",
    "apply:prove", "apply:step", "chat:leave", "mfa_authenticate", "mfa_login_webauthn", "public:answer_withdraw",
    "public:payment_pdf",
}  # fmt: skip


# --- The admin, by rule -----------------------------------------------------------------------------------------

# What staff may add and delete there; all else is made by the house's own services or never deleted.
ADDED = {
    "accounts_branch", "accounts_invitation", "accounts_officerprofile", "conversations_quickreply",
    "documents_kindrule", "documents_legalhold", "documents_needwording", "documents_retentionrule",
    "loans_stagewording", "notifications_suppression",
}  # fmt: skip
DELETED = ADDED - {"accounts_branch", "accounts_invitation", "documents_legalhold"}


def admin_url(address: Address) -> str:
    """With the first object there is of the model, where it names one."""
    model = re.match(r"admin:([a-z]+)_([a-z]+)_", address.name)
    first = None
    if model and address.name != "admin:view_on_site" and "object_id" in address.parameters:
        shown = next(
            a for m, a in admin.site._registry.items() if m._meta.label_lower == ".".join(model.groups())
        )
        first = shown.get_queryset(RequestFactory().get("/")).values_list("pk", flat=True).first()
    if address.name.startswith("admin:notifications_wording_"):  # words are there before anybody changed them
        first = "stage_processing.en"
    values = {"object_id": first or 1, "app_label": "loans", "url": "x", "content_type_id": 1}
    try:
        return reverse(address.name, kwargs={key: values[key] for key in address.parameters})
    except NoReverseMatch:
        path = re.sub(
            r"\(\?P<(\w+)>[^)]*\)|<(?:\w+:)?(\w+)>", lambda m: str(values[m[1] or m[2]]), address.route
        )
        return "/" + path.replace("^", "").replace("$", "")


def stef_gets(address: Address, url: str) -> set[int]:
    name = address.name.removeprefix("admin:")
    model, _, verb = name.rpartition("_")
    there = "/1/" not in url or model in {"accounts_company", "accounts_user"}
    if verb == "add":
        return {200} if model in ADDED else {403}
    if verb == "delete":
        return {403} if model not in DELETED else {200, 302}
    special = {"autocomplete": 403, "login": 302, "logout": 405, "view_on_site": 404, "index": 200, "app_list": 200,
               "jsi18n": 200, "password_change": 200, "password_change_done": 200,
               "notifications_wording_preview": 405, "notifications_wording_history": 302}  # fmt: skip
    if name in special:
        return {special[name]}
    if verb in ("change", "history"):
        return {200} if there else {200, 302}
    return {200} if verb == "changelist" else {301, 302, 404}


@pytest.mark.parametrize("address", ADMIN, ids=lambda address: address.route)
def test_the_admin_is_for_staff_alone(address: Address, world: World, person: Person) -> None:
    url = admin_url(address)
    assert ask(person("stef"), "GET", url).status_code in stef_gets(address, url), url
    if address.name == "admin:login":
        refused = {name: 302 if name in VISITORS else 403 for name in EVERYBODY if name != "stef"}
        assert {name: ask(person(name), "GET", url).status_code for name in refused} == refused
        return
    doors = (reverse("admin:login"), reverse("account_login"))
    for name in EVERYBODY:
        # A form sent there is refused in the same place; two of those who might send one are enough.
        for method in ("GET", "POST") if name in ("bea", "otto") else ("GET",):
            if name != "stef":
                answer = ask(person(name), method, url)
                assert answer.status_code == 302, (name, method)
                led_away = address.name == "admin:logout" and answer.url == reverse("admin:index")
                assert answer.url.startswith(doors) or led_away, (name, method, answer.url)


# --- Second factor, co-borrowers, the demo's door ---------------------------------------------------------------

OPEN_WITHOUT_FACTOR = {
    "account_logout", "account_reauthenticate", "account_change_password", "account_set_password", "mfa_index",
    "mfa_activate_totp", "mfa_add_webauthn", "mfa_list_webauthn",
    "public:healthz", "public:readyz", "public:metrics",
}  # fmt: skip


def test_without_a_second_factor_there_is_only_the_page_to_set_one_up(world: World) -> None:
    newcomer = UserFactory(role=User.Role.MANAGER, is_staff=True, is_superuser=True)
    client = sign_in(Client(raise_request_exception=False), newcomer)
    for address in ADDRESSES:
        row = TABLE.get(address.name)
        url = reverse(address.name, kwargs=row.fill(world)) if row else admin_url(address)
        for method in ("GET", "POST"):
            if address.name not in OPEN_WITHOUT_FACTOR:
                answer = ask(client, method, url)
                assert (answer.status_code, answer.headers.get("Location")) == (302, reverse("mfa_index")), (
                    url
                )


BORROWERS_PAPERS = {
    "documents:document": lambda papers: {"public_id": papers.document.public_id},
    "documents:row": lambda papers: {"public_id": papers.request.public_id},
    "uploads:state": lambda papers: {"public_id": papers.session.public_id},
    "uploads:sign": lambda papers: {"public_id": papers.session.public_id},
    "uploads:complete": lambda papers: {"public_id": papers.session.public_id},
    "uploads:abort": lambda papers: {"public_id": papers.session.public_id},
}


@pytest.mark.parametrize(
    ("whose", "who"), [("bea", "cole"), ("cole", "bea"), ("nils", "bea"), ("bea", "nils")]
)
def test_the_papers_of_another_borrower_are_not_there(
    whose: str, who: str, world: World, person: Person
) -> None:
    papers = getattr(world, whose)
    for name, fill in BORROWERS_PAPERS.items():
        row = TABLE[name]
        method = "GET" if row.get else "POST"
        url = reverse(name, kwargs=fill(papers))
        assert ask(person(who), method, url, row).status_code == 404, url
        assert ask(person(whose), method, url, row).status_code in (200, 422), url
    asked = {"request": str(papers.request.public_id), "name": "a.pdf", "size": 5}
    create = Row("uploads:create", said=asked, json=True)
    assert ask(person(who), "POST", reverse("uploads:create"), create).status_code == 404
    assert ask(person(whose), "POST", reverse("uploads:create"), create).status_code == 201
    plain = Row("uploads:plain", said=asked)
    assert ask(person(who), "POST", reverse("uploads:plain"), plain).status_code == 404
    loan = papers.request.loan.public_id
    url = reverse("loans:does_not_apply", args=[loan, papers.request.public_id])
    assert ask(person(who), "POST", url).status_code == 404


def test_each_borrower_sees_only_how_many_papers_the_other_owes(world: World, person: Person) -> None:
    loan = world.cast.loan.public_id
    world.cole.request.title = "zqcolezq"
    world.cole.request.save(update_fields=["title"])
    for name in ("loans:detail", "loans:documents", "loans:people"):
        page = ask(person("bea"), "GET", reverse(name, args=[loan])).whole.decode()
        assert "zqcolezq" not in page and str(world.cole.request.public_id) not in page, name
    assert "Cole" in ask(person("bea"), "GET", reverse("loans:detail", args=[loan])).whole.decode()


def test_the_door_of_the_demo_is_in_the_demo_alone(world: World, person: Person, settings: Any) -> None:
    assert "demo:become" not in {address.name for address in ADDRESSES}
    assert ask(person("nobody"), "POST", "/demo/become/").status_code == 404
    settings.DEMO = True
    settings.ROOT_URLCONF = "tests.accounts.demo_house"
    try:
        expected = {
            name: 302 if name in NAMES else 404 for name in EVERYBODY
        }  # whoever is in stays who they are
        assert codes(person, "POST", "/demo/become/") == expected
    finally:
        clear_url_caches()
        set_urlconf(None)


# --- Marks: what one person owns is in no answer another can get ------------------------------------------------


@pytest.mark.parametrize("name", ["nobody", "bea", "cole", "olga"])
def test_nothing_of_nils_is_in_any_answer_to_others(name: str, world: World, person: Person) -> None:
    marks = [mark.encode() for mark in MARKS.values()]
    for url in every_page(world):
        answer = ask(person(name), "GET", url).whole
        found = [mark for mark in marks if mark in answer]
        assert not found, f"{url} shows {name} {found}"


@pytest.mark.parametrize("name", ["nils", "otto", "mara"])
def test_the_marks_can_be_found_by_those_they_are_for(name: str, world: World, person: Person) -> None:
    """Otherwise the test above would pass for the wrong reason."""
    seen = b"".join(ask(person(name), "GET", url).whole for url in every_page(world))
    kept_from_nils = {
        "internal_note", "message", "task", "text", "wish", "among_us", "complaint", "visitor", "answered",
    }  # fmt: skip
    expected = set(MARKS) - (kept_from_nils if name == "nils" else set())
    expected -= {"task"} if name == "mara" else set()  # a task is for one person
    assert {field for field in expected if MARKS[field].encode() not in seen} == set()


def every_page(world: World) -> list[str]:
    """Every address that answers to GET, with Bea's things and Nils' own; searched by half a mark: pages echo it."""
    found = []
    for row in TABLE.values():
        if row.get:
            found.append(reverse(row.name, kwargs=row.fill(world)))
    nils, loan = world.nils, world.cast.other_loan
    message = loan.notifications.latest("id")
    found += [reverse(name, args=[loan.public_id]) for name in LOAN_PAGES]
    found += [
        reverse("documents:document", args=[nils.document.public_id]),
        reverse("documents:document", args=[nils.document.public_id]) + "?download=1",
        reverse("documents:row", args=[nils.request.public_id]),
        reverse("uploads:state", args=[nils.session.public_id]),
        reverse("desk:request_edit", args=[nils.request.public_id]),
        reverse("desk:review", args=[nils.document.public_id]),
        reverse("outbox:message", args=[message.public_id]),
        reverse("outbox:body", args=[message.public_id]),
        *(f"{reverse('desk:pipeline')}?q={mark}" for mark in ("zqstreet", "Nils", loan.number)),
        *(f"{reverse('outbox:list')}?q={mark}" for mark in ("zqmessage", "Nils")),
        f"{reverse('desk:pipeline')}?stage=all&tasks=all",
    ]
    return found


LOAN_PAGES = (
    "loans:detail", "loans:documents", "loans:people", "desk:loan", "desk:facts", "desk:audit", "desk:stage",
    "desk:request_add", "desk:loan_texts", "desk:house_papers", "loans:messages", "desk:thread",
    "desk:feedback",
)  # fmt: skip


# --- The moment after: another officer, a deputy who comes and goes, a partner who is ended ----------------------

# Olga's own, whoever has her loans: her signature, her callers, the tables she brought over.
HERS = (
    "accounts:",
    "officer_page:",
    "desk:lead",
    "desk:import",
    "desk:quick",
    "desk:view",
    "desk:visitor",
    "desk:conversation",
)
OF_HER_LOANS = [
    row
    for name, row in sorted(TABLE.items())
    if not name.startswith(HERS) and name not in FROM_THE_STORAGE
    for code in [row.get or row.post or {}]
    if code["olga"] != 404 and code["otto"] == 404
]


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def answers(person: Person, name: str, row: Row, world: World) -> dict[str, int]:
    url = reverse(row.name, kwargs=row.fill(world))
    methods = [method for method, known in (("GET", row.get), ("POST", row.post)) if known]
    return {method: ask(person(name), method, url, row).status_code for method in methods}


def expected(row: Row, name: str) -> dict[str, int]:
    return {method: known[name] for method, known in (("GET", row.get), ("POST", row.post)) if known}


def test_the_table_has_addresses_that_only_the_loan_team_opens() -> None:
    assert len(OF_HER_LOANS) > 50


def test_after_a_reassignment_the_old_officer_finds_nothing_and_the_new_one_everything(
    world: World, person: Person
) -> None:
    cast = world.cast
    with undone():
        handed = reassign_all(officer=cast.olga, by=cast.mara, to=cast.otto, ended_too=True)
        assert handed and all(one.to == cast.otto for one in handed)
        for row in OF_HER_LOANS:
            gone = answers(person, "olga", row, world)
            assert set(gone.values()) == {404}, (row.name, gone)
            if row.get:
                assert answers(person, "otto", row, world)["GET"] == row.get["olga"], row.name


def test_a_deputy_opens_what_the_officer_opens_until_they_are_back(world: World, person: Person) -> None:
    cast, day = world.cast, absences.today()
    with undone():
        absence = absences.note_absence(
            user=cast.olga, deputy=cast.otto, first_day=day, last_day=day, by=cast.olga
        )
        for row in OF_HER_LOANS:
            if row.name != "desk:reassign":  # they do not give away what is not theirs
                assert answers(person, "otto", row, world) == expected(row, "olga"), row.name
        absences.end_absence(absence=absence, by=cast.olga)
        for row in OF_HER_LOANS:
            assert set(answers(person, "otto", row, world).values()) == {404}, row.name


def test_a_processor_opens_what_the_officer_opens(world: World, person: Person) -> None:
    with undone():
        Loan.objects.filter(officer=world.cast.olga).update(processor=world.cast.otto)
        for row in OF_HER_LOANS:
            if not row.name.startswith(("desk:reassign", "letters:")):  # the officer gives it away and signs
                assert answers(person, "otto", row, world) == expected(row, "olga"), row.name


def test_after_a_partner_is_ended_their_page_is_nowhere(world: World, person: Person) -> None:
    url = reverse("partner:page", args=[world.partners_token])
    with undone():
        partners.end_partner(partner=world.partner, by=world.cast.bea, party=world.cast.bea_party)
        assert set(codes(person, "GET", url).values()) == {404}
