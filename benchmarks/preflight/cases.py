"""What is sent for what: papers that are fine, papers that are odd but fine, and each fault in several dresses."""

from benchmarks.preflight import faults, faults_read, fine
from benchmarks.preflight.making import Case


def all_cases() -> list[Case]:
    cases = [
        *fine.clean(),
        *fine.in_pictures(),
        *fine.odd(),
        *faults.faults_seen(),
        *faults_read.faults_read(),
    ]
    names = [case.name for case in cases]
    assert len(names) == len(set(names)), "each case has a name of its own"
    return cases


# Of the tuning half, so that the other half stays unread: every hint that needs no OCR, and papers that must stay
# without one.
FEW = frozenset(
    {
        "clean bank_statement classic", "clean w2 boxes", "odd two columns, see page 3 of 5",
        "odd last page with its number alone", "missing in the second of two", "blank page inside a return",
        "screenshot telephone 2", "too old w2", "months December missing inside", "name form_1099 of a stranger",
        "kind w2 asked, pay_stub sent", "hard small photo 0", "locked personal_return",
    }
)  # fmt: skip


def few_cases() -> list[Case]:
    return [case for case in all_cases() if case.name in FEW]
