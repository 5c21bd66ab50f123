"""Loans from another system: shown first, brought over once, in silence."""

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from time_machine import TimeMachineFixture

from accounts.models import Invitation, User
from accounts.services import renew_invitation
from audit.models import Entry
from loans import clocks
from loans.errors import Refused
from loans.importing import COLUMNS, EXAMPLE, MOST_LINES, read_table
from loans.models import KeyDate, Loan, LoanImport, Party, StageEvent, Task
from loans.search import found
from loans.services import bringing
from loans.services.bringing import ask_to_bring_over, bring_over
from loans.services.importing import plans_of, read_import
from loans.services.kept_tables import delete_import
from loans.stages import Stage
from loans.tasks import bring_tables_over, tidy_imports
from notifications.models import Notification
from tests.cast import Cast
from tests.desk.helpers import get, post, words

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]
LINE = {**EXAMPLE, "loan_estimate_sent": "2026-11-02"}


def table_of(*lines: dict[str, str], delimiter: str = ",") -> bytes:
    written = io.StringIO()
    writer = csv.DictWriter(written, COLUMNS, delimiter=delimiter)
    writer.writeheader()
    writer.writerows({**LINE, **line} for line in lines)
    return written.getvalue().encode()


def read(by: Any, *lines: dict[str, str]) -> LoanImport:
    return read_import(by=by, name="loans.csv", content=table_of(*lines))


def kinds(table: LoanImport) -> list[str]:
    return [plan.kind for plan in plans_of(table)]


def sentences(table: LoanImport) -> str:
    return " ".join(sentence for plan in plans_of(table) for sentence in plan.wrong)


def upload(client: Client, content: bytes) -> HttpResponse:
    file = SimpleUploadedFile("monday.csv", content, content_type="text/csv")
    return post(client, "desk:imports", table=file)


def brought(number: str = LINE["number"]) -> Loan:
    return Loan.objects.get(external_number=number)


# --- A working morning -----------------------------------------------------------------------------------------


def test_a_table_is_shown_first_and_brought_over_on_a_press(cast: Cast, client_for: ClientFor) -> None:
    olga, before = client_for(cast.olga), Loan.objects.count()
    closing = str(clocks.today() + timedelta(days=20))
    answer = upload(
        olga,
        table_of(
            {"expected_closing": closing, "rate_lock_ends": closing},
            {"number": "2", "email": "uwe@moss.example", "state": "TX"},
        ),
    )
    table = LoanImport.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, reverse("desk:import", args=[table.public_id]))
    page = words(olga.get(answer["Location"]))
    assert "New loan: 1" in page and "To mend: 1" in page and "Bring 1 line over" in page
    assert "Olga Haddad holds no licence in Texas" in page
    assert Loan.objects.count() == before, "nothing happened yet"

    for _press in range(2):
        post(olga, "desk:import_bring", table.public_id)
    assert Loan.objects.count() == before, "a worker does it"
    assert "Being brought over" in words(get(olga, "desk:import", table.public_id))
    for _run in range(2):
        bring_tables_over()
    loan = brought()
    assert Loan.objects.count() == before + 1
    assert (loan.stage, loan.officer, loan.borrower_names) == (Stage.PROCESSING, cast.olga, "Ida Moss")
    assert loan.expected_closing == loan.lock_ends_on == date.fromisoformat(closing)
    event = loan.stage_events.get()
    assert (event.to_stage, event.source, event.by) == (
        Stage.PROCESSING, StageEvent.Source.IMPORT, cast.olga,
    )  # fmt: skip
    assert loan.key_dates.get(kind=KeyDate.Kind.LOAN_ESTIMATE_SENT).on == date(2026, 11, 2)
    page = words(get(olga, "desk:import", table.public_id))
    assert "Opened: 1" in page and "Not brought over: 1" in page and loan.number in page
    assert list(found(Loan.objects.all(), "moss elm")) == [loan]


def test_nobody_is_written_to_unless_that_is_ticked(cast: Cast) -> None:
    rows = Notification.objects.count()
    bring_over(table=read(cast.olga, {}), by=cast.olga)
    assert Notification.objects.count() == rows
    bring_over(table=read(cast.olga, {"borrower": "Ida Marie Moss", "amount": "330000"}), by=cast.olga)
    assert Notification.objects.count() == rows, "nor of what changed"
    assert not brought().requests.exists(), "papers are asked for by hand: most are there already"


def test_ticked_the_borrowers_of_new_loans_are_invited(cast: Cast) -> None:
    line = {"co_borrower": "Uwe Moss", "co_borrower_email": "uwe@moss.example"}
    bring_over(table=read(cast.olga, line), by=cast.olga, invite=True)
    invited = Notification.objects.filter(kind="invitation").values_list("address", flat=True)
    assert sorted(invited) == ["ida@moss.example", "uwe@moss.example"]
    assert brought().borrower_names == "Ida Moss, Uwe Moss"


def test_a_loan_estimate_that_was_sent_begins_no_clock(cast: Cast) -> None:
    bring_over(table=read(cast.olga, {}), by=cast.olga)
    loan = brought()
    assert loan.received_items.count() == 6
    assert not loan.key_dates.filter(kind=KeyDate.Kind.LOAN_ESTIMATE_DUE).exists()
    assert not Task.objects.filter(loan=loan).exists()


# --- Twice, and differences ------------------------------------------------------------------------------------


def test_the_same_table_twice_is_the_same_loans(cast: Cast) -> None:
    bring_over(table=read(cast.olga, {}), by=cast.olga)
    version = brought().version
    again = read(cast.olga, {})
    assert kinds(again) == ["same"]
    bring_over(table=again, by=cast.olga)
    assert brought().version == version
    with pytest.raises(Refused, match="already"):
        bring_over(table=again, by=cast.olga)


def test_a_difference_is_shown_and_taken_over(cast: Cast) -> None:
    bring_over(table=read(cast.olga, {}), by=cast.olga)
    table = read(cast.olga, {"amount": "$330,000", "phone": "", "city": "South Portland", "zip_code": ""})
    (plan,) = plans_of(table)
    assert {change.field for change in plan.changes} == {"amount", "city"}, "what is empty takes nothing away"
    bring_over(table=table, by=cast.olga)
    loan = brought()
    assert (loan.amount, loan.city, loan.zip_code) == (330000, "South Portland", "04101")
    assert str(loan.parties.get().phone) == "+12075550177"


def test_a_stage_that_differs_is_said_and_left_alone(cast: Cast) -> None:
    """Its borrower would not be told of it."""
    bring_over(table=read(cast.olga, {}), by=cast.olga)
    (plan,) = plans_of(read(cast.olga, {"stage": "underwriting"}))
    assert plan.kind == "same" and "Move it at the desk" in plan.hints[0]


def test_name_and_address_of_somebody_who_signs_in_are_their_own(cast: Cast) -> None:
    bring_over(table=read(cast.olga, {}), by=cast.olga)
    Party.objects.filter(loan=brought()).update(user=cast.bea)
    assert kinds(read(cast.olga, {"borrower": "Somebody Else", "email": "other@moss.example"})) == ["same"]


def test_what_a_colleague_set_meanwhile_is_compared_again(cast: Cast) -> None:
    bring_over(table=read(cast.olga, {}), by=cast.olga)
    table = read(cast.olga, {"amount": "330000"})
    plan = plans_of(table)[0]
    Loan.objects.filter(external_number=LINE["number"]).update(version=9, city="Bangor")
    bringing._result(plan, cast.olga, invite=False)
    assert (brought().amount, brought().version) == (330000, 10)


def test_broken_off_on_its_way_it_goes_on(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, time_machine: TimeMachineFixture
) -> None:
    table = read(cast.olga, {}, {"number": "2", "email": "uwe@moss.example", "street": "9 Elm Street"})
    whole, done = bringing._result, []

    def once_only(*args: Any) -> Any:
        if done:
            raise RuntimeError("the machine stops")
        done.append(whole(*args))
        return done[-1]

    monkeypatch.setattr(bringing, "_result", once_only)
    with pytest.raises(RuntimeError):
        bring_over(table=table, by=cast.olga)
    monkeypatch.undo()
    table.refresh_from_db()
    assert (table.state, kinds(table)) == (LoanImport.State.RUNNING, ["same", "new"])
    assert bring_tables_over() == 0, "not before it is sure that nobody is at it"
    time_machine.move_to(timezone.now() + timedelta(minutes=11))
    assert bring_tables_over() == 1
    table.refresh_from_db()
    assert table.state == LoanImport.State.DONE and brought("2").borrower_names == "Ida Moss"


def test_who_left_the_house_meanwhile_brings_nothing_over(cast: Cast) -> None:
    table = read(cast.olga, {})
    ask_to_bring_over(table=table, by=cast.olga)
    User.objects.filter(pk=cast.olga.pk).update(is_active=False)
    assert bring_tables_over() == 0
    table.refresh_from_db()
    assert (
        table.state == LoanImport.State.READ
        and not Loan.objects.filter(external_number=LINE["number"]).exists()
    )


def test_a_table_that_fails_holds_up_no_other(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    tables, whole = [read(cast.olga, {"number": number}) for number in ("1", "2")], bringing._result
    for table in tables:
        ask_to_bring_over(table=table, by=cast.olga)

    def fails(plan: Any, *args: Any) -> Any:
        if plan.said["number"] == "1":
            raise RuntimeError("of this table alone")
        return whole(plan, *args)

    monkeypatch.setattr(bringing, "_result", fails)
    assert bring_tables_over() == 1
    assert brought("2") and not Loan.objects.filter(external_number="1").exists()


def test_two_presses_at_once_are_one(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second is pressed while the first one works."""
    table, whole = read(cast.olga, {}), bringing._result

    def pressed_again(*args: Any) -> Any:
        for verb in (bring_over, ask_to_bring_over, delete_import):
            with pytest.raises(Refused, match="being brought over"):
                verb(table=LoanImport.objects.get(), by=cast.olga)
        return whole(*args)

    monkeypatch.setattr(bringing, "_result", pressed_again)
    bring_over(table=table, by=cast.olga)
    assert (table.state, [row["done"] for row in table.rows]) == (LoanImport.State.DONE, ["new"])


def test_what_a_dead_process_left_goes_on_after_ten_minutes(
    cast: Cast, time_machine: TimeMachineFixture
) -> None:
    table = read(cast.olga, {})
    LoanImport.objects.update(state=LoanImport.State.RUNNING, claimed_at=timezone.now())
    with pytest.raises(Refused, match="being brought over"):
        bring_over(table=table, by=cast.olga)
    time_machine.move_to(timezone.now() + timedelta(minutes=11))
    assert bring_over(table=table, by=cast.olga).state == LoanImport.State.DONE


def test_whose_run_lost_its_claim_writes_over_nobody(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    table, whole = read(cast.olga, {}), bringing._result

    def slow(*args: Any) -> Any:
        LoanImport.objects.update(claimed_at=timezone.now(), name="somebody else's by now")
        return whole(*args)

    monkeypatch.setattr(bringing, "_result", slow)
    with pytest.raises(Refused, match="being brought over"):
        bring_over(table=table, by=cast.olga)
    table.refresh_from_db()
    assert table.state == LoanImport.State.RUNNING and "said" in table.rows[0]


@pytest.mark.parametrize("days", [0, 60])
def test_an_address_that_changes_ends_the_old_invitation(
    cast: Cast, client_for: ClientFor, time_machine: TimeMachineFixture, days: int
) -> None:
    """Whoever has the mistyped address could still come in by it, or ask for a fresh link when it ran out."""
    bring_over(table=read(cast.olga, {}), by=cast.olga, invite=True)
    time_machine.move_to(timezone.now() + timedelta(days=days))
    first = Invitation.objects.get()
    table = bring_over(table=read(cast.olga, {"email": "ida.moss@moss.example"}), by=cast.olga)
    first.refresh_from_db()
    assert first.revoked_at and renew_invitation(invitation=first) is None
    assert "Send a new one" in words(get(client_for(cast.olga), "desk:import", table.public_id))
    assert Entry.objects.filter(action="invitation.revoked").count() == 1
    again = bring_over(table=read(cast.olga, {"email": "ida@moss.example"}), by=cast.olga)
    assert not again.rows[0]["hints"], "there is none to end"


# --- Whose loans -----------------------------------------------------------------------------------------------


def test_an_officer_brings_over_their_own_and_a_manager_names_whose(cast: Cast) -> None:
    assert "loans of your own" in sentences(read(cast.olga, {"officer": "otto@lantern.example"}))
    assert "Name the officer" in sentences(read(cast.mara, {}))
    assert "No officer signs in" in sentences(read(cast.mara, {"officer": "nobody@lantern.example"}))
    bring_over(table=read(cast.mara, {"officer": "Otto@lantern.example"}), by=cast.mara)
    assert brought().officer == cast.otto


def test_a_loan_with_somebody_else_is_not_touched(cast: Cast) -> None:
    bring_over(table=read(cast.otto, {}), by=cast.otto)
    table = read(cast.olga, {"amount": "1000"})
    assert kinds(table) == ["wrong"] and "with another officer" in sentences(table)
    with pytest.raises(Refused, match="Whoever read this table"):
        bring_over(table=table, by=cast.otto)


def test_a_loan_that_began_here_is_not_opened_again(cast: Cast) -> None:
    line = {"email": "bea@example.com", "street": "12 harbor lane"}
    assert "LN-1001" in sentences(read(cast.olga, line))


def test_whose_loan_a_home_of_another_officer_is_stays_untold(cast: Cast) -> None:
    line = {"email": "nils@example.com", "street": "9 mill road"}
    said = sentences(read(cast.olga, line))
    assert "already. Ask a manager" in said and "LN-1002" not in said
    managers = sentences(read(cast.mara, {**line, "officer": cast.olga.email}))
    assert "LN-1002" in managers


# --- What is wrong is said so that one can mend it -------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"email": "no address"}, "E-mail: Enter a valid email address"),
        ({"stage": "Post-closing"}, "Stage: “Post-closing” is not known. One of: Application received"),
        ({"stage": "Funded"}, "is not known"),
        ({"state": "Main"}, "State: “Main” is no state"),
        ({"amount": "a lot"}, "Loan amount: Write an amount in dollars"),
        ({"rate_lock_ends": "31.12.2026"}, "Rate lock ends: Write the day like 2026-12-31"),
        ({"expected_closing": "2020-01-02"}, "lies in the past"),
        ({"loan_estimate_sent": "2099-01-02"}, "still to come"),
        ({"purpose": "refinance", "street": ""}, "there is a home to refinance"),
        ({"co_borrower": "Uwe"}, "needs a name and an e-mail address"),
        ({"number": ""}, "Number in the other system: This field is required"),
    ],
)
def test_each_mistake_is_named(cast: Cast, line: dict[str, str], said: str) -> None:
    table = read(cast.olga, line)
    assert kinds(table) == ["wrong"] and said in sentences(table)


def test_a_number_that_stands_there_twice_is_said(cast: Cast) -> None:
    table = read(cast.olga, {}, {"borrower": "Somebody Else"})
    assert kinds(table) == ["new", "wrong"] and "stands in line 2" in sentences(table)


def test_states_and_stages_are_understood_as_people_write_them(cast: Cast) -> None:
    table = read(
        cast.olga, {"state": "maine", "stage": "CLEAR TO CLOSE", "purpose": "Buy a home", "amount": "336k"}
    )
    line = plans_of(table)[0].cleaned
    assert (line["state"], line["stage"], line["amount"]) == ("ME", Stage.CLEAR_TO_CLOSE, 336000)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04 workbook", "Save it as CSV"),
        (b"", "columns are missing"),
        (b"number,borrower\n1,Ida\n", "columns are missing: email, stage, purpose, state"),
        (table_of().replace(b"city", b"town"), "Unknown columns: town"),
        (table_of(), "no lines"),
        (table_of(*[{"number": str(n)} for n in range(MOST_LINES + 1)]), "at a time"),
        (table_of().replace(b"city", b"street"), "twice: street"),
        (b"x" * 1_000_001, "one megabyte"),
    ],
)
def test_what_is_no_table_of_loans_says_why(content: bytes, said: str) -> None:
    with pytest.raises(Refused, match=said):
        read_table(content)


def test_what_is_refused_is_said_at_the_file(cast: Cast, client_for: ClientFor) -> None:
    answer = upload(client_for(cast.olga), b"PK\x03\x04 workbook")
    assert answer.status_code == 422 and "Save it as CSV" in words(answer)
    assert not LoanImport.objects.exists()


def test_semicolons_windows_letters_and_empty_lines_are_read() -> None:
    content = table_of({"borrower": "José Núñez"}, delimiter=";").decode().encode("cp1252") + b"\r\n;;;\r\n"
    (line,) = read_table(content)
    assert line["said"]["borrower"] == "José Núñez" and line["line"] == 2


def test_the_template_reads_back_as_a_good_line(cast: Cast, client_for: ClientFor) -> None:
    content = get(client_for(cast.olga), "desk:import_template").content
    (plan,) = plans_of(read_import(by=cast.olga, name="loans.csv", content=content))
    assert (plan.kind, plan.said["borrower"]) == ("new", "Ida Moss")


# --- What it costs, and what is kept ---------------------------------------------------------------------------


def test_sixty_lines_are_compared_with_as_many_queries_as_one(cast: Cast) -> None:
    def cost(count: int) -> int:
        lines = [
            {"number": f"{count}-{n}", "email": f"p{n}@moss.example", "street": f"{n} Elm"}
            for n in range(count)
        ]
        table = read(cast.olga, *lines)
        with CaptureQueriesContext(connection) as asked:
            assert kinds(table) == ["new"] * count
        return len(asked)

    assert cost(1) == cost(60) <= 6


def test_a_table_that_nobody_brings_over_is_deleted_after_a_week(
    cast: Cast, time_machine: TimeMachineFixture
) -> None:
    left, running, done = read(cast.olga, {}), read(cast.olga, {}), read(cast.olga, {"number": "2"})
    LoanImport.objects.filter(pk=running.pk).update(state=LoanImport.State.RUNNING)
    bring_over(table=done, by=cast.olga)
    time_machine.move_to(timezone.now() + timedelta(days=6, hours=23))
    tidy_imports()
    assert LoanImport.objects.count() == 3
    time_machine.move_to(timezone.now() + timedelta(hours=2))
    tidy_imports()
    assert list(LoanImport.objects.all()) == [done]
    deleted = Entry.objects.filter(action="import.deleted", actor="task:loans")
    assert {entry.object_id for entry in deleted} == {str(left.public_id), str(running.public_id)}
    done.refresh_from_db()
    assert done.rows
    time_machine.move_to(timezone.now() + timedelta(days=84))
    tidy_imports()
    done.refresh_from_db()
    assert done.rows == []


def test_whoever_read_a_table_deletes_it_and_nobody_else(cast: Cast, client_for: ClientFor) -> None:
    table, olga = read(cast.olga, {}), client_for(cast.olga)
    for who in (cast.otto, cast.mara, cast.bea):
        assert post(client_for(who), "desk:import_delete", table.public_id).status_code == 404
    assert get(olga, "desk:import_delete", table.public_id).status_code == 405
    assert "Delete this table" in words(get(olga, "desk:import", table.public_id))
    assert post(olga, "desk:import_delete", table.public_id).status_code == 302
    assert not LoanImport.objects.exists()
    assert Entry.objects.get(action="import.deleted").actor_name == "Olga Haddad"
    assert post(olga, "desk:import_delete", table.public_id).status_code == 404


def test_once_brought_over_the_table_keeps_no_more_than_it_must(cast: Cast) -> None:
    table = bring_over(table=read(cast.olga, {}), by=cast.olga)
    assert "moss.example" not in str(table.rows) and "336000" not in str(table.rows)
