"""Every thread of this person's loans, and visitors given to them: who waits, the longest wait first, then the rest."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.absences import works_for
from accounts.models import Company, User
from conversations import services
from conversations.clock import business_minutes
from conversations.inbox import conversation_for
from conversations.models import Conversation, Message, ReplyFigures
from conversations.services import settling
from leads.chat import bring_question_back, set_question_aside
from leads.models import Lead
from loans.errors import Refused
from portal.desk import threads
from portal.desk.lists import PAGE, Mark, Page, page_of, read_mark
from portal.forms.messages import AnswerVisitorForm
from portal.views.desk.answering import attempt
from portal.views.messages import before, unless_known

Status = Conversation.Status
WEEKS_SHOWN, MOST_OFFICERS = 12, 200
ALL, UNANSWERED, MINE, RESOLVED, ASIDE = "all", "unanswered", "mine", "resolved", "aside"
SHOWS: dict[str, Promise] = {
    ALL: _("All"),
    UNANSWERED: _("Waiting for an answer"),
    MINE: _("My own"),
    RESOLVED: _("Resolved"),
    ASIDE: _("Set aside"),
}
DEEDS: dict[str, tuple[Callable[..., Conversation], Promise]] = {
    "no_reply": (settling.need_no_reply, _("Noted: no reply is needed.")),
    "undo": (settling.need_reply_after_all, _("Taken back. It waits for an answer again.")),
    "resolve": (settling.resolve, _("Resolved. A new message opens it again.")),
    "reopen": (settling.reopen, _("Open again.")),
    "aside": (set_question_aside, _("Set aside as noise. Nobody waits there.")),
    "back": (bring_question_back, _("Brought back. They wait since they asked.")),
}


@dataclass(frozen=True)
class Row:
    """A thread as the list shows it; `minutes` of office hours that somebody has waited, None when nobody does."""

    conversation: Conversation
    address: str
    minutes: int | None


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    if not request.user.works_here:
        raise Http404
    show = request.GET.get("show", ALL)
    show = show if show in SHOWS else ALL
    mark = read_mark(request.GET.get("after", ""))
    people = _whose(request.user, show)
    context = {
        "show": show,
        "shows": SHOWS.items(),
        "waiting": _waiting(people, show, mark),
        "page": None if show == UNANSWERED else _latest(people, show, mark),
        "undo": _undo(request.user, request.GET.get("undo", "")),
        "sees_every_loan": request.user.sees_every_loan,
    }
    return render(request, "desk/messages.html", context)


@require_POST
def settle(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    conversation = conversation_for(request.user, conversation_id)
    deed = DEEDS.get(request.POST.get("do", ""))
    if deed is None:
        raise Http404
    work, done = deed
    back = _back(request, conversation)
    try:
        work(conversation=conversation, by=request.user)
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect(back)
    messages.success(request, str(done))
    if request.POST["do"] == "no_reply" and back == reverse("desk:messages"):
        return redirect(f"{back}?undo={conversation.public_id}")
    return redirect(back)


@require_http_methods(["GET", "HEAD", "POST"])
def visitor(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """A visitor's thread: what they asked, and the answer that goes to them by mail."""
    conversation = conversation_for(request.user, conversation_id)
    if conversation.loan_id:
        return redirect("desk:thread", conversation.loan.public_id)
    if request.method != "POST":
        return _visitor_page(request, conversation, _empty_form(conversation))
    form = AnswerVisitorForm(request.POST)
    status = attempt(form, lambda **said: services.write(conversation=conversation, by=request.user, **said))
    if status is not None:
        return _visitor_page(request, conversation, form, status)
    messages.success(request, _told(conversation))
    return redirect("desk:visitor", conversation.public_id)


@require_safe
def visitor_new(request: HttpRequest, conversation_id: UUID) -> HttpResponseBase:
    """The newest lines of a visitor's thread for a page that is open; 304 while there is nothing new."""
    conversation = conversation_for(request.user, conversation_id)
    if conversation.loan_id:
        raise Http404
    last = conversation.messages.order_by("-pk").values_list("pk", flat=True).first() or 0

    def draw() -> HttpResponse:
        context = {"conversation": conversation, "lines": _said(conversation, 0)[:PAGE][::-1]}
        return render(request, "desk/parts/visitor_lines.html", context)

    return unless_known(request, f"{last}.{conversation.read_upto}", draw)


def _told(conversation: Conversation) -> str:
    who = {"name": conversation.who}
    if conversation.chat_key and conversation.email:
        return _("%(name)s reads it in the chat; if they are gone, it goes to them by mail.") % who
    if conversation.chat_key:
        return _("%(name)s reads it in the chat, where they asked.") % who
    return _("Your answer goes to %(name)s by mail.") % who


def _said(conversation: Conversation, before_id: int) -> list[Message]:
    """A page and a row, the newest first."""
    said = conversation.messages.select_related("by").order_by("-pk")
    return list((said.filter(pk__lt=before_id) if before_id else said)[: PAGE + 1])


def _empty_form(conversation: Conversation) -> AnswerVisitorForm:
    typed = getattr(conversation, "draft", None) or ""
    return AnswerVisitorForm(initial={"token": uuid4().hex, "body": typed})


def _visitor_page(
    request: HttpRequest, conversation: Conversation, form: AnswerVisitorForm, status: int = 200
) -> HttpResponse:
    found = _said(conversation, before(request))
    shown = found[:PAGE][::-1]
    context = {
        "conversation": conversation,
        "row": _row(conversation),
        "lines": shown,
        "earlier": shown[0].pk if len(found) > PAGE else 0,
        "form": form,
        "lead": Lead.objects.visible_to(request.user).filter(threads=conversation).order_by("-pk").first(),
        "told": list(conversation.told_items.all()),
    }
    return render(request, "desk/messages_visitor.html", context, status=status)


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """How long answers take: one's own weeks; a manager sees every officer, and the weeks of one."""
    user = request.user
    if not user.works_here:
        raise Http404
    rows = ReplyFigures.objects.select_related("officer")
    if not user.sees_every_loan:
        rows = rows.filter(officer_id=user.pk)
    quarter = list(rows.filter(week=None).order_by("officer__name")[:MOST_OFFICERS])
    chosen = _chosen(quarter, request.GET.get("officer", ""))
    weeks = rows.filter(week__isnull=False, officer=chosen).order_by("-week")[:WEEKS_SHOWN] if chosen else []
    context = {"quarter": quarter, "weeks": list(weeks), "chosen": chosen}
    return render(request, "desk/messages_figures.html", context)


def _chosen(quarter: list[ReplyFigures], typed: str) -> User | None:
    """The officer named in the address, else the first."""
    officers = [row.officer for row in quarter]
    return next((one for one in officers if str(one.public_id) == typed), officers[0] if officers else None)


# --- The list --------------------------------------------------------------------------------------------------


def _whose(user: User, show: str) -> tuple[int, ...] | None:
    """Whose threads: one's own and of those one stands in for; None is everybody's."""
    if show == MINE:
        return (user.pk,)
    return None if user.sees_every_loan else works_for(user)


def _waiting(people: tuple[int, ...] | None, show: str, mark: Mark | None) -> Page | None:
    """Who waits, the longest wait first: on top of the list, and page by page when nothing else is asked for."""
    alone = show == UNANSWERED
    if show in (RESOLVED, ASIDE) or (mark and not alone):
        return None

    def mark_of(one: Conversation) -> Mark:
        assert one.unanswered_since is not None
        return one.unanswered_since, one.pk

    rows = threads.waiting(people, mark if alone else None)
    return _page(rows, mark_of, {"show": UNANSWERED}, after=alone and mark is not None)


def _latest(people: tuple[int, ...] | None, show: str, mark: Mark | None) -> Page:
    """All on which nobody waits, the latest word first."""
    narrowed = Q(set_aside_at__isnull=show != ASIDE)
    if show == RESOLVED:
        narrowed &= Q(status=Status.RESOLVED)
    rows = threads.latest(people, mark, narrowed)
    asked = {} if show == ALL else {"show": show}
    return _page(rows, lambda one: (one.last_message_at, one.pk), asked, after=mark is not None)


def _page(
    rows: Iterable[Conversation],
    mark_of: Callable[[Conversation], Mark],
    asked: dict[str, str],
    *,
    after: bool,
) -> Page:
    page = page_of(rows, mark_of, address=reverse("desk:messages"), asked=asked, after=after)
    return Page(rows=[_row(one) for one in page.rows], next_url=page.next_url, first_url=page.first_url)


def _row(conversation: Conversation) -> Row:
    since = conversation.unanswered_since
    return Row(
        conversation=conversation,
        address=reverse("desk:thread", args=[conversation.loan.public_id])
        if conversation.loan
        else reverse("desk:visitor", args=[conversation.public_id]),
        minutes=business_minutes(since, timezone.now(), Company.load()) if since else None,
    )


def _undo(user: User, typed: str) -> Conversation | None:
    """The thread that needed no reply a moment ago, when that can still be taken back."""
    try:
        conversation = conversation_for(user, UUID(typed))
    except (ValueError, Http404):
        return None
    was_marked = (
        not conversation.unanswered_since and conversation.messages.filter(needs_no_reply=True).exists()
    )
    return conversation if was_marked else None


def _back(request: HttpRequest, conversation: Conversation) -> str:
    """To the page it was done on."""
    if request.POST.get("back") != "thread":
        return reverse("desk:messages")
    return _row(conversation).address
