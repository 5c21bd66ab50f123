"""Every document that waits for this person's eyes, the oldest first."""

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.models import User
from documents.models import Document
from loans.models import Loan
from portal.views.desk.lists import PAGE, Mark, newer_than, page_of, read_mark


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    if not request.user.works_here:
        raise Http404
    mark = read_mark(request.GET.get("after", ""))
    page = page_of(
        waiting_documents(request.user, mark),
        lambda document: (document.received_at, document.pk),
        address=reverse("desk:documents"),
        asked={},
        after=mark is not None,
    )
    return render(request, "desk/documents.html", {"page": page})


def waiting_documents(user: User, mark: Mark | None) -> QuerySet[Document]:
    """One more than a page, the oldest first: read in order from the index of what waits, each row's loan checked."""
    waiting = Document.objects.filter(review=Document.Review.PENDING, disposed_at__isnull=True)
    if not user.sees_every_loan:
        waiting = waiting.filter(Exists(Loan.objects.visible_to(user).filter(pk=OuterRef("loan_id"))))
    rows = waiting.select_related("request__party", "party").prefetch_related("loan")
    return newer_than(rows, "received_at", mark)[: PAGE + 1]
