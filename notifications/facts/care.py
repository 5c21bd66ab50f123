"""Facts of answers to visitors and of complaints."""

from collections.abc import Callable

from django.utils.translation import gettext_noop as noop

from accounts.models import Company, User
from conversations.models import Complaint, Conversation, Message
from notifications import words
from notifications.facts.shared import Facts, NotWanted, absolute, borrowers, is_for, loan_of
from notifications.models import Notification


def visitor_wrote(row: Notification) -> Facts:
    thread = (
        Conversation.objects.select_related("owner").filter(public_id=row.context["conversation"]).first()
    )
    if thread is None or thread.unanswered_since is None:
        raise NotWanted(noop("It was answered in the meantime."))
    if thread.owner is None or row.recipient != f"user:{thread.owner.public_id}":
        raise NotWanted(noop("Somebody else answers this visitor by now."))
    return {"visitor": thread.who, "link": absolute("desk:visitor", thread.public_id)}


def visitor_answer(row: Notification) -> Facts:
    answer = Message.objects.select_related("by", "conversation__owner").get(public_id=row.context["message"])
    if answer.conversation.chat_key and answer.conversation.read_upto >= answer.pk:
        raise NotWanted(noop("They read it in the chat."))
    asked = (
        answer.conversation.messages.filter(by__isnull=True, at__lte=answer.at).order_by("-at", "-id").first()
    )
    by = answer.by or answer.conversation.owner
    assert by is not None  # a visitor's thread has an owner
    return {
        "asked": asked.body if asked else "",
        "answer": answer.body,
        "officer": by.name,
        "phone": phone_of(by),
    }


def complaint_begun(row: Notification) -> Facts:
    complaint = _owners(row)
    if complaint.acknowledged_at:
        raise NotWanted(noop("It was acknowledged in the meantime."))
    return {**_desk(row, complaint), "day": words.weekday(complaint.acknowledge_by)}


def complaint_came_back(row: Notification) -> Facts:
    complaint = _owners(row)
    if complaint.resolved_at:
        raise NotWanted(noop("It was resolved in the meantime."))
    return _desk(row, complaint)


def complaint_acknowledged(row: Notification) -> Facts:
    complaint = _complaint(row)
    return {
        "number": loan_of(row).number,
        "words": complaint.words,
        "owner": complaint.owner.name,
        "phone": phone_of(complaint.owner),
    }


def complaint_resolved(row: Notification) -> Facts:
    complaint = _complaint(row)
    is_this_time = complaint.asked_at and complaint.asked_at.isoformat() == row.context["asked"]
    if not is_this_time or complaint.is_settled is not None:
        raise NotWanted(noop("They have answered, or were asked again."))
    return {**complaint_acknowledged(row), "resolution": complaint.resolution}


def _complaint(row: Notification) -> Complaint:
    return Complaint.objects.select_related("owner").get(public_id=row.context["complaint"])


def _owners(row: Notification) -> Complaint:
    """The complaint, while it is still with the one who is written to, or who they stand in for."""
    complaint = _complaint(row)
    if not is_for(row, complaint.owner):
        raise NotWanted(noop("It is with somebody else by now."))
    return complaint


def _desk(row: Notification, complaint: Complaint) -> Facts:
    loan = loan_of(row)
    link = absolute("desk:complaint", complaint.public_id)
    return {"number": loan.number, "borrowers": borrowers(loan), "link": link}


def phone_of(person: User) -> str:
    """Their own number, else the house's."""
    profile = getattr(person, "officer_profile", None)
    return words.phone((profile.direct_phone if profile else "") or person.phone or Company.load().phone)


GATHERERS: tuple[Callable[[Notification], Facts], ...] = (
    visitor_wrote, visitor_answer, complaint_begun, complaint_came_back, complaint_acknowledged, complaint_resolved,
)  # fmt: skip
