"""The columns that say how long each document is kept, brought up to date: on events, and all of them every night."""

from collections import defaultdict
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit import log
from documents.keeping import house_rules, papers_of, standings
from documents.models import Document, RetentionRule
from documents.retention import TABLE
from loans.errors import Refused
from loans.models import Loan

ROWS_AT_ONCE = 500


def settle(loans: list[Loan]) -> int:
    """Write class and end of these loans' documents where they are not as they should be; returns how many were not."""
    moved: dict[tuple[str, date | None], list[int]] = defaultdict(list)
    for paper in papers_of(loans, house_rules(), standings(loans)):
        if paper.is_stale:
            moved[paper.now.retention_class, paper.now.destroy_after].append(paper.pk)
    for (retention_class, destroy_after), ids in moved.items():
        for start in range(0, len(ids), ROWS_AT_ONCE):
            Document.objects.filter(pk__in=ids[start : start + ROWS_AT_ONCE]).update(
                retention_class=retention_class, destroy_after=destroy_after
            )
    return sum(len(ids) for ids in moved.values())


def settle_loan(loan: Loan) -> int:
    """The same for one, as the database has it: events come while the caller's copy may be older."""
    return settle([Loan.objects.get(pk=loan.pk)])


@transaction.atomic
def save_retention_rule(*, rule: RetentionRule, by: User) -> None:
    """The house keeps a class longer than it must. Refused when the months are fewer than the rules ask for."""
    least = TABLE[rule.retention_class].months
    if rule.months < least:
        raise Refused(_("Not shorter than %(least)d months: %(source)s.") % {
            "least": least, "source": TABLE[rule.retention_class].source,
        })  # fmt: skip
    rule.save()
    log.record(
        action="retention.rule_set", about=rule, by=by,
        detail={"class": rule.retention_class, "months": rule.months},
    )  # fmt: skip


@transaction.atomic
def forget_retention_rule(*, rule: RetentionRule, by: User) -> None:
    """Back to the table's own months."""
    log.record(action="retention.rule_dropped", about=rule, by=by, detail={"class": rule.retention_class})
    rule.delete()
