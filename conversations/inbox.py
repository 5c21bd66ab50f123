"""
Every thread that somebody here answers: those of their loans, and visitors given to them.

`threads_of` is for one thread by its name. A list is read from `answered_by`, whose parts each begin at an index; who
sees every loan reads all threads in their order.
"""

from collections.abc import Iterable
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Substr
from django.http import Http404

from accounts.absences import works_for
from accounts.models import User
from conversations.models import Conversation, Draft, Message
from loans.models import Loan

Threads = QuerySet[Conversation]
SHOWN_CHARACTERS = 300


def threads_of(user: User | AnonymousUser) -> Threads:
    """The threads this person may answer; none for who does not work here."""
    if not user.is_authenticated or not user.works_here:
        return Conversation.objects.none()
    if user.sees_every_loan:
        return Conversation.objects.all()
    people = works_for(user)
    of_loans = Q(loan__officer__in=people) | Q(loan__processor__in=people)
    return Conversation.objects.filter(of_loans | Q(loan__isnull=True, owner__in=people))


def answered_by(people: Iterable[int]) -> list[Threads]:
    """What these people answer: as officers, as processors, and of visitors. A thread may be in two of them."""
    # By the ids of their loans, not by a join: SQLite's figures count the loans without a processor as one person's.
    threads, loans = Conversation.objects.all(), Loan.objects.order_by().values("pk")
    return [
        threads.filter(loan__in=loans.filter(officer__in=people)),
        threads.filter(loan__in=loans.filter(processor__in=people)),
        threads.filter(loan__isnull=True, owner__in=people),
    ]


def conversation_for(user: User | AnonymousUser, public_id: UUID | str) -> Conversation:
    """The thread with what this person has typed and not sent (`draft`), when they may answer it; Http404 otherwise."""
    typed = Draft.objects.filter(conversation=OuterRef("pk"), user=user.pk).values("words")[:1]
    threads = threads_of(user).select_related("loan__officer", "owner").annotate(draft=Subquery(typed))
    found = threads.filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def with_last_words(threads: Threads) -> Threads:
    """Each with its loan and the beginning of what was last said on it (`last_words`, `last_by_id`); notes left out."""
    last = Message.objects.filter(conversation=OuterRef("pk"), is_internal=False).order_by("-at", "-id")
    return threads.select_related("loan__officer", "owner").annotate(
        last_words=Subquery(last.values(words=Substr("body", 1, SHOWN_CHARACTERS))[:1]),
        last_by_id=Subquery(last.values("by_id")[:1]),
    )
