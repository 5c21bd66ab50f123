"""What a running product prints while it is mistreated: lines that a kill explains, and lines nobody should read."""

import re

from tests.running import Product

TRACEBACK = "Traceback (most recent call last)"
# A child or the broker was killed: the worker and beat say so, and go on.
EXPLAINED = re.compile(
    r"WorkerLostError|ExceptionWithTraceback: *$|redis\.exceptions\.(ConnectionError|TimeoutError|BusyLoadingError)"
    r"|kombu\.exceptions\.OperationalError|ConnectionResetError|ConnectionRefusedError|BrokenPipeError"
    # kombu, restoring what was unacknowledged when the broker died; the worker ends and the supervisor starts another.
    r"|AttributeError: 'NoneType' object has no attribute 'hostname'"
)


def faults_in_log(product: Product) -> list[str]:
    """A locked database, or an error of ours that no kill explains."""
    lines = product.log.read_text(errors="replace").splitlines()
    return [
        "\n".join(lines[max(0, at - 3) : at + 40])
        for at, line in enumerate(lines)
        if "database is locked" in line or (TRACEBACK in line and not EXPLAINED.search(verdict_of(lines, at)))
    ]


def verdict_of(lines: list[str], at: int) -> str:
    """The line that ends this traceback and names the error; other processes' lines in between are passed over."""
    who = lines[at].partition("|")[0]
    for line in lines[at + 1 :]:
        name, _bar, said = line.partition("| ")
        if name == who and said and not said.startswith(" "):
            return said
    return ""
