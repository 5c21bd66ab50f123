"""
What the loan team keeps for its own day in the demo: quick replies, saved lists, who is away, callers, a partner on
Bea's loan, Stef as processor, who has the ball until when, and what the clock puts before them.
"""

from datetime import time, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.absences import note_absence
from conversations.figures import keep_figures
from conversations.models import QuickReply
from conversations.services.quick import keep_quick_reply
from leads.models import Lead
from leads.services import take_call
from loans import clocks, services
from loans.models import Loan
from loans.services.partners import agree_to_partner, invite_partner
from loans.services.views import save_view
from loans.tasks import watch_quiet_files
from portal.demo.clock import business_days_from
from portal.demo.messages import narrator_on, open_mornings, party_of
from portal.demo.telling import Narrator, person_of

LATELY = timedelta(hours=3)
# Open days ago.
SAM_CALLED, PRIYA_CALLED, PARTNER_COMES, TEAM_FORMS = 4, 3, 4, 5
LATE_MORNING = time(9, 50)
OF_STEF = ("bea", "june", "omar", "hugo", "nils")
HOUSE_REPLIES = {
    "What is still open": "Hello {{ first_name }}, this is still open: {{ owed_papers }}. Send it here: {{ link }}",
    "Nothing new yet": "Hello {{ first_name }}, there is nothing new today. You hear again by {{ next_update }}.",
}
AWAY_FROM, AWAY_UNTIL = 8, 12  # business days ahead


# --- Callers: before the loans, since one of them applies -------------------------------------------------------


def tell_callers() -> None:
    """Once, in a house without loans: Sam calls before he applies."""
    if Lead.objects.exists() or Loan.objects.exists():
        return
    with transaction.atomic():
        sam_calls()
        priya_wants_to_read()
        walt_waits()


def sam_calls() -> None:
    day, *_since = open_mornings(SAM_CALLED)
    with narrator_on(day, LATE_MORNING).later():
        take_call(
            by=person_of("olga"),
            officer=person_of("olga"),
            name="Sam Oduya",
            email="sam@oduya.example",
            home_state="TX",
            words="Has found a house in Buda. Wants to apply in a day or two.",
            with_link=True,
        )


def priya_wants_to_read() -> None:
    day, *_since = open_mornings(PRIYA_CALLED)
    with narrator_on(day, LATE_MORNING).later():
        take_call(
            by=person_of("olga"),
            officer=person_of("olga"),
            name="Priya Raman",
            email="priya@raman.example",
            phone="+15125550161",
            home_state="TX",
            words="Buys for the first time, perhaps next spring. Asked what to bring.",
            guide="first-home",
            with_link=True,
        )


def walt_waits() -> None:
    """Stef took the call while Olga was out."""
    day, _last = open_mornings(2)
    with narrator_on(day, LATE_MORNING).later():
        take_call(
            by=person_of("stef"),
            officer=person_of("olga"),
            name="Walt Simmons",
            phone="+15125550162",
            home_state="NM",
            words="Wants to refinance. Best before noon.",
            call_back=True,
        )


# --- The desk: after everything that was said -------------------------------------------------------------------


def tell_desk() -> None:
    """Once; a house that has quick replies already is left alone."""
    if QuickReply.objects.exists():
        return
    with transaction.atomic():
        keep_replies()
        keep_lists()
        rosa_follows()
        stef_joins()
        otto_goes_away()
        omar_waits_for_his_agent()
        watch_quiet_files()
        keep_figures()


def keep_replies() -> None:
    """The house's are kept in the admin, one's own at the desk."""
    QuickReply.objects.bulk_create(
        QuickReply(title=title, words=words) for title, words in HOUSE_REPLIES.items()
    )
    keep_quick_reply(
        by=person_of("olga"),
        title="Every page",
        words="Please send every page of the statement, also the blank ones: they are counted. Pictures are fine.",
    )


def keep_lists() -> None:
    save_view(
        by=person_of("olga"),
        name="Closings and locks",
        filters={},
        columns=["home", "stage", "ball", "closing", "lock"],
        sort="closing",
        is_default=False,
    )
    save_view(
        by=person_of("olga"),
        name="Whom to remind",
        filters={"ball": "borrower"},
        columns=["stage", "ball_since", "open_requests", "last_word", "next_update"],
        sort="owes",
        is_default=False,
    )
    save_view(
        by=person_of("mara"),
        name="Nothing said for three days",
        filters={"quiet": "3"},
        columns=["officer", "stage", "ball", "last_word", "unanswered"],
        sort="word",
        is_default=False,
    )


def rosa_follows() -> None:
    """Bea's agent follows the milestones: Olga asks, Bea agrees."""
    bea, (day, *_since) = party_of("bea"), open_mornings(PARTNER_COMES)
    telling = narrator_on(day, LATE_MORNING)
    with telling.later():
        partner = invite_partner(
            loan=bea.loan,
            name="Rosa Delgado",
            email="rosa@delgado.example",
            role="Buyer's agent",
            by=person_of("olga"),
        )
    with telling.later(hours=4):
        agree_to_partner(partner=partner, party=bea)


def stef_joins() -> None:
    day, *_since = open_mornings(TEAM_FORMS)
    with narrator_on(day, LATE_MORNING).later():
        for key in OF_STEF:
            loan = party_of(key).loan
            services.assign_processor(
                loan=loan, processor=person_of("stef"), by=person_of("mara"), expected_version=loan.version
            )


def otto_goes_away() -> None:
    today = clocks.today()
    note_absence(
        user=person_of("otto"),
        deputy=person_of("olga"),
        first_day=business_days_from(today, AWAY_FROM),
        last_day=business_days_from(today, AWAY_UNTIL),
        by=person_of("otto"),
        note="Visiting my parents in Sweden",
    )


def omar_waits_for_his_agent() -> None:
    """His insurance agent sends the policy: Olga says by when, and when he hears from her."""
    day = business_days_from(clocks.today(), 2)
    with Narrator(timezone.now() - LATELY).later():
        loan, olga = party_of("omar").loan, person_of("olga")
        services.set_waiting_on(
            loan=loan,
            waiting_on=Loan.WaitingOn.THIRD_PARTY,
            until=day,
            by=olga,
            expected_version=loan.version,
        )
        services.set_next_update(loan=loan, on=day, by=olga, expected_version=loan.version)
