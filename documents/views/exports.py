"""Everything in one file: asked for by a borrower, watched while it is made, fetched by whoever asked for it."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.models import User
from documents import archives, services, serving
from documents.access import export_for
from documents.models import Export
from loans.access import loan_for, own_party_for
from loans.errors import Refused
from loans.models import Loan


@require_safe
def archive(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A borrower's page: ask for everything, see how far it is, fetch it."""
    if request.user.works_here:
        return redirect("desk:keeping", loan_for(request.user, public_id).public_id)
    me, _others = own_party_for(request.user, public_id)
    context = {"loan": me.loan, **archive_state(latest(me.loan, request.user), me.loan)}
    return render(request, "exports/archive.html", context)


@require_POST
def ask(request: HttpRequest, public_id: UUID) -> HttpResponse:
    me, _others = own_party_for(request.user, public_id)
    return asked(request, me.loan, lambda: services.request_export(loan=me.loan, party=me, by=request.user))


@require_GET
def state(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The part of the page that moves: it asks for itself again while the archive is on its way."""
    export = export_for(request.user, public_id)
    return render(request, "exports/_state.html", archive_state(export, export.loan))


@require_GET
def download(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """The file; or back to the page, which says why it is no longer to be had."""
    export = export_for(request.user, public_id)
    if stands(export) != Export.State.READY:
        messages.error(request, _("This file is no longer there. You can ask for a new one."))
        return redirect(page_of(export))
    return serving.serve_export(export, request.user)


# --- For the desk's page too ---------------------------------------------------------------------------------


def asked(request: HttpRequest, loan: Loan, work: Callable[[], Export]) -> HttpResponse:
    """After asking: back to the page, which shows how far it is, or why not."""
    try:
        export = work()
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("home:home")
    return redirect(page_of(export))


def page_of(export: Export) -> str:
    page = "loans:archive" if export.party_id else "desk:keeping"
    return f"{reverse(page, args=[export.loan.public_id])}#archive"


def latest(loan: Loan, user: User) -> Export | None:
    """The newest that this person asked for on this loan."""
    return Export.objects.filter(loan=loan, asked_by=user).select_related("loan", "asked_by").first()


def stands(export: Export) -> str:
    """Its state as it is to be had: one that holds what is closed by now counts as gone."""
    ready = export.state == Export.State.READY
    return Export.State.EXPIRED if ready and not archives.is_whole(export) else export.state


def archive_state(export: Export | None, loan: Loan) -> dict[str, object]:
    """What `exports/_state.html` shows."""
    for_team = export is not None and export.party_id is None
    return {
        "export": export,
        "export_stands": stands(export) if export else "",
        "ask_address": reverse(
            "desk:archive_ask" if for_team else "loans:archive_ask", args=[loan.public_id]
        ),
    }
