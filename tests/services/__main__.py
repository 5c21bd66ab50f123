"""
`python -m tests.services <command …>`: runs the command beside servers of its own: PostgreSQL, Redis, an S3 server and
a virus scanner.

The command finds them in DOORSTEP_TEST_DATABASES (a folder address, a name is put behind it), DOORSTEP_TEST_REDIS,
DOORSTEP_TEST_S3 with _KEY and _SECRET, and DOORSTEP_TEST_CLAMD. Its exit code is ours; 2 when a program is missing.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

from tests.services.clamav import Clamd, clamd_program
from tests.services.seaweed import SeaweedFS, weed_program
from tests.services.servers import Missing, PostgreSQL, Redis, as_user, postgres_programs, redis_program


def main(command: list[str]) -> int:
    try:
        (
            postgres_programs(),
            redis_program(),
            weed_program(),
            clamd_program(),
            tesseract_program(),
            as_user(""),
        )
    except Missing as error:
        print(f"tests.services: {error}", file=sys.stderr)
        return 2
    folder = Path(tempfile.mkdtemp(prefix="doorstep-services-"))
    folder.chmod(0o711)  # the user of PostgreSQL passes through; its own folder is closed to others
    try:
        with ExitStack() as stack:
            database, redis = PostgreSQL(folder / "postgres"), Redis(folder / "redis")
            storage, scanner = SeaweedFS(folder / "seaweed"), Clamd(folder / "clamd")
            for server in (database, redis, storage, scanner):
                stack.callback(server.stop)
                server.start()
            environment = {
                "DOORSTEP_TEST_DATABASES": database.url(""),
                "DOORSTEP_TEST_REDIS": redis.url().removesuffix("0"),
                "DOORSTEP_TEST_S3": storage.url,
                "DOORSTEP_TEST_S3_KEY": storage.key,
                "DOORSTEP_TEST_S3_SECRET": storage.secret,
                "DOORSTEP_TEST_CLAMD": scanner.url,
            }
            return run(command, environment)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def tesseract_program() -> str:
    """Reads words off pictures, for the hints that are given before a person has to look."""
    if found := shutil.which("tesseract"):
        return found
    raise Missing("Tesseract is not installed: apt install tesseract-ocr")


def run(command: list[str], environment: dict[str, str]) -> int:
    """Waits for the command, whoever is asked to stop: Ctrl-C reaches it by itself, a SIGTERM is passed on."""
    process = subprocess.Popen(command, env={**os.environ, **environment})

    def pass_on(number: int, frame: FrameType | None) -> None:
        process.send_signal(number)

    signal.signal(signal.SIGINT, lambda number, frame: None)
    signal.signal(signal.SIGTERM, pass_on)
    signal.signal(signal.SIGHUP, pass_on)
    return process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
