"""Sends each case through what an upload goes through (inspector, PDF of photos, reading, judging) and counts."""

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import IO, Any

from benchmarks.preflight.making import Case, Files
from benchmarks.preflight.people import TODAY
from documents import inspection, preflight
from documents.filetypes import type_for_name
from documents.freshness import AT_APPLICATION_DAYS, DEFAULT_DAYS
from documents.preflight import GRACE_DAYS, OF_ANY_KIND, OF_ANYBODY, OWNED
from documents.preflight.judging import judge
from documents.preflight.papers import About, Covered, reading_of

REFUSALS = {"locked": "locked", "broken": "unreadable"}


@dataclass
class Count:
    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float | None:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else None

    @property
    def recall(self) -> float | None:
        return self.right / (self.right + self.missed) if self.right + self.missed else None


@dataclass
class Result:
    """What was said of each case; `clean_said` are papers without a fault about which something was said."""

    counts: dict[str, Count] = field(default_factory=dict)
    cases: int = 0
    clean: int = 0
    clean_said: int = 0
    differences: list[str] = field(default_factory=list)

    def take(self, case: Case, said: set[str]) -> None:
        self.cases += 1
        self.clean += not case.expects
        self.clean_said += not case.expects and bool(said)
        for code in case.expects | said:
            count = self.counts.setdefault(REFUSALS.get(code, code), Count())
            count.right += code in case.expects and code in said
            count.wrong += code not in case.expects
            count.missed += code not in said
        if said != case.expects:
            self.differences.append(
                f"{case.name}: said {sorted(said) or '-'}, wanted {sorted(case.expects) or '-'}"
            )

    @property
    def overall(self) -> Count:
        sums: Counter[str] = Counter()
        for count in self.counts.values():
            sums.update(right=count.right, wrong=count.wrong, missed=count.missed)
        return Count(**sums)


def measured(cases: Iterable[Case], *, ocr: bool = True) -> Result:
    result = Result()
    for case in cases:
        result.take(case, said_of(case, ocr=ocr))
    return result


def said_of(case: Case, *, ocr: bool = True) -> set[str]:
    """The codes of the hints, or of the refusal."""
    others: list[Covered] = []
    for made in case.before:
        _codes, facts = looked_at(case, made(), (), ocr=ocr)
        others += [
            Covered(date.fromisoformat(span["start"]), date.fromisoformat(span["end"]), span["account"])
            for span in facts["covered"]
        ]
    codes, _facts = looked_at(case, case.make(), tuple(others), ocr=ocr)
    return codes


def looked_at(
    case: Case, files: Files, others: tuple[Covered, ...], *, ocr: bool
) -> tuple[set[str], dict[str, Any]]:
    with ExitStack() as open_files:
        opened = [open_files.enter_context(as_file(data)) for _name, data in files]
        for (name, _data), file in zip(files, opened, strict=True):
            if refused := inspection.inspect(file, type_for_name(name)).refused:
                return {refused}, {}
        if not files[0][0].endswith(".pdf"):
            opened = [open_files.enter_context(put_together(opened))]
        options = {"type": "application/pdf", "ocr": preflight.readings_program() if ocr else ""}
        reading = inspection.run("read", opened, options, wall_seconds=preflight.WALL_SECONDS)
    hints, facts = judge(reading_of(reading), about(case, others))
    return {hint["code"] for hint in hints}, facts


@contextmanager
def as_file(data: bytes) -> Iterator[IO[bytes]]:
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        yield file


@contextmanager
def put_together(files: list[IO[bytes]]) -> Iterator[IO[bytes]]:
    with tempfile.TemporaryFile() as made:
        inspection.run("compose", files, on_blob=made.write, wall_seconds=120)
        made.flush()
        yield made


def about(case: Case, others: tuple[Covered, ...]) -> About:
    """As `documents.preflight.about` says it of a request, with the portal's own limits of age."""
    days, fresh = DEFAULT_DAYS.get(case.kind, 0), AT_APPLICATION_DAYS.get(case.kind, 0)
    return About(
        kind=case.kind,
        today=TODAY,
        names=case.names if case.kind in OWNED and case.need not in OF_ANYBODY else (),
        good_for_days=min(days, fresh + GRACE_DAYS) if days and fresh else days,
        years=case.years,
        others=others,
        any_kind=case.need in OF_ANY_KIND,
    )
