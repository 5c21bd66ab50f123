"""
Files on their way, each against something bare in the same run; the product is `manage.py run` with its demo.

* rate: a file sent to a signed address, against a server (the same granian) that reads, hashes, writes and flushes
* memory: peak of the web process and of the worker for a large file, against a small one
* pages: a loan page while twenty slow lines send, against the same page alone
* clean: from the last byte to "received", against as many fresh bytes handed to clamd directly
* download: a sealed file over HTTP, against a plain copy of the file, read and written in pieces of the same size and
  flushed, as the reader of uploads does; without the flush it is memory alone, and its rate varies by two and a half
"""

import http.client
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlsplit
from uuid import UUID

from benchmarks.measuring import Goal, Table, in_turns
from benchmarks.papers import paper
from documents.storage.base import CHUNK_BYTES
from tests.faults.client import Person
from tests.faults.uploading import OWED, STATE, Upload
from tests.running import ROOT, Product, running_product, wait_until
from tests.services.clamav import Clamd
from tests.services.servers import free_port

MEGABYTE = 1024 * 1024
PIECE_BYTES = 128 * 1024
ROOMY = {
    "UPLOADS_PER_MINUTE": "10000", "UPLOAD_MB_PER_DAY": "1000000", "UPLOAD_MB_PER_LOAN": "1000000",
    "MAX_UPLOAD_MB": "1100", "LOG_LEVEL": "WARNING",
}  # fmt: skip
BARE, HOUSE = "bare reader that hashes", "signed address of the house"
ALONE, BUSY = "loan page, nothing else", "loan page, 20 slow uploads"
COPY, DOWNLOAD = "plain copy of the file", "download of a sealed file"
SLOW_LINES, SLOW_RATE = 20, 1.0 * MEGABYTE
PAGES_ASKED = 60
MORE_MEMORY, MOST_MEGABYTES = 1.10, 30
SCAN_TIMES, SCAN_SECONDS = 1.5, 1.0
DOCUMENT = """
    SELECT d.public_id FROM documents_document d JOIN documents_uploadsession s ON s.id = d.session_id
    WHERE s.public_id = ?
"""


@dataclass
class Bench:
    product: Product
    folder: Path
    bea: Person
    wanted: str
    seeds: Iterator[int] = field(default_factory=lambda: iter(range(1, 10**6)))

    def paper(self, megabytes: float) -> Path:
        seed = next(self.seeds)
        return paper(self.folder / f"paper-{seed}.pdf", megabytes, seed)

    def open(self, path: Path) -> "FileUpload":
        return FileUpload(self.bea, self.wanted, path)

    def clean(self, upload: "FileUpload", seconds: float = 300) -> None:
        wait_until(
            f"{upload.name} is clean",
            lambda: self.product.rows(STATE, upload.key) == [("clean",)],
            seconds,
            every=0.02,
        )


class FileUpload(Upload):
    """An upload whose bytes stay on the disk."""

    def __init__(self, person: Person, request: str, path: Path) -> None:
        super().__init__(person, request, path.name, b"")
        self.path, self.size = path, path.stat().st_size
        self.open()

    def said(self) -> dict[str, object]:
        return {**super().said(), "size": self.size}

    def send(self) -> float:
        """The whole file to its signed address; seconds until the answer."""
        return put(self.person.product.port, self.address("PUT"), self.path)


@contextmanager
def bench(**settings: str) -> Iterator[Bench]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="doorstep-bench-")))
        chosen = {**ROOMY, **settings, "DEMO": "1"}
        product = stack.enter_context(running_product(data_dir=folder / "data", **chosen))  # type: ignore[arg-type]
        wanted = str(UUID(str(product.rows(OWED)[0][0])))
        yield Bench(product, folder, Person(product, "bea"), wanted)


def put(port: int, address: str, path: Path, rate: float = 0) -> float:
    """PUT of a file, at most `rate` bytes a second when it is given; seconds until the answer."""
    target = urlsplit(address)
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    began = time.perf_counter()
    line.putrequest("PUT", f"{target.path}?{target.query}" if target.query else target.path, skip_host=True)
    line.putheader("Host", f"localhost:{port}")
    line.putheader("Content-Length", str(path.stat().st_size))
    line.endheaders()
    with path.open("rb") as file:
        if not rate:
            line.sock.sendfile(file)
        else:
            while chunk := file.read(int(rate / 10)):
                line.sock.sendall(chunk)
                time.sleep(0.1)
    answer = line.getresponse()
    answer.read()
    assert answer.status == 200, answer.status
    line.close()
    return time.perf_counter() - began


# --- Rate ----------------------------------------------------------------------------------------------------


@contextmanager
def bare_reader(folder: Path) -> Iterator[int]:
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    process = subprocess.Popen(
        [*command, "--workers", "1", "--no-ws", "--log-level", "error", "benchmarks.bare_reader:application"],
        cwd=ROOT, env={**os.environ, "BARE_FOLDER": str(folder)},
    )  # fmt: skip
    try:
        wait_until("the bare reader answers", lambda: _answers(port), 30)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _answers(port: int) -> bool:
    try:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        line.request("PUT", "/", body=b"x")
        return line.getresponse().status == 200
    except OSError:
        return False


def rate(here: Bench, megabytes: int, rounds: int) -> Table:
    with bare_reader(here.folder) as port:

        def bare(turn: int) -> float:
            return megabytes / put(port, "/", here.paper(megabytes))

        def house(turn: int) -> float:
            upload = here.open(here.paper(megabytes))
            taken = upload.send()
            here.bea.post_json(upload.opened["abort"], {})
            return megabytes / taken

        rates = in_turns({BARE: bare, HOUSE: house}, rounds)
    return Table(f"Upload, {megabytes} MB", "MB/s", rates, [Goal(HOUSE, BARE, 0.6)])


# --- Memory --------------------------------------------------------------------------------------------------


def peak(product: Product, name: str) -> float:
    """The most that one process of this group ever held, in MB; children that inspect files are no part of it."""
    return max(_peak_of(pid) for pid in group(product.pids[name])) / 1024


def group(leader: int) -> list[int]:
    found = [leader]
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = entry.read_text().rpartition(")")
        except OSError:
            continue
        if int(rest.split()[2]) == leader and "inspect" not in name:
            found.append(int(entry.parent.name))
    return found


def _peak_of(pid: int) -> int:
    try:
        said = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in said.splitlines() if line.startswith("VmHWM")), 0)


def memory(small: int, large: int) -> Table:
    """Each in a house of its own: a peak never comes down again."""
    peaks: dict[str, dict[int, float]] = {"web": {}, "documents": {}}
    for megabytes in (small, large):
        with bench() as here:
            upload = here.open(here.paper(megabytes))
            upload.send()
            upload.finish()
            here.clean(upload, 600)
            for name, found in peaks.items():
                found[megabytes] = peak(here.product, name)
    table = Table(f"Peak memory, {large} MB against {small} MB", "MB")
    for name, found in peaks.items():
        table.rates |= {f"{name}, {megabytes} MB": found[megabytes] for megabytes in (small, large)}
        more, times = found[large] - found[small], found[large] / found[small]
        table.check(
            f"{name}: {times:.2f} times and {more:+.0f} MB, at most {MORE_MEMORY:.2f} and {MOST_MEGABYTES} MB",
            times <= MORE_MEMORY and more <= MOST_MEGABYTES,
        )
    return table


# --- Pages while others send ---------------------------------------------------------------------------------


def pages(here: Bench, rounds: int, megabytes: float = 25) -> Table:
    loan = here.product.rows("SELECT l.public_id FROM loans_loan l JOIN loans_party p ON p.loan_id = l.id "
                             "JOIN accounts_user u ON u.id = p.user_id WHERE u.name LIKE 'Bea %'")  # fmt: skip
    address = f"/loans/{UUID(str(loan[0][0]))}/"
    health: list[float] = []

    def alone(turn: int) -> float:
        return 1 / _p95(here, address)

    def busy(turn: int) -> float:
        with slow_lines(here, megabytes) as still_sending:
            health.extend(seconds_for(here, "/healthz") for _ in range(20))
            answered = 1 / _p95(here, address)
            assert still_sending() == SLOW_LINES, "the slow lines were done too early"
        return answered

    table = Table("Loan page, p95", "pages/s", in_turns({ALONE: alone, BUSY: busy}, rounds))
    table.goals = [Goal(BUSY, ALONE, 1 / 1.5)]
    worst = max(health) * 1000
    table.check(f"/healthz beside 20 slow uploads: {worst:.0f} ms at most, goal under 100 ms", worst < 100)
    return table


@contextmanager
def slow_lines(here: Bench, megabytes: float) -> Iterator[Callable[[], int]]:
    path = here.paper(megabytes)
    uploads = [
        Upload.begun(here.bea, here.wanted, f"slow {n}.pdf", path.read_bytes()) for n in range(SLOW_LINES)
    ]
    addresses = [upload.address("PUT") for upload in uploads]
    threads = [
        threading.Thread(target=put, args=(here.product.port, address, path, SLOW_RATE))
        for address in addresses
    ]
    for thread in threads:
        thread.start()
    time.sleep(1)
    yield lambda: sum(thread.is_alive() for thread in threads)
    for thread in threads:
        thread.join()
    for upload in uploads:
        here.bea.post_json(upload.opened["abort"], {})


def seconds_for(here: Bench, address: str) -> float:
    began = time.perf_counter()
    answer = here.bea.get(address)
    assert answer.status == 200, answer.status
    return time.perf_counter() - began


def _p95(here: Bench, address: str) -> float:
    return quantiles([seconds_for(here, address) for _ in range(PAGES_ASKED)], n=20)[18]


# --- To clean ------------------------------------------------------------------------------------------------


def clean(megabytes: float, rounds: int) -> Table:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="doorstep-clamd-")))
        clamd = Clamd(folder, most_mb=60).start()
        stack.callback(clamd.stop)
        here = stack.enter_context(bench(CLAMD_URL=clamd.url, MAX_UPLOAD_MB="50"))
        times: dict[str, list[float]] = {"direct scan": [], "upload to clean": []}
        for _ in range(rounds):
            times["direct scan"].append(_scan(clamd, here.paper(megabytes)))
            times["upload to clean"].append(_to_clean(here, here.paper(megabytes)))
    table = Table(
        f"To clean, {megabytes:g} MB", "a second", {way: 1 / min(taken) for way, taken in times.items()}
    )
    direct, whole = min(times["direct scan"]), min(times["upload to clean"])
    most = SCAN_TIMES * direct + SCAN_SECONDS
    table.check(
        f"{whole:.2f} s to clean, direct scan {direct:.2f} s, goal at most {most:.2f} s", whole <= most
    )
    return table


def _scan(clamd: Clamd, path: Path) -> float:
    began = time.perf_counter()
    with path.open("rb") as file, socket.socket(socket.AF_UNIX) as line:
        line.connect(str(clamd.place))
        line.sendall(b"zINSTREAM\0")
        while chunk := file.read(PIECE_BYTES):
            line.sendall(struct.pack("!I", len(chunk)) + chunk)
        line.sendall(bytes(4))
        assert line.recv(100) == b"stream: OK\0"
    return time.perf_counter() - began


def _to_clean(here: Bench, path: Path) -> float:
    upload = here.open(path)
    upload.send()
    began = time.perf_counter()
    upload.finish()
    here.clean(upload)
    return time.perf_counter() - began


# --- Download ------------------------------------------------------------------------------------------------


def download(here: Bench, megabytes: int, rounds: int) -> Table:
    path = here.paper(megabytes)
    upload = here.open(path)
    upload.send()
    upload.finish()
    here.clean(upload)
    document = UUID(str(here.product.rows(DOCUMENT, upload.key)[0][0]))

    def copy(turn: int) -> float:
        began = time.perf_counter()
        with path.open("rb") as source, (here.folder / f"copy-{turn}").open("wb") as target:
            shutil.copyfileobj(source, target, CHUNK_BYTES)
            target.flush()
            os.fsync(target.fileno())
        return megabytes / (time.perf_counter() - began)

    def fetch(turn: int) -> float:
        began = time.perf_counter()
        size = here.bea.drain(f"/documents/{document}/?download=1")
        taken = time.perf_counter() - began
        assert size == path.stat().st_size, size
        return megabytes / taken

    rates = in_turns({COPY: copy, DOWNLOAD: fetch}, rounds)
    return Table(f"Download, {megabytes} MB", "MB/s", rates, [Goal(DOWNLOAD, COPY, 1 / 2.5)])


def measure(megabytes: int, large: int, rounds: int) -> Iterator[Table]:
    """`megabytes` for the rate and twice as many for the download, `large` for memory."""
    with bench() as here:
        yield rate(here, megabytes, rounds)
        yield download(here, 2 * megabytes, rounds)
        yield pages(here, rounds)
    for size in (5, 45):
        yield clean(size, rounds)
    yield memory(10, large)
