"""
One decision on several papers: each is a write of its own, so that one that is refused, or was changed meanwhile, keeps
none of the others back. Every verb answers what became of each; `seen` are the papers with the version looked at.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from documents.models import Document, Request
from documents.services.moving import Place, move_document
from documents.services.reviewing import accept_document, return_document
from loans.errors import Refused

Seen = Iterable[tuple[Document, int]]


@dataclass(frozen=True)
class Outcome:
    """`refused` says why nothing became of it; None when it is done."""

    document: Document
    refused: Refused | None = None


def accept_documents(*, seen: Seen, by: User) -> list[Outcome]:
    return _each(seen, accept_document, by=by)


def return_documents(*, seen: Seen, by: User, reason: str, note: str) -> list[Outcome]:
    return _each(seen, return_document, by=by, reason=reason, note=note)


def move_documents(*, seen: Seen, by: User, to: Request) -> list[Outcome]:
    return _each(seen, move_document, by=by, to=Place(to.loan, to.party, to))


def _each(seen: Seen, decide: Callable[..., Any], **said: Any) -> list[Outcome]:
    outcomes = []
    for document, version in seen:
        try:
            decide(document=document, expected_version=version, **said)
        except Refused as refused:
            outcomes.append(Outcome(document, refused))
        else:
            outcomes.append(Outcome(document))
    return outcomes
