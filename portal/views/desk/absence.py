"""Who is away, from when until when, and who stands in; for managers also whose loans may go to somebody else."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import absences
from accounts.errors import Refused
from accounts.models import Absence, OfficerLicense, User
from loans.models import Loan
from notifications.words import and_list
from portal.forms.absences import AbsenceForm
from portal.views.desk.answering import attempt

MOST_SHOWN = 100


@require_http_methods(["GET", "HEAD", "POST"])
def absence_list(request: HttpRequest) -> HttpResponse:
    if not request.user.works_here:
        raise Http404
    people = list(User.objects.exclude(role=User.Role.BORROWER).filter(is_active=True).order_by("name", "pk"))
    form = AbsenceForm(request.POST if request.method == "POST" else None, by=request.user, people=people)
    status = 200
    if request.method == "POST":
        noted: list[Absence] = []
        failed = attempt(form, lambda **said: noted.append(absences.note_absence(by=request.user, **said)))
        if failed is None:
            return _noted(request, noted[0])
        status = failed
    rows = list(absences.coming(request.user)[:MOST_SHOWN])
    context = {
        "form": form,
        "rows": [(row, absences.may_keep(row.user, request.user)) for row in rows],
        "today": absences.today(),
        "people": people if request.user.sees_every_loan else [],
    }
    return render(request, "desk/absences.html", context, status=status)


def _noted(request: HttpRequest, absence: Absence) -> HttpResponse:
    names = {"name": absence.user.name, "deputy": absence.deputy.name}
    messages.success(request, _("Noted: %(deputy)s stands in for %(name)s.") % names)
    if missing := _states_without_licence(absence):
        words = {"deputy": absence.deputy.name, "states": and_list(missing)}
        messages.warning(
            request,
            _(
                "%(deputy)s holds no licence in %(states)s, where open loans of these days lie. For those, ask "
                "somebody who does, or give the loans away."
            )
            % words,
        )
    return redirect("desk:absences")


def _states_without_licence(absence: Absence) -> list[str]:
    """Where open loans of the absent officer lie and the deputy may not advise, by name of the state."""
    held = OfficerLicense.objects.filter(officer__user=absence.deputy).values("state")
    loans = Loan.objects.open().filter(officer=absence.user).exclude(state__in=held)
    return [
        str(Loan(state=state).get_state_display())
        for state in sorted(set(loans.values_list("state", flat=True)))
    ]


@require_POST
def absence_end(request: HttpRequest, absence_id: UUID) -> HttpResponse:
    if not request.user.works_here:
        raise Http404
    absence = get_object_or_404(absences.coming(request.user), public_id=absence_id)
    try:
        absences.end_absence(absence=absence, by=request.user)
        messages.success(
            request, _("%(name)s is here; nobody stands in any more.") % {"name": absence.user.name}
        )
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("desk:absences")
