"""
When a borrower is reminded of papers, and when not.

A paper with a day has rungs: some days before it, the day itself, then every few days (`MessageRules`). A rung is due
on its day or, when nobody could be written to on it, on the next day on which somebody can; one that was missed is
never made up for beside the next. What begins the count anew: a reminder, a change of the paper (asked, sent back,
another day), and anything the person does. So nobody is reminded on a day on which they did something, and after the
due day the days are counted from then on. Looking counts for nothing here: signing in and reading settles no paper,
and whoever looked in daily would never be reminded.

Read only: `papers.py` writes the rows, `facts/reminders.py` asks again when one leaves.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.states import STATE_ZONES
from conversations.models import Message, ServiceRequest
from documents.models import Request, UploadSession
from loans.models import Consent, KeyDate, Loan, Party
from loans.stages import TABLE
from notifications import hours
from notifications.catalog.reminders import NEEDS_REMINDER
from notifications.models import InboundText, MessageRules, Notification

State = Notification.State
BORROWERS = (Party.Role.BORROWER, Party.Role.CO_BORROWER)
# Longer ago than this a paper is a matter for a call, not for a mail.
LONGEST_OVERDUE = timedelta(days=60)
HALF_A_DAY = timedelta(hours=10)
NIGHT_IN_HAWAII = timedelta(
    hours=7
)  # past midnight in UTC: by then the day before is over for all who are written to
# A reminder that ended so was none.
NOT_TOLD = (State.CANCELLED, State.EXPIRED)
OPEN_STAGES = [stage for stage, entry in TABLE.items() if entry.uploads_open and not entry.is_quiet]


@dataclass(frozen=True)
class Standing:
    """One borrower of one loan as of `today`, on their own clock."""

    party: Party
    zone: ZoneInfo
    today: date
    papers: list[Request]  # open, with a day
    told: list[date]  # the days of earlier reminders
    acted: date | None  # when they last did something

    def is_due(self, rules: MessageRules) -> bool:
        """Whether one of the papers is on a rung."""
        return any(self._is_due(request, rules) for request in self.papers)

    def _is_due(self, request: Request, rules: MessageRules) -> bool:
        assert request.due_on is not None
        if self.today > request.due_on + LONGEST_OVERDUE:
            return False
        changed = request.changed_at.astimezone(self.zone).date()
        last = max([changed, *self.told, *([self.acted] if self.acted else [])])
        first = request.due_on - timedelta(days=rules.reminder_days_before)
        reminded = sum(day >= max(first, changed) for day in self.told)
        return reminded < rules.reminder_most and self.today >= next_rung(request.due_on, last, rules)


def next_rung(due_on: date, last: date, rules: MessageRules) -> date:
    """The first day after `last` that is a rung of a paper due on `due_on`."""
    first = due_on - timedelta(days=rules.reminder_days_before)
    ahead = [rung for rung in (first, due_on) if rung > last]
    return ahead[0] if ahead else last + timedelta(days=rules.reminder_every_days)


# --- Reading ---------------------------------------------------------------------------------------------------


def remindable() -> QuerySet[Request]:
    """
    Open papers with a day, of loans that take papers. Before the Loan Estimate everything is optional, whatever day
    stands there, and a house in mourning is left in peace. Where somebody waits for our help, we are the late ones.
    """
    estimate = KeyDate.objects.filter(kind=KeyDate.Kind.LOAN_ESTIMATE_SENT, loan=OuterRef("loan"))
    return Request.objects.waiting_for_borrower().filter(
        Exists(estimate),
        stuck="",
        due_on__isnull=False,
        party__role__in=BORROWERS,
        loan__stage__in=OPEN_STAGES,
        loan__bereavement=False,
    )


def standing_of(party: Party, now: datetime, *, leave_out: str = "") -> Standing:
    """One person's; `leave_out` is the event key of the reminder that asks."""
    return standings([party.pk], now, leave_out=leave_out)[0]


def standings(party_ids: Iterable[int], now: datetime, *, leave_out: str = "") -> list[Standing]:
    """Those of these parties, in a fixed number of queries however many they are."""
    ids = list(party_ids)
    parties = list(Party.objects.filter(pk__in=ids).select_related("user", "loan").order_by("pk"))
    papers, told, acted = _papers(parties), _told(ids, leave_out), last_signs(ids)
    return [_standing(party, now, papers[party.pk], told[party.pk], acted.get(party.pk)) for party in parties]


def _papers(parties: list[Party]) -> dict[int, list[Request]]:
    """As `remindable` says, asked without joins: a database with many loans would begin at the wrong end."""
    loans = {party.loan_id: party.loan for party in parties}
    estimates = KeyDate.objects.filter(kind=KeyDate.Kind.LOAN_ESTIMATE_SENT, loan__in=loans)
    sent = set(estimates.values_list("loan_id", flat=True))
    ids = [party.pk for party in parties if party.role in BORROWERS and _takes_papers(party.loan, sent)]
    papers: dict[int, list[Request]] = defaultdict(list)
    open_ones = Request.objects.waiting_for_borrower().filter(party__in=ids, stuck="", due_on__isnull=False)
    for request in open_ones.order_by("due_on", "pk"):
        papers[request.party_id].append(request)
    return papers


def _takes_papers(loan: Loan, estimate_is_sent: set[int]) -> bool:
    return loan.stage in OPEN_STAGES and not loan.bereavement and loan.pk in estimate_is_sent


def _standing(
    party: Party, now: datetime, papers: list[Request], told: list[datetime], acted: datetime | None
) -> Standing:
    zone = hours.zone_for(party.user, party.loan)
    return Standing(
        party=party,
        zone=zone,
        today=now.astimezone(zone).date(),
        papers=papers,
        told=[moment.astimezone(zone).date() for moment in told],
        acted=acted.astimezone(zone).date() if acted else None,
    )


def _told(ids: list[int], leave_out: str) -> dict[int, list[datetime]]:
    rows = Notification.objects.filter(
        party__in=ids, kind=NEEDS_REMINDER, channel=Notification.Channel.EMAIL
    ).exclude(state__in=NOT_TOLD)
    told: dict[int, list[datetime]] = defaultdict(list)
    for party_id, moment in rows.exclude(event_key=leave_out).values_list("party_id", "due_at"):
        told[party_id].append(moment)
    return told


def last_signs(ids: list[int]) -> dict[int, datetime]:
    """
    When each of these last did something: began an upload, said that a paper does not apply or asked for help, wrote,
    texted, asked for something, agreed to something.
    """
    declined = Request.objects.filter(state=Request.State.NOT_APPLICABLE)
    by_themselves = UploadSession.objects.filter(uploader=F("request__party__user"))
    signs: tuple[tuple[QuerySet, str, str], ...] = (
        (by_themselves, "request__party", "created_at"),
        (UploadSession.objects.all(), "party", "created_at"),  # unasked, such as a picture by text
        (declined, "party", "changed_at"),
        (Request.objects.filter(stuck_at__isnull=False), "party", "stuck_at"),
        (Message.objects.all(), "party", "at"),
        (ServiceRequest.objects.all(), "party", "created_at"),
        (InboundText.objects.all(), "party", "at"),
        (Consent.objects.all(), "party", "at"),
    )
    latest: dict[int, datetime] = {}
    for rows, whose, when in signs:
        found = rows.filter(**{f"{whose}__in": ids}).order_by().values_list(whose).annotate(Max(when))
        for party_id, moment in found:
            latest[party_id] = max(moment, latest.get(party_id, moment))
    return latest


def candidates(now: datetime, rules: MessageRules) -> QuerySet[Request]:
    """
    Papers of people whom a reminder may be due to today, wherever they are. Left out in the database: who lives where
    today is no day for it, who has one waiting or got one hours ago, papers past their day of which somebody heard
    too lately for the next rung, and papers at the end of their ladder. The rest is looked at one by one.
    """
    today, day = now.date(), timedelta(days=1)
    told = Notification.objects.filter(party=OuterRef("party"), kind=NEEDS_REMINDER).exclude(
        state__in=NOT_TOLD
    )
    for_today = told.filter(Q(created_at__gt=now - HALF_A_DAY) | Q(state__in=[State.QUEUED, State.HELD]))
    too_lately = told.filter(
        due_at__gt=now - (rules.reminder_every_days - 1) * day,
        due_at__gte=OuterRef("due_on") + NIGHT_IN_HAWAII,
    )
    on_rungs = told.filter(
        due_at__gte=OuterRef("changed_at"),
        due_at__gt=OuterRef("due_on") - rules.reminder_days_before * day + NIGHT_IN_HAWAII,
    )
    so_often = Coalesce(
        Subquery(on_rungs.order_by().values("party").values_list(Count("event_key", distinct=True))), 0
    )
    soon = today + (rules.reminder_days_before + 1) * day
    within = remindable().filter(due_on__range=(today - LONGEST_OVERDUE - day, soon))
    return (
        within.filter(_where_today_is_a_day(now, rules), ~Exists(for_today), ~Exists(too_lately))
        .alias(so_often=so_often)
        .filter(so_often__lt=rules.reminder_most)
    )


def _where_today_is_a_day(now: datetime, rules: MessageRules) -> Q:
    """By the state of the home; people with a clock of their own are looked at one by one."""
    is_open = hours.reminder_days(rules)
    states = [state for state, zone in STATE_ZONES.items() if is_open(now.astimezone(ZoneInfo(zone)).date())]
    return Q(loan__state__in=states) | Q(loan__state="") | Q(party__user__time_zone__gt="")
