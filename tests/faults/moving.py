"""Officers who move loans over HTTP, as people do, while the ground is pulled away under them."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.faults.client import Away, Person

WAY = ("processing", "underwriting")  # each loan goes this way


@dataclass
class Progress:
    moves: int = 0
    kills: int = 0
    retries: int = 0
    faults: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, what: str) -> None:
        with self.lock:
            setattr(self, what, getattr(self, what) + 1)


def move(officer: Person, loan: str, to: str, progress: Progress) -> None:
    """As a person does it: open the page, send the form; when nobody answers, look whether it was done."""
    path, tried, until = f"/desk/loans/{loan}/stage/", False, time.monotonic() + 90
    while time.monotonic() < until:
        try:
            page = officer.get(f"{path}?to={to}")
            assert page.status == 200, (page.status, page.body[:500])
            if page.field("to") != to:
                assert tried, f"the page does not offer {to}: {page.body[-2000:]}"
                return
            said = {"version": page.field("version"), "to": to, "do": "move", "shown_note": "", "note": ""}
            tried = True
            answer = officer.post(path, said)
            assert answer.status == 302, (answer.status, answer.body[:3000])
            return
        except Away:
            progress.count("retries")
            time.sleep(0.2)
    raise AssertionError(f"{loan} could not be moved to {to} in 90 seconds")


def move_all(officer: Person, loans: list[str], progress: Progress, may_go_on: Callable[[], bool]) -> None:
    try:
        for to in WAY:
            for loan in loans:
                while not may_go_on():
                    time.sleep(0.02)
                move(officer, loan, to, progress)
                progress.count("moves")
    except BaseException as error:
        progress.faults.append(f"{type(error).__name__}: {error}")
