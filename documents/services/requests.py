"""What is asked of whom: the needs list that the answers make, and what the loan team adds, changes and takes back."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Company, User
from audit import log
from documents import events
from documents.facts import facts_of
from documents.models import NeedWording, Request
from documents.needs import Need, needs_of
from documents.services import repeats
from documents.services.counters import recount
from documents.services.dating import usual_due_date
from documents.services.stuck import NOBODY_WAITS, end_stuck
from loans import clocks
from loans.errors import Changed, Refused
from loans.models import Loan, Party
from loans.services.counters import touch
from loans.services.locking import must_work_on
from loans.services.waiting import loan_estimate_is_sent
from loans.stages import Stage

State = Request.State
EDITABLE = ("kind", "title", "period", "why", "what_counts", "due_on", "repeat_reason")
REVIEW_FIRST = gettext_lazy("“%(title)s” is in review. Look at what came; if it will not do, send it back.")


# --- The needs list ------------------------------------------------------------------------------------------


@transaction.atomic
def make_requests_from_needs(*, loan: Loan, by: User | None = None, silent: bool = True) -> list[Request]:
    """
    Ask every borrower for what the answers call for; run again, it adds what is new and changes nothing else.

    What the answers no longer call for is taken back while nothing has been sent for it. `silent`: another message
    names the list already. Returns what is new on the list.
    """
    Loan.objects.select_for_update().filter(pk=loan.pk).first()
    facts, wording = facts_of(loan), {words.need: words for words in NeedWording.objects.all()}
    added: list[Request] = []
    due_on = usual_due_date(loan)
    for party in loan.parties.borrowers():
        wanted = [
            need
            for need in needs_of(facts, main=party.role == Party.Role.BORROWER)
            if need.key not in wording or wording[need.key].is_asked
        ]
        added += _ask_for(party, wanted, wording, by, due_on)
        _take_back_unless(party, {need.key for need in wanted})
    recount(loan)
    if added:
        log.record(
            action="needs.listed",
            about=loan,
            by=by,
            task="documents",
            loan=loan,
            detail={"added": len(added)},
        )
        events.requests_made.send(sender=Request, loan=loan, requests=added, by=by, silent=silent)
    return added


def _ask_for(
    party: Party,
    wanted: Iterable[Need],
    wording: dict[str, NeedWording],
    by: User | None,
    due_on: date | None,
) -> list[Request]:
    added = []
    here = {request.need: request for request in party.requests.exclude(need="")}
    for need in wanted:
        request = here.get(need.key)
        if request is None and _has_it_already(party, need):
            continue
        if request is None:
            said = {**_fields(party, need, wording.get(need.key), by), "due_on": due_on}
            request, is_new = Request.objects.get_or_create(party=party, need=need.key, defaults=said)
            added += [request] if is_new else []
        elif request.withdrawn_by_rule:
            _move(request, State.OWED, withdrawn_by_rule=False, due_on=due_on)
            added.append(request)
    return added


def _has_it_already(party: Party, need: Need) -> bool:
    """The loan team asked for it by hand and it came: the list does not ask once more."""
    with translation.override(party.language):
        period = need.period(clocks.today())
    return need.kind not in repeats.KNOWN_BY_TITLE and bool(
        repeats.settled_before(party=party, kind=need.kind, title="", period=period)
    )


def _fields(party: Party, need: Need, words: NeedWording | None, by: User | None) -> dict[str, Any]:
    """The request in the language of the party, with the house's own words where it has some."""
    today = timezone.now().astimezone(Company.load().zone).date()
    with translation.override(party.language):
        return {
            "loan_id": party.loan_id,
            "kind": need.kind,
            "title": (words and words.title) or str(need.title),
            "why": (words and words.why) or str(need.why),
            "what_counts": (words and words.what_counts) or str(need.what_counts),
            "period": need.period(today),
            "source": Request.Source.NEEDS,
            "asked_by": by,
        }


def _take_back_unless(party: Party, wanted: set[str]) -> None:
    untouched = party.requests.filter(
        source=Request.Source.NEEDS, state=State.OWED, documents__isnull=True, sessions__isnull=True
    ).exclude(need="")
    for request in untouched:
        if request.need not in wanted:
            _move(request, State.WITHDRAWN, withdrawn_by_rule=True)


# --- What the loan team does ---------------------------------------------------------------------------------


@transaction.atomic
def add_request(
    *,
    loan: Loan,
    party: Party,
    kind: str,
    title: str,
    why: str,
    what_counts: str = "",
    period: str = "",
    due_on: date | None = None,
    repeat_reason: str = "",
    by: User,
    source: str = Request.Source.OFFICER,
    silent: bool = False,
) -> Request:
    """
    Ask one borrower for one paper. Refused without a title and a reason and while the same is being asked for;
    AskedBefore when it was sent or answered and no `repeat_reason` says why it is needed once more.
    """
    must_work_on(loan, by)
    _must_be_open(loan)
    _must_be_a_borrower_of(loan, party)
    title, why, period, again = title.strip(), why.strip(), period.strip(), repeat_reason.strip()
    _must_say_what_and_why(title, why)
    _must_not_be_due_too_early(loan, due_on)
    before = repeats.must_not_be_asked_before(
        party=party, kind=kind, title=title, period=period, reason=again
    )
    request = Request.objects.create(
        loan=loan, party=party, kind=kind, title=title, why=why, what_counts=what_counts.strip(), period=period,
        due_on=due_on, source=source, asked_by=by, repeat_reason=again if before else "",
    )  # fmt: skip
    log.record(
        action="request.added", about=request, by=by, loan=loan,
        detail={"kind": kind, "source": source, **({"repeats": str(before.public_id)} if before else {})},
    )  # fmt: skip
    _changed(loan)
    events.requests_made.send(sender=Request, loan=loan, requests=[request], by=by, silent=silent)
    return request


@transaction.atomic
def edit_request(*, request: Request, by: User, expected_version: int, **fields: Any) -> Request:
    """
    Change kind, title, period, why, what_counts, due_on or repeat_reason; Changed when somebody was quicker,
    AskedBefore when it becomes what was sent before. Help that the borrower waited for is given with that.
    """
    loan = request.loan
    must_work_on(loan, by)
    unknown = set(fields) - set(EDITABLE)
    if unknown:
        raise TypeError(f"edit_request does not know {', '.join(sorted(unknown))}")
    cleaned: dict[str, Any] = {
        name: value.strip() if isinstance(value, str) else value for name, value in fields.items()
    }
    _must_say_what_and_why(cleaned.get("title", request.title), cleaned.get("why", request.why))
    _must_not_be_due_too_early(loan, cleaned.get("due_on"))
    _must_stay_another_paper(request, cleaned)
    _write(request, expected_version, **cleaned, **end_stuck(request, by=by))
    log.record(action="request.edited", about=request, by=by, loan=loan, detail={"fields": sorted(cleaned)})
    _changed(loan)
    return request


@transaction.atomic
def withdraw_request(*, request: Request, by: User, expected_version: int) -> Request:
    """No longer needed. What was sent for it stays in the file."""
    must_work_on(request.loan, by)
    if request.state == State.WITHDRAWN:
        return request
    over = end_stuck(request, by=by)
    _write(request, expected_version, state=State.WITHDRAWN, withdrawn_by_rule=False, **over)
    log.record(action="request.withdrawn", about=request, by=by, loan=request.loan)
    _changed(request.loan)
    events.request_withdrawn.send(sender=Request, loan=request.loan, request=request, by=by)
    return request


@transaction.atomic
def ask_again(*, request: Request, by: User, why: str, expected_version: int) -> Request:
    """
    The paper is needed after all, or a newer one is; `why` tells the borrower. What was sent or answered before is
    asked for once more and counts as a repeat. A day that has passed is set anew.
    """
    must_work_on(request.loan, by)
    _must_be_open(request.loan)
    if request.is_open:
        raise Refused(_("This is being asked for already."))
    if request.state == State.IN_REVIEW:
        raise Refused(str(REVIEW_FIRST) % {"title": request.title})
    _must_say_what_and_why(request.title, why.strip())
    ahead = request.due_on if request.due_on and request.due_on >= clocks.today() else None
    _write(
        request,
        expected_version,
        state=State.OWED,
        asked_again_at=timezone.now(),
        **_why_again(request, why.strip()),
        due_on=ahead or usual_due_date(request.loan),
        note="",
        withdrawn_by_rule=False,
        **NOBODY_WAITS,
    )
    log.record(action="request.asked_again", about=request, by=by, loan=request.loan)
    _changed(request.loan)
    events.requests_made.send(sender=Request, loan=request.loan, requests=[request], by=by, silent=False)
    return request


# --- What the borrower does ----------------------------------------------------------------------------------


@transaction.atomic
def decline_request(*, request: Request, by: User, reason: str) -> Request:
    """The borrower says that it does not apply to them, and why. Refused without a reason, and once papers came."""
    if request.party.user_id != by.pk:
        raise Refused(_("Only the person who is asked can say that it does not apply."))
    if not request.is_open:
        raise Refused(_("We are not waiting for this any more."))
    if not reason.strip():
        raise Refused(_("Please say in a few words why it does not apply."))
    over = end_stuck(request, by=by)
    _write(request, request.version, state=State.NOT_APPLICABLE, note=reason.strip()[:400], **over)
    log.record(action="request.declined", about=request, by=by, loan=request.loan)
    _changed(request.loan)
    events.request_declined.send(
        sender=Request, loan=request.loan, request=request, reason=reason.strip(), by=by
    )
    return request


# --- Inside --------------------------------------------------------------------------------------------------


def _move(request: Request, state: str, **values: Any) -> None:
    """A change by the house's own rules: whatever version it has."""
    _write(request, request.version, state=state, **values)


def _write(request: Request, expected_version: int, **values: Any) -> None:
    values["changed_at"] = timezone.now()
    rows = Request.objects.filter(pk=request.pk, version=expected_version).update(
        **values, version=F("version") + 1
    )
    if rows != 1:
        fresh = Request.objects.get(pk=request.pk)
        raise Changed(
            _("Somebody changed this request while you had it open. Look at it again."),
            [
                _("“%(title)s” is now: %(state)s.")
                % {"title": fresh.title, "state": fresh.get_state_display()}
            ],
        )
    for name, value in values.items():
        setattr(request, name, value)
    request.version = expected_version + 1


def _changed(loan: Loan) -> None:
    recount(loan)
    touch(loan)


def _must_be_open(loan: Loan) -> None:
    if loan.stage in Stage.closed():
        raise Refused(_("This loan has ended; nothing is asked for it any more."))


def _must_be_a_borrower_of(loan: Loan, party: Party) -> None:
    if party.loan_id != loan.pk or party.role == Party.Role.HELPER:
        raise Refused(_("Choose one of the borrowers of this loan."))


def _must_say_what_and_why(title: str, why: str) -> None:
    if not title or not why:
        raise Refused(_("Say what you need and why you ask: borrowers send what they understand."))


def _must_stay_another_paper(request: Request, changes: dict[str, Any]) -> None:
    """Changed words may make it what this borrower has sent before; what stays as it was is not asked about."""
    said = {name: changes.get(name, getattr(request, name)) for name in ("kind", "title", "period")}
    if all(said[name] == getattr(request, name) for name in said):
        return
    reason = changes.get("repeat_reason", request.repeat_reason)
    repeats.must_not_be_asked_before(party=request.party, **said, reason=reason, but=request)


def _why_again(request: Request, why: str) -> dict[str, str]:
    """What the borrower sent or answered keeps its first reason and gets one for the repeat beside it."""
    was_sent = request.state in repeats.SETTLED or request.documents.filter(disposed_at=None).exists()
    return {"repeat_reason": why} if was_sent else {"why": why}


def _must_not_be_due_too_early(loan: Loan, due_on: date | None) -> None:
    """Papers may be invited but not required before the Loan Estimate (12 CFR 1026.19(e)(2)(iii))."""
    if due_on and not loan_estimate_is_sent(loan):
        raise Refused(
            _("A date can be set once the Loan Estimate is recorded as sent. Leave it empty for now.")
        )
