"""Who calls: one press logs the call and sends what they asked for; whoever waits for an answer stands on top."""

from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.absences import works_for
from accounts.errors import Refused
from accounts.models import User
from conversations.clock import business_minutes, business_minutes_before
from conversations.models import Conversation, Message
from leads import services
from leads.guides import GUIDES
from leads.joining import join_leads, perhaps_the_same
from leads.models import DripEnrolment, Lead, LeadQuerySet
from loans.models import Loan
from portal.desk.around import moment
from portal.desk.lists import PAGE, Mark, Page, older_than, page_of, read_mark
from portal.desk.subqueries import Rows
from portal.forms.base import DeskForm
from portal.forms.callers import AnswerForm, CallerForm, CloseForm
from portal.views.desk.answering import attempt

ANSWER_WITHIN_MINUTES = 60  # of business hours
MOST_WAITING = 50
MOST_ALIKE = 5
OPEN, ALL = "open", "all"


@dataclass(frozen=True)
class Waiting:
    lead: Lead
    minutes: int
    is_late: bool


@dataclass(frozen=True)
class Steps:
    """The newest next steps by mail of a lead."""

    sent: int
    next_at: datetime | None
    ended_at: datetime | None
    why: str
    agreed_at: datetime | None
    words: str

    @classmethod
    def read(cls, row: dict[str, Any]) -> "Steps":
        why = str(DripEnrolment.Ended(row["ended_why"]).label) if row["ended_why"] else ""
        return cls(
            row["sent"], moment(row["next_at"]), moment(row["ended_at"]), why, moment(row["at"]), row["words"]
        )


@require_http_methods(["GET", "HEAD", "POST"])
def caller(request: HttpRequest) -> HttpResponse:
    user = _worker(request)
    if request.method != "POST":
        return render(request, "desk/caller.html", {"form": CallerForm(user=user)})
    form, taken = CallerForm(request.POST, user=user), []
    status = attempt(form, lambda **said: taken.append(services.take_call(by=user, **said)))
    if status is not None:
        return render(request, "desk/caller.html", {"form": form}, status=status)
    messages.success(request, _("Kept: %(name)s. %(what)s") % {"name": taken[0].name, "what": _told(form)})
    if Lead.objects.visible_to(user).filter(pk=taken[0].pk).exists():
        return redirect("desk:lead", taken[0].public_id)
    return redirect("desk:caller")  # taken for an officer, who has it on their list now


def _told(form: CallerForm) -> str:
    said = form.said()
    if said["guide"] or said["with_link"]:
        return _("The e-mail is on its way.")
    return _("Nothing was sent.")


@require_safe
def leads(request: HttpRequest) -> HttpResponse:
    user = _worker(request)
    mine = Lead.objects.select_related("officer").lists_for(user)
    shown = request.GET.get("state", OPEN)
    if shown not in (OPEN, ALL, *Lead.State.values):
        shown = OPEN
    mark = request.GET.get("after", "")
    context = {
        "waiting": [] if mark or shown not in (OPEN, ALL) else _waiting(mine),
        "page": _page(mine, shown, mark),
        "shown": shown,
        "states": [(OPEN, _("Open")), (ALL, _("All")), *Lead.State.choices[1:]],
        "sees_every_loan": user.sees_every_loan,
    }
    return render(request, "desk/callers.html", context)


def _waiting(mine: list[LeadQuerySet]) -> list[Waiting]:
    """The longest first; late is whoever has waited more than an hour in which the offices were open."""
    now = timezone.now()
    late = business_minutes_before(now, ANSWER_WITHIN_MINUTES)
    rows = merge(
        *(leads.waiting()[:MOST_WAITING] for leads in mine), key=lambda lead: (lead.waiting_since, lead.pk)
    )
    return [
        Waiting(lead, business_minutes(lead.waiting_since, now), lead.waiting_since < late)
        for lead in islice(rows, MOST_WAITING)
        if lead.waiting_since
    ]


def _page(mine: list[LeadQuerySet], shown: str, after: str) -> Page:
    """Everybody but those who wait, newest first."""
    mark = read_mark(after)
    lists = [older_than(_others(leads, shown), "created_at", mark)[: PAGE + 1] for leads in mine]
    return page_of(
        islice(merge(*lists, key=_mark_of, reverse=True), PAGE + 1),
        _mark_of,
        address=reverse("desk:leads"),
        asked={} if shown == OPEN else {"state": shown},
        after=mark is not None,
    )


def _others(leads: LeadQuerySet, shown: str) -> LeadQuerySet:
    others = leads.filter(waiting_since__isnull=True)
    if shown == ALL:
        return others
    return others.open() if shown == OPEN else others.filter(state=shown)


def _mark_of(lead: Lead) -> Mark:
    return lead.created_at, lead.pk


@require_safe
def lead(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _lead_page(request, _lead_for(request, public_id))


@require_POST
def answer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    found, form = _lead_for(request, public_id), AnswerForm(request.POST)
    user = cast(User, request.user)
    status = attempt(form, lambda **said: services.answer_lead(lead=found, by=user, **said))
    return _back(request, found, form, status, _("Kept."))


@require_POST
def join(request: HttpRequest, public_id: UUID, other_id: UUID) -> HttpResponse:
    """Two that turn out to be one person become this one."""
    found, other = _lead_for(request, public_id), _lead_for(request, other_id)
    try:
        join_leads(lead=found, other=other, by=cast(User, request.user))
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("Joined. Everything of both stands here now."))
    return redirect("desk:lead", found.public_id)


@require_POST
def close(request: HttpRequest, public_id: UUID) -> HttpResponse:
    found, form = _lead_for(request, public_id), CloseForm(request.POST)
    user = cast(User, request.user)
    status = attempt(form, lambda **said: services.close_lead(lead=found, by=user, **said))
    return _back(request, found, form, status, _("Closed."))


def _worker(request: HttpRequest) -> User:
    if not request.user.works_here:
        raise Http404
    return cast(User, request.user)


def _lead_for(request: HttpRequest, public_id: UUID) -> Lead:
    drips = DripEnrolment.objects.filter(lead=OuterRef("pk"))[:1]
    newest = Rows(
        drips, "sent", "next_at", "ended_at", "ended_why", at="consent__at", words="consent__wording"
    )
    mine = Lead.objects.visible_to(request.user).select_related("officer", "loan")
    return get_object_or_404(mine.annotate(newest_drip=newest), public_id=public_id)


def _back(request: HttpRequest, found: Lead, form: DeskForm, status: int | None, done: str) -> HttpResponse:
    if status is None:
        messages.success(request, done)
        return redirect("desk:lead", found.public_id)
    return _lead_page(request, found, form, status)


def _lead_page(
    request: HttpRequest, found: Lead, came_back: DeskForm | None = None, status: int = 200
) -> HttpResponse:
    forms: dict[str, DeskForm] = {form.slug: form for form in (AnswerForm(), CloseForm())}
    if came_back:
        forms[came_back.slug] = came_back
    works_for(
        cast(User, request.user)
    )  # brings the company along, which the clocks below would ask for once more
    now = timezone.now()
    context = {
        "lead": found,
        "calls": found.calls.select_related("by"),
        "guides": [
            (GUIDES[sent.guide].title if sent.guide in GUIDES else sent.guide, sent)
            for sent in found.guides.select_related("by")
        ],
        "steps": next(map(Steps.read, getattr(found, "newest_drip", [])), None),
        "waiting_minutes": business_minutes(found.waiting_since, now) if found.waiting_since else None,
        "answered_minutes": _first_answer(found),
        "may_see_loan": found.loan is not None
        and Loan.objects.visible_to(request.user).filter(pk=found.loan.pk).exists(),
        "forms": forms,
        "threads": with_first_words(found),
        "same": perhaps_the_same(found, cast(User, request.user))[:MOST_ALIKE] if found.is_open else [],
    }
    return render(request, "desk/lead.html", context, status=status)


def with_first_words(found: Lead) -> QuerySet[Conversation]:
    """What they asked, on each thread of theirs."""
    first = Message.objects.filter(conversation=OuterRef("pk"), by=None).order_by("pk").values("body")[:1]
    return found.threads.annotate(asked=Subquery(first)).order_by("pk")


def _first_answer(found: Lead) -> int | None:
    """Business minutes until somebody spoke with them; None while nobody has."""
    return business_minutes(found.created_at, found.first_answer_at) if found.first_answer_at else None
