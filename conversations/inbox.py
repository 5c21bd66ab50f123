"""
Every thread that somebody here answers: those of their loans, and visitors given to them.

The two are separate lists, so that each is read in order from its index; who shows them merges them.
"""

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Substr
from django.http import Http404

from accounts.absences import works_for
from accounts.models import User
from conversations.models import Conversation, Message
from loans.models import Loan

Threads = QuerySet[Conversation]
SHOWN_CHARACTERS = 300


def threads_of(user: User | AnonymousUser, *, own: bool = False) -> list[Threads]:
    """The threads this person may answer; with `own` a manager sees their own only. None for who does not work here."""
    if not user.is_authenticated or not user.works_here:
        return [Conversation.objects.none()]
    of_loans = Conversation.objects.filter(loan__isnull=False)
    of_visitors = Conversation.objects.filter(loan__isnull=True)
    people = (user.pk,) if own else works_for(user)
    my_own = Q(officer=user) | Q(processor=user)
    loans = Loan.objects.filter(my_own) if own else Loan.objects.visible_to(user)
    if own or not user.sees_every_loan:
        of_loans = of_loans.filter(Exists(loans.filter(pk=OuterRef("loan_id"))))
        of_visitors = of_visitors.filter(owner__in=people)
    return [of_loans, of_visitors]


def conversation_for(user: User | AnonymousUser, public_id: UUID | str) -> Conversation:
    """The thread, when this person may answer it; Http404 otherwise."""
    for threads in threads_of(user):
        found = threads.filter(public_id=public_id).select_related("loan__officer", "owner").first()
        if found is not None:
            return found
    raise Http404


def with_last_words(threads: Threads) -> Threads:
    """Each with its loan and the beginning of what was last said on it (`last_words`, `last_by_id`); notes left out."""
    last = Message.objects.filter(conversation=OuterRef("pk"), is_internal=False).order_by("-at", "-id")
    return threads.select_related("loan__officer", "owner").annotate(
        last_words=Subquery(last.values(words=Substr("body", 1, SHOWN_CHARACTERS))[:1]),
        last_by_id=Subquery(last.values("by_id")[:1]),
    )
