"""Quick replies: one's own list, and putting one into an answer."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from conversations.inbox import conversation_for
from conversations.models import Conversation, QuickReply
from conversations.quick import PLACES
from conversations.services import quick, save_draft, thread_of
from loans.access import desk_loan_for
from loans.errors import Refused
from portal.forms.messages import QuickReplyForm
from portal.views.desk.answering import attempt


@require_http_methods(["GET", "HEAD", "POST"])
def quick_replies(request: HttpRequest) -> HttpResponse:
    """The list, and a form for a new one."""
    if not request.user.works_here:
        raise Http404
    form = QuickReplyForm(request.POST or None)
    status: int | None = 200
    if request.method == "POST":
        status = attempt(form, lambda **said: quick.keep_quick_reply(by=request.user, **said))
        if status is None:
            messages.success(request, _("Kept. It stands beside every thread now."))
            return redirect("desk:quick_replies")
    rows = quick.quick_replies_of(request.user).select_related("owner")
    context = {"replies": list(rows), "form": form, "places": PLACES.items()}
    return render(request, "desk/messages_quick.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def quick_reply(request: HttpRequest, reply_id: UUID) -> HttpResponse:
    """One of their own: other words, or deleted."""
    reply = get_object_or_404(QuickReply, public_id=reply_id, owner=request.user)
    form = QuickReplyForm(request.POST or None, initial={"title": reply.title, "words": reply.words})
    status: int | None = 200
    if request.method == "POST":
        if request.POST.get("do") == "delete":
            quick.delete_quick_reply(by=request.user, reply=reply)
            messages.success(request, _("Deleted."))
            return redirect("desk:quick_replies")
        status = attempt(form, lambda **said: quick.keep_quick_reply(by=request.user, reply=reply, **said))
        if status is None:
            messages.success(request, _("Saved."))
            return redirect("desk:quick_replies")
    context = {"reply": reply, "form": form, "places": PLACES.items()}
    return render(request, "desk/messages_quick_edit.html", context, status=status)


@require_POST
def put_into_loan(request: HttpRequest, public_id: UUID) -> HttpResponse:
    loan = desk_loan_for(request.user, public_id)
    return _put_in(request, thread_of(loan), f"{reverse('desk:thread', args=[loan.public_id])}#write-body")


@require_POST
def put_into_visitor(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    conversation = conversation_for(request.user, conversation_id)
    return _put_in(
        request, conversation, f"{reverse('desk:visitor', args=[conversation.public_id])}#answer-body"
    )


def _put_in(request: HttpRequest, conversation: Conversation, back: str) -> HttpResponse:
    """What was typed stays, whether the reply could be put in or not."""
    typed = request.POST.get("body", "")
    try:
        reply = (
            quick.quick_replies_of(request.user).filter(public_id=UUID(request.POST.get("reply", ""))).first()
        )
    except ValueError:
        reply = None
    if reply is None:
        raise Http404
    try:
        quick.put_in(conversation=conversation, by=request.user, reply=reply, typed=typed)
    except Refused as refused:
        save_draft(conversation=conversation, user=request.user, words=typed)
        messages.error(request, refused.message)
    return redirect(back)
