"""The audit log: written with the write, sealed soon after, and a change that was made behind its back is found."""

import threading
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction

from audit import log
from audit.models import Entry, SealedEntry
from tests.cast import Cast, make_cast


def write(cast: Cast, count: int) -> None:
    for number in range(count):
        log.record(
            action="loan.facts_changed", about=cast.loan, by=cast.olga, loan=cast.loan, detail={"n": number}
        )


def change_behind_its_back(entry: Entry, **values: object) -> None:
    names = ", ".join(f"{name} = %s" for name in values)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE audit_entry SET {names} WHERE id = %s", [*values.values(), entry.pk])


def test_an_entry_is_undone_with_its_write(cast: Cast) -> None:
    before = Entry.objects.count()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        write(cast, 1)
        1 / 0  # noqa: B018
    assert Entry.objects.count() == before


def test_the_chain_holds_over_several_batches(cast: Cast) -> None:
    write(cast, 5)
    while log.seal(limit=2):
        pass
    assert not Entry.objects.unsealed().exists() and log.verify() == []
    assert list(Entry.objects.order_by("id").values_list("position", flat=True)) == list(
        range(1, Entry.objects.count() + 1)
    )


@pytest.mark.parametrize("column", ["action", "actor", "loan_id", "detail", "previous_hash"])
def test_a_sealed_entry_that_was_changed_is_found(cast: Cast, column: str) -> None:
    write(cast, 3)
    log.seal()
    entry = Entry.objects.order_by("position")[1]
    change_behind_its_back(entry, **{column: '{"n": 99}' if column == "detail" else "other"})
    assert [fault for fault in log.verify() if f"Entry {entry.position} " in fault]


def test_a_sealed_entry_that_was_removed_is_found(cast: Cast) -> None:
    write(cast, 3)
    log.seal()
    entry = Entry.objects.order_by("position")[1]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_entry WHERE id = %s", [entry.pk])
    assert f"Position {entry.position} is missing (found {(entry.position or 0) + 1})." in log.verify()


def test_entries_are_neither_changed_nor_deleted(cast: Cast) -> None:
    write(cast, 1)
    entry = Entry.objects.latest("id")
    for forbidden in (
        lambda: entry.save(),
        lambda: entry.delete(),
        lambda: Entry.objects.filter(pk=entry.pk).update(action="other"),
        lambda: Entry.objects.all().delete(),
        lambda: Entry.objects.bulk_update([entry], ["action"]),
    ):
        with pytest.raises(SealedEntry):
            forbidden()


def test_sealing_costs_one_write_an_entry(cast: Cast, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    log.seal()
    write(cast, 10)
    with django_assert_num_queries(14):  # savepoint twice, the last sealed, the fresh ones, ten writes
        log.seal()


@pytest.mark.django_db(transaction=True)
def test_two_beats_seal_every_entry_once() -> None:
    write(make_cast(), 60)
    together = threading.Barrier(2)
    sealed: list[int] = []

    def work() -> None:
        together.wait()
        try:
            while Entry.objects.unsealed().exists():
                sealed.append(log.seal(limit=7))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(sealed) == Entry.objects.count()
    assert log.verify() == []


def test_a_sealer_that_comes_second_leaves_it_to_the_first(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On PostgreSQL the second one may have read the end of the chain before the first moved it."""
    write(cast, 2)
    log.seal()
    write(cast, 2)
    monkeypatch.setattr(log, "_end_of_chain", lambda: (0, ""))
    assert log.seal() == 0
    monkeypatch.undo()
    assert log.seal() == 2 and log.verify() == []


def test_the_command_says_whether_the_chain_holds(cast: Cast) -> None:
    write(cast, 3)
    log.seal()
    told = StringIO()
    call_command("verify_audit", stdout=told)
    assert "holds" in told.getvalue() and "0 wait to be sealed" in told.getvalue()
    change_behind_its_back(Entry.objects.earliest("id"), action="other")
    with pytest.raises(CommandError, match="Entry 1 was changed"):
        call_command("verify_audit", stdout=StringIO())
