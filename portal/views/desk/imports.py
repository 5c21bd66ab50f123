"""Loans under way in another system: a table is read, shown as what it would do, and brought over on a press."""

import csv
from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from documents import wake
from loans.importing import COLUMNS, REQUIRED, LineForm, template_lines
from loans.models import LoanImport
from loans.services.bringing import ask_to_bring_over
from loans.services.importing import (
    CHANGES,
    NEW,
    SAME,
    WRONG,
    Change,
    Plan,
    plans_of,
    read_import,
)
from loans.services.kept_tables import RESULTS, UNUSED, delete_import
from loans.stages import Stage
from portal.formats import date_text, money, phone_text
from portal.forms.base import DeskForm
from portal.forms.imports import BringOverForm, ImportForm
from portal.views.desk.answering import attempt

SHOWN = 20
# How a line is marked: what it would do, what it did, its colour and icon.
KINDS = {
    NEW: (gettext_lazy("New loan"), gettext_lazy("Opened"), "success", "plus-circle"),
    CHANGES: (gettext_lazy("Changes"), gettext_lazy("Changed"), "info", "pencil-square"),
    SAME: (gettext_lazy("Same as here"), gettext_lazy("Same as here"), "neutral", "equals"),
    WRONG: (gettext_lazy("To mend"), gettext_lazy("Not brought over"), "danger", "exclamation-circle"),
}


@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    user = _worker(request)
    if request.method != "POST":
        return _list_page(request, user, ImportForm())
    form, kept = ImportForm(request.POST, request.FILES), []
    status = attempt(form, lambda **said: kept.append(read_import(by=user, **said)))
    if status is None:
        return redirect("desk:import", kept[0].public_id)
    return _list_page(request, user, form, status)


def _list_page(request: HttpRequest, user: User, form: ImportForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "tables": LoanImport.objects.filter(by=user).defer("rows")[:SHOWN],
        "columns": [(name, LineForm.base_fields[name].label, name in REQUIRED) for name in COLUMNS],
    }
    return render(request, "desk/imports.html", context, status=status)


@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """The empty table to begin with."""
    _worker(request)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="loans.csv"'
    csv.writer(answer).writerows(template_lines())
    return answer


@require_safe
def table(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _table_page(request, _table_for(request, public_id), BringOverForm())


@require_POST
def bring(request: HttpRequest, public_id: UUID) -> HttpResponse:
    found, form = _table_for(request, public_id), BringOverForm(request.POST)
    user = cast(User, request.user)
    status = attempt(form, lambda **said: ask_to_bring_over(table=found, by=user, **said))
    if status is not None:
        return _table_page(request, found, form, status)
    wake.soon("loans.bring_tables_over")
    return redirect("desk:import", found.public_id)


@require_POST
def delete(request: HttpRequest, public_id: UUID) -> HttpResponse:
    found, form = _table_for(request, public_id), DeskForm({})
    user = cast(User, request.user)
    status = attempt(form, lambda: delete_import(table=found, by=user))
    if status is not None:
        messages.error(request, " ".join(form.non_field_errors()))
        return redirect("desk:import", found.public_id)
    messages.success(request, _("The table is deleted. Loans that were brought over stay."))
    return redirect("desk:imports")


def _table_page(
    request: HttpRequest, found: LoanImport, form: BringOverForm, status: int = 200
) -> HttpResponse:
    is_done = found.state == LoanImport.State.DONE
    lines = [_done_line(row) for row in found.rows] if is_done else [_line(plan) for plan in plans_of(found)]
    counts = Counter(line["kind"] for line in lines)
    context = {
        "table": found,
        "lines": lines,
        "counts": [(KINDS[kind][1 if is_done else 0], counts[kind]) for kind in KINDS if counts[kind]],
        "is_done": is_done,
        "is_on_its_way": found.state in (LoanImport.State.ASKED, LoanImport.State.RUNNING),
        "kept_days": (RESULTS if is_done else UNUSED).days,
        "to_do": counts[NEW] + counts[CHANGES],
        "form": form,
    }
    return render(request, "desk/import.html", context, status=status)


def _line(plan: Plan) -> dict[str, Any]:
    label, _done, tone, icon = KINDS[plan.kind]
    return {
        "line": plan.line, "kind": plan.kind, "label": label, "tone": tone, "icon": icon,
        "borrower": plan.said.get("borrower", ""), "number": plan.said.get("number", ""),
        "about": _about(plan) if plan.kind == NEW else "",
        "changes": [_in_words(change) for change in plan.changes] if plan.kind == CHANGES else [],
        "wrong": plan.wrong, "hints": plan.hints,
        "loan": plan.loan.public_id if plan.loan and plan.kind in (SAME, CHANGES) else "",
        "loan_number": plan.loan.number if plan.loan and plan.kind in (SAME, CHANGES) else "",
    }  # fmt: skip


def _about(plan: Plan) -> str:
    """What is opened: where it stands, the home, whose it will be."""
    line = plan.cleaned
    parts = [Stage(line["stage"]).label, line["street"], line["city"], line["state"]]
    return " · ".join(str(part) for part in [*parts, plan.officer.name if plan.officer else ""] if part)


def _in_words(change: Change) -> dict[str, str]:
    return {
        "label": change.label,
        "before": _text(change.field, change.before),
        "after": _text(change.field, change.after),
    }


def _text(field: str, value: Any) -> str:
    """A value as people read it; its name where it is one of a few."""
    if isinstance(value, Decimal):
        return money(value)
    if isinstance(value, date):
        return date_text(value)
    if field == "phone":
        return phone_text(value)
    names = dict(getattr(LineForm.base_fields[field], "choices", ()))
    return str(names.get(value, value or ""))


def _done_line(row: dict[str, Any]) -> dict[str, Any]:
    _would, label, tone, icon = KINDS[row["done"]]
    return {**row, "kind": row["done"], "label": label, "tone": tone, "icon": icon}


def _worker(request: HttpRequest) -> User:
    if not request.user.works_here:
        raise Http404
    return cast(User, request.user)


def _table_for(request: HttpRequest, public_id: UUID) -> LoanImport:
    """Whoever read it; a table holds names and addresses, so nobody else."""
    return get_object_or_404(LoanImport.objects.filter(by=_worker(request)), public_id=public_id)
