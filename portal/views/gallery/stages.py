"""Every stage as a borrower reads it on the page of the loan, in the house's own words."""

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from loans import progress
from loans.models import KeyDate, Loan, StageEvent
from loans.stages import TABLE, Stage, StageEntry, entry_for, position
from notifications.catalog import KINDS
from portal.standing import is_promised, money_moves, next_step, steps_of

DAYS_A_STAGE = 5


@require_safe
def stage(request: HttpRequest, stage: str) -> HttpResponse:
    """With `?notice=1` an outcome is seen as it is after its written notice was recorded."""
    if not request.user.works_here or stage not in TABLE:
        raise Http404
    entry = entry_for(stage)
    keys = list(TABLE)
    at = keys.index(stage)
    told = entry.is_quiet and request.GET.get("notice") == "1"
    context = {
        "entry": entry,
        "stage": Stage(stage),
        "told": told,
        "message": KINDS.get(entry.message or ""),
        "before": TABLE[keys[at - 1]] if at else None,
        "after": TABLE[keys[at + 1]] if at + 1 < len(keys) else None,
        **_seen(example_loan(entry, notice=told)),
    }
    return render(request, "desk/gallery/stage.html", context)


def _seen(loan: Loan) -> dict[str, Any]:
    """Under the same names as on the page of the loan."""
    return {
        "words": progress.stage_words(loan),
        "steps": steps_of(loan),
        "step": next_step(loan=loan, requests=()),
        "next_update": progress.next_update_text(loan),
        "not_promised": not is_promised(loan),
        "money_warning": money_moves(loan),
    }


def example_loan(entry: StageEntry, *, notice: bool = False) -> Loan:
    """A loan that is nowhere: it has come to this stage step by step, and nothing of it is ever saved."""
    now = timezone.now()
    came = [stage for stage in Stage.line() if position(stage) <= max(position(entry.key), 0)]
    if entry.is_quiet:
        came = [*Stage.line()[: position(Stage.UNDERWRITING) + 1], entry.key]
    events = [
        StageEvent(
            from_stage=came[at - 1] if at else "", to_stage=to, at=now - timedelta(days=DAYS_A_STAGE * back)
        )
        for at, (to, back) in enumerate(zip(came, range(len(came) - 1, -1, -1), strict=True))
    ]
    loan = Loan(
        pk=0, number="LN-100042", stage=entry.key, stage_since=events[-1].at, waiting_on=entry.waiting_on,
        street="12 Elm Street", city="Austin", state="TX", officer=User(name="Olga Petrov", phone="+15125550142"),
        next_update_on=(now + timedelta(days=3)).date(),
    )  # fmt: skip
    told = [KeyDate(kind=KeyDate.Kind.NOTICE_SENT, on=now.date(), set_at=now)] if notice else []
    # What `progress.gather` reads of a loan, already read.
    loan._prefetched_objects_cache = {"stage_events": events, "key_dates": told}  # type: ignore[attr-defined]
    return loan
