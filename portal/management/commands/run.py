"""`manage.py run`: the whole product on one machine. Prepares the data folder, then supervises four processes."""

import io
import os
import socket
import sys
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from portal.demo.sign_ins import sign_ins
from portal.supervisor import AlreadyRunning, Child, Supervisor

DEMO_MARK = "demo-made"


class Command(BaseCommand):
    help = "Runs web, workers and beat, each started again when it dies. Stops cleanly on SIGTERM or Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--no-prepare",
            action="store_true",
            help="leave out migrations and demo data (another step did them)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        data_dir = Path(settings.DATA_DIR)
        supervisor = Supervisor(
            children(data_dir),
            data_dir,
            environment=environment(data_dir),
            is_ready=is_ready,
            when_ready=self.announce,
        )
        try:
            supervisor.claim()
        except AlreadyRunning as error:
            raise CommandError(
                f"Doorstep already runs on {data_dir}. Stop it, or set another DATA_DIR."
            ) from error
        if not port_is_free():
            raise CommandError(
                f"Port {settings.PORT} is taken. Set another: make run PORT={settings.PORT + 1}"
            )
        if settings.AWS_STORAGE_BUCKET_NAME:
            call_command("check_storage", verbosity=0)
        if not options["no_prepare"]:
            self.prepare(data_dir)
        connections.close_all()
        if code := supervisor.run():
            sys.exit(code)

    def prepare(self, data_dir: Path) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        call_command("seal_documents", verbosity=0)
        Path(settings.STATIC_ROOT).mkdir(exist_ok=True)
        if settings.STATIC_MANIFEST:
            # What the build packed goes out under plain names; hashed files are packed anew.
            call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["*.br", "*.gz"])
        mark = data_dir / DEMO_MARK
        if settings.DEMO and not mark.exists():
            self.stdout.write("Making the demo data (first run only) …")
            self.stdout.flush()
            call_command("demo", stdout=io.StringIO())
            mark.touch()

    def announce(self) -> None:
        lines = ["", f"Doorstep is ready: {settings.PUBLIC_URL}/", ""]
        if settings.DEMO:
            lines += [*demo_sign_ins(), ""]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()


def environment(data_dir: Path) -> dict[str, str]:
    # Nothing of a borrower, and no hint of the broker, passes through a folder that others can read.
    chosen = {**os.environ, "DATA_DIR": str(data_dir), "TMPDIR": settings.FILE_UPLOAD_TEMP_DIR}
    chosen["PYTHONUNBUFFERED"] = "1"
    if settings.DEMO:  # on one's own machine Celery's advice against root is only alarming
        chosen.setdefault("PYTHONWARNINGS", "ignore:You're running the worker with superuser privileges")
    return chosen


def children(data_dir: Path) -> list[Child]:
    """The processes of one machine, each the leader of a group of its own (docs/decisions/0001-supervisor.md)."""
    beat_dir = data_dir / "beat"
    beat_dir.mkdir(exist_ok=True, mode=0o700)
    beat = ["beat", "--schedule", str(beat_dir / "schedule"), "--pidfile", ""]
    return [
        Child("web", web_command()),
        Child("messages", celery_command(*worker("messages"))),
        Child("documents", celery_command(*worker("documents"))),
        Child("beat", celery_command(*beat)),
    ]


def web_command() -> list[str]:
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi"),
        *("--host", settings.BIND_ADDRESS, "--port", str(settings.PORT)),
        *("--workers", str(settings.WEB_WORKERS), "--respawn-failed-workers", "--workers-kill-timeout", "10"),
        *("--no-ws", "--log-level", "error"),
        "portal.wsgi:application",
    ]


def celery_command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "celery", "-A", "portal", "--quiet", *arguments, "--loglevel", "WARNING"]


def worker(queue: str) -> list[str]:
    """
    Threads on the folder, where a forked child that is killed can wedge the whole worker; forks on a real broker, where
    one that hangs or grows is replaced alone. No mingle, gossip or heartbeat: the workers have nothing to tell each
    other.
    """
    pool = "threads" if settings.CELERY_BROKER_URL.startswith("filesystem") else "prefork"
    slots = "4" if queue == "messages" else "2"  # mail, texts, letters, and one for what else there is to do
    chatter = ("--without-mingle", "--without-gossip", "--without-heartbeat")
    return ["worker", "-Q", queue, "-n", f"{queue}@%h", "-P", pool, "-c", slots, *chatter]


def port_is_free(seconds: float = 3.0) -> bool:
    """Waits a little: what a killed run left behind may still be letting go."""
    family = socket.AF_INET6 if ":" in settings.BIND_ADDRESS else socket.AF_INET
    deadline = time.monotonic() + seconds
    while True:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.BIND_ADDRESS, settings.PORT))
                return True
            except OSError:
                if time.monotonic() > deadline:
                    return False
        time.sleep(0.2)


def is_ready() -> bool:
    """Asks the web process itself, under the public name, without leaving the machine."""
    host = "127.0.0.1" if settings.BIND_ADDRESS in ("", "0.0.0.0") else settings.BIND_ADDRESS  # noqa: S104
    if ":" in host:
        host = f"[{'::1' if host == '::' else host}]"
    request = urllib.request.Request(
        f"http://{host}:{settings.PORT}/readyz", headers={"Host": urlsplit(settings.PUBLIC_URL).netloc}
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def demo_sign_ins() -> list[str]:
    """One line a person of the cast."""
    rows = [(entry.name, entry.role, entry.email, entry.password) for entry in sign_ins()]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    head = "Press a name on the sign-in page to be that person, or sign in with:"
    return [head, *("  " + "  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)]
