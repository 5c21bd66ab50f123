"""Who saw or changed what on one loan."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from audit.models import Entry
from loans.access import desk_loan_for
from portal.desk.lists import PAGE, Page


@require_safe
def audit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    loan = desk_loan_for(request.user, public_id)
    entries = Entry.objects.filter(loan_id=str(loan.public_id)).order_by("-pk")
    before = request.GET.get("before", "")
    if before.isdecimal():
        entries = entries.filter(pk__lt=int(before))
    found = list(entries[: PAGE + 1])
    address = reverse("desk:audit", args=[loan.public_id])
    page = Page(
        rows=found[:PAGE],
        next_url=f"{address}?before={found[PAGE - 1].pk}" if len(found) > PAGE else "",
        first_url=address if before else "",
    )
    return render(request, "desk/audit.html", {"loan": loan, "page": page})
