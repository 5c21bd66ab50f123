"""The demo house, as in the journey; where there are servers, on each back end in the same run."""

import os

import pytest

from tests.journey.conftest import demo_folder, shared_folder, start_house

__all__ = ["back_end", "demo_folder", "shared_folder", "start_house"]
STANDS_ON = ["embedded", "services"] if os.environ.get("DOORSTEP_TEST_DATABASES") else ["embedded"]


@pytest.fixture(params=STANDS_ON)
def back_end(request: pytest.FixtureRequest) -> str:
    return str(request.param)
