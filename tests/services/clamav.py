"""
A clamd of one's own, Debian's program with a signature database made here: it finds the test virus and one marker of
ours, and says that its signatures are from today.
"""

import hashlib
import io
import shutil
import signal
import socket
import tarfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.services.servers import Missing, Server, as_user

# EICAR's test file, in two halves, so that no scanner stops this one.
TEST_VIRUS = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + rb"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
# EICAR's test file, in two halves, so that no scanner stops this one.
TEST_VIRUS = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + rb"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
MARKER = b"doorstep test marker: this document counts as malware"
DEBIAN_CLAMD = "/usr/sbin/clamd"


def clamd_program() -> str:
    if found := shutil.which("clamd") or shutil.which(DEBIAN_CLAMD):
        return found
    raise Missing("ClamAV's daemon is not installed: apt install clamav-daemon")


@dataclass
class Clamd(Server):
    """Its limits are those of `docs/operating.md` for MAX_UPLOAD_MB up to `most_mb`."""

    most_mb: int = 60
    signatures_at: datetime | None = None
    alert_exceeds_max: bool = True

    @property
    def place(self) -> Path:
        return self.folder / "clamd.ctl"

    @property
    def config(self) -> Path:
        """Also for `clamdscan --config-file`."""
        return self.folder / "clamd.conf"

    @property
    def url(self) -> str:
        """For CLAMD_URL."""
        return f"unix://{self.place}"

    def start(self) -> "Clamd":
        """Also after `stop` or `kill`: same socket, signatures written anew."""
        signatures = self.folder / "signatures"
        signatures.mkdir(mode=0o700, parents=True, exist_ok=True)
        (signatures / "daily.cud").write_bytes(database(self.signatures_at or datetime.now(UTC)))
        self.place.unlink(missing_ok=True)
        settings = {
            "DatabaseDirectory": signatures, "LocalSocket": self.place, "LocalSocketMode": "660",
            "Foreground": "yes", "StreamMaxLength": f"{self.most_mb}M", "MaxFileSize": f"{self.most_mb}M",
            "MaxScanSize": f"{3 * self.most_mb}M", "MaxScanTime": "60000", "AlertEncryptedDoc": "yes",
            "AlertExceedsMax": "yes" if self.alert_exceeds_max else "no", "TemporaryDirectory": self.folder,
            "DisableCache": "yes",
        }  # fmt: skip
        config = self.config
        config.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
        self._start([*as_user(""), clamd_program(), "-c", str(config)])
        return self

    def answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(2)
                line.connect(str(self.place))
                line.sendall(b"zPING\0")
                return line.recv(16) == b"PONG\0"
        except OSError:
            return False

    def freeze(self) -> None:
        """As a machine that swaps: it takes connections and answers nothing."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        self.process = None


def database(built: datetime) -> bytes:
    """ClamAV's unsigned container: a header with a date, and an archive of signatures with their digests."""
    seconds = int(time.mktime(built.timetuple()))
    head = f"ClamAV-VDB:{built:%d %b %Y %H-%M} +0000:27400:2:90:{'0' * 32}:X:doorstep:{seconds}"
    lines = [f"Eicar-Test-Signature:0:*:{TEST_VIRUS.hex()}", f"Doorstep.Test.Marker:0:*:{MARKER.hex()}"]
    signatures = "".join(f"{line}\n" for line in lines).encode()
    digest = hashlib.sha256(signatures).hexdigest()
    files = {
        "COPYING": b"made for tests\n",
        "daily.info": f"{head}\ndaily.ndb:{len(signatures)}:{digest}\n".encode(),
        "daily.ndb": signatures,
    }
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return head.encode().ljust(512) + packed.getvalue()
