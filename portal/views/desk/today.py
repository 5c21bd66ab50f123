"""What to do next and why: of the person who looks, and for a manager whom to help."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.absences import coming
from accounts.models import User
from portal.day import sections_for
from portal.day_figures import desks

MOST_ABSENCES = 20
MOST_DESKS = 20


@require_safe
def today(request: HttpRequest) -> HttpResponse:
    if not request.user.works_here:
        raise Http404
    return _page(request, request.user)


@require_safe
def todays_of(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A manager looks at somebody else's day."""
    if not (request.user.works_here and request.user.sees_every_loan):
        raise Http404
    person = get_object_or_404(User, public_id=public_id, is_active=True)
    if not person.works_here:
        raise Http404
    return _page(request, person)


def _page(request: HttpRequest, person: User) -> HttpResponse:
    is_own = person.pk == request.user.pk
    sections = sections_for(person)
    is_managers_own = is_own and request.user.sees_every_loan
    most = None if request.GET.get("everybody") else MOST_DESKS
    found = desks(most and most + 1) if is_managers_own else []
    context = {
        "person": person,
        "is_own": is_own,
        "sections": sections,
        "first": sections[0] if sections else None,
        "desks": found[:most],
        "has_more_desks": most is not None and len(found) > most,
        "deputies": coming(request.user)[:MOST_ABSENCES] if is_managers_own else [],
    }
    return render(request, "desk/today.html", context)
