"""
Demo houses on either back end, for tests from outside: the demo is made once a run and copied for each house.

`embedded` is what `make run` starts: SQLite, and folders as broker and storage. `services` is PostgreSQL, a Redis and a
bucket that the house has to itself, and a virus scanner; it needs the servers of `python -m tests.services`.
DOORSTEP_BACK_ENDS says which of the two a run is about (`make test` the first, `make test-services` the second,
`make soak` both).
"""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from portal.management.commands.run import DEMO_MARK
from tests.running import FOREIGN, ROOT, Product, running_product
from tests.services import buckets
from tests.services.servers import Redis, free_port, make_database

BACK_ENDS = os.environ.get("DOORSTEP_BACK_ENDS", "embedded").split()
DEMO_DATABASE = "demo"
DEMO_BUCKET = "demo-papers"


def demo_of(back_end: str, shared: Path) -> Path:
    """
    A data folder with the demo in it; never started, only copied. All processes of a run, whose common folder is
    `shared`, build it once between them.
    """
    folder, done = shared / f"demo-{back_end}", shared / f"demo-{back_end}.done"
    with (shared / f"demo-{back_end}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            _build_demo(folder, back_end)
            (folder / DEMO_MARK).touch()
            done.touch()
    return folder


def _build_demo(folder: Path, back_end: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    environment |= {"DATA_DIR": str(folder), "DEMO": "1", "DJANGO_SETTINGS_MODULE": "portal.settings"}
    if back_end == "services":
        environment["DATABASE_URL"] = database_url(DEMO_DATABASE)
        environment |= _storage(DEMO_BUCKET)
        make_database(environment["DATABASE_URL"])
        buckets.make_bucket(DEMO_BUCKET, origin="http://localhost")
    look = "from tests.journey.places import draw_everything; draw_everything()"
    for command in (["migrate", "-v0"], ["demo"], ["shell", "-v0", "-c", look]):
        subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True, timeout=300
        )


def database_url(name: str) -> str:
    return f"{os.environ['DOORSTEP_TEST_DATABASES']}{name}"


@contextmanager
def running_house(back_end: str, demo: Path, folder: Path, **settings: str) -> Iterator[Product]:
    """A copy of the demo in `folder`, running."""
    shutil.copytree(demo, folder)
    with ExitStack() as stack:
        redis, port = None, free_port()
        if back_end == "services":
            redis = Redis(folder.with_name(f"{folder.name}-redis")).start()
            stack.callback(redis.stop)
            settings = {**_services(folder, redis, port), **settings}
        product = stack.enter_context(running_product(data_dir=folder, port=port, DEMO="1", **settings))
        product.redis = redis
        yield product


def _services(folder: Path, redis: Redis, port: int) -> dict[str, str]:
    url, bucket = database_url(f"{folder.name}-{os.getpid()}-{redis.port}"), f"house-{os.getpid()}-{port}"
    make_database(url, template=DEMO_DATABASE)
    buckets.make_bucket(bucket, origin=f"http://localhost:{port}", copy_of=DEMO_BUCKET)
    return {
        "DATABASE_URL": url, "CACHE_URL": redis.url(0), "CELERY_BROKER_URL": redis.url(1), **_storage(bucket),
    }  # fmt: skip


def _storage(bucket: str) -> dict[str, str]:
    return {**buckets.environment_for(bucket), "CLAMD_URL": os.environ["DOORSTEP_TEST_CLAMD"]}
