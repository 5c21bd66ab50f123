"""The product with its demo, made once a run and copied for each test that starts it."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.houses import BACK_ENDS, demo_of, running_house
from tests.running import Product


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """One folder for all processes of this run."""
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


@pytest.fixture(scope="session")
def demo_folder(shared_folder: Path) -> Path:
    """
    A data folder with the demo in it; never started, only copied. Workers of one run share it.

    DOORSTEP_DEMO_HOUSE names one that was built before, while a test is being written.
    """
    if ready := os.environ.get("DOORSTEP_DEMO_HOUSE"):
        return Path(ready)
    return demo_of("embedded", shared_folder)


@pytest.fixture(params=BACK_ENDS)
def back_end(request: pytest.FixtureRequest) -> str:
    """What the house stands on (tests/houses.py)."""
    return str(request.param)


@pytest.fixture
def start_house(
    back_end: str, request: pytest.FixtureRequest, shared_folder: Path, tmp_path: Path
) -> Iterator[Callable[..., Product]]:
    """`start_house(EMAIL_URL=…)`: the demo house, running on a port of its own."""
    embedded = back_end == "embedded"
    demo = request.getfixturevalue("demo_folder") if embedded else demo_of(back_end, shared_folder)
    with ExitStack() as stack:

        def start(**settings: str) -> Product:
            folder = tmp_path / f"house-{len(list(tmp_path.iterdir()))}"
            return stack.enter_context(running_house(back_end, demo, folder, **settings))

        yield start
