"""Lists that somebody keeps under a name, and the one the desk opens with."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from loans.errors import Refused
from loans.models import DeskView
from loans.services.views import delete_view, save_view
from portal.forms.pipeline import ViewForm, asked_of


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    if not request.user.works_here:
        raise Http404
    asked, form = asked_of(request.POST), ViewForm(request.POST)
    address = reverse("desk:pipeline")
    if not form.is_valid():
        messages.error(request, _("Give the list a name of up to 60 letters."))
        return redirect(f"{address}?{urlencode({'stage': 'open', **asked})}")
    columns, sort = asked.pop("columns", ""), asked.pop("sort", "")
    chosen = columns.split(",") if columns else []
    try:
        view = save_view(by=request.user, filters=asked, columns=chosen, sort=sort, **form.said())
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect(f"{address}?{urlencode({'stage': 'open', **asked})}")
    messages.success(request, _("Saved as “%(name)s”.") % {"name": view.name})
    return redirect(f"{address}?{urlencode({'view': view.public_id})}")


@require_POST
def delete(request: HttpRequest, view_id: UUID) -> HttpResponse:
    view = get_object_or_404(DeskView, public_id=view_id, owner=request.user)
    delete_view(view=view, by=request.user)
    messages.success(
        request, _("“%(name)s” is deleted. The loans in it stay as they are.") % {"name": view.name}
    )
    return redirect(f"{reverse('desk:pipeline')}?stage=open")
