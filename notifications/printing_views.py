"""Letters on paper: what lies ready, a day of it as one PDF, and saying that it is in the post."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from documents.serving import stream_together
from loans.errors import Refused
from notifications import letters, services, words
from notifications.access import letters_for
from notifications.models import Notification
from notifications.services import printing

COMING = 25


@require_GET
def piles(request: HttpRequest) -> HttpResponse:
    rows = letters_for(request.user)
    ready = printing.to_print(rows)[: printing.MOST_AT_ONCE]
    return render(
        request,
        "outbox/letters.html",
        {
            "piles": [(pile, printing.fingerprint(pile.rows)) for pile in printing.by_day(ready)],
            "kept_back": [(row, _why_back(row)) for row in printing.kept_back(rows)],
            "held": printing.held(rows)[:COMING],
            "coming": printing.coming(rows)[:COMING],
            "printed": printing.by_day(printing.printed(rows)[: printing.MOST_AT_ONCE], "sent_at"),
        },
    )


def _why_back(row: Notification) -> str:
    return _(letters.is_stopped(row.loan)) or _("The loan was opened again while its letter was being made.")


@require_GET
def pile_pdf(request: HttpRequest, day: date) -> HttpResponse:
    """Address sheets and letters of the day. When others have come meanwhile, the list is shown first."""
    rows = _of_day(request, day)
    if request.GET.get("list", printing.fingerprint(rows)) != printing.fingerprint(rows):
        messages.info(request, _("The list has changed since you opened it. This is how it stands now."))
        return redirect("letters:list")
    return _as_pdf(request, rows, _("Letters to print, %(day)s") % {"day": words.long_date(day)}, day)


@require_GET
def printed_pdf(request: HttpRequest, day: date) -> HttpResponse:
    """The same sheets and letters once more: an envelope tore, a printer ran dry."""
    rows = list(printing.printed(letters_for(request.user), day)[: printing.MOST_AT_ONCE])
    if not rows:
        raise Http404
    return _as_pdf(request, rows, _("Letters printed on %(day)s") % {"day": words.long_date(day)}, day)


def _of_day(request: HttpRequest, day: date) -> list[Notification]:
    rows = list(printing.to_print(letters_for(request.user), day)[: printing.MOST_AT_ONCE])
    if not rows:
        raise Http404
    return rows


def _as_pdf(request: HttpRequest, rows: list[Notification], title: str, day: date) -> HttpResponse:
    try:
        content = letters.pile_pdf(rows, title)
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("letters:list")
    return stream_together(
        content=content,
        name=f"letters-{day}.pdf",
        about=rows,
        by=_person(request),
        action="letter.printed_out",
    )


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # letters_for has let nobody else in
    return request.user


@require_POST
def mark_printed(request: HttpRequest, day: date) -> HttpResponse:
    """Those that were ticked; the others stay on the pile."""
    rows = _of_day(request, day)
    ticked = set(request.POST.getlist("letter"))
    chosen = [row for row in rows if str(row.public_id) in ticked]
    if not chosen:
        messages.error(request, _("Tick the letters that you have printed."))
        return redirect("letters:list")
    marked = services.mark_printed(rows=chosen, by=_person(request))
    done = ngettext(
        "%(count)d letter is marked as printed.", "%(count)d letters are marked as printed.", len(marked)
    )
    messages.success(request, done % {"count": len(marked)})
    return redirect("letters:list")
