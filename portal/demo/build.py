"""
Builds the demo through the same services as everything else, so that it cannot show what the product does not do.

Each loan is one story (stories.py), told day by day with the clock set back (clock.py); its mails are kept on the
outbox screen and never leave, whatever EMAIL_URL says. What stands already is left alone: running it twice changes
nothing, and a run that was cut off goes on where it stopped.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test.utils import override_settings
from django.utils import timezone

from accounts import services as accounts
from accounts.models import Company, Invitation, OfficerLicense, OfficerProfile, User
from audit import log
from documents import services as documents
from documents.kinds import Kind
from documents.models import Document, Request
from documents.returns import ReturnReason
from loans import clocks, events, services
from loans.answers import Income
from loans.clocks import add_business_days, is_general_business_day
from loans.models import Application, KeyDate, Loan, Party
from loans.stages import Stage
from notifications import delivery
from notifications.models import Notification
from portal.adapter import MFAAdapter
from portal.demo import papers
from portal.demo.clock import clock_at
from portal.demo.people import CAST, COMPANY, OFFICER_PAGES, OTHER_OFFICERS, OfficerPage, Person
from portal.demo.portraits import LOOKS, draw_portrait
from portal.demo.sign_ins import SignIn, sign_ins
from portal.demo.stories import STORIES, Story

MAIN_LINE: list[str] = [
    Stage.APPLICATION_RECEIVED,
    Stage.PROCESSING,
    Stage.UNDERWRITING,
    Stage.CONDITIONAL_APPROVAL,
    Stage.CONDITIONS_REVIEW,
    Stage.CLEAR_TO_CLOSE,
    Stage.CLOSING,
    Stage.FUNDED,
]
BEFORE_THE_END: dict[str, str] = {
    Stage.SUSPENDED: Stage.UNDERWRITING,
    Stage.WITHDRAWN: Stage.PROCESSING,
    Stage.DENIED: Stage.UNDERWRITING,
    Stage.INCOMPLETE: Stage.APPLICATION_RECEIVED,
}
SATURDAY = 5
BANK_STATEMENTS = "bank_statements"
STAGE_MESSAGES_LEAVE = timedelta(minutes=20)
LINES_TO_BORROWERS: dict[str, str] = {
    Stage.PROCESSING: "Thank you for sending things so quickly. I will call you on Thursday.",
    Stage.CLEAR_TO_CLOSE: "You made this easy. I will call you tomorrow to go over the numbers.",
}


def build() -> int:
    """Make what is missing; returns the number of loans that were added."""
    with override_settings(MAIL_LEAVES_THE_HOUSE=False):
        make_company()
        make_people()
        return sum(tell(story) for story in sorted(STORIES, key=lambda story: -story.started_days_ago))


# --- The house and its people --------------------------------------------------------------------------------


@transaction.atomic
def make_company() -> None:
    Company.objects.get_or_create(pk=1, defaults=COMPANY)


def make_people() -> None:
    secrets_of = {entry.key: entry for entry in sign_ins()}
    for person in [*CAST, *OTHER_OFFICERS]:
        if not User.objects.filter(email=person.email).exists():
            _make_person(person, secrets_of.get(person.key))
    for page in OFFICER_PAGES:
        officer = User.objects.get(email=_address_of(page.key))
        if not OfficerProfile.objects.filter(user=officer).exists():
            _make_page(page, officer)


def _address_of(key: str) -> str:
    return next(person.email for person in [*CAST, *OTHER_OFFICERS] if person.key == key)


@transaction.atomic
def _make_person(person: Person, secret: SignIn | None) -> None:
    user = accounts.create_person(
        name=person.name,
        email=person.email,
        contact_email=person.contact_email,
        phone=person.phone,
        role=person.role,
        password=secret.password if secret else None,
    )
    if person.is_staff:
        User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    if secret and secret.totp_secret:
        sealed = MFAAdapter().encrypt(secret.totp_secret)
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": sealed})


@transaction.atomic
def _make_page(page: OfficerPage, officer: User) -> None:
    profile = OfficerProfile.objects.create(
        user=officer,
        slug=page.slug,
        title=page.title,
        bio=page.bio,
        direct_phone=officer.phone,
        text_number=officer.phone,
        nmls_id=page.nmls_id,
        languages=page.languages,
        hours=page.hours,
        letter_line=page.letter_line,
    )
    OfficerLicense.objects.bulk_create(OfficerLicense(officer=profile, state=state) for state in page.states)
    portrait = SimpleUploadedFile(f"{page.slug}.png", draw_portrait(LOOKS[page.key]), "image/png")
    accounts.set_officer_photo(profile=profile, upload=portrait, by=officer)


# --- A loan --------------------------------------------------------------------------------------------------


def tell(story: Story) -> bool:
    """Tell one story unless it was told; True when it is new. A story stands whole or not at all."""
    if Party.objects.filter(role=Party.Role.BORROWER, email=story.email).exists():
        return False
    with transaction.atomic():
        Teller(story).tell()
    return True


class Teller:
    """Walks one loan from its start to where its story has it, with a clock of its own."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.officer = User.objects.get(email=_address_of(story.officer))
        self.moment = timezone.now() - timedelta(days=story.started_days_ago)
        self.loan: Loan

    def tell(self) -> None:
        with self.later(hours=0):
            application = self.begin()
        if self.story.stage == Stage.STARTED:
            return
        with self.later(hours=0.3):
            self.finish(application)
        if "le_sent" in self.story.traits:
            self.send_the_loan_estimate()
        self.send_papers()
        self.walk()
        today = clocks.today()
        with self.later(hours=2):
            self.look_ahead(today)
        self.deliver_what_fell_due()

    @contextmanager
    def later(self, *, hours: float) -> Iterator[None]:
        """Some hours on, never past the present; the messages of that moment leave right behind it."""
        self.moment = in_daytime(self.moment + timedelta(hours=hours), after=self.moment)
        with clock_at(self.moment):
            yield
        self.deliver(self.moment)
        self.deliver(min(self.moment + STAGE_MESSAGES_LEAVE, timezone.now()))
        if hasattr(self, "loan"):
            self.loan.refresh_from_db()

    def deliver(self, moment: datetime) -> None:
        with clock_at(moment):
            delivery.deliver_due()

    def deliver_what_fell_due(self) -> None:
        """Letters that were due between the last step of the story and now left on their day."""
        waiting = Notification.objects.filter(loan=self.loan, state=Notification.State.QUEUED)
        for due_at in sorted(waiting.filter(due_at__lte=timezone.now()).values_list("due_at", flat=True)):
            self.deliver(due_at + timedelta(seconds=30))

    # The application

    def begin(self) -> Application:
        application = services.start_application(
            officer=self.officer,
            state=self.story.state,
            purpose=self.story.purpose,
            home_found="no_home" not in self.story.traits,
        )
        application = services.save_step(application=application, step="who", answers=self.answers()["who"])
        self.prove(application)
        return application

    def finish(self, application: Application) -> None:
        for step, answers in self.answers().items():
            if step != "who":
                application = services.save_step(application=application, step=step, answers=answers)
        self.accept(self.submit(application))

    def prove(self, application: Application) -> None:
        codes: list[str] = []

        def hear(sender: object, code: str, **kwargs: object) -> None:
            codes.append(code)

        events.email_proof_asked.connect(hear)
        try:
            services.ask_for_proof(application=application, email=self.story.email)
        finally:
            events.email_proof_asked.disconnect(hear)
        self.loan = services.prove_email(application=application, code=codes[-1])
        application.refresh_from_db()

    def submit(self, application: Application) -> str:
        tokens: list[str] = []

        def hear(sender: object, token: str, **kwargs: object) -> None:
            tokens.append(token)

        events.application_submitted.connect(hear)
        try:
            self.loan = services.submit_application(application=application, origin=log.Origin())
        finally:
            events.application_submitted.disconnect(hear)
        return tokens[-1]

    def accept(self, token: str) -> None:
        """The borrower opened the link; people of the cast have their sign-in already and join with it."""
        invitation = Invitation.objects.for_token(token)
        if invitation is None:
            return
        user = User.objects.filter(email=self.story.email).first() or accounts.create_person(
            name=self.story.name, email=self.story.email
        )
        accounts.accept_invitation(invitation=invitation, user=user)
        if "co_borrower" in self.story.traits:
            self.add_cole()

    def add_cole(self) -> None:
        cole = User.objects.get(email=_address_of("cole"))
        party = services.add_co_borrower(
            loan=self.loan, name=cole.name, email=cole.mail_address, by=self.officer
        )
        invitation = Invitation.objects.usable().get(subject_id=party.public_id)
        accounts.accept_invitation(invitation=invitation, user=cole)

    def answers(self) -> dict[str, dict[str, Any]]:
        story, found = self.story, "no_home" not in self.story.traits
        kinds = {"employed": Income.W2, "self_employed": Income.SELF_EMPLOYED, "retired": Income.RETIRED}
        kinds["rental"] = Income.RENTAL
        place = (
            {"street": story.street, "city": story.city, "property_zip_code": story.zip_code} if found else {}
        )
        return {
            "who": {"name": story.name, "email": story.email, "zip_code": story.zip_code or "78701"},
            "property": {
                **place,
                "property_kind": story.property_kind,
                "occupancy": Loan.Occupancy.PRIMARY,
                "value": str(story.value),
                "under_contract": found and story.purpose == Loan.Purpose.PURCHASE,
            },
            "loan": {
                "amount": str(story.amount),
                "mortgage_type": story.mortgage_type,
                "down_payment": ["savings", *(["gift"] if "gift" in story.traits else [])],
            },
            "work": {
                "income_kinds": [kinds[kind].value for kind in story.work],
                "monthly_income": "7200",
                "residency": "citizen",
            },
            "reach": {
                "phone": "+15125550199",
                "best_time": "any",
                "language": "",
                "time_zone": "America/Chicago",
                "privacy_seen": True,
                "texting": False,
            },
        }

    # What the loan team and the borrower do

    def send_the_loan_estimate(self) -> None:
        with self.later(hours=20):
            services.record_received_item(loan=self.loan, item="ssn", by=self.officer, source="desk")
        self.moment = self.moment + timedelta(hours=26)
        with self.later(hours=0):
            self.loan.refresh_from_db()
            services.set_key_date(
                loan=self.loan,
                kind=KeyDate.Kind.LOAN_ESTIMATE_SENT,
                on=clocks.today(),
                by=self.officer,
                expected_version=self.loan.version,
            )

    def send_papers(self) -> None:
        asked = self.loan.requests.filter(party__role=Party.Role.BORROWER).order_by("id")
        wanted = sorted(asked, key=lambda request: request.need == BANK_STATEMENTS)
        if self.story.returned:  # the bank statement is the paper that comes back
            wanted.insert(self.story.accepted, wanted.pop())
        for number, request in enumerate(wanted[: self.story.sends]):
            with self.later(hours=1.5):
                document = self.send(request)
            if number < self.story.accepted:
                with self.later(hours=3):
                    documents.accept_document(
                        document=document, by=self.officer, expected_version=document.version
                    )
            elif number < self.story.accepted + self.story.returned:
                with self.later(hours=3):
                    documents.return_document(
                        document=document,
                        by=self.officer,
                        reason=ReturnReason.MISSING_PAGES,
                        note="Page 4 did not arrive. It is blank, and it counts too.",
                        expected_version=document.version,
                    )

    def send(self, request: Request) -> Document:
        user = User.objects.get(parties__loan=self.loan, parties__role=Party.Role.BORROWER)
        name, content = paper_for(request, self.story.name, self.moment.date())
        session = documents.take_plain_upload(
            request=request, user=user, file=SimpleUploadedFile(name, content)
        )
        documents.check_upload(session.public_id)
        return Document.objects.get(session=session)

    def walk(self) -> None:
        """Stage after stage, a few days apart, up to where the story stands."""
        target = self.story.stage
        last = BEFORE_THE_END.get(target, target)
        line = MAIN_LINE[1 : MAIN_LINE.index(last) + 1]
        moves = [*line, *([target] if last != target else [])]
        rest = 2.5 if "letter_sent" in self.story.traits else 0.6
        start, pace = self.moment, (timezone.now() - self.moment) / (len(moves) + rest)
        for number, stage in enumerate(moves, start=1):
            with self.later(hours=(start + number * pace - self.moment) / timedelta(hours=1)):
                self.move(stage)

    def move(self, stage: str) -> None:
        if stage == Stage.UNDERWRITING:
            self.take_back_what_nobody_needs()
        if stage == Stage.CONDITIONS_REVIEW:
            self.send(self.loan.requests.get(source=Request.Source.CONDITION))
        if stage == Stage.CLEAR_TO_CLOSE:
            self.accept_what_waits()
        self.loan.refresh_from_db()
        facts: dict[str, Any] = {
            "loan": self.loan,
            "by": self.officer,
            "note": LINES_TO_BORROWERS.get(stage, ""),
            "expected_version": self.loan.version,
        }
        if stage == Stage.CONDITIONAL_APPROVAL:
            documents.move_to_conditional_approval(
                conditions=[self.condition()], none_for_borrower=False, **facts
            )
        else:
            services.change_stage(to=stage, **facts)

    def take_back_what_nobody_needs(self) -> None:
        for request in self.loan.requests.waiting_for_borrower():
            documents.withdraw_request(request=request, by=self.officer, expected_version=request.version)

    def accept_what_waits(self) -> None:
        for document in self.loan.documents.filter(review=Document.Review.PENDING):
            documents.accept_document(document=document, by=self.officer, expected_version=document.version)

    def condition(self) -> dict[str, Any]:
        return {
            "party": self.loan.parties.get(role=Party.Role.BORROWER),
            "kind": Kind.EXPLANATION,
            "title": "A short letter about the deposit of last month",
            "why": "The underwriter asks where larger deposits come from.",
            "what_counts": "Two or three sentences, dated and signed; a picture of the page is fine.",
        }

    def look_ahead(self, today: date) -> None:
        """What is promised and expected: the next update, the closing, a signing, a notice."""
        if self.story.stage in Stage.closed():
            if "notice_sent" in self.story.traits:
                self.set_date(KeyDate.Kind.NOTICE_SENT, self.moment.date())
            return
        services.set_next_update(
            loan=self.loan,
            on=business_days_from(today, 1 if self.story.key in ("bea", "sam") else 3),
            by=self.officer,
            expected_version=self.loan.version,
        )
        if self.loan.home_found and self.story.stage not in Stage.quiet():
            self.loan.refresh_from_db()
            closing = business_days_from(today, 24)
            if "signing" in self.story.traits:
                closing = business_days_from(today, 3)
            services.set_expected_closing(
                loan=self.loan, on=closing, by=self.officer, expected_version=self.loan.version
            )
            if "signing" in self.story.traits:
                self.set_date(KeyDate.Kind.SIGNING, closing)

    def set_date(self, kind: str, on: date) -> None:
        self.loan.refresh_from_db()
        services.set_key_date(
            loan=self.loan, kind=kind, on=on, by=self.officer, expected_version=self.loan.version
        )


def in_daytime(moment: datetime, *, after: datetime) -> datetime:
    """An hour at which people work, near `moment`: evenings and weekends fall back; always later than `after`."""
    local = moment.astimezone(Company.load().zone)
    if local.weekday() >= SATURDAY:
        local = (local - timedelta(days=local.weekday() - SATURDAY + 1)).replace(hour=15)
    local = local.replace(hour=min(max(local.hour, 8), 17))
    return min(max(local, after + timedelta(minutes=40)), timezone.now() - timedelta(minutes=1))


def business_days_from(day: date, count: int) -> date:
    company = Company.load()
    return add_business_days(day, count, lambda candidate: is_general_business_day(candidate, company))


def paper_for(request: Request, name: str, on: date) -> tuple[str, bytes]:
    """A file name and a small real paper that answers the request."""
    month, year = on.strftime("%B %Y"), str(on.year - 1)
    made: dict[str, tuple[str, Callable[[], bytes]]] = {
        Kind.PHOTO_ID: ("drivers-licence.jpg", lambda: papers.photo_id(name)),
        Kind.PAY_STUB: (f"pay-stub-{on:%Y-%m}.pdf", lambda: papers.pay_stub(name, f"{on:%Y-%m-%d}")),
        Kind.W2: (f"w2-{year}.pdf", lambda: papers.w2_form(name, year)),
        Kind.BANK_STATEMENT: (f"statement-{on:%Y-%m}.pdf", lambda: papers.bank_statement(name, month)),
        Kind.PERSONAL_RETURN: (f"tax-return-{year}.pdf", lambda: papers.tax_return(name, year)),
        Kind.PURCHASE_CONTRACT: ("contract.pdf", lambda: papers.purchase_contract(name, month)),
    }
    plain = (f"{request.kind.replace('_', '-')}.pdf", lambda: papers.plain_paper(request.title, name, month))
    file_name, make = made.get(request.kind, plain)
    return file_name, make()
