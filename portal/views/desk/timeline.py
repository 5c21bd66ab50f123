"""All that happened on one loan, on one page: in every channel, by everybody, and for paper."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from loans.access import desk_loan_for
from portal.desk.lists import PAGE, Page, read_mark, write_mark
from portal.timeline import Mark, lines_of, mark_of
from portal.timeline_sources import KINDS, SOURCES

PLACES = {str(place): place for place in range(len(SOURCES))}
ON_PAPER = 1_000  # lines on one page to print; what goes beyond follows on the next


@require_safe
def timeline(request: HttpRequest, public_id: UUID) -> HttpResponse:
    loan = desk_loan_for(request.user, public_id)
    kind = request.GET.get("kind", "")
    asked = {"kind": kind} if kind in KINDS else {}
    whole = {"whole": "1"} if request.GET.get("whole") else {}
    size = ON_PAPER if whole else PAGE
    after = _read(request.GET.get("after", ""))
    found = lines_of(loan, kind=asked.get("kind", ""), after=after, most=size + 1)
    address, kept = reverse("desk:timeline", args=[loan.public_id]), {**asked, **whole}
    page = Page(
        rows=found[:size],
        next_url=_link(address, {**kept, "after": _write(mark_of(found[size - 1]))})
        if len(found) > size
        else "",
        first_url=_link(address, kept) if after else "",
    )
    context = {
        "loan": loan,
        "page": page,
        "kind": asked.get("kind", ""),
        "kinds": KINDS,
        "whole": bool(whole),
        "whole_url": _link(address, {**asked, "whole": "1"}),
        "paged_url": _link(address, asked),
    }
    return render(request, "desk/timeline.html", context)


def _link(address: str, asked: dict[str, str]) -> str:
    return f"{address}?{urlencode(asked)}" if asked else address


def _read(text: str) -> Mark | None:
    """`1763755200000000_42.6`: a moment and a row as in every list, and the source; anything else: the first page."""
    mark, _, source = text.rpartition(".")
    found = read_mark(mark)
    if found is None or source not in PLACES:
        return None
    return Mark(at=found[0], row=found[1], source=PLACES[source])


def _write(mark: Mark) -> str:
    return f"{write_mark(mark.at, mark.row)}.{mark.source}"
