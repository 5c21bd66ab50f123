"""The moment after: another officer, a deputy who comes and goes, a partner who is ended; at every address."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts import absences
from loans.services import partners, reassign_all
from tests.guards.conftest import EVERYBODY
from tests.guards.table import TABLE, Row
from tests.guards.test_addresses import FROM_THE_STORAGE, ask, codes
from tests.guards.world import World

pytestmark = pytest.mark.django_db
Person = Callable[[str], Client]

# Olga's own, whoever has her loans: her signature, her callers, the tables she brought over.
HERS = (
    "accounts:",
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


def test_after_a_partner_is_ended_their_page_is_nowhere(world: World, person: Person) -> None:
    url = reverse("partner:page", args=[world.partners_token])
    with undone():
        partners.end_partner(partner=world.partner, by=world.cast.bea, party=world.cast.bea_party)
        assert set(codes(person, "GET", url).values()) == {404}, EVERYBODY
