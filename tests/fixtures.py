"""The people at the door: `cast`, `client_for(user)` and `visitor` (nobody)."""

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import Company, User
from documents.scanning import trust
from notifications import figures
from portal import formats
from tests.cast import Cast, make_cast, make_company, sign_in


@pytest.fixture(scope="session", autouse=True)
def _bucket_of_this_process() -> Iterator[None]:
    """Where the suite runs on a bucket, each process has its own."""
    if not settings.AWS_STORAGE_BUCKET_NAME:
        yield
        return
    from tests.services.buckets import make_bucket, signing_at

    with signing_at():
        make_bucket(settings.AWS_STORAGE_BUCKET_NAME, origin=settings.PUBLIC_URL)
        yield


def look_anew() -> None:
    """Forget what pages read at most a few times a minute: the time zone, what is overdue, the scanner's state."""
    formats.forget_zone()
    figures.forget_overdue()
    trust.forget_looked()


@pytest.fixture(autouse=True)
def _nothing_seen_by_another_test() -> None:
    look_anew()


@pytest.fixture
def company(db: None) -> Company:
    return make_company()


@pytest.fixture
def cast(db: None) -> Cast:
    """Eight people, a company and two loans (see tests/cast.py)."""
    return make_cast()


@pytest.fixture
def client_for(db: None) -> Callable[..., Client]:
    """`client_for(cast.olga)`: a client signed in as that person, second factor proved; None is nobody."""

    def client(user: User | None, *, second_factor: bool = True, **options: object) -> Client:
        fresh = Client(**options)
        return sign_in(fresh, user, second_factor=second_factor) if user else fresh

    return client


@pytest.fixture
def visitor() -> Client:
    return Client()
