"""The list of loans: found, narrowed, put in order, with the columns somebody wants."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from loans import services
from loans.errors import Refused
from loans.models import DeskView, Loan, Task
from loans.stages import Stage
from portal.desk.columns import COLUMNS, columns_of, keys
from portal.desk.listing import (
    EVERY,
    OPEN,
    SORTS,
    Asked,
    is_of_open_loans,
    own_open_ids,
    page_of_loans,
    tabs_for,
)
from portal.desk.lists import read_mark
from portal.formats import today
from portal.forms.desk import WAITING_ON
from portal.forms.pipeline import ViewForm, asked_of, officers_to_choose


@require_safe
def pipeline(request: HttpRequest) -> HttpResponse:
    if not request.user.works_here:
        raise Http404
    views = list(DeskView.objects.filter(owner_id=request.user.pk))
    view = _view_asked_for(request, views)
    asked = asked_in(view) if view else asked_of(request.GET)
    columns = columns_of(asked, request.user)
    mine = own_open_ids(request.user) if is_of_open_loans(asked) else None
    page = page_of_loans(
        request.user,
        asked,
        read_mark(request.GET.get("after", "")),
        address=reverse("desk:pipeline"),
        columns=keys(columns),
        mine=mine,
    )
    context = {
        **_choices(request, asked),
        "page": page,
        "asked": asked,
        "link": urlencode(asked),
        "columns": columns,
        "views": views,
        "view": view,
        "view_form": ViewForm(initial={"name": view.name, "is_default": view.is_default} if view else None),
        "tabs": tabs_for(request.user, asked, mine) if is_of_open_loans(asked) and not asked.get("q") else [],
        "is_narrowed": bool(set(asked) - {"sort", "columns"}),
        "today": today(),
        "sees_every_loan": request.user.sees_every_loan,
    }
    return render(request, "desk/pipeline.html", context)


def _view_asked_for(request: HttpRequest, views: list[DeskView]) -> DeskView | None:
    """The list that was named, or the one the desk opens with when nothing was asked."""
    if name := request.GET.get("view"):
        return next((view for view in views if str(view.public_id) == name), None)
    return next((view for view in views if view.is_default), None) if not request.GET else None


def asked_in(view: DeskView) -> Asked:
    """What a saved list asks for, read as an address would be: what no longer exists is left out."""
    kept = {**view.filters, "sort": view.sort, "columns": ",".join(view.columns)}
    return asked_of(QueryDict(urlencode(kept)))


def _choices(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    """What the filters offer; the select boxes are written in the template."""
    return {
        "stages": [(OPEN, _("Open loans")), (EVERY, _("All loans")), *Stage.choices],
        "balls": list(WAITING_ON.items()),
        "sorts": [(key, sort.label) for key, sort in SORTS.items()] if is_of_open_loans(asked) else [],
        "officers": officers_to_choose() if request.user.sees_every_loan else [],
        "every_column": list(COLUMNS.values()),
    }


@require_POST
def task_done(request: HttpRequest, task_id: UUID) -> HttpResponse:
    loans = Loan.objects.visible_to(request.user) if request.user.works_here else Loan.objects.none()
    task = get_object_or_404(Task.objects.select_related("loan"), public_id=task_id, loan__in=loans)
    try:
        services.complete_task(task=task, by=request.user)
        messages.success(request, _("Done: %(task)s") % {"task": task.get_kind_display()})
    except Refused as refused:
        messages.error(request, refused.message)
    if request.POST.get("back") == "loan":
        return redirect("desk:loan", task.loan.public_id)
    return redirect("desk:today")
