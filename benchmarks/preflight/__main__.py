"""`make preflight`: precision and recall of each hint on the half that was never used for tuning."""

import argparse
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from benchmarks.preflight.cases import all_cases  # noqa: E402 - after the set-up
from benchmarks.preflight.making import Case  # noqa: E402
from benchmarks.preflight.measuring import Count, Result, said_of  # noqa: E402
from documents import preflight  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(prog="make preflight", description=__doc__)
    parser.add_argument(
        "--tuning", action="store_true", help="the half that the rules were made on, case by case"
    )
    parser.add_argument("--only", default="", help="cases whose names begin so")
    parser.add_argument("--no-ocr", action="store_true", help="as on a machine without Tesseract")
    asked = parser.parse_args()
    cases = [
        case
        for case in all_cases()
        if case.is_for_tuning == asked.tuning and case.name.startswith(asked.only)
    ]
    began = time.monotonic()
    result = measure(cases, ocr=not asked.no_ocr)
    half = "tuning half" if asked.tuning else "held-out half"
    reader = "without OCR" if asked.no_ocr or not preflight.readings_program() else "with Tesseract"
    print(f"{half}, {reader}: {result.cases} cases, {result.clean} of them without a fault\n")
    print("\n".join(table(result)))
    print(f"\nsomething said about {result.clean_said} of {result.clean} papers without a fault")
    print(f"{time.monotonic() - began:.0f} s")
    if asked.tuning or asked.only:  # what went wrong in the other half stays unread
        print("\n".join(["", *result.differences]))
    return 0


def measure(cases: list[Case], *, ocr: bool) -> Result:
    result = Result()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for case, said in zip(cases, pool.map(lambda case: said_of(case, ocr=ocr), cases), strict=True):
            result.take(case, said)
    return result


def table(result: Result) -> list[str]:
    head = ["| hint | precision | recall | right | wrong | missed |", "|---|---|---|---|---|---|"]
    rows = [row(code, result.counts[code]) for code in sorted(result.counts)]
    return [*head, *rows, row("all", result.overall)]


def row(code: str, count: Count) -> str:
    shares = f"{share(count.precision)} | {share(count.recall)}"
    return f"| {code} | {shares} | {count.right} | {count.wrong} | {count.missed} |"


def share(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


if __name__ == "__main__":
    sys.exit(main())
