"""A list of loans as a table for spreadsheets: the same filters, order and columns, every row of it."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from audit.log import Origin, origin, record
from documents.archives import harmless
from loans.models import Loan
from portal.desk.columns import Column, columns_of, keys
from portal.desk.listing import each_once, ordered_lists, sort_of
from portal.formats import today
from portal.forms.pipeline import asked_of

AT_ONCE = 500
BYTE_ORDER_MARK = "\ufeff"  # tells spreadsheets that it is UTF-8


class Line:
    """What the csv writer writes to: it hands each line back."""

    def write(self, line: str) -> str:
        return line


@require_safe
def export(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Streamed, so that ten thousand loans take no more memory than ten; written down, for it carries names away."""
    if not request.user.works_here:
        raise Http404
    asked = asked_of(request.GET)
    columns = columns_of(asked, request.user)
    lists = ordered_lists(request.user, asked, columns=keys(columns))
    loans = each_once((rows.iterator(chunk_size=AT_ONCE) for rows in lists), sort_of(asked))
    if request.method == "GET":
        # Only that they searched: the log is kept for ever, and what was typed may be a name.
        detail = {"asked": {**asked, "q": "…"} if asked.get("q") else asked}
        record(action="user.loans_exported", about=request.user, by=request.user, detail=detail)
        loans = noted(loans, request.user, origin.get())
    answer = StreamingHttpResponse(lines(loans, columns), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="loans-{today().isoformat()}.csv"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def noted(loans: Iterable[Loan], user: User, here: Origin) -> Iterator[Loan]:
    """The same; once all are on their way, or it was broken off, it is written down how many. `here`: who asked."""
    count = 0
    try:
        for loan in loans:
            count += 1
            yield loan
    finally:
        token = origin.set(here)  # the request itself is over by now
        record(action="user.loans_export_ended", about=user, by=user, detail={"rows": count})
        origin.reset(token)


def lines(loans: Iterable[Loan], columns: list[Column]) -> Iterator[str]:
    writer: Any = csv.writer(Line())
    heading = [_("Number"), _("Borrower"), *(str(column.label) for column in columns)]
    yield BYTE_ORDER_MARK + writer.writerow(heading)
    for loan in loans:
        row = [loan.number, loan.borrower_names, *(column.cell(loan) for column in columns)]
        yield writer.writerow([harmless(cell) for cell in row])
