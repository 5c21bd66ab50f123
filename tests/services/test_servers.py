"""The servers of a run are its own, and gone when it is over, however it ends."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import ROOT, wait_until
from tests.services.servers import Redis

SAY_WHERE = 'echo "$DOORSTEP_TEST_DATABASES"; exec sleep 60'


@pytest.fixture
def run() -> "Iterator[subprocess.Popen[str]]":
    """A run of its own that says where its servers are, and then waits."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.services", "sh", "-c", SAY_WHERE],
        cwd=ROOT, text=True, stdout=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    yield process
    process.kill()
    process.wait()


def folder_of(run: "subprocess.Popen[str]") -> Path:
    assert run.stdout
    place = run.stdout.readline().strip().removeprefix("postgres://doorstep@/")
    return Path(place).parent


def at_work_in(folder: Path) -> list[int]:
    """Processes whose folder is this one or below it."""
    found = []
    for link in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if Path(os.readlink(link)).is_relative_to(folder):
                found.append(int(link.parts[2]))
        except OSError:
            continue
    return found


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_nothing_is_left_after_ctrl_c_or_an_end_from_outside(
    run: "subprocess.Popen[str]", asked: signal.Signals
) -> None:
    folder = folder_of(run)
    assert len(at_work_in(folder)) >= 4, "PostgreSQL, Redis, SeaweedFS and clamd"
    if asked == signal.SIGINT:
        os.killpg(run.pid, asked)  # as the terminal does
    else:
        run.send_signal(asked)
    assert run.wait(30) != 0
    assert at_work_in(folder) == [] and not folder.exists()


def test_the_servers_end_with_a_run_that_is_killed(run: "subprocess.Popen[str]") -> None:
    folder = folder_of(run)
    run.kill()
    wait_until("all have ended", lambda: at_work_in(folder) == [], 20)
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("name", "package"),
    [("redis-server", "redis-server"), ("tesseract", "tesseract-ocr"), ("setpriv", "util-linux")],
)
def test_a_missing_program_is_named_with_its_package(tmp_path: Path, name: str, package: str) -> None:
    for program in {"redis-server", "tesseract", "setpriv", "sh"} - {name}:
        (tmp_path / program).symlink_to(str(shutil.which(program)))
    done = subprocess.run(
        [sys.executable, "-m", "tests.services", "sh", "-c", "true"],
        cwd=ROOT, env={**os.environ, "PATH": str(tmp_path)}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2
    assert f"apt install {package}" in done.stderr and done.stderr.count("\n") == 1, done.stderr


def test_a_redis_that_was_killed_still_knows_what_it_was_told(tmp_path: Path) -> None:
    import redis

    server = Redis(tmp_path / "redis").start()
    try:
        redis.Redis.from_url(server.url()).set("hint", "wake up")
        server.kill()
        server.start()
        assert redis.Redis.from_url(server.url()).get("hint") == b"wake up"
    finally:
        server.stop()
