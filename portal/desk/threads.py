"""
A page of the list of threads, in two questions at most.

What somebody answers is looked up by their loans and sorted here, as in `listing`: a database that is told the order
walks the threads of the house in it and looks for these few. Who sees every loan reads them in order from an index.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from conversations.inbox import Threads, answered_by, with_last_words
from conversations.models import Conversation
from portal.desk.lists import PAGE, Mark, ids_after, newer_than, older_than


def waiting(people: Sequence[int] | None, mark: Mark | None) -> Iterable[Conversation]:
    """On which somebody waits, the longest wait first: one page and a row. `people` is None for all of the house."""
    return _read(people, Q(unanswered_since__isnull=False), "unanswered_since", mark)


def latest(people: Sequence[int] | None, mark: Mark | None, narrowed: Q) -> Iterable[Conversation]:
    """On which nobody waits, the latest word first."""
    return _read(
        people, Q(unanswered_since__isnull=True) & narrowed, "last_message_at", mark, newest_first=True
    )


def _read(
    people: Sequence[int] | None, narrowed: Q, by: str, mark: Mark | None, *, newest_first: bool = False
) -> Iterable[Conversation]:
    if people is None:
        after = older_than if newest_first else newer_than
        return with_last_words(after(Conversation.objects.filter(narrowed), by, mark))[: PAGE + 1]
    first, *others = (_keys(threads.filter(narrowed), by) for threads in answered_by(people))
    ids = ids_after(first.union(*others), mark, newest_first=newest_first)
    found = with_last_words(Conversation.objects.all()).in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def _keys(threads: Threads, by: str) -> QuerySet[Conversation, tuple[Any, ...]]:
    return threads.order_by().values_list(by, "pk")
