"""
What people write to each other in the demo: reminders, texts both ways, mail that comes back. Told after the loans.

A text that comes in is received as from a carrier, a bounce as from a mail provider; everything else is the services
that pages call.
"""

import uuid
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import Company
from documents import services as documents
from documents.kinds import Kind
from loans.clocks import is_general_business_day
from loans.models import Party
from loans.services import give_texting_consent
from notifications import planning, services, tracking
from notifications.catalog.reminders import NEEDS_REMINDER
from notifications.models import DeliveryEvent, InboundText, Notification
from notifications.texting import inbound
from notifications.texting.providers import LOCAL, Incoming
from portal.demo.clock import clock_at
from portal.demo.people import COMPANY
from portal.demo.stories import STORIES
from portal.demo.telling import Narrator, leave, person_of

BEGINS, MEANWHILE = time(8, 5), time(8, 40)
LEAVES = (time(8, 6), time(10, 1), time(12, 5))  # digests, reminders here, reminders on the Pacific
ASKED_AT = time(15, 0)
LATELY = timedelta(hours=72)


def tell_messages() -> None:
    """Once; a house in which somebody has texted already is left alone."""
    if InboundText.objects.exists():
        return
    with transaction.atomic():
        remind()
        text_with_bea()
        text_with_pavel()
        mail_comes_back_from_omar()


# --- Reminders -----------------------------------------------------------------------------------------------


def remind() -> None:
    """
    Two mornings of the house: on the first Cole is reminded; on the second Ruth would be, but Olga holds it and calls.
    """
    eve, first, second = open_mornings(3)
    ask_by(party_of("bea", Party.Role.CO_BORROWER), day=first, asked_on=eve)
    morning(first)
    ask_by(party_of("ruth"), day=second, asked_on=first)
    morning(second, hold_for=party_of("ruth"))


def ask_by(party: Party, *, day: date, asked_on: date) -> None:
    """Olga puts a day to what is open of this person."""
    with clock_at(at(asked_on, ASKED_AT)):
        for request in party.requests.waiting_for_borrower():
            documents.edit_request(
                request=request, by=person_of("olga"), expected_version=request.version, due_on=day
            )


def morning(day: date, *, hold_for: Party | None = None) -> None:
    """What the house writes by itself that day."""
    with clock_at(at(day, BEGINS)):
        planning.plan_due()
    if hold_for:
        with clock_at(at(day, MEANWHILE)):
            row = Notification.objects.waiting().get(kind=NEEDS_REMINDER, party=hold_for)
            services.hold(notification=row, by=person_of("olga"))
    for clock in LEAVES:
        leave(at(day, clock))


def open_mornings(count: int) -> list[date]:
    """The last open days whose morning is over, the newest last."""
    company, now = Company.load(), timezone.now()
    days = (now.astimezone(company.zone).date() - timedelta(days=back) for back in range(count + 14))
    over = [day for day in days if is_general_business_day(day, company) and at(day, LEAVES[1]) < now]
    return sorted(over[:count])


def at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, Company.load().zone)


def narrator_on(day: date, clock: time) -> Narrator:
    """One whose first moment is this one."""
    return Narrator(at(day, clock) - timedelta(minutes=40))


# --- Texts ---------------------------------------------------------------------------------------------------


def text_with_bea() -> None:
    """She has agreed to texts, asks where her loan stands, writes to Olga, and asks for a copy."""
    bea, telling = person_of("bea"), Narrator(timezone.now() - LATELY)
    with telling.later(hours=42):
        give_texting_consent(person=bea, by=bea)
    with telling.later(hours=20):
        text(party_of("bea"), "Status")
    with telling.later(hours=1.5):
        text(party_of("bea"), "Hi Olga, my sister will be there at the signing too. Is that all right?")
    with telling.later(hours=2):
        text(party_of("bea"), "REQUEST a copy of my Loan Estimate please, I cannot find the mail")


def text_with_pavel() -> None:
    """He means a visit, but a word that ends texting stands in it: somebody must look."""
    pavel, telling = party_of("pavel"), Narrator(timezone.now() - LATELY)
    with telling.later(hours=46):
        give_texting_consent(person=pavel, by=pavel.user)
    with telling.later(hours=22):
        text(pavel, "Could the notary stop by after five instead?")


def text(party: Party, body: str) -> None:
    incoming = Incoming(
        provider_id=uuid.uuid4().hex, sender=party.text_number, sent_to=str(COMPANY["phone"]), body=body
    )
    inbound.receive(incoming, provider=LOCAL)


# --- Mail ----------------------------------------------------------------------------------------------------


def mail_comes_back_from_omar() -> None:
    """Olga asks for one more paper, and the mail about it does not get there."""
    omar, telling = party_of("omar"), Narrator(timezone.now() - LATELY)
    with telling.later(hours=64):
        documents.add_request(
            loan=omar.loan,
            party=omar,
            kind=Kind.INSURANCE,
            title="The first page of your homeowners insurance",
            why="The closing needs the policy number and the name of the company.",
            by=person_of("olga"),
        )
    came_back = min(telling.moment + timedelta(minutes=21), timezone.now())
    with clock_at(came_back):
        tracking.record_event(
            provider=LOCAL,
            kind=DeliveryEvent.Kind.BOUNCED,
            at=came_back,
            notification=last_mail_to(omar),
            address=omar.mail_address,
            detail="550 5.1.1 The mailbox does not exist",
        )


def last_mail_to(party: Party) -> Notification:
    mails = Notification.objects.filter(party=party, channel=Notification.Channel.EMAIL)
    return mails.filter(state=Notification.State.SENT).latest("sent_at")


def party_of(key: str, role: str = Party.Role.BORROWER) -> Party:
    """The person with this role on the loan of this story."""
    email = next(story.email for story in STORIES if story.key == key)
    loan = Party.objects.get(role=Party.Role.BORROWER, email=email).loan
    return loan.parties.select_related("user", "loan").get(role=role)
