from collections.abc import Callable

import pytest

from loans.models import RatePost
from loans.services.rates import post_rates
from tests.cast import Cast


@pytest.fixture
def post(cast: Cast) -> Callable[..., list[RatePost]]:
    """`post(fixed(), fha())`: Mara posts these now."""
    return lambda *posts: post_rates(posts=posts, by=cast.mara)
