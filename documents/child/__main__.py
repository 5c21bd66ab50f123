"""
Does one job on files that strangers sent, in a process of its own that may be killed: `python -I documents/child`.

Two arguments: the name of the job, and JSON {"files": [descriptors], "blobs": descriptor, "options": {...}}. The
files are inherited descriptors, opened anew here, so that nothing else on the disk need be readable. The answer is
one line of JSON on standard output; what is binary (a PDF, a picture of a page) goes to the descriptor `blobs`,
each piece after its length in eight bytes. Anything else (no answer, a signal, too slow) means that a file broke
its parser.

Nothing in this folder imports anything of the project: the child has no settings and no secrets. It sets its own
limits before it reads a byte: the parent is a threaded worker, where code between fork and exec is unsafe.
"""

import ctypes
import json
import resource
import signal
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

MEGABYTE = 1024 * 1024
OPEN_FILES = 64  # beside those it is given
SECONDS_TO_DIE = 5

PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000


@dataclass(frozen=True)
class Job:
    """`module` is a file of this folder with `work(files, options, send)`, which returns the answer."""

    module: str
    memory_mb: int
    cpu_seconds: int


JOBS = {
    "inspect": Job("inspecting", memory_mb=1024, cpu_seconds=15),
    "compose": Job("composing", memory_mb=1536, cpu_seconds=100),
    "draw": Job("drawing", memory_mb=1024, cpu_seconds=60),
    "read": Job("reading", memory_mb=1024, cpu_seconds=120),
}


def limit_this_process(job: Job, files: int) -> None:
    """Threads are left alone: the decoder of HEIC cannot do without, and the kernel counts them as processes."""
    _limit(resource.RLIMIT_AS, job.memory_mb * MEGABYTE)
    resource.setrlimit(resource.RLIMIT_CPU, (job.cpu_seconds, job.cpu_seconds + SECONDS_TO_DIE))
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_NOFILE, OPEN_FILES + files)
    system = ctypes.CDLL(None, use_errno=True)
    system.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    system.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)  # not longer than the worker that waits
    system.unshare(CLONE_NEWUSER | CLONE_NEWNET)  # no network, where the kernel lets us


def _limit(what: int, most: int) -> None:
    resource.setrlimit(what, (most, most))


def sender(blobs: BinaryIO) -> Callable[[bytes], None]:
    """Sends one binary piece to the parent."""

    def send(blob: bytes) -> None:
        blobs.write(len(blob).to_bytes(8, "big"))
        blobs.write(blob)
        blobs.flush()

    return send


def main(name: str, told: dict[str, Any]) -> int:
    job = JOBS[name]
    limit_this_process(job, len(told["files"]))
    warnings.simplefilter("ignore")
    files = [Path(f"/proc/self/fd/{descriptor}") for descriptor in told["files"]]
    with open(told["blobs"], "wb") as blobs:
        answer = import_module(job.module).work(files, told["options"], sender(blobs))
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], json.loads(sys.argv[2])))
