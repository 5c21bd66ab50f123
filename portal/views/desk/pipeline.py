"""The list of an officer's loans, and what they should do today."""

from datetime import timedelta
from heapq import merge
from itertools import islice
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from loans import services
from loans.errors import Refused
from loans.models import Loan, Task
from loans.stages import Stage
from portal.formats import today
from portal.views.desk.lists import PAGE, Mark, Page, older_than, page_of, read_mark

OPEN, EVERY = "open", "all"
TASKS_SHOWN = 6
MOST_TASKS = 100


class PipelineFilter(forms.Form):
    q = forms.CharField(required=False, max_length=100, strip=True)
    stage = forms.ChoiceField(
        required=False,
        choices=[(OPEN, gettext_lazy("Open loans")), (EVERY, gettext_lazy("All loans")), *Stage.choices],
    )
    review = forms.BooleanField(required=False)

    def asked(self) -> dict[str, str]:
        """What was asked for, without what is the default: it goes into the links."""
        said = self.cleaned_data if self.is_valid() else {}
        stage = said.get("stage", "")
        asked = {"q": said.get("q", ""), "stage": "" if stage == OPEN else stage}
        return {
            key: value
            for key, value in {**asked, "review": "1" if said.get("review") else ""}.items()
            if value
        }


@require_safe
def pipeline(request: HttpRequest) -> HttpResponse:
    if not request.user.works_here:
        raise Http404
    asked = PipelineFilter(request.GET).asked()
    shown = MOST_TASKS if request.GET.get("tasks") == "all" else TASKS_SHOWN
    tasks = list(open_tasks(request.user, shown))
    context = {
        "page": page_of_loans(request.user, asked, read_mark(request.GET.get("after", ""))),
        "asked": asked,
        "stages": [(OPEN, _("Open loans")), (EVERY, _("All loans")), *Stage.choices],
        "tasks": tasks[:shown],
        "more_tasks": len(tasks) > shown,
        "today": today(),
        "sees_every_loan": request.user.sees_every_loan,
    }
    return render(request, "desk/pipeline.html", context)


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
    return redirect("desk:pipeline")


def open_tasks(user: User, at_most: int) -> QuerySet[Task]:
    """What this person is asked to do, soonest first; one more than `at_most`, to know that there are more."""
    soon = today() + timedelta(days=1)
    promised_later = Q(kind=Task.Kind.NEXT_UPDATE, due_on__gt=soon)
    mine = Task.objects.filter(for_user=user, done_at__isnull=True).exclude(promised_later)
    return mine.select_related("loan").order_by("due_on", "pk")[: at_most + 1]


def page_of_loans(user: User, asked: dict[str, str], mark: Mark | None) -> Page:
    rows = merge(
        *lists_of(user, asked, mark), key=lambda loan: (loan.last_activity_at, loan.pk), reverse=True
    )
    once = {loan.pk: loan for loan in rows}.values()
    return page_of(
        islice(once, PAGE + 1),
        lambda loan: (loan.last_activity_at, loan.pk),
        address=reverse("desk:pipeline"),
        asked=asked,
        after=mark is not None,
    )


def lists_of(user: User, asked: dict[str, str], mark: Mark | None) -> list[QuerySet[Loan]]:
    """Who is officer on some loans and processor on others has two lists: each is read in order from its own index."""
    every = Loan.objects.select_related("officer") if user.sees_every_loan else Loan.objects.all()
    mine = [every] if user.sees_every_loan else [every.filter(officer=user), every.filter(processor=user)]
    return [older_than(narrowed(loans, asked), "last_activity_at", mark)[: PAGE + 1] for loans in mine]


def narrowed(loans: QuerySet[Loan], asked: dict[str, str]) -> QuerySet[Loan]:
    stage = asked.get("stage", OPEN)
    if stage == OPEN:
        loans = loans.exclude(stage__in=Stage.closed())
    elif stage != EVERY:
        loans = loans.filter(stage=stage)
    if asked.get("review"):
        loans = loans.filter(to_review__gt=0)
    for word in asked.get("q", "").split():
        anywhere = Q(borrower_names__icontains=word) | Q(street__icontains=word) | Q(city__icontains=word)
        loans = loans.filter(Q(number__istartswith=word) | anywhere)
    return loans
