"""`python -m benchmarks [outbox] [letters] [uploads] [desk] [front]`: all if none is named. Ends with 1 at a miss."""

import argparse
import sys
from collections.abc import Iterator

from benchmarks import desk, front, letters, outbox, uploads
from benchmarks.measuring import Table

ANSWER_AFTER = {"embedded": (0.0, 0.005), "services": (0.0, 0.005)}
NAMES = ("outbox", "letters", "uploads", "desk", "front")
JUDGED = {("embedded", 0.0), ("embedded", 0.005), ("services", 0.005)}


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*NAMES, []], metavar="|".join(NAMES))
    parser.add_argument("--messages", type=int, default=400)
    parser.add_argument("--letters", type=int, default=100)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument(
        "--large", type=int, default=1024, help="megabytes of the file whose memory is measured"
    )
    parser.add_argument("--loans", type=int, default=100_000, help="in the large house of the desk")
    parser.add_argument("--rounds", type=int, default=3)
    faults = []
    for table in tables(parser.parse_args()):
        print("\n".join(["", *table.lines()]), flush=True)
        faults += table.faults
    print(
        "\n".join(
            ["", *(f"MISSED  {fault}" for fault in faults)] if faults else ["", "bench: every goal reached"]
        )
    )
    return 1 if faults else 0


def tables(asked: argparse.Namespace) -> Iterator[Table]:
    names = asked.names or NAMES
    if "outbox" in names:
        for back_end, answers in ANSWER_AFTER.items():
            for answer_after in answers:
                judged = (back_end, answer_after) in JUDGED
                yield from outbox.measure(back_end, answer_after, asked.messages, asked.rounds, judged=judged)
    if "letters" in names:
        yield from letters.measure(asked.letters, asked.rounds)
    if "uploads" in names:
        yield from uploads.measure(asked.megabytes, asked.large, asked.rounds)
    if "desk" in names:
        for back_end in ANSWER_AFTER:
            yield from desk.measure(back_end, 1_000, asked.loans, asked.rounds)
    if "front" in names:
        yield from front.measure(asked.rounds)


if __name__ == "__main__":
    sys.exit(main())
