"""
Keeps the processes of one machine running: web, two workers and beat, each in a process group of its own.

One thread, one loop: read what the children print, look who has died, start again what is due. When the parent
of a group dies the whole group is killed before it is started again, because granian's workers would go on
serving on the port without it. See docs/decisions/0001-supervisor.md.
"""

import fcntl
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

TICK_SECONDS = 0.2
STEADY_SECONDS = 20.0  # a child that lived this long starts again without waiting
LONGEST_PAUSE_SECONDS = 30.0
STOP_SECONDS = 15.0  # for a clean end after SIGTERM; then the group is killed
RUN_FILE = "run.json"
LOCK_FILE = "run.lock"


class AlreadyRunning(Exception):
    """Another supervisor holds this data folder."""


@dataclass
class Child:
    """One process group: what to start and what became of it."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_after: float = 0.0
    restarts: int = 0
    quick_deaths: int = 0
    unfinished_line: bytes = field(default=b"", repr=False)

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process else None


class Supervisor:
    def __init__(
        self,
        children: Sequence[Child],
        data_dir: Path,
        *,
        environment: Mapping[str, str] | None = None,
        is_ready: Callable[[], bool] = lambda: True,
        when_ready: Callable[[], None] = lambda: None,
    ) -> None:
        self.children = list(children)
        self.data_dir = data_dir
        self.environment = dict(os.environ if environment is None else environment)
        self.is_ready = is_ready
        self.when_ready = when_ready
        self.stopping = False
        self._ready = False
        self._ask_again_at = 0.0
        self._selector = selectors.DefaultSelector()
        self._lock: int | None = None

    def claim(self) -> None:
        """Takes the data folder, or raises AlreadyRunning; ends what a killed run has left behind."""
        self._take_the_folder()
        self._end_leftovers()

    def run(self) -> int:
        """Runs until SIGTERM or SIGINT, then stops everything. 0 when all went cleanly."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        try:
            while not self.stopping:
                self._bury_the_dead()
                self._start_what_is_due()
                self._announce_when_ready()
                self._forward_output(TICK_SECONDS)
        finally:
            clean = self._stop_all()
            (self.data_dir / RUN_FILE).unlink(missing_ok=True)
        return 0 if clean else 1

    # --- One holder of the folder ----------------------------------------------------------------------------

    def _take_the_folder(self) -> None:
        self._lock = os.open(self.data_dir / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunning(str(self.data_dir)) from error

    def _end_leftovers(self) -> None:
        """Kills the groups of a supervisor that was itself killed, so that two generations never serve at once."""
        try:
            written = json.loads((self.data_dir / RUN_FILE).read_text())
        except (OSError, ValueError):
            return
        for group in written.get("children", {}).values():
            if _is_ours(group, self.data_dir):
                say("run", f"ending process group {group}, left over from a run that was killed")
                kill_group(group)

    # --- Starting --------------------------------------------------------------------------------------------

    def _start_what_is_due(self) -> None:
        now = time.monotonic()
        due = [child for child in self.children if child.process is None and child.start_after <= now]
        for child in due:
            self._start(child)
        if due:
            self._write_run_file()

    def _start(self, child: Child) -> None:
        child.process = subprocess.Popen(
            [sys.executable, "-m", "portal.launch", str(os.getpid()), *child.command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self.environment,
            start_new_session=True,
        )
        child.started_at = time.monotonic()
        assert child.process.stdout is not None
        os.set_blocking(child.process.stdout.fileno(), False)
        self._selector.register(child.process.stdout, selectors.EVENT_READ, child)

    def _write_run_file(self) -> None:
        """For people and tests: who runs here. Written whole and then renamed, so that no reader sees a half."""
        facts = {
            "supervisor": os.getpid(),
            "children": {child.name: child.pid for child in self.children if child.pid},
            "restarts": {child.name: child.restarts for child in self.children},
        }
        draft = self.data_dir / f".{RUN_FILE}.{os.getpid()}"
        draft.write_text(json.dumps(facts, indent=2))
        draft.replace(self.data_dir / RUN_FILE)

    def _announce_when_ready(self) -> None:
        now = time.monotonic()
        if self._ready or now < self._ask_again_at:
            return
        if self.is_ready():
            self._ready = True
            self.when_ready()
        self._ask_again_at = now + 0.5

    # --- Deaths ----------------------------------------------------------------------------------------------

    def _bury_the_dead(self) -> None:
        for child in self.children:
            if child.process is not None and _has_died(child.process.pid):
                self._bury(child)
                self._plan_restart(child)

    def _bury(self, child: Child) -> None:
        """Kills what is left of the group, then reaps its parent; in this order, so that the id is still ours."""
        assert child.process is not None and child.process.stdout is not None
        kill_group(child.process.pid)
        code = child.process.wait()
        self._forward(child)
        self._selector.unregister(child.process.stdout)
        child.process.stdout.close()
        child.process = None
        if not self.stopping:
            say("run", f"{child.name} ended ({_how(code)}); starting it again")

    def _plan_restart(self, child: Child) -> None:
        now = time.monotonic()
        child.restarts += 1
        child.quick_deaths = 0 if now - child.started_at >= STEADY_SECONDS else child.quick_deaths + 1
        child.start_after = now + pause_before_restart(child.quick_deaths)

    # --- Output ----------------------------------------------------------------------------------------------

    def _forward_output(self, seconds: float) -> None:
        for key, _ in self._selector.select(seconds):
            self._forward(key.data)

    def _forward(self, child: Child) -> None:
        """Passes on the whole lines that are waiting."""
        assert child.process is not None and child.process.stdout is not None
        while True:
            try:
                chunk = os.read(child.process.stdout.fileno(), 65536)
            except BlockingIOError:
                return
            if not chunk:
                time.sleep(TICK_SECONDS / 10)  # the pipe is closed but its process not yet gone
                return
            *lines, child.unfinished_line = (child.unfinished_line + chunk).split(b"\n")
            for line in lines:
                say(child.name, line.decode(errors="replace"))

    # --- Stopping --------------------------------------------------------------------------------------------

    def _ask_to_stop(self, *_: object) -> None:
        self.stopping = True

    def _stop_all(self) -> bool:
        """SIGTERM to each parent only (a signal to the group disturbs a worker that ends in good order)."""
        self.stopping = True
        running = [child for child in self.children if child.process is not None]
        for child in running:
            assert child.process is not None
            with suppress(ProcessLookupError):
                child.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        clean = True
        while running:
            self._forward_output(TICK_SECONDS / 2)
            too_late = time.monotonic() > deadline
            for child in list(running):
                assert child.process is not None
                died = _has_died(child.process.pid)
                if died or too_late:
                    clean = clean and died
                    self._bury(child)
                    running.remove(child)
        return clean


def pause_before_restart(quick_deaths: int) -> float:
    """Seconds to wait: none after a long life, then 0.5, 1, 2, 4 … up to half a minute."""
    if quick_deaths == 0:
        return 0.0
    return float(min(0.25 * 2**quick_deaths, LONGEST_PAUSE_SECONDS))


def kill_group(group: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def say(name: str, text: str) -> None:
    with suppress(BrokenPipeError):
        print(f"{name:<9} | {text}", flush=True)


def _has_died(pid: int) -> bool:
    """Looks without reaping, so that the id cannot be given to another process before its group is killed."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _is_ours(group: int, data_dir: Path) -> bool:
    """Whether a living member of the group was started for this data folder (ids are given out again)."""
    wanted = f"DATA_DIR={data_dir}".encode()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(entry.name)) == group and wanted in (entry / "environ").read_bytes().split(
                b"\0"
            ):
                return True
        except OSError:
            continue
    return False


def _how(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"code {code}"
