"""A line that counts what goes over it, and knows which of the processes on this machine is at its near end."""

import os
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.services.servers import free_port

PIECE = 64 * 1024
ESTABLISHED = "01"  # in /proc/net/tcp


@dataclass
class Line:
    """Bytes of both directions together, by the process group that asked (0: one that is gone or not ours to see)."""

    port: int
    to: int
    carried: Counter[int] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def total(self) -> int:
        return sum(self.carried.values())

    def carry(self, near: socket.socket) -> None:
        group = group_that_holds(near.getpeername()[1], self.port)
        with near, socket.create_connection(("127.0.0.1", self.to)) as far:
            there = threading.Thread(target=self._pump, args=(near, far, group), daemon=True)
            there.start()
            self._pump(far, near, group)
            there.join()

    def _pump(self, source: socket.socket, target: socket.socket, group: int) -> None:
        with suppress(OSError):
            while piece := source.recv(PIECE):
                target.sendall(piece)
                with self._lock:
                    self.carried[group] += len(piece)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextmanager
def counting_line(to: int, port: int = 0) -> Iterator[Line]:
    """From a port of its own to `to`, both on this machine."""
    line = Line(port or free_port(), to)
    with socket.create_server(("127.0.0.1", line.port), backlog=64) as entrance:

        def take() -> None:
            with suppress(OSError):
                while True:
                    near, _address = entrance.accept()
                    threading.Thread(target=_quietly, args=(line.carry, near), daemon=True).start()

        threading.Thread(target=take, daemon=True).start()
        try:
            yield line
        finally:
            with suppress(OSError):
                entrance.shutdown(socket.SHUT_RDWR)


def _quietly(carry: Callable[[socket.socket], None], near: socket.socket) -> None:
    with suppress(OSError):  # the far end is not up yet: the asking one sees a closed line
        carry(near)


def group_that_holds(local_port: int, remote_port: int) -> int:
    """The process group with an open connection from this port to that one."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        here, there = (int(fields[at].split(":")[1], 16) for at in (1, 2))
        if (here, there, fields[3]) == (local_port, remote_port, ESTABLISHED):
            return _group_with(f"socket:[{fields[9]}]")
    return 0


def _group_with(wanted: str) -> int:
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):
            if os.readlink(link) == wanted:
                return os.getpgid(int(link.parts[2]))
    return 0


def read_and_written(group: int) -> int:
    """What the processes of this group have read and written as files, pipes and devices since they began."""
    count = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[2]) == group:
                said = dict(line.split(": ") for line in (stat.parent / "io").read_text().splitlines())
                count += int(said["rchar"]) + int(said["wchar"])
    return count
