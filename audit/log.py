"""
`record` writes an entry in the caller's transaction; `seal` chains what is new; `verify` proves the chain.

Services call `record(by=..., action=..., about=..., loan=...)`. Objects passed as `about`, `by` and `loan` need a
`public_id`; nothing else of them is read. Address and agent come from the request being answered (RequestContext).
"""

import hashlib
import json
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from audit.models import Entry

SEAL_BATCH = 500


@dataclass(frozen=True)
class Origin:
    address: str | None = None
    agent: str = ""


origin: ContextVar[Origin] = ContextVar("audit_origin", default=Origin())  # noqa: B039 - frozen


def record(
    *,
    action: str,
    about: Any,
    by: Any = None,
    task: str = "",
    loan: Any = None,
    detail: dict[str, Any] | None = None,
) -> Entry:
    """Write that `by` (a user, or the named `task`) did `action` to `about`. Call it inside the write's transaction."""
    here = origin.get()
    anonymous = by is None or not getattr(by, "public_id", None)
    return Entry.objects.create(
        actor=(f"task:{task}" if task else "visitor") if anonymous else f"user:{by.public_id}",
        actor_name="" if anonymous else str(getattr(by, "name", "")),
        action=action,
        object_kind=about._meta.label_lower,
        object_id=str(about.public_id),
        loan_id=str(loan.public_id) if loan is not None else "",
        address=here.address,
        agent=here.agent[:300],
        detail=detail or {},
    )


def entry_hash(entry: Entry, previous_hash: str, position: int) -> str:
    """SHA-256 over what the entry says, its place and the hash before it."""
    said = [
        position, previous_hash, str(entry.public_id), entry.at.isoformat(), entry.actor, entry.actor_name,
        entry.action, entry.object_kind, entry.object_id, entry.loan_id, entry.address or "", entry.agent,
        entry.detail,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def seal(limit: int = SEAL_BATCH) -> int:
    """Chain up to `limit` unsealed entries in order of their id; returns how many. Safe to run twice at once."""
    try:
        with transaction.atomic():
            return _seal(limit)
    except IntegrityError:  # another sealer gave away these positions; what is left over is the next run's
        return 0


def _seal(limit: int) -> int:
    position, previous = _end_of_chain()
    sealed = 0
    for entry in Entry.objects.unsealed().order_by("id")[:limit]:
        position += 1
        digest = entry_hash(entry, previous, position)
        sealed += Entry.objects.filter(pk=entry.pk).seal(
            position=position, previous_hash=previous, hash=digest
        )
        previous = digest
    return sealed


def _end_of_chain() -> tuple[int, str]:
    """Position and hash of the last sealed row, which is locked: two sealers queue up on it where rows have locks."""
    last = Entry.objects.select_for_update().exclude(position__isnull=True).order_by("-position").first()
    return (last.position or 0, last.hash) if last else (0, "")


def verify() -> list[str]:
    """What is wrong with the chain, one sentence a fault; an empty list when it holds."""
    faults, expected, previous = [], 1, ""
    for entry in Entry.objects.exclude(position__isnull=True).order_by("position").iterator():
        if entry.position != expected:
            faults.append(f"Position {expected} is missing (found {entry.position}).")
            expected = entry.position or expected
        if entry.previous_hash != previous or entry.hash != entry_hash(entry, previous, entry.position or 0):
            faults.append(f"Entry {entry.position} was changed after it was sealed.")
        previous, expected = entry.hash, expected + 1
    return faults
