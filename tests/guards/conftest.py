"""The world behind every address, made once a module; what a test does to it is rolled back."""

from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.cast import NAMES, make_cast, sign_in
from tests.guards.world import World, make_world

VISITORS = (
    "nobody",
    "hana",
)  # Hana helps Bea and has no account: a visitor who looked at the application and followed her link
EVERYBODY = (*VISITORS, *NAMES)


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[World, dict[str, Any]]]:
    """The world, and each person's cookies."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = make_world(make_cast())
        cookies = {name: sign_in(Client(), getattr(world.cast, name)).cookies for name in NAMES}
        hana = Client()
        hana.get(reverse("apply:start"))
        assert hana.get(reverse("send:page", args=[world.hana.token])).status_code == HTTPStatus.OK
        yield world, {**cookies, "hana": hana.cookies}
        transaction.set_rollback(True)


@pytest.fixture
def world(made: tuple[World, dict[str, Any]], db: None, settings: Any) -> World:
    # Signing in happened once; a slow machine must not turn it into "too long ago".
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 86_400
    return made[0]


@pytest.fixture
def person(made: tuple[World, dict[str, Any]], world: World) -> Callable[[str], Client]:
    """`person("olga")`: a client with that person's cookies, second factor proved."""

    def client(name: str) -> Client:
        fresh = Client(raise_request_exception=False)
        if name in made[1]:
            fresh.cookies.load({key: morsel.value for key, morsel in made[1][name].items()})
        return fresh

    return client
