"""The demo: made through the product's own services, once, and only where it is a demo."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.running import FOREIGN, ROOT

pytestmark = pytest.mark.embedded(
    "asks the demo's SQLite file; the houses of this run are made from the same demo"
)


@pytest.fixture
def house(demo_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(demo_folder, tmp_path / "house"))


def manage(house: Path, *command: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    environment |= {"DATA_DIR": str(house), "DJANGO_SETTINGS_MODULE": "portal.settings", **settings}
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def rows(house: Path) -> dict[str, int]:
    with sqlite3.connect(house / "doorstep.sqlite3") as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {table: database.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in tables}


def asked(house: Path, question: str) -> set[tuple[object, ...]]:
    with sqlite3.connect(house / "doorstep.sqlite3") as database:
        return set(database.execute(question))


def test_running_it_twice_changes_nothing(house: Path) -> None:
    before = rows(house)
    done = manage(house, "demo", DEMO="1")
    assert done.returncode == 0, done.stderr
    assert "nothing was added" in done.stdout
    assert rows(house) == before


def test_it_shows_every_stage_papers_and_one_letter_waiting(house: Path) -> None:
    from loans.stages import Stage

    assert {stage for (stage,) in asked(house, "SELECT stage FROM loans_loan")} == set(Stage.values)
    assert rows(house)["loans_loan"] == 23
    assert {review for (review,) in asked(house, "SELECT review FROM documents_document")} == {
        "pending",
        "accepted",
        "returned",
    }
    letters = "SELECT state FROM notifications_notification WHERE kind = 'thank_you' AND state = 'queued'"
    assert asked(house, letters) == {("queued",)}
    portraits = {photo for (photo,) in asked(house, "SELECT photo FROM accounts_officerprofile")}
    assert len(portraits) == 4
    assert all((house / "public" / str(photo)).stat().st_size > 1000 for photo in portraits)


def test_it_shows_messages_at_a_glance(house: Path) -> None:
    """Reminders, texts both ways, mail that comes back, letters by mail and on paper, words put anew."""
    sent = "SELECT kind, channel, state FROM notifications_notification"
    assert asked(house, sent) >= {
        ("needs_reminder", "email", "sent"),
        ("needs_reminder", "email", "held"),
        ("application_unfinished", "email", "sent"),
        ("text_status", "text", "sent"),
        ("text_request", "text", "sent"),
        ("text_thanks", "text", "sent"),
        ("thank_you", "letter", "ready_to_print"),
        ("thank_you", "letter", "queued"),
        ("closing_binder", "email", "queued"),
        ("first_anniversary", "email", "queued"),
    }
    assert ("bounced",) in asked(house, "SELECT state FROM notifications_notification")
    undecided = "SELECT body FROM notifications_inboundtext WHERE reading = 'unclear' AND decision = ''"
    assert len(asked(house, undecided)) == 1
    assert len(asked(house, "SELECT words FROM conversations_servicerequest WHERE done_at IS NULL")) == 1
    assert asked(house, "SELECT number FROM notifications_wordingversion") == {(1,), (2,)}
    (key,) = asked(house, "SELECT signature_key FROM accounts_officerprofile WHERE signature_key <> ''")
    assert (house / "files" / str(key[0])).stat().st_size > 500


def test_it_shows_how_it_went(house: Path) -> None:
    """Answers, reviews that anybody may read, one with a reply, a low score somebody makes good, figures of months."""
    answers = "SELECT kind FROM feedback_surveyresponse WHERE answered_at IS NOT NULL"
    assert {kind for (kind,) in asked(house, answers)} == {
        "applied", "returned", "clear", "conversation", "nps", "review"
    }  # fmt: skip
    reviews = "SELECT stars, reply <> '' FROM feedback_review WHERE published_at IS NOT NULL"
    assert asked(house, reviews) == {(5, 1), (3, 0)}
    low = "SELECT score FROM feedback_surveyresponse WHERE kind = 'nps' AND score <= 6"
    assert asked(house, low) == {(4,)}
    tasks = "SELECT done_at IS NULL FROM loans_task WHERE kind = 'recovery'"
    assert sorted(asked(house, tasks)) == [(0,), (1,)], "one made good, one to be made good"
    counted = "SELECT figure FROM feedback_experiencefigure WHERE person_id IS NULL AND denominator > 0"
    assert {figure for (figure,) in asked(house, counted)} == {
        "first_answer", "answer", "first_contact", "volume", "csat", "nps", "promise", "stage", "repeat", "return",
        "reminder", "abandoned",
    }  # fmt: skip


def test_nobody_outside_ever_hears_of_it(house: Path) -> None:
    """No carrier was asked (a letter is printed here), and every address is one that belongs to nobody."""
    gone = "SELECT DISTINCT provider FROM notifications_notification WHERE sent_at IS NOT NULL"
    assert asked(house, gone) == {("local",), ("paper",)}
    for channel, address in asked(house, "SELECT DISTINCT channel, address FROM notifications_notification"):
        made_up = r"\+1\d{3}55501\d\d" if channel == "text" else r"\S+\.example"
        assert re.fullmatch(made_up, str(address)), address


def test_storage_agrees_with_every_document(house: Path) -> None:
    done = manage(house, "audit_storage", "--json", DEMO="1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)


def test_the_accounts_are_printed_for_tests_from_outside(house: Path) -> None:
    accounts = {
        entry["key"]: entry for entry in json.loads(manage(house, "demo", "--accounts", DEMO="1").stdout)
    }
    assert set(accounts) == {"bea", "cole", "nils", "olga", "otto", "mara", "stef"}
    assert all(entry["password"] for entry in accounts.values())
    assert {key for key, entry in accounts.items() if entry["totp_secret"]} == {
        "olga",
        "otto",
        "mara",
        "stef",
    }


def test_passwords_differ_from_house_to_house() -> None:
    from portal.demo.people import CAST
    from portal.demo.sign_ins import make

    assert make(CAST[0]).password != make(CAST[0]).password


@pytest.mark.parametrize("command", [["demo"], ["demo", "--accounts"]])
def test_it_is_refused_where_it_is_no_demo(house: Path, command: list[str]) -> None:
    done = manage(house, *command)
    assert done.returncode != 0
    assert "DEMO=1" in done.stderr
    assert "password" not in done.stdout


@pytest.fixture(scope="module")
def seen(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the cast reads on the pages of the desk and of the thread (seen.py)."""
    house = Path(shutil.copytree(demo_folder, tmp_path_factory.mktemp("seen") / "house"))
    said = manage(
        house,
        "shell",
        "-v0",
        "-c",
        "from tests.journey.seen import everything_seen; everything_seen()",
        DEMO="1",
    )
    assert said.returncode == 0, said.stderr
    return dict(json.loads(said.stdout[said.stdout.index('{"today"') :]))


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("today", ["Hugo Marin", "They wrote, and nobody has answered", "Quiet files", "Ruth Castellano"]),
        ("today", ["Numbers call", "June Whitfield", "Callers without an answer", "Walt Simmons"]),
        ("stef's today", ["Hugo Marin"]),
        ("mara's today", ["Olga Brandt", "Otto Lindqvist"]),
        ("messages", ["Hugo Marin", "Bea Nguyen", "my sister will be there"]),
        ("resolved", ["June Whitfield"]),
        ("leads", ["Walt Simmons", "Priya Raman", "Sam Oduya"]),
        ("complaints", ["Hugo Marin"]),
        ("resolved complaints", ["Pavel Novak"]),
        ("quick replies", ["What is still open", "Nothing new yet", "Every page"]),
        ("away", ["Otto Lindqvist", "Olga Brandt"]),
        ("partners", ["Rosa Delgado"]),
        ("bea's people", ["Rosa Delgado"]),
        ("omar", ["Someone outside"]),
        ("lock", ["Ruth Castellano"]),
        ("list: Closings and locks", ["Pavel Novak", "June Whitfield"]),
        ("list: Whom to remind", ["Bea Nguyen"]),
        ("list: Nothing said for three days", ["Ruth Castellano"]),
    ],
)
def test_every_page_of_the_desk_has_something_to_show(
    seen: dict[str, str], page: str, words: list[str]
) -> None:
    assert [said for said in words if said not in seen[page]] == []


def test_bea_reads_her_thread_without_what_is_ours_alone(seen: dict[str, str]) -> None:
    for said in ("One file is fine, Bea", "Could you call me about the gift", "my sister will be there"):
        assert said in seen["thread"]
        assert said in seen["bea's thread"]
    for ours in ("Went through the gift with Bea", "would rather write than call"):
        assert ours in seen["thread"]
        assert ours not in seen["bea's thread"]


def test_something_closes_this_week_as_long_as_a_working_day_is_left(seen: dict[str, str]) -> None:
    is_left = bool(seen["a working day of this week is left"])
    assert ("Pavel Novak" in seen["closing"]) == is_left
