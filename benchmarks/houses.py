"""Houses to measure in: an empty database on either back end, hands inside, and the product when wanted."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.houses import database_url
from tests.running import ROOT, Product, environment_for, running_product
from tests.services.servers import Redis, free_port, make_database


@dataclass
class House:
    settings: dict[str, str]
    folder: Path
    hands: "subprocess.Popen[str]"

    def do(self, order: str, **said: Any) -> Any:
        """One order of `benchmarks.inside`, and its answer."""
        assert self.hands.stdin and self.hands.stdout
        self.hands.stdin.write(json.dumps({"do": order, **said}) + "\n")
        self.hands.stdin.flush()
        answer = self.hands.stdout.readline()
        assert answer, f"{order} failed"
        return json.loads(answer)

    @contextmanager
    def running(self) -> Iterator[Product]:
        """The product as the run command starts it, on this house."""
        with running_product(data_dir=self.folder, **self.settings) as product:
            yield product


@contextmanager
def house_on(back_end: str, **settings: str) -> Iterator[House]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="doorstep-bench-")))
        if back_end == "services":
            redis = Redis(folder / "redis").start()
            stack.callback(redis.stop)
            url = database_url(folder.name)
            make_database(url)
            settings |= {"DATABASE_URL": url, "CACHE_URL": redis.url(0), "CELERY_BROKER_URL": redis.url(1)}
        settings |= {"LOG_LEVEL": "WARNING"}
        hands = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.inside"], cwd=ROOT, text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, env=environment_for(folder / "data", free_port(), **settings),
        )  # fmt: skip
        house = House(settings, folder / "data", hands)
        try:
            house.do("migrate")
            yield house
        finally:
            assert hands.stdin
            hands.stdin.close()
            hands.wait(30)
