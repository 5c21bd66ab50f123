"""
Which loans a list of the desk holds, in which order, and what it costs to know.

What one person works on now is looked up by its ids and sorted: it does not grow with the house. What everybody works
on, and what is closed, comes in order from an index, a page at a time. Where a filter of the whole house leaves few
loans (`FEW`), those are looked up first and named by their ids; where it leaves many, the ordered list is soon full.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from heapq import merge
from itertools import islice
from typing import Any, cast

from django.db.models import Count, Expression, F, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.absences import works_for
from accounts.models import User
from loans.models import Loan
from loans.search import FEW, found
from loans.stages import Stage
from portal.desk.lists import PAGE, Mark, Page, ids_after, newer_than, older_than, page_of
from portal.desk.subqueries import Counted
from portal.formats import today

Asked = dict[str, str]
OPEN, EVERY = "open", "all"
LOCK_DAYS = 7
QUIET_DAYS = 3
MOST_COUNTED = 99
# Who never heard from us counts from the day the loan began.
HEARD_AT = Coalesce("last_word_at", "created_at")


@dataclass(frozen=True)
class Sort:
    """`only`: what this order can say nothing about is left out, and the label says so."""

    label: str | Promise
    by: Expression | F
    newest_first: bool = False
    only: Q | None = None

    def key(self, loan: Loan) -> tuple[Any, int]:
        return loan.sorted_by, loan.pk  # type: ignore[attr-defined]


SORTS: dict[str, Sort] = {
    "": Sort(_("Latest activity"), F("last_activity_at"), newest_first=True),
    "word": Sort(_("Longest without a word from us"), HEARD_AT),
    "owes": Sort(
        _("Borrower owes, longest first"),
        Coalesce("waiting_since", "stage_since"),
        only=Q(waiting_on=Loan.WaitingOn.BORROWER),
    ),
    "closing": Sort(
        _("Closing soonest (with a date)"), F("expected_closing"), only=Q(expected_closing__isnull=False)
    ),
    "stage": Sort(_("Longest in their stage"), F("stage_since")),
}


# --- Filters -------------------------------------------------------------------------------------------------


def is_of_open_loans(asked: Asked) -> bool:
    stage = asked.get("stage", OPEN)
    return stage != EVERY and stage not in Stage.closed()


def sort_of(asked: Asked) -> Sort:
    """Closed loans come by their latest activity: the other orders are about work that is still to do."""
    return SORTS.get(asked.get("sort", ""), SORTS[""]) if is_of_open_loans(asked) else SORTS[""]


def filters_of(asked: Asked) -> list[Q]:
    """Each narrows the list further; the stage is not among them."""
    day = today()
    chosen = {
        "review": Q(to_review__gt=0),
        "unanswered": Q(unanswered_since__isnull=False),
        "closing": Q(expected_closing__range=this_week(day)),
        "lock": Q(lock_ends_on__isnull=False, lock_ends_on__lte=day + timedelta(days=LOCK_DAYS)),
    }
    filters = [query for name, query in chosen.items() if asked.get(name)]
    if asked.get("ball"):
        filters.append(Q(waiting_on=asked["ball"]))
    if asked.get("quiet"):
        filters.append(Q(heard_at__lte=timezone.now() - timedelta(days=int(asked["quiet"]))))
    return filters


def this_week(day: date) -> tuple[date, date]:
    """Monday to Sunday."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def narrowed(asked: Asked) -> QuerySet[Loan]:
    """The loans of the house that fit, search aside."""
    loans: Any = Loan.objects.open() if is_of_open_loans(asked) else Loan.objects.all()
    if asked.get("stage", OPEN) not in (OPEN, EVERY):
        loans = loans.filter(stage=asked["stage"])
    return cast(QuerySet[Loan], loans.alias(heard_at=HEARD_AT).filter(*filters_of(asked)))


# --- The list ------------------------------------------------------------------------------------------------


def own_open_ids(user: User) -> list[int] | None:
    """What this person works on now, as officer or processor, for themselves or others; None who sees every loan."""
    people = works_for(user)  # of everybody: the same question brings the company, which every page needs
    if user.sees_every_loan:
        return None
    as_officer = Loan.objects.open().filter(officer__in=people)
    as_processor = Loan.objects.open().filter(processor__in=people)
    ids = as_officer.order_by().values("pk").union(as_processor.order_by().values("pk"))
    return [row["pk"] for row in ids]


def lists_of(user: User, asked: Asked) -> list[QuerySet[Loan]]:
    """The loans of this list, unordered; closed ones of an officer who also processes come from an index each."""
    loans = narrowed(asked)
    if asked.get("q"):
        loans = found(loans, asked["q"])
    elif user.sees_every_loan and _may_leave_few(asked):
        loans = _named_if_few(loans)
    if user.sees_every_loan:
        return [loans]
    if is_of_open_loans(asked):
        return [loans.filter(pk__in=own_open_ids(user) or [])]
    me, *others = works_for(user)
    if others:
        return [loans.filter(officer__in=[me, *others]), loans.filter(processor__in=[me, *others])]
    return [loans.filter(officer=me), loans.filter(processor=me)]


def _may_leave_few(asked: Asked) -> bool:
    return bool(filters_of(asked)) or (sort_of(asked) is not SORTS[""] and asked.get("stage", OPEN) != OPEN)


def _named_if_few(loans: QuerySet[Loan]) -> QuerySet[Loan]:
    ids = list(loans.order_by().values_list("pk", flat=True)[: FEW + 1])
    return Loan.objects.filter(pk__in=ids) if len(ids) <= FEW else loans


def page_of_loans(
    user: User,
    asked: Asked,
    mark: Mark | None,
    *,
    address: str,
    columns: Iterable[str],
    mine: list[int] | None = None,
) -> Page:
    """`mine`: what `own_open_ids` gave, for a list of open loans; None where an index gives the order."""
    sort = sort_of(asked)
    if mine is not None:
        rows: Iterable[Loan] = _own_rows(mine, asked, mark, columns)
    else:
        lists = [loans[: PAGE + 1] for loans in ordered_lists(user, asked, mark, columns)]
        rows = islice(each_once(lists, sort), PAGE + 1)
    return page_of(
        rows,
        lambda loan: (as_moment(loan.sorted_by), loan.pk),
        address=address,
        asked=asked,
        after=mark is not None,
    )


def _own_rows(mine: list[int], asked: Asked, mark: Mark | None, columns: Iterable[str]) -> list[Loan]:
    """
    One page and a row of what somebody works on. Sorted here: a database that is told the order walks the house in it
    and looks for these few.
    """
    sort = sort_of(asked)
    loans = narrowed(asked).filter(pk__in=mine).order_by()
    if asked.get("q"):
        loans = found(loans, asked["q"])
    loans = loans.filter(sort.only or Q()).annotate(sorted_by=sort.by)
    last = mark and mark_for(sort, mark)
    wanted = ids_after(loans.values_list("sorted_by", "pk"), last, newest_first=sort.newest_first)
    rows = with_officer(Loan.objects.annotate(sorted_by=sort.by), columns).in_bulk(wanted)
    return [rows[pk] for pk in wanted if pk in rows]


def ordered_lists(
    user: User, asked: Asked, mark: Mark | None = None, columns: Iterable[str] = ()
) -> list[QuerySet[Loan]]:
    sort = sort_of(asked)
    after = older_than if sort.newest_first else newer_than
    lists = []
    for loans in lists_of(user, asked):
        if asked.get("officer") and user.sees_every_loan:
            chosen = User.objects.filter(public_id=asked["officer"]).values("pk")[:1]
            loans = loans.filter(officer=Subquery(chosen))
        loans = with_officer(loans.filter(sort.only or Q()), columns).annotate(sorted_by=sort.by)
        lists.append(after(loans, "sorted_by", mark and mark_for(sort, mark)))
    return lists


def with_officer(loans: QuerySet[Loan], columns: Iterable[str]) -> QuerySet[Loan]:
    return loans.select_related("officer") if "officer" in columns else loans


def mark_for(sort: Sort, mark: Mark) -> Any:
    """The mark as this order compares it: a closing is a day."""
    return (mark[0].date(), mark[1]) if sort is SORTS["closing"] else mark


def each_once(rows: Iterable[Iterable[Loan]], sort: Sort) -> Iterator[Loan]:
    """Several lists in the same order as one, a loan that is in more than one only once."""
    last = None
    for loan in merge(*rows, key=sort.key, reverse=sort.newest_first):
        if loan.pk != last:
            yield loan
        last = loan.pk


def as_moment(value: date | datetime) -> datetime:
    """What a mark holds: a day as its midnight in UTC."""
    if isinstance(value, datetime):
        return value
    return datetime.combine(value, datetime.min.time(), tzinfo=UTC)


# --- Counts beside the filters -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tab:
    """A filter by itself, with how many open loans are behind it (99+ when more)."""

    label: str | Promise
    asked: Asked
    count: int = 0
    here: bool = False

    @property
    def count_text(self) -> str:
        return f"{MOST_COUNTED}+" if self.count > MOST_COUNTED else str(self.count)


TABS: dict[str, tuple[str | Promise, Asked]] = {
    "review": (_("Documents to review"), {"review": "1"}),
    "unanswered": (_("Waiting for our answer"), {"unanswered": "1"}),
    "ball": (_("With us"), {"ball": Loan.WaitingOn.LENDER.value}),
    "closing": (_("Closing this week"), {"closing": "1"}),
    "lock": (_("Lock ends soon"), {"lock": "1"}),
    "quiet": (_("No word for 3 days"), {"quiet": str(QUIET_DAYS)}),
}


def tabs_for(user: User, asked: Asked, mine: list[int] | None) -> list[Tab]:
    """The filters with their counts, all in one query; each counts what its own link shows."""
    figures = _count_of_house(user) if mine is None else _count_among(mine)
    chosen = {name: value for name, value in asked.items() if name not in ("columns", "sort")}
    return [
        Tab(label, alone, figures[name] or 0, here=chosen == alone) for name, (label, alone) in TABS.items()
    ]


def _count_of_house(user: User) -> dict[str, int]:
    """Each from the index of its filter, and no further than anybody reads."""
    counted = {
        name: Counted(narrowed(alone).order_by().values("pk")[: MOST_COUNTED + 1])
        for name, (_label, alone) in TABS.items()
    }
    rows: Any = User.objects.filter(pk=user.pk).values(
        **{f"in_{name}": each for name, each in counted.items()}
    )
    return {name.removeprefix("in_"): count for name, count in rows.get().items()}


def _count_among(ids: list[int]) -> dict[str, int]:
    """Few enough to look at each."""
    counted = {
        f"in_{name}": Count("pk", filter=Q(*filters_of(alone))) for name, (_label, alone) in TABS.items()
    }
    loans = Loan.objects.filter(pk__in=ids).alias(heard_at=HEARD_AT).order_by()
    return {name.removeprefix("in_"): count for name, count in loans.aggregate(**counted).items()}
