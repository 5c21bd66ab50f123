"""
`python -m tests.services <command …>`: runs the command beside a PostgreSQL and a Redis of its own.

The command finds them in DOORSTEP_TEST_DATABASES (a folder address, a name is put behind it) and
DOORSTEP_TEST_REDIS. Its exit code is ours; 2 when a program is missing.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import FrameType

from tests.services.servers import Missing, PostgreSQL, Redis, as_user, postgres_programs, redis_program


def main(command: list[str]) -> int:
    try:
        postgres_programs(), redis_program(), as_user("")
    except Missing as error:
        print(f"tests.services: {error}", file=sys.stderr)
        return 2
    folder = Path(tempfile.mkdtemp(prefix="doorstep-services-"))
    folder.chmod(0o711)  # the user of PostgreSQL passes through; its own folder is closed to others
    database, redis = PostgreSQL(folder / "postgres"), Redis(folder / "redis")
    try:
        database.start()
        redis.start()
        return run(command, database, redis)
    finally:
        redis.stop()
        database.stop()
        shutil.rmtree(folder, ignore_errors=True)


def run(command: list[str], database: PostgreSQL, redis: Redis) -> int:
    """Waits for the command, whoever is asked to stop: Ctrl-C reaches it by itself, a SIGTERM is passed on."""
    environment = {
        **os.environ,
        "DOORSTEP_TEST_DATABASES": database.url(""),
        "DOORSTEP_TEST_REDIS": redis.url().removesuffix("0"),
    }
    process = subprocess.Popen(command, env=environment)

    def pass_on(number: int, frame: FrameType | None) -> None:
        process.send_signal(number)

    signal.signal(signal.SIGINT, lambda number, frame: None)
    signal.signal(signal.SIGTERM, pass_on)
    signal.signal(signal.SIGHUP, pass_on)
    return process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
