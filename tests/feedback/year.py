"""
A made-up year of a small house: three people at the desk, a hundred loans, and everything that figures are counted
from. The same seed is the same year. Rows are written straight, so that a figure can be wrong only by itself.
"""

import random
from datetime import datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from accounts.models import Branch, User
from conversations.models import Conversation, Message
from documents.models import Document, Request
from documents.returns import ReturnReason
from feedback.models import SurveyResponse
from loans.answers import STEPS
from loans.models import Application, Loan, Party, StageEvent, UpdatePromise
from loans.services.usual import COUNTED_STAGES
from notifications.models import Notification
from tests.cast import Cast, UserFactory, with_second_factor

ZONE = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=ZONE)
BEGAN = datetime(2025, 12, 1, tzinfo=ZONE)
LOANS, VISITORS = 100, 12
LINE = ["started", *COUNTED_STAGES, "funded"]


class Year:
    def __init__(self, cast: Cast, seed: int = 6) -> None:
        self.dice, self.cast = random.Random(seed), cast
        self.pia = with_second_factor(
            UserFactory(name="Pia Ross", email="pia@lantern.example", role=User.Role.PROCESSOR)
        )
        self.files = 0
        for name, people in (("Riverside", [cast.olga, self.pia]), ("Uptown", [cast.otto])):
            branch = Branch.objects.create(name=name)
            User.objects.filter(pk__in=[person.pk for person in people]).update(branch=branch)

    def make(self) -> "Year":
        loans = Loan.objects.bulk_create(self._loan(number) for number in range(LOANS))
        parties = Party.objects.bulk_create(
            Party(loan=loan, name=f"Person {loan.number}", email=f"{loan.number}@example.com")
            for loan in loans
        )
        for loan, party in zip(loans, parties, strict=True):
            self._moves(loan)
            self._talk(Conversation.objects.create(loan=loan))
            self._papers(loan, party)
            self._promises(loan)
            self._surveys(loan, party)
            self._application(loan)
        for number in range(VISITORS):
            owner = self.dice.choice([self.cast.olga, self.cast.otto])
            noise = NOW if number % 4 == 0 else None
            self._talk(Conversation.objects.create(name=f"Visitor {number}", owner=owner, set_aside_at=noise))
        return self

    def moment(self) -> datetime:
        """Some moment of the year; one in eight is the first or the last of a month, where months are told apart."""
        at = BEGAN + timedelta(seconds=self.dice.randrange(int((NOW - BEGAN).total_seconds())))
        if self.dice.random() < 0.125:
            midnight = datetime.combine(at.date().replace(day=1), time.min, ZONE)
            at = midnight + self.dice.choice([timedelta(), -timedelta(microseconds=1)])
        return max(at, BEGAN)

    def _loan(self, number: int) -> Loan:
        officer = self.cast.olga if number % 3 else self.cast.otto
        processor = [self.pia, None, officer][number % 3 if number % 2 else 0]
        return Loan(
            number=f"LN-Y{number:04d}", purpose="purchase", state="ME", officer=officer, processor=processor,
            borrower_names=f"Person {number}",
        )  # fmt: skip

    def _moves(self, loan: Loan) -> None:
        at, events = self.moment(), []
        for place, stage in enumerate(LINE[: self.dice.randrange(2, len(LINE) + 1)]):
            source = "import" if place == 2 and self.dice.random() < 0.2 else "desk"
            before = LINE[place - 1] if place else ""
            if place and self.dice.random() < 0.1:
                events.append(
                    StageEvent(
                        loan=loan, from_stage=before, to_stage=stage, at=at, undone_at=at, source="desk"
                    )
                )
                at += timedelta(minutes=3)
            events.append(StageEvent(loan=loan, from_stage=before, to_stage=stage, at=at, source=source))
            at += timedelta(hours=self.dice.randrange(1, 900))
        StageEvent.objects.bulk_create(event for event in events if event.at <= NOW)

    def _talk(self, thread: Conversation) -> None:
        messages = []
        for _number in range(self.dice.randrange(7)):
            at, kind = self.moment(), self.dice.random()
            channel = self.dice.choice(["portal", "email", "text", "call"])
            said = {
                "conversation": thread,
                "body": "Hello?",
                "at": at,
                "channel": channel,
                "source": uuid4().hex,
            }
            if kind < 0.6:
                minutes = self.dice.randrange(900)
                answered = at + timedelta(minutes=2 * minutes)
                late = {"answered_at": answered, "answer_minutes": minutes} if answered <= NOW else {}
                messages.append(Message(**said, **late))
            elif kind < 0.8:
                messages.append(Message(**said, by=self.cast.olga, is_internal=self.dice.random() < 0.3))
            else:
                quiet = self.dice.random() < 0.5
                messages.append(Message(**said, needs_no_reply=not quiet, is_internal=quiet))
        Message.objects.bulk_create(messages)

    def _papers(self, loan: Loan, party: Party) -> None:
        for number in range(self.dice.randrange(4)):
            asked = self.moment()
            again = self.dice.random() < 0.25
            request = Request.objects.create(
                loan=loan, party=party, title=f"Paper {number}", why="We must know.", created_at=asked,
                repeat_reason="The last one is too old." if again else "",
                asked_again_at=min(asked + timedelta(days=40), NOW) if again and number % 2 else None,
            )  # fmt: skip
            for _file in range(self.dice.randrange(3)):
                self._file(request, asked + timedelta(hours=self.dice.randrange(700)))
            Notification.objects.bulk_create(
                Notification(
                    event_key=f"{request.pk}:{day}", kind="needs_reminder", recipient=f"party:{party.public_id}",
                    address=party.email, loan=loan, party=party, due_at=asked + timedelta(days=day, hours=1),
                    message_id=uuid4().hex, channel="text" if day == 6 else "email",
                    state=self.dice.choice(["sent", "sent", "delivered", "cancelled"]),
                )
                for day in (3, 6, 9)
            )  # fmt: skip

    def _file(self, request: Request, at: datetime) -> None:
        self.files += 1
        review = self.dice.choice(["accepted", "returned", "pending"])
        Document.objects.create(
            loan=request.loan, request=request, name="paper.pdf", key=f"documents/year-{self.files}", size=1,
            sha256=f"{self.files:064x}", content_type="application/pdf", received_at=at, review=review,
            reason=self.dice.choice(ReturnReason.values) if review == "returned" else "",
            reviewed_at=None if review == "pending" else at + timedelta(hours=30),
        )  # fmt: skip

    def _promises(self, loan: Loan) -> None:
        for _number in range(self.dice.randrange(3)):
            made = self.moment()
            end = self.dice.choice(["kept_at", "replaced_at", "lapsed_at", None])
            ended = {end: made + timedelta(days=1)} if end else {}
            on = made.astimezone(ZONE).date() + timedelta(days=3)
            UpdatePromise.objects.create(loan=loan, on=on, made_at=made, **ended)

    def _surveys(self, loan: Loan, party: Party) -> None:
        for kind, most in (("conversation", 5), ("nps", 10), ("applied", 3)):
            at, score = self.moment(), self.dice.randrange(1, most + 1)
            answered = {"answered_at": at, "score": score} if self.dice.random() < 0.6 else {}
            SurveyResponse.objects.create(
                kind=kind, party=party, loan=loan, officer=loan.officer, due_at=at, asked_at=at, **answered
            )

    def _application(self, loan: Loan) -> None:
        begun = self.moment()
        saved = min(begun + timedelta(days=self.dice.randrange(3)), NOW)
        Application.objects.create(
            loan=loan, step=self.dice.choice(STEPS), created_at=begun, proved_at=begun, saved_at=saved,
            submitted_at=saved if self.dice.random() < 0.6 else None,
        )  # fmt: skip
