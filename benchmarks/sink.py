"""
A real SMTP server in a process of its own that counts what it is given: `python -m benchmarks.sink <port> <seconds>`,
the seconds being what it takes to say yes. A line on its input asks for what arrived since the last one.
"""

import asyncio
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from aiosmtpd.controller import Controller

from tests.running import ROOT, wait_until
from tests.services.servers import free_port

MESSAGE_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


@dataclass
class Arrived:
    """What came since the last question: how many, how many different ones, and how many a second."""

    count: int
    distinct: int
    rate: float
    bytes_each: int


@dataclass
class Sink:
    port: int
    process: "subprocess.Popen[str]"

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def ask(self, word: str) -> Any:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def take(self, count: int, seconds: float = 150.0) -> Arrived:
        """Waits for so many; then the counting begins anew."""
        wait_until(f"{count} messages arrive", lambda: self.ask("count") >= count, seconds, every=0.2)
        time.sleep(0.3)  # one too many would come now
        return Arrived(**self.ask("take"))


@contextmanager
def running_sink(answer_after: float) -> Iterator[Sink]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.sink", str(port), str(answer_after)],
        cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    sink = Sink(port, process)
    try:
        assert sink.ask("count") == 0
        yield sink
    finally:
        process.terminate()
        process.wait()


# --- In the process of its own ---------------------------------------------------------------------------------


class Counter:
    def __init__(self, answer_after: float) -> None:
        self.answer_after = answer_after
        self.came: list[tuple[float, bytes, int]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        found = MESSAGE_ID.search(envelope.content)
        self.came.append((time.monotonic(), found[1] if found else b"", len(envelope.content)))
        if self.answer_after:
            await asyncio.sleep(self.answer_after)
        return "250 OK"

    def take(self) -> dict[str, float]:
        came, self.came = self.came, []
        took = came[-1][0] - came[0][0] if len(came) > 1 else 0.0
        return {
            "count": len(came),
            "distinct": len({message_id for _at, message_id, _size in came}),
            "rate": (len(came) - 1) / took if took else 0.0,
            "bytes_each": sum(size for _at, _id, size in came) // max(1, len(came)),
        }


def main(port: int, answer_after: float) -> None:
    counter = Counter(answer_after)
    controller = Controller(counter, hostname="127.0.0.1", port=port)
    controller.start()
    for line in sys.stdin:
        print(json.dumps(counter.take() if line.strip() == "take" else len(counter.came)), flush=True)
    controller.stop()


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
