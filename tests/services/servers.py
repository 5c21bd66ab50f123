"""
A PostgreSQL cluster and a Redis of one's own: in a folder that nobody else can read, and gone with it.

Both end when the process that started them ends, however it ends (Linux tells them). Nothing of the machine's own
servers is used or touched.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import environ
import psycopg
import redis
from psycopg import sql

DEBIAN_POSTGRES = Path("/usr/lib/postgresql")
STOP_SECONDS = 20.0


class Missing(Exception):
    """A program that is not installed; the message names the package that brings it."""


def postgres_programs() -> Path:
    """The folder with initdb and postgres: Debian keeps each version apart and none in PATH."""
    versions = sorted(DEBIAN_POSTGRES.glob("*/bin"), key=lambda place: _number(place.parent.name))
    in_path = shutil.which("initdb")
    for place in [*reversed(versions), *([Path(in_path).parent] if in_path else [])]:
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place
    raise Missing("PostgreSQL is not installed: apt install postgresql")


def redis_program() -> str:
    if found := shutil.which("redis-server"):
        return found
    raise Missing("Redis is not installed: apt install redis-server")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _number(version: str) -> int:
    return int(version) if version.isdigit() else 0


def as_user(user: str) -> list[str]:
    """Before a command: run it as this user (only root can), and end it with the process that started it."""
    if not shutil.which("setpriv"):
        raise Missing("setpriv is not installed: apt install util-linux")
    chosen = ["--reuid", user, "--regid", user, "--init-groups"] if user else []
    return ["setpriv", *chosen, "--pdeathsig", "TERM"]


@dataclass
class Server(ABC):
    """
    One process in a session of its own, so that Ctrl-C in the terminal reaches the tests alone. To be started from the
    main thread: Linux takes the thread that started it for the parent it ends with.
    """

    folder: Path
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def _start(self, command: Sequence[str], **environment: str) -> None:
        """`environment` is what this server alone is told."""
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                start_new_session=True, env={**os.environ, **environment},
            )  # fmt: skip
        deadline = time.monotonic() + 30
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{command[-1]} did not start:\n{self.log.read_text()[-4000:]}")
            time.sleep(0.05)

    @abstractmethod
    def answers(self) -> bool: ...

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None


@dataclass
class PostgreSQL(Server):
    """Reached by a socket in its folder; every commit is on disk before it is answered."""

    stop_signal: ClassVar[signal.Signals] = signal.SIGINT  # "fast": does not wait for its clients
    USER: ClassVar[str] = "doorstep"

    def start(self) -> "PostgreSQL":
        programs, user = postgres_programs(), "postgres" if os.geteuid() == 0 else ""
        self.folder.mkdir(mode=0o700, parents=True)
        if user:
            shutil.chown(self.folder, user, user)
        data = self.folder / "data"
        made = subprocess.run(
            [*as_user(user), str(programs / "initdb"), "--pgdata", str(data), "--username", self.USER,
             "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"],
            cwd=self.folder, capture_output=True, text=True,
        )  # fmt: skip
        if made.returncode:
            raise RuntimeError(f"initdb failed:\n{made.stdout}{made.stderr}")
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "max_connections": "200",
            "shared_buffers": "128MB",
            "timezone": "UTC",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self._start([*as_user(user), str(programs / "postgres"), "-D", str(data), *options])
        return self

    def answers(self) -> bool:
        try:
            psycopg.connect(**place_of(self.url("postgres"))).close()
        except psycopg.OperationalError:
            return False
        return True

    def url(self, database: str) -> str:
        """For DATABASE_URL."""
        return f"postgres://{self.USER}@/{self.folder}/{database}"


@dataclass
class Redis(Server):
    """Keeps what it was told in an append-only file: killed and started again it still knows its queues."""

    port: int = 0
    password: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)

    def start(self) -> "Redis":
        """Also after `kill`: same port, same password, same data."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.port = self.port or free_port()
        lines = {
            "bind": "127.0.0.1", "port": self.port, "requirepass": self.password, "dir": self.folder,
            "databases": 64, "appendonly": "yes", "save": '""', "daemonize": "no",
        }  # fmt: skip
        config = self.folder / "redis.conf"
        config.write_text("".join(f"{name} {value}\n" for name, value in lines.items()))
        self._start([*as_user(""), redis_program(), str(config)])
        return self

    def answers(self) -> bool:
        try:
            return bool(redis.Redis.from_url(self.url(), socket_timeout=2).ping())
        except redis.RedisError:
            return False

    def url(self, database: int = 0) -> str:
        """For CACHE_URL and CELERY_BROKER_URL."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/{database}"

    def kill(self) -> None:
        """SIGKILL, as by a machine that runs out of memory."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        self.process = None


# --- Databases of a cluster ----------------------------------------------------------------------------------


def place_of(url: str) -> dict[str, str]:
    """What psycopg wants to know, from a DATABASE_URL."""
    found = environ.Env.db_url_config(url)
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return {name: str(found[key]) for name, key in names.items() if found[key]}


def make_database(url: str, template: str = "template0") -> None:
    """The database this address names, as a copy of `template` (which nobody may have open)."""
    place = place_of(url)
    command = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
        sql.Identifier(place["dbname"]), sql.Identifier(template)
    )
    with psycopg.connect(**{**place, "dbname": "postgres"}, autocommit=True) as connection:
        connection.execute(command)
