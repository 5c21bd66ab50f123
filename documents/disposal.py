"""What the night's disposal would do and did: figures for its report. Reads only."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, Sum

from documents.keeping import batches, house_rules, papers_of, record_of, standings
from documents.models import Document, LegalHold
from documents.retention import MISSING, RetentionClass
from loans import clocks
from loans.models import Loan
from loans.stages import Stage

SOON = timedelta(days=30)
MOST_LISTED = 100


@dataclass
class Listed:
    """Loans of one sort, with the papers of theirs it is about; the first hundred by name, all of them counted."""

    papers: int = 0
    size: int = 0
    count: int = 0
    loans: list[dict[str, Any]] = field(default_factory=list)

    def add(self, loan: Loan, *, papers: int = 0, size: int = 0, **more: str) -> None:
        self.papers += papers
        self.size += size
        self.count += 1
        if len(self.loans) < MOST_LISTED:
            named = {"number": loan.number, "public_id": str(loan.public_id), "names": loan.borrower_names}
            self.loans.append({**named, "papers": papers, **more})


@dataclass
class Survey:
    """
    `due`: the next run destroys these. `held`: it would, did no legal hold stand. `soon`: within thirty days.
    `undated`: over, and the day it is counted from was never recorded. `records`: the loan's record itself is kept long
    enough; a person decides.
    """

    due: Listed = field(default_factory=Listed)
    held: Listed = field(default_factory=Listed)
    soon: Listed = field(default_factory=Listed)
    undated: Listed = field(default_factory=Listed)
    records: Listed = field(default_factory=Listed)
    by_class: Counter[str] = field(default_factory=Counter)

    def as_figures(self) -> dict[str, Any]:
        return {name: vars(getattr(self, name)) for name in ("due", "held", "soon", "undated", "records")}


def survey(on: date | None = None) -> Survey:
    """As it stands on this day (today), worked out from what is recorded; nothing is written."""
    today, found, rules = on or clocks.today(), Survey(), house_rules()
    held = set(LegalHold.objects.filter(ended_at__isnull=True).values_list("loan_id", flat=True))
    over = Loan.objects.filter(Q(stage=Stage.STARTED) | Q(stage__in=Stage.closed()))
    for loans in batches(over):
        known = standings(loans)
        papers: dict[int, list[tuple[int, date | None, str]]] = {}
        for paper in papers_of(loans, rules, known):
            one = (paper.size, paper.now.destroy_after, paper.now.retention_class)
            papers.setdefault(paper.loan_id, []).append(one)
        for loan in loans:
            _look_at(loan, papers.get(loan.pk, []), loan.pk in held, today, found)
            _look_at_record(loan, rules, loan.pk in held, today, found)
    return found


def _look_at(
    loan: Loan, papers: list[tuple[int, date | None, str]], is_held: bool, today: date, found: Survey
) -> None:
    due = [(size, of) for size, end, of in papers if end and end < today]
    soon = [size for size, end, _of in papers if end and today <= end <= today + SOON]
    if due and is_held:
        found.held.add(loan, papers=len(due), size=sum(size for size, _of in due))
    elif due:
        found.due.add(loan, papers=len(due), size=sum(size for size, _of in due))
        found.by_class.update(of for _size, of in due)
    if soon:
        found.soon.add(loan, papers=len(soon), size=sum(soon))


def _look_at_record(loan: Loan, rules: dict[str, int], is_held: bool, today: date, found: Survey) -> None:
    record = record_of(loan, rules)
    if record.is_undated:
        found.undated.add(loan, missing=str(record.entry.anchor), stage=loan.stage)
    elif record.destroy_after and record.destroy_after < today and not is_held:
        found.records.add(loan, of=record.retention_class, until=record.destroy_after.isoformat())


def in_words(figures: dict[str, Any]) -> dict[str, Any]:
    """Figures as they are kept, with what a page says of each loan: stage, class, day."""
    for loan in figures["undated"]["loans"]:
        loan |= {"stage_text": Stage(loan["stage"]).label, "missing_text": MISSING[loan["missing"]]}
    for loan in figures["records"]["loans"]:
        loan |= {"label": RetentionClass(loan["of"]).label, "until_on": date.fromisoformat(loan["until"])}
    return figures


def tombstones(since: datetime, until: datetime | None = None) -> Any:
    """Documents whose time was over and that were destroyed since then, the last first."""
    gone = Document.objects.filter(disposed_at__gte=since, disposed_why__in=RetentionClass.values)
    if until is not None:
        gone = gone.filter(disposed_at__lte=until)
    return gone.select_related("loan", "request", "house_paper", "uploader", "party").order_by(
        "-disposed_at", "-pk"
    )


def destroyed_since(moment: datetime) -> dict[str, Any]:
    """Figures of `tombstones`, and how many of them still have bytes that the storage did not delete."""
    gone = tombstones(moment).order_by()
    left = Count("pk", filter=Q(bytes_destroyed_at__isnull=True))
    figures = gone.aggregate(papers=Count("pk"), size=Sum("size"), left=left)
    by_class = dict(gone.values_list("disposed_why").annotate(Count("pk")))
    return {**figures, "size": figures["size"] or 0, "by_class": by_class}
