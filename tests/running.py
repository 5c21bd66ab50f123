"""
Starts the product as people start it (`manage.py run`) and takes its mail, for tests from outside.

    with running_product(DEMO="1", EMAIL_URL=mailbox.url) as product:
        page.goto(product.base_url)
"""

import asyncio
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as default_policy
from pathlib import Path
from typing import Any, TypeVar, cast

import psycopg
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from tests.services.servers import Redis, free_port, place_of

T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent
# What a machine may have set and the product must not see: a test chooses its whole environment.
FOREIGN = (
    "AWS_ACCESS_KEY_ID",
    "AWS_S3_ENDPOINT_URL",
    "AWS_S3_REGION_NAME",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_STORAGE_BUCKET_NAME",
    "CLAMD_URL",
    "DATABASE_URL",
    "CACHE_URL",
    "CELERY_BROKER_URL",
    "DEBUG",
    "DEMO",
    "DJANGO_SETTINGS_MODULE",
    "EMAIL_PROVIDER",
    "EMAIL_URL",
)


def wait_until(what: str, look: Callable[[], T], seconds: float = 30.0, every: float = 0.1) -> T:
    """The first true answer of `look`; fails with `what` when there is none in time."""
    deadline = time.monotonic() + seconds
    while True:
        if answer := look():
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:.0f} s in vain: {what}")
        time.sleep(every)


def status_of(address: str, seconds: float = 5.0) -> int:
    """HTTP status, redirects followed; 0 when nobody answers."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(address, timeout=seconds) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


@dataclass
class Product:
    """One running Doorstep with its own port and data folder."""

    port: int
    data_dir: Path
    environment: dict[str, str]
    process: "subprocess.Popen[bytes]"
    log: Path
    redis: Redis | None = None  # its broker and cache, when it is not the embedded default

    @property
    def base_url(self) -> str:
        return f"http://localhost:{self.port}"

    def facts(self) -> dict[str, Any]:
        """What the supervisor wrote down: its own id, the ids of its children, restarts."""
        try:
            return cast(dict[str, Any], json.loads((self.data_dir / "run.json").read_text()))
        except FileNotFoundError:
            return {"children": {}, "restarts": {}}

    @property
    def pids(self) -> dict[str, int]:
        """Children by name: web, messages, documents, beat. Each is the leader of its process group."""
        return cast(dict[str, int], self.facts()["children"])

    def kill(self, name: str) -> int:
        """SIGKILL to the parent of one group; answers the id that is gone."""
        pid = self.pids[name]
        os.kill(pid, signal.SIGKILL)
        return pid

    def wait_for_restart(self, name: str, old_pid: int, seconds: float = 60.0) -> int:
        def newcomer() -> int:
            pid = self.pids.get(name, 0)
            return pid if pid != old_pid else 0

        return wait_until(f"{name} runs again", newcomer, seconds)

    def wait_ready(self, seconds: float = 60.0) -> None:
        def ready() -> bool:
            if self.process.poll() is not None:
                raise AssertionError(
                    f"manage.py run ended with code {self.process.returncode}:\n{self.tail()}"
                )
            return status_of(f"{self.base_url}/readyz") == 200

        try:
            wait_until("/readyz answers 200", ready, seconds, every=0.3)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.tail()}") from None

    def manage(self, *arguments: str) -> str:
        """Runs manage.py in the same environment; answers what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, f"manage.py {' '.join(arguments)}:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def rows(self, question: str, *values: Any) -> list[tuple[Any, ...]]:
        """Asks the product's own database, in SQL that both know; `?` stands for a value."""
        if url := self.environment.get("DATABASE_URL"):
            with psycopg.connect(**place_of(url), options="-c timezone=UTC") as postgres:
                found = postgres.execute(question.replace("%", "%%").replace("?", "%s"), values)  # type: ignore[arg-type]
                return found.fetchall() if found.description else []
        with closing(sqlite3.connect(self.data_dir / "doorstep.sqlite3", timeout=20)) as sqlite, sqlite:
            return sqlite.execute(question, values).fetchall()

    def lose_broker(self) -> None:
        """What waits in the folder is gone; a Redis is killed and started again."""
        if self.redis:
            self.redis.kill()
            self.redis.start()
            return
        for entry in (self.data_dir / "broker" / "queue").iterdir():
            entry.unlink(missing_ok=True)

    def tail(self, lines: int = 60) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def stop(self, seconds: float = 30.0) -> int:
        """SIGTERM and a clean end; killed with all its groups when that takes too long."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                groups = list(self.pids.values())
                self.process.kill()
                self.process.wait()
                for group in groups:
                    _kill_group(group)
        return int(self.process.returncode)


def _kill_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        pass


def environment_for(data_dir: Path, port: int, **settings: str) -> dict[str, str]:
    """What `make run` sets and these settings; nothing else of what the machine may have set for a Doorstep."""
    data_dir.mkdir(parents=True, exist_ok=True)
    environment = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    return environment | {
        "PORT": str(port),
        "PUBLIC_URL": f"http://localhost:{port}",
        "DATA_DIR": str(data_dir),
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        **settings,
    }


def start_product(data_dir: Path, port: int | None = None, **settings: str) -> Product:
    """Starts without waiting. `settings` are environment variables; the rest is what `make run` sets."""
    port = port or free_port()
    environment = environment_for(data_dir, port, **settings)
    log = data_dir / "run.log"
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "run"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Product(port, data_dir, environment, process, log)


@contextmanager
def running_product(
    *, data_dir: Path | None = None, port: int | None = None, ready_within: float = 240.0, **settings: str
) -> Iterator[Product]:
    """The product on a free port and a fresh data folder, ready; stopped and swept away at the end."""
    folder = data_dir or Path(tempfile.mkdtemp(prefix="doorstep-run-"))
    product = start_product(folder, port, **settings)
    try:
        product.wait_ready(ready_within)
        yield product
    finally:
        product.stop()
        if data_dir is None:
            shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Mailbox:
    """A real SMTP server that keeps what it is given, in the order of arrival."""

    port: int
    answer_after: float = 0.0  # seconds the server takes to say that it has it
    _received: list[EmailMessage] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        """The value for EMAIL_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def messages(self) -> list[EmailMessage]:
        with self._lock:
            return list(self._received)

    def take(self, message: EmailMessage) -> None:
        with self._lock:
            self._received.append(message)

    def to(self, address: str) -> list[EmailMessage]:
        return [message for message in self.messages if address.lower() in str(message["To"]).lower()]

    def wait_for(self, wanted: Callable[[EmailMessage], bool], seconds: float = 60.0) -> EmailMessage:
        """The first message that is wanted, waiting for it if need be."""
        found: list[EmailMessage] = wait_until(
            f"a wanted mail (arrived: {[str(message['Subject']) for message in self.messages]})",
            lambda: [message for message in self.messages if wanted(message)],
            seconds,
        )
        return found[0]

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        message = message_from_bytes(envelope.content, policy=default_policy)
        message["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        self.take(message)
        await asyncio.sleep(self.answer_after)
        return "250 OK"


@contextmanager
def running_mailbox(answer_after: float = 0.0) -> Iterator[Mailbox]:
    mailbox = Mailbox(free_port(), answer_after)
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()
