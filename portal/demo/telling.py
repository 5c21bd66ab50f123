"""Tells a loan as a story, day by day with the clock set back, through the same services as everybody else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from accounts import services as accounts
from accounts.models import Invitation, User
from audit import log
from documents import services as documents
from documents.kinds import Kind
from documents.models import Document, Request
from documents.returns import ReturnReason
from loans import clocks, events, services
from loans.answers import Income
from loans.models import Application, KeyDate, Loan, Party
from loans.stages import Stage
from notifications import delivery
from notifications.models import Notification
from portal.demo import papers
from portal.demo.clock import business_days_from, clock_at, in_daytime, last_open_day_of_week
from portal.demo.people import address_of
from portal.demo.stories import Story

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
BANK_STATEMENTS = "bank_statements"
MESSAGES_LEAVE = timedelta(minutes=20)  # what waits for an undo, or for others of its kind, has gone by then
# The last step is this part of a pace ago: a letter of thanks has gone out a little over a week after the closing, and
# who has heard nothing for that long is a quiet file.
REST, LONG_REST = 0.6, 0.95
# Days until the rate lock ends.
LOCKED_FOR = {"bea": 41, "ruth": 6, "omar": 20, "june": 12, "pavel": 9, "nils": 5, "mona": 27}
LINES_TO_BORROWERS: dict[str, str] = {
    Stage.PROCESSING: "Thank you for sending things so quickly. I will call you on Thursday.",
    Stage.CLEAR_TO_CLOSE: "You made this easy. I will call you tomorrow to go over the numbers.",
}


def tell(story: Story) -> bool:
    """Tell one story unless it was told; True when it is new. A story stands whole or not at all."""
    if Party.objects.filter(role=Party.Role.BORROWER, email=story.email).exists():
        return False
    with transaction.atomic():
        Teller(story).tell()
    return True


def person_of(key: str) -> User:
    return User.objects.get(email=address_of(key))


def leave(moment: datetime) -> None:
    """What is due at this moment leaves, unless the moment is still to come."""
    if moment <= timezone.now():
        with clock_at(moment):
            delivery.deliver_due()


class Narrator:
    """Goes through time in daylight, never past the present; the messages of each moment leave right behind it."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    @contextmanager
    def later(self, *, hours: float = 0) -> Iterator[None]:
        """Some hours on."""
        self.moment = in_daytime(self.moment + timedelta(hours=hours), after=self.moment)
        with clock_at(self.moment):
            yield
        leave(self.moment)
        leave(min(self.moment + MESSAGES_LEAVE, timezone.now()))


class Teller(Narrator):
    """Walks one loan from its start to where its story has it, with a clock of its own."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.officer = person_of(story.officer)
        super().__init__(timezone.now() - timedelta(days=story.started_days_ago))
        self.loan: Loan

    def tell(self) -> None:
        with self.later():
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
    def later(self, *, hours: float = 0) -> Iterator[None]:
        with super().later(hours=hours):
            yield
        if hasattr(self, "loan"):
            self.loan.refresh_from_db()

    def deliver_what_fell_due(self) -> None:
        """Letters that were due between the last step of the story and now left on their day."""
        waiting = Notification.objects.filter(loan=self.loan, state=Notification.State.QUEUED)
        for due_at in sorted(waiting.filter(due_at__lte=timezone.now()).values_list("due_at", flat=True)):
            leave(due_at + timedelta(seconds=30))

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
        cole = person_of("cole")
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
                "phone": story.phone,
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
        with self.later():
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
                        good_pages="1-3",
                        expected_version=document.version,
                    )

    def send(self, request: Request) -> Document:
        user = User.objects.get(parties__loan=self.loan, parties__role=Party.Role.BORROWER)
        name, content = paper_for(request, self.story.name, self.moment.date())
        session = documents.take_plain_upload(
            target=documents.target_of_request(request), user=user, file=SimpleUploadedFile(name, content)
        )
        documents.check_upload(session.public_id)
        return Document.objects.get(session=session)

    def walk(self) -> None:
        """Stage after stage, a few days apart, up to where the story stands."""
        target = self.story.stage
        last = BEFORE_THE_END.get(target, target)
        line = MAIN_LINE[1 : MAIN_LINE.index(last) + 1]
        moves = [*line, *([target] if last != target else [])]
        rest = self.story.rest or (LONG_REST if self.story.traits & {"letter_sent", "quiet"} else REST)
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
        if stage == Stage.CLOSING and (call := services.open_call(self.loan)):
            services.complete_task(task=call, by=self.officer)
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
                closing = min(business_days_from(today, 3), last_open_day_of_week(today))
            services.set_expected_closing(
                loan=self.loan, on=closing, by=self.officer, expected_version=self.loan.version
            )
            if "signing" in self.story.traits:
                self.set_date(KeyDate.Kind.SIGNING, closing)
            if days := LOCKED_FOR.get(self.story.key):
                self.set_date(KeyDate.Kind.RATE_LOCK_ENDS, today + timedelta(days=days))

    def set_date(self, kind: str, on: date) -> None:
        self.loan.refresh_from_db()
        services.set_key_date(
            loan=self.loan, kind=kind, on=on, by=self.officer, expected_version=self.loan.version
        )


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
