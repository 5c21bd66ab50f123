"""
Open loans as cards in the columns of the line. A card is moved by hand, by key or by a link; each of them opens the
page that previews and confirms the move (`stage`), and nothing moves before that.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.views.decorators.http import require_safe

from accounts.models import User
from loans.models import Loan
from loans.stages import Stage, moves_from
from portal.desk.listing import MOST_COUNTED, own_open_ids
from portal.desk.subqueries import Counted, Rows
from portal.formats import today
from portal.forms.pipeline import officers_to_choose

CARDS = 12
# Where cards lie; funded and the ends are places to move to, from a card's own links.
SHOWN = [*(stage for stage in Stage.line() if stage != Stage.FUNDED), Stage.SUSPENDED]


@dataclass(frozen=True)
class Move:
    to: str
    label: str | Promise
    address: str


@dataclass(frozen=True)
class Card:
    loan: Loan
    moves: list[Move]


@dataclass
class Column:
    stage: str
    label: str | Promise
    count: int
    rest: str
    cards: list[Card] = field(default_factory=list)

    @property
    def count_text(self) -> str:
        return f"{MOST_COUNTED}+" if self.count > MOST_COUNTED else str(self.count)

    @property
    def more(self) -> bool:
        return self.count > len(self.cards)


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    if not request.user.works_here:
        raise Http404
    officers = officers_to_choose() if request.user.sees_every_loan else []
    officer = next((one for one in officers if str(one.public_id) == request.GET.get("officer")), None)
    context = {
        "columns": columns_for(request.user, officer),
        "officers": officers,
        "officer": officer,
        "today": today(),
        "sees_every_loan": request.user.sees_every_loan,
    }
    return render(request, "desk/board.html", context)


def columns_for(user: User, officer: User | None = None) -> list[Column]:
    """Each stage with its latest cards and how many loans are in it, in few queries, whatever lies in the columns."""
    mine = own_open_ids(user)
    counts: Mapping[str, int]
    counts, wanted = _of_house(user, officer) if mine is None else _among(mine)
    asked = {"officer": str(officer.public_id)} if officer else {}
    columns = {
        stage: Column(
            stage,
            Stage(stage).label,
            counts.get(stage, 0),
            rest=f"{reverse('desk:pipeline')}?{urlencode({'stage': str(stage), **asked})}",
        )
        for stage in SHOWN
    }
    cards = Loan.objects.filter(pk__in=wanted).select_related("officer").order_by("-last_activity_at", "-pk")
    for loan in cards:
        if loan.stage not in columns:  # it ended between the two questions
            continue
        columns[loan.stage].cards.append(Card(loan, list(moves_of(loan, user))))
    return list(columns.values())


def _among(mine: list[int]) -> tuple[Counter[str], list[int]]:
    """How many of these are in each stage, and which are the latest there."""
    counts: Counter[str] = Counter()
    wanted = []
    rows = Loan.objects.filter(pk__in=mine).order_by().values_list("last_activity_at", "pk", "stage")
    for _at, pk, stage in sorted(rows, reverse=True):
        counts[stage] += 1
        if counts[stage] <= CARDS:
            wanted.append(pk)
    return counts, wanted


def _of_house(user: User, officer: User | None) -> tuple[dict[str, int], list[int]]:
    """The same of every loan, or of one officer's, each stage read from its index and no further than is shown."""
    loans = Loan.objects.filter(officer=officer) if officer else Loan.objects.all()
    asked: dict[str, Any] = {}
    for stage in SHOWN:
        rows = loans.filter(stage=stage)
        asked[f"count_{stage}"] = Counted(rows.order_by().values("pk")[: MOST_COUNTED + 1])
        asked[f"latest_{stage}"] = Rows(rows.order_by("-last_activity_at", "-pk")[:CARDS], "id")
    found: Any = User.objects.filter(pk=user.pk).values(**asked).get()
    wanted = [row["id"] for stage in SHOWN for row in found[f"latest_{stage}"]]
    return {stage: found[f"count_{stage}"] for stage in SHOWN}, wanted


def moves_of(loan: Loan, user: User) -> Iterable[Move]:
    """Where the table lets it go; from a pause the page itself knows how far, so that the link goes there."""
    page = reverse("desk:stage", args=[loan.public_id])
    if loan.stage == Stage.SUSPENDED:
        return
    for to in moves_from(loan.stage, came_from=loan.stage, manager=user.sees_every_loan):
        yield Move(to, to.label, f"{page}?to={to}")
