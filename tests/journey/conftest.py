"""The product with its demo, made once a run and copied for each test that starts it."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from portal.management.commands.run import DEMO_MARK
from tests.running import FOREIGN, ROOT, Product, running_product


def _build_demo(folder: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    environment |= {"DATA_DIR": str(folder), "DEMO": "1", "DJANGO_SETTINGS_MODULE": "portal.settings"}
    for command in (["migrate", "-v0"], ["demo"]):
        subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True, timeout=300
        )


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """
    A data folder with the demo in it; never started, only copied. Workers of one run share it.

    DOORSTEP_DEMO_HOUSE names one that was built before, while a test is being written.
    """
    if ready := os.environ.get("DOORSTEP_DEMO_HOUSE"):
        return Path(ready)
    shared = tmp_path_factory.getbasetemp()
    shared = shared if worker_id == "master" else shared.parent
    folder, done = shared / "demo-house", shared / "demo-house.done"
    with (shared / "demo-house.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            _build_demo(folder)
            (folder / DEMO_MARK).touch()
            done.touch()
    return folder


@pytest.fixture
def start_house(demo_folder: Path, tmp_path: Path) -> Iterator[Callable[..., Product]]:
    """`start_house(EMAIL_URL=…)`: the demo house, running on a port of its own."""
    with ExitStack() as stack:

        def start(**settings: str) -> Product:
            folder = tmp_path / f"house-{len(list(tmp_path.iterdir()))}"
            shutil.copytree(demo_folder, folder)
            return stack.enter_context(running_product(data_dir=folder, DEMO="1", **settings))

        yield start
