"""
What is known of loans that decides how long their papers are kept, and the answer for a paper or for a loan's record.

The columns `Document.retention_class` and `destroy_after` hold the same for lists and for the night's disposal
(`services/retaining.py` writes them); pages ask here and are never a day behind.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, QuerySet, prefetch_related_objects
from django.db.models.functions import Coalesce

from accounts.models import Company
from documents.models import Document, RetentionRule
from documents.retention import Kept, RetentionClass, Standing, class_of, kept, record_class
from loans import clocks
from loans.models import Application, KeyDate, Loan, StageEvent
from loans.stages import Stage

LOANS_AT_ONCE = 200


@dataclass(frozen=True)
class Paper:
    """One document that is not disposed of, as the columns have it (`stored`) and as it is now."""

    pk: int
    loan_id: int
    size: int
    stored: tuple[str, date | None]
    now: Kept

    @property
    def is_stale(self) -> bool:
        return self.stored != (self.now.retention_class, self.now.destroy_after)


def house_rules() -> dict[str, int]:
    """The house's own months, by class."""
    return dict(RetentionRule.objects.values_list("retention_class", "months"))


def record_of(loan: Loan, rules: Mapping[str, int] | None = None) -> Kept:
    """How long the record of this loan is kept."""
    standing = standings([loan])[loan.pk]
    return kept(standing, record_class(standing), house_rules() if rules is None else rules)


def kept_of(document: Document) -> Kept:
    """How long this document is kept; a photo as long as the PDF that was made of it."""
    standing = standings([document.loan])[document.loan_id]
    given = document.house_paper or (document.made_into.house_paper if document.made_into else None)
    return kept(standing, class_of(standing, given.kind if given else ""), house_rules())


def by_class(loan: Loan) -> list[Kept]:
    """Every class that papers of this loan may have, as the loan stands; one, but for a closed loan."""
    standing, rules = standings([loan])[loan.pk], house_rules()
    closed = (RetentionClass.CLOSED, RetentionClass.LOAN_ESTIMATE, RetentionClass.CLOSING_DISCLOSURE)
    classes = closed if standing.stage == Stage.FUNDED else (class_of(standing),)
    return [kept(standing, one, rules) for one in classes]


def papers_of(
    loans: Iterable[Loan], rules: Mapping[str, int], known: Mapping[int, Standing]
) -> Iterator[Paper]:
    """All documents of these loans that are still here, originals too."""
    rows = (
        Document.objects.filter(loan__in=loans, disposed_at__isnull=True)
        .order_by("pk")
        .annotate(given=Coalesce(F("house_paper__kind"), F("made_into__house_paper__kind")))
        .values_list("pk", "loan_id", "size", "given", "retention_class", "destroy_after")
    )
    for pk, loan_id, size, given, stored_class, stored_end in rows:
        standing = known[loan_id]
        now = kept(standing, class_of(standing, given or ""), rules)
        yield Paper(pk, loan_id, size, (stored_class, stored_end), now)


def batches(loans: QuerySet[Loan]) -> Iterator[list[Loan]]:
    """All of them, a batch at a time in order of their ids, with what decides how long they are kept."""
    last = 0
    ordered = loans.order_by("pk").prefetch_related("stage_events", "key_dates")
    while found := list(ordered.filter(pk__gt=last)[:LOANS_AT_ONCE]):
        yield found
        last = found[-1].pk


# --- What a loan's ends are counted from ---------------------------------------------------------------------


def standings(loans: list[Loan]) -> dict[int, Standing]:
    """By the loans' ids; at most three queries, none of what was prefetched."""
    prefetch_related_objects(loans, "stage_events", "key_dates")
    events = {loan.pk: _standing_events(loan) for loan in loans}
    applied = {loan.pk for loan in loans if _has_applied(loan, events[loan.pk])}
    saved = _saved_at([loan.pk for loan in loans if loan.pk not in applied])
    company = Company.load()
    return {
        loan.pk: Standing(
            stage=loan.stage,
            has_applied=loan.pk in applied,
            last_use=clocks.local_date(max([loan.last_activity_at, *saved[loan.pk]]), company),
            notice_on=_notice_on(loan),
            signed_on=_signed_on(loan, events[loan.pk]),
        )
        for loan in loans
    }


def _standing_events(loan: Loan) -> list[StageEvent]:
    return [event for event in loan.stage_events.all() if event.undone_at is None]


def _has_applied(loan: Loan, events: list[StageEvent]) -> bool:
    """
    By sending the application, or by the six items (their clock is a key date). An end whose way is not recorded counts
    as applied: that class waits for a person, the other would run out by itself.
    """
    beyond = Stage.line()[1:]
    if loan.stage in beyond or any(event.to_stage in beyond for event in events):
        return True
    if any(dated.kind == KeyDate.Kind.LOAN_ESTIMATE_DUE for dated in loan.key_dates.all()):
        return True
    return loan.stage != Stage.STARTED and not any(event.from_stage == Stage.STARTED for event in events)


def _saved_at(loan_ids: list[int]) -> dict[int, list[datetime]]:
    """When applications that were not sent were last worked on."""
    found: dict[int, list[datetime]] = defaultdict(list)
    if loan_ids:
        rows = Application.objects.filter(loan__in=loan_ids).values_list("loan_id", "saved_at")
        for loan_id, saved_at in rows:
            found[loan_id].append(saved_at)
    return found


def _dated(loan: Loan, kind: str, since: datetime | None) -> date | None:
    """A key date that was recorded since then."""
    found = next((dated for dated in loan.key_dates.all() if dated.kind == kind), None)
    return found.on if found and (since is None or found.set_at >= since) else None


def _notice_on(loan: Loan) -> date | None:
    return _dated(loan, KeyDate.Kind.NOTICE_SENT, loan.stage_since) if loan.stage in Stage.ended() else None


def _signed_on(loan: Loan, events: list[StageEvent]) -> date | None:
    """The consummation: the day of signing, recorded for the closing that stands and not for one that was undone."""
    if loan.stage != Stage.FUNDED:
        return None
    reopened = [event.at for event in events if event.from_stage == Stage.FUNDED]
    return _dated(loan, KeyDate.Kind.SIGNING, max(reopened, default=None))
