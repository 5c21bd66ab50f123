"""Runs `documents/inspector.py` on one file: a child without settings, secrets or patience."""

import json
import logging
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from documents.filetypes import FileType

logger = logging.getLogger(__name__)
INSPECTOR = Path(__file__).with_name("inspector.py")
WALL_SECONDS = 30
LONGEST_ANSWER = 10_000
REASONS = {"lying_name", "locked", "broken", "too_many_pages", "too_many_pixels", "unsafe_structure"}


@dataclass(frozen=True)
class Verdict:
    content_type: str = ""
    pages: int = 0
    hints: list[dict[str, str]] = field(default_factory=list)
    refused: str = ""


def inspect(path: Path, promised: FileType | None) -> Verdict:
    """What the file is, or why it is refused. A child that dies or hangs means a file built to break parsers."""
    if promised is None:
        return Verdict(refused="wrong_type")
    try:
        child = subprocess.run(
            [sys.executable, "-I", str(INSPECTOR), str(path), promised.content_type],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
            cwd="/",
            timeout=WALL_SECONDS,
            start_new_session=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Verdict(refused="unsafe_structure")
    if child.returncode != 0:
        logger.warning("the inspector ended with %s", child.returncode)
        return Verdict(refused="unsafe_structure")
    return _read(child.stdout[:LONGEST_ANSWER])


def _read(said: bytes) -> Verdict:
    try:
        answer = json.loads(said)
        if code := answer.get("refused"):
            known = code if code in REASONS else "unsafe_structure"
            return Verdict(refused=known, content_type=str(answer["type"]))
        return Verdict(
            content_type=str(answer["type"]), pages=int(answer["pages"]), hints=list(answer["hints"])
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return Verdict(refused="unsafe_structure")
