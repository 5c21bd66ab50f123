"""What nobody else did: leases that ran out, uploads that never came, leftovers, files that no wake-up reached."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from audit import log
from documents.models import UploadSession
from documents.services import checking, composing, exporting, looking
from documents.services.uploading import OPEN, delete_bytes

logger = logging.getLogger(__name__)
State = UploadSession.State
MOST_DEATHS = 3
INFECTED_FOR = timedelta(days=7)  # so that the house can look into a finding that nobody believes
SWEEP_SECONDS = 60
SWEEP_ROWS = 200


def sweep() -> dict[str, int]:
    """Runs every 15 seconds and may run twice at once; the rows decide. Returns how many of each."""
    steps: dict[str, Callable[[], int]] = {
        "returned": _take_back_leases,
        "expired": _expire,
        "deleted": _delete_leftovers,
        "checked": _check_forgotten,
        "composed": composing.sweep_groups,
        "looked": looking.sweep_looks,
        "exported": exporting.sweep_exports,
    }
    return {name: _done(name, step) for name, step in steps.items()}


def _done(name: str, step: Callable[[], int]) -> int:
    """One step that fails does not keep the others from their turn."""
    try:
        return step()
    except Exception:
        logger.exception("the sweep could not do all of: %s", name)
        return 0


def _take_back_leases() -> int:
    now, returned = timezone.now(), 0
    late = UploadSession.objects.filter(state=State.SCANNING, leased_until__lt=now).select_related("loan")
    for session in late[:SWEEP_ROWS]:
        session.deaths += 1
        if session.deaths >= MOST_DEATHS:
            UploadSession.objects.filter(pk=session.pk).update(deaths=session.deaths)
            checking.reject(session, "unreadable")
        else:
            returned += checking.held(session).update(
                state=State.RECEIVED, claim=None, leased_until=None, deaths=F("deaths") + 1
            )
    return returned


def _expire() -> int:
    count = 0
    late = UploadSession.objects.filter(state__in=OPEN, expires_at__lt=timezone.now()).select_related(
        "loan", "group"
    )
    for session in late[:SWEEP_ROWS]:
        with transaction.atomic():
            moved = UploadSession.objects.filter(pk=session.pk, state__in=OPEN).update(state=State.EXPIRED)
            if moved:
                log.record(action="upload.expired", about=session, task="documents", loan=session.loan)
        if moved and session.group:
            composing.group_moved(session.group)
        count += moved
    return count


def _delete_leftovers() -> int:
    """Of what is over; an infected file stays a week, sealed and handed out to nobody."""
    kept = Q(state=State.INFECTED, checked_at__gt=timezone.now() - INFECTED_FOR)
    leftovers = UploadSession.objects.filter(state__in=UploadSession.FINAL, bytes_deleted_at__isnull=True)
    return sum(delete_bytes(session) for session in list(leftovers.exclude(kept)[:SWEEP_ROWS]))


def _check_forgotten() -> int:
    """Here and now, for as long as the next sweep can wait: a broker that lost a hint may lose another."""
    until, count = time.monotonic() + SWEEP_SECONDS, 0
    waiting = (
        UploadSession.objects.filter(state=State.RECEIVED)
        .filter(Q(not_before__isnull=True) | Q(not_before__lte=timezone.now()))
        .order_by("id")
        .values_list("public_id", flat=True)
    )
    for public_id in list(waiting[:SWEEP_ROWS]):
        if time.monotonic() > until:
            break
        count += checking.check_upload(public_id) is not None
    return count
