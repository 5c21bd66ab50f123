"""
The read side of a loan for pages and messages: steps, words, history, dates, all in the borrower's language.

Every function reads the loan's stage events and key dates at most once an instance (`gather`), so that a page which
uses all of them stays within its queries. Outcomes (paused, withdrawn, denied, incomplete) are named to borrowers
only after the written notice was recorded.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.utils import dateformat, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from accounts.models import Company
from loans import clocks
from loans.models import KeyDate, Loan, ReceivedItem, StageEvent, StageWording
from loans.services.dates import NEED_A_HOME
from loans.stages import IF_ALL_GOES_WELL, STEPS, Stage, StageEntry, entry_for

Text = Any  # str, or a lazy translation


@dataclass(frozen=True)
class Step:
    number: int
    title: Text
    state: str  # done, now, ahead
    date: "date | None" = None  # quoted: the field hides the type of the same name
    note: Text = ""  # "if all goes well" on those ahead


@dataclass(frozen=True)
class StageWords:
    title: Text
    meaning: Text
    next: Text
    usual_days: str
    waiting_on_text: Text


@dataclass(frozen=True)
class HistoryLine:
    at: datetime | date
    title: Text
    text: str = ""  # the officer's line to the borrower
    by: str = ""
    kind: str = "stage"  # stage, correction, date
    internal_note: str = ""
    reason: str = ""
    event: StageEvent | None = None  # for the desk: also in whose words it was told, or why it was not


@dataclass(frozen=True)
class DateLine:
    kind: str
    title: Text
    on: date
    time: "time | None" = None
    note: str = ""


@dataclass(frozen=True)
class ItemLine:
    item: str
    title: Text
    at: datetime | None = None
    source: Text = ""


@dataclass
class Gathered:
    """What was read of one loan."""

    events: list[StageEvent] = field(default_factory=list)
    key_dates: dict[str, KeyDate] = field(default_factory=dict)

    @property
    def standing(self) -> list[StageEvent]:
        return [event for event in self.events if event.undone_at is None]


def gather(loan: Loan) -> Gathered:
    """Stage events (with who moved) and key dates: two queries the first time, none after."""
    known = getattr(loan, "_prefetched_objects_cache", {})
    wanted: list[str | Prefetch] = []
    if "stage_events" not in known:
        wanted.append(
            Prefetch(
                "stage_events",
                queryset=StageEvent.objects.select_related("by", "undone_by").order_by("at", "id"),
            )
        )
    if "key_dates" not in known:
        wanted.append("key_dates")
    if wanted:
        prefetch_related_objects([loan], *wanted)
    return Gathered(
        events=sorted(loan.stage_events.all(), key=lambda event: (event.at, event.pk)),
        key_dates={key_date.kind: key_date for key_date in loan.key_dates.all()},
    )


# --- Steps ---------------------------------------------------------------------------------------------------


def steps(loan: Loan) -> list[Step]:
    """The borrower's seven steps: done ones with the day they were reached, those ahead "if all goes well"."""
    standing = gather(loan).standing
    now = current_step(loan)
    company = Company.load()
    return [
        _step(number, title, now, _reached_on(standing, number, company), loan)
        for number, title in STEPS.items()
    ]


def current_step(loan: Loan) -> int:
    """1 to 7; beside the line the step where the loan was."""
    own = entry_for(loan.stage).step
    if own is not None:
        return own
    on_line = [entry_for(event.to_stage).step for event in gather(loan).standing]
    return next((step for step in reversed(on_line) if step is not None), 1)


def _step(number: int, title: Text, now: int, reached_on: date | None, loan: Loan) -> Step:
    if number > now:
        return Step(number, title, "ahead", note=IF_ALL_GOES_WELL)
    finished = number < now or loan.stage == Stage.FUNDED
    return Step(number, title, "done" if finished else "now", date=reached_on)


def _reached_on(standing: list[StageEvent], number: int, company: Company) -> date | None:
    """The last time the loan came to this step from another one."""
    days = [
        clocks.local_date(event.at, company)
        for event in standing
        if event.to_stage != Stage.STARTED
        and entry_for(event.to_stage).step == number
        and not _within(event, number)
    ]
    return days[-1] if days else None


def _within(event: StageEvent, number: int) -> bool:
    """A move inside one step (conditions and their review, sent from started) is no new arrival at it."""
    return event.from_stage not in ("", Stage.STARTED) and entry_for(event.from_stage).step == number


# --- Words ---------------------------------------------------------------------------------------------------

BALL = {
    Loan.WaitingOn.BORROWER: gettext_lazy("The ball is with you."),
    Loan.WaitingOn.LENDER: gettext_lazy("The ball is with us. You do not need to do anything right now."),
    Loan.WaitingOn.THIRD_PARTY: gettext_lazy("We are waiting for somebody outside, and keep after them."),
    Loan.WaitingOn.NOBODY: gettext_lazy("Nobody has to do anything."),
}


def wordings() -> dict[str, StageWording]:
    """The house's own words by stage: pass them to `stage_words` where a page shows several loans."""
    return {wording.stage: wording for wording in StageWording.objects.all()}


def stage_words(loan: Loan, own: dict[str, StageWording] | None = None) -> StageWords:
    """What the borrower reads about the stage: the house's own words, else the default of the table."""
    entry = entry_for(loan.stage)
    own = wordings() if own is None else own
    if entry.is_quiet and not outcome_may_be_named(loan):
        return StageWords(entry.title, entry.meaning, entry.next, "", "")
    title, meaning, following = _default_words(entry)
    wording = own.get(loan.stage) or StageWording()
    return StageWords(
        title=wording.title or title,
        meaning=wording.meaning or meaning,
        next=wording.next or following,
        usual_days=wording.usual_days or entry.usual_days,
        waiting_on_text="" if entry.is_quiet else waiting_on_text(loan),
    )


def _default_words(entry: StageEntry) -> tuple[Text, Text, Text]:
    if entry.is_quiet:
        return entry.named_title, entry.named_meaning, entry.named_next
    return entry.title, entry.meaning, entry.next


def waiting_on_text(loan: Loan) -> Text:
    """Who has the ball; with the day until which somebody said so by hand."""
    said = BALL[Loan.WaitingOn(loan.waiting_on)]
    if not (loan.waiting_on_by_hand and loan.waiting_until):
        return said
    return _("%(who)s We look at it again by %(day)s.") % {"who": said, "day": _day(loan.waiting_until)}


def outcome_may_be_named(loan: Loan) -> bool:
    """Whether the written notice of the stage the loan stands at is recorded as sent."""
    notice = gather(loan).key_dates.get(KeyDate.Kind.NOTICE_SENT)
    return notice is not None and notice.set_at >= loan.stage_since


# --- Dates ---------------------------------------------------------------------------------------------------


def loan_estimate_is_sent(loan: Loan) -> bool:
    return KeyDate.Kind.LOAN_ESTIMATE_SENT in gather(loan).key_dates


def next_update_is_late(loan: Loan) -> bool:
    return loan.next_update_on is not None and loan.next_update_on < clocks.today()


def next_update_text(loan: Loan) -> str:
    """When the borrower hears from us; a promised day that has passed is owned up to. Empty when none is promised."""
    if loan.next_update_on is None or loan.stage in Stage.closed():
        return ""
    if next_update_is_late(loan):
        return _("We owe you an update: it was promised for %(day)s.") % {"day": _day(loan.next_update_on)}
    return _("You hear from us by %(day)s.") % {"day": _day(loan.next_update_on)}


def signing(loan: Loan) -> KeyDate | None:
    """The signing appointment, once one is set and a home is found."""
    return gather(loan).key_dates.get(KeyDate.Kind.SIGNING) if loan.home_found else None


def closing_date(loan: Loan) -> date | None:
    """The day of the signing, else the one aimed at; None without a home."""
    appointment = signing(loan)
    if appointment:
        return appointment.on
    return loan.expected_closing if loan.home_found else None


def closing_text(loan: Loan) -> str:
    """The closing in words: a target until a signing is set. Empty when neither is known, or there is no home."""
    if loan.stage in Stage.quiet():
        return ""
    appointment = signing(loan)
    if appointment:
        return _("Signing on %(day)s") % {"day": _day_and_time(appointment)}
    if loan.home_found and loan.expected_closing:
        return _("%(day)s (target, not confirmed)") % {"day": _day(loan.expected_closing)}
    return ""


HIDDEN_DATES = (KeyDate.Kind.LOAN_ESTIMATE_DUE, KeyDate.Kind.NOTICE_SENT)


def key_dates(loan: Loan, *, for_borrower: bool) -> list[DateLine]:
    """The dates beside the line, in order; borrowers see neither our own deadlines nor a closing without a home."""
    shown = [
        key_date
        for kind, key_date in gather(loan).key_dates.items()
        if not (for_borrower and kind in HIDDEN_DATES)
        and (loan.home_found or kind not in NEED_A_HOME)
        and not (kind == KeyDate.Kind.NOTICE_SENT and key_date.set_at < loan.stage_since)
    ]
    return [
        DateLine(key_date.kind, key_date.get_kind_display(), key_date.on, key_date.time, key_date.note)
        for key_date in sorted(shown, key=lambda key_date: (key_date.on, key_date.pk))
    ]


def received_items(loan: Loan) -> list[ItemLine]:
    """All six of the meter, in their order; those not in yet without a time."""
    came = {received.item: received for received in loan.received_items.all()}
    return [
        ItemLine(item.value, item.label, came[item].at, came[item].get_source_display())
        if item in came
        else ItemLine(item.value, item.label)
        for item in ReceivedItem.Item
    ]


# --- History -------------------------------------------------------------------------------------------------


def history(loan: Loan, for_borrower: bool) -> list[HistoryLine]:
    """What happened, newest first. A move that was taken back is one correction; outcomes follow the notice."""
    gathered = gather(loan)
    lines = [_event_line(event, loan, for_borrower) for event in gathered.events]
    lines += [
        HistoryLine(at=key_date.set_at, title=key_date.get_kind_display(), text=key_date.note, kind="date")
        for key_date in gathered.key_dates.values()
        if _is_told(key_date, loan, for_borrower)
    ]
    in_order = sorted((line for line in lines if line), key=lambda line: line.at)
    return in_order[::-1]


def _is_told(key_date: KeyDate, loan: Loan, for_borrower: bool) -> bool:
    """What happened belongs into the history; what lies ahead stands with the dates."""
    ahead = key_date.kind in (
        KeyDate.Kind.SIGNING,
        KeyDate.Kind.RATE_LOCK_ENDS,
        KeyDate.Kind.LOAN_ESTIMATE_DUE,
    )
    hidden = for_borrower and key_date.kind in HIDDEN_DATES
    return not ahead and not hidden and (loan.home_found or key_date.kind not in NEED_A_HOME)


def _event_line(event: StageEvent, loan: Loan, for_borrower: bool) -> HistoryLine | None:
    by = event.by.name if event.by else ""
    if event.undone_at:
        return _correction(event, event.undone_at, for_borrower)
    if not for_borrower:
        return HistoryLine(
            at=event.at, title=event.get_to_stage_display(), text=event.note, by=by,
            internal_note=event.internal_note, reason=event.reason, event=event,
        )  # fmt: skip
    entry = entry_for(event.to_stage)
    if not entry.is_quiet:
        title = _("You began your application") if event.to_stage == Stage.STARTED else entry.title
        return HistoryLine(at=event.at, title=title, text=event.note, by=by, event=event)
    is_named = event.at >= loan.stage_since and outcome_may_be_named(loan)
    return HistoryLine(at=event.at, title=entry.named_title if is_named else entry.title, by=by, event=event)


def _correction(event: StageEvent, at: datetime, for_borrower: bool) -> HistoryLine:
    by = event.undone_by.name if event.undone_by else ""
    if for_borrower:
        return HistoryLine(at=at, title=_("A correction by your loan team"), kind="correction", by=by)
    title = _("Correction: moved to “%(to)s” and back to “%(from)s”") % {
        "to": event.get_to_stage_display(),
        "from": event.get_from_stage_display(),
    }
    return HistoryLine(
        at=at,
        title=title,
        by=by,
        kind="correction",
        internal_note=event.internal_note,
        event=event,
    )


def stage_days(loan: Loan) -> int:
    """Whole days in the present stage."""
    return (timezone.now() - loan.stage_since).days


def stage_days_text(loan: Loan) -> str:
    days = stage_days(loan)
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}


def _day(day: date) -> str:
    return dateformat.format(day, pgettext("date format: Monday, November 9", "l, F j"))


def _day_and_time(key_date: KeyDate) -> str:
    if key_date.time is None:
        return _day(key_date.on)
    clock = dateformat.time_format(key_date.time, pgettext("time format: 1:15 p.m.", "g:i a"))
    return _("%(day)s at %(time)s") % {"day": _day(key_date.on), "time": clock}
