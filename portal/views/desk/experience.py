"""How borrowers fare with us: figures by month and person, the rows behind each, and all of it for spreadsheets."""

import csv
from collections.abc import Iterator
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.models import Branch, Company, User
from audit.log import record
from documents.archives import harmless
from feedback.figures.counting import behind
from feedback.figures.months import latest, month_of
from feedback.figures.shape import Figure, Measure
from feedback.figures.table import FIGURES
from feedback.models import ExperienceFigure
from portal.desk import experience, experience_rows
from portal.desk.experience import COMPARED, MONTHS_SHOWN, Asked, Compared
from portal.desk.lists import PAGE, older_than, page_of, read_mark
from portal.formats import today
from portal.views.desk.csv import AT_ONCE, BYTE_ORDER_MARK, Line

Named = TypeVar("Named", User, Branch)
ONLY = {"counted": True, "others": False}


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    house, months = _begin(request)
    asked = _asked(request, months)
    sees_all = request.user.sees_every_loan
    beside = experience.compared(asked, house) if sees_all else Compared([], [])
    context = {
        "asked": asked,
        "months": [(f"{month:%Y-%m}", experience.month_name(month)) for month in months],
        "month": f"{asked.month:%Y-%m}",
        "month_name": experience.month_name(asked.month),
        "groups": experience.groups(asked, months, house),
        "beside": beside,
        "branches": _choices(beside.branches, asked.branch),
        "people": _choices(beside.people, asked.person),
        "compared": [FIGURES[key] for key in COMPARED],
    }
    return render(request, "desk/experience.html", context)


@require_safe
def rows(request: HttpRequest, figure: str) -> HttpResponse:
    """What was counted, newest first: the same question that counts."""
    house, months = _begin(request)
    one = FIGURES.get(figure)
    if one is None:
        raise Http404
    asked = _asked(request, months)
    part, only = request.GET.get("part", ""), request.GET.get("only", "")
    if (part and part not in one.parts) or (only and only not in ONLY):
        raise Http404
    context = {
        "figure": one,
        "asked": asked,
        "month_name": experience.month_name(asked.month),
        "part_name": one.part_name(part) if part else "",
        "back": f"{reverse('desk:experience')}?{_query(asked)}",
        "only": only,
        "tabs": _tabs(one, asked, part),
        "page": _page_behind(one, asked, part, only, request, house),
    }
    return render(request, "desk/experience_rows.html", context)


@require_safe
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The year as a table: everybody's for who sees every loan, else one's own."""
    _house, months = _begin(request)
    kept = ExperienceFigure.objects.filter(month__in=months).select_related("person", "branch")
    if not request.user.sees_every_loan:
        kept = kept.filter(person=request.user.pk)
    if request.method == "GET":
        record(action="user.figures_exported", about=request.user, by=request.user)
    # The house first, whichever end a database sorts nothing to.
    whose = (F("branch_id").asc(nulls_first=True), F("person_id").asc(nulls_first=True))
    kept = kept.order_by("-month", *whose, "figure", "part")
    answer = StreamingHttpResponse(_lines(kept), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="experience-{today().isoformat()}.csv"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _lines(kept: Any) -> Iterator[str]:
    writer: Any = csv.writer(Line())
    yield BYTE_ORDER_MARK + writer.writerow([str(heading) for heading in experience.HEADINGS])
    for line in experience.table(kept.iterator(chunk_size=AT_ONCE)):
        yield writer.writerow(
            [harmless(cell if isinstance(cell, int | float) else str(cell)) for cell in line]
        )


# --- What is asked for -----------------------------------------------------------------------------------------


def _begin(request: HttpRequest) -> tuple[Company, list[date]]:
    if not request.user.works_here:
        raise Http404
    house = Company.load()
    return house, latest(timezone.now(), MONTHS_SHOWN, house)


def _asked(request: HttpRequest, months: list[date]) -> Asked:
    """This month unless another of the year is named; everybody, or somebody, for a manager, else oneself."""
    said = request.GET.get("month", "")
    month = next((month for month in months if f"{month:%Y-%m}" == said), months[0])
    whose = request.GET.get("whose", "")
    if not request.user.sees_every_loan:
        if whose and whose != str(request.user.public_id):
            raise Http404
        return Asked(month, request.user)
    return Asked(month, _named(whose) if whose else None)


def _named(public_id: str) -> User | Branch:
    """Somebody who works here, or a branch."""
    try:
        key = UUID(public_id)
    except ValueError as error:
        raise Http404 from error
    person = User.objects.filter(public_id=key).exclude(role=User.Role.BORROWER).first()
    return person or get_object_or_404(Branch, public_id=key)


def _choices(compared: list[tuple[Named, Any]], chosen: Named | None) -> list[Named]:
    known = [one for one, _readings in compared]
    if chosen is not None and chosen not in known:
        known.insert(0, chosen)
    return known


def _query(asked: Asked) -> str:
    return asked.address("x").partition("?")[2]


# --- The rows behind -------------------------------------------------------------------------------------------


def _page_behind(
    figure: Figure, asked: Asked, part: str, only: str, request: HttpRequest, house: Company
) -> Any:
    month = month_of(asked.month, timezone.now(), house)
    mark = read_mark(request.GET.get("after", ""))
    found = behind(figure, month, whose=asked.whose, part=part, hit=ONLY.get(only))
    found = found.select_related(*experience_rows.READERS[figure.key].along)
    found = older_than(found, figure.when, experience_rows.mark_for(figure, mark))
    kept = asked.query(part=part) | ({"only": only} if only else {})
    address = reverse("desk:experience_rows", args=[figure.key])
    page = page_of(
        found[: PAGE + 1], lambda row: experience_rows.mark_of(figure, row), address=address, asked=kept,
        after=mark is not None,
    )  # fmt: skip
    return {
        "rows": [experience_rows.row_of(figure, row, house) for row in page.rows],
        "next_url": page.next_url,
        "first_url": page.first_url,
    }


def _tabs(figure: Figure, asked: Asked, part: str) -> list[tuple[str, Any, str]]:
    """Of a share: all its rows, those that count, and the others."""
    if figure.measure != Measure.SHARE or part:
        return []
    address = asked.address(figure.key)
    return [
        ("", _("All"), address),
        ("counted", figure.counts, f"{address}&only=counted"),
        ("others", figure.counts_not, f"{address}&only=others"),
    ]
