"""No person is ever asked twice for the same thing, before the letter of thanks, in trouble or grief, or unwanted."""

from collections import Counter
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from conversations.models import Conversation
from conversations.services import thread_of, write
from conversations.services.complaints import begin_complaint
from conversations.services.settling import reopen, resolve
from feedback import handlers
from feedback.models import SurveyResponse
from loans.errors import Refused
from loans.models import Loan, Party
from notifications.models import Notification, Suppression
from notifications.reminders import surveys
from tests.cast import PartyFactory, UserFactory, make_cast
from tests.feedback.asking import ASKING, MORNING, State, move

LEFT = (State.SENT, State.DELIVERED, State.PRINTED)
AFTER_CLOSING = ("survey_nps", "review_invitation")
AFTER_THE_LETTER = timedelta(days=3)
HAPPENINGS = (
    "apply", "send_back", "to_clear", "to_closing", "to_funded", "to_funded", "back_to_closing", "suspend", "write",
    "answer", "settle", "settle", "open_again", "complain", "be_content", "grieve", "be_over_it", "letter_leaves",
    "letter_leaves", "letter_held", "letter_cancelled", "other_address", "other_borrower", "unsubscribe", "hours",
    "days", "weeks", "weeks", "ask", "ask", "ask_twice_at_once",
)  # fmt: skip


class House:
    """A loan on its way, and whatever happens to it; what is refused where it stands does not happen."""

    def __init__(self, clock: Any) -> None:
        self.cast, self.clock = make_cast(), clock
        Loan.objects.filter(pk=self.cast.loan.pk).update(stage="closing")
        self.trouble: list[tuple[datetime, bool]] = [(timezone.now(), False)]
        self.left: list[tuple[datetime, int]] = []
        self.unwanted_since: dict[str, datetime] = {}
        self.count = iter(range(10_000))

    @property
    def loan(self) -> Loan:
        return Loan.objects.get(pk=self.cast.loan.pk)

    @property
    def thread(self) -> Conversation:
        return thread_of(self.loan)

    def happen(self, what: str) -> None:
        self.clock.shift(timedelta(minutes=1))
        try:
            with transaction.atomic():
                getattr(self, what)()
        except Refused:
            pass

    def apply(self) -> None:
        handlers.applied(loan=self.loan, application=None)  # type: ignore[arg-type]

    def send_back(self) -> None:
        paper = SimpleNamespace(request=SimpleNamespace(party=Party.objects.get(pk=self.cast.bea_party.pk)))
        handlers.returned(loan=self.loan, document=paper)  # type: ignore[arg-type]

    def to_clear(self) -> None:
        move(self.cast, "clear_to_close")

    def to_closing(self) -> None:
        move(self.cast, "closing")

    def to_funded(self) -> None:
        if self.loan.stage != "funded":
            Loan.objects.filter(pk=self.cast.loan.pk).update(stage="closing")
        move(self.cast, "funded")

    def back_to_closing(self) -> None:
        move(self.cast, "closing")

    def suspend(self) -> None:
        move(self.cast, "suspended")

    def write(self) -> None:
        write(by=self.cast.bea, loan=self.loan, body="When will it close?")

    def answer(self) -> None:
        write(by=self.cast.olga, loan=self.loan, body="On Friday.")

    def settle(self) -> None:
        resolve(conversation=self.thread, by=self.cast.olga)

    def open_again(self) -> None:
        reopen(conversation=self.thread, by=self.cast.olga)

    def complain(self) -> None:
        begin_complaint(loan=self.loan, by=self.cast.olga, words="Late", source=f"desk:{next(self.count)}")
        self._feel()

    def be_content(self) -> None:
        Loan.objects.filter(pk=self.cast.loan.pk).update(complaint_open=False)
        self._feel()

    def grieve(self) -> None:
        Loan.objects.filter(pk=self.cast.loan.pk).update(bereavement=True)
        self._feel()

    def be_over_it(self) -> None:
        Loan.objects.filter(pk=self.cast.loan.pk).update(bereavement=False)
        self._feel()

    def _feel(self) -> None:
        self.trouble.append((timezone.now(), self.loan.complaint_open or self.loan.bereavement))

    def _letter(self, state: str) -> bool:
        waiting = Notification.objects.filter(kind="thank_you", state__in=[State.QUEUED, State.HELD])
        return bool(waiting.update(state=state, sent_at=timezone.now() if state in LEFT else None))

    def letter_leaves(self) -> None:
        if self._letter(State.SENT):
            self.left.append((timezone.now(), self.loan.closings))

    def letter_held(self) -> None:
        self._letter(State.HELD)

    def letter_cancelled(self) -> None:
        self._letter(State.CANCELLED)

    def other_address(self) -> None:
        number = next(self.count)
        self.cast.bea.contact_email = f"bea{number}@example.com"
        self.cast.bea.save(update_fields=["contact_email"])
        Party.objects.filter(user=self.cast.bea).update(email=f"bea{number}@example.com")

    def other_borrower(self) -> None:
        person = UserFactory(name="Dora Nguyen")
        PartyFactory(loan=self.loan, user=person, role=Party.Role.CO_BORROWER)

    def unsubscribe(self) -> None:
        address = Party.objects.get(pk=self.cast.bea_party.pk).mail_address
        Suppression.objects.get_or_create(
            address=address, channel="email",
            defaults={"scope": Suppression.Scope.MARKETING, "reason": Suppression.Reason.UNSUBSCRIBED},
        )  # fmt: skip
        self.unwanted_since.setdefault(address, timezone.now())

    def hours(self) -> None:
        self.clock.shift(timedelta(hours=3))

    def days(self) -> None:
        self.clock.shift(timedelta(days=3))

    def weeks(self) -> None:
        self.clock.shift(timedelta(weeks=2))

    def ask(self) -> None:
        surveys.plan()

    def ask_twice_at_once(self) -> None:
        due = list(SurveyResponse.objects.due(timezone.now()).values_list("pk", flat=True))
        surveys.plan()
        for pk in due:  # the second beat listed them before the first had asked
            surveys._ask(pk)

    # --- What must hold, whatever happened

    def must_be_decent(self) -> None:
        asked = list(Notification.objects.filter(kind__in=ASKING))
        things = Counter((row.recipient, row.kind, self._about(row)) for row in asked)
        assert all(count == 1 for count in things.values()), things
        for row in asked:
            assert not self._in_trouble(row.created_at), (row.kind, self.trouble)
            if row.kind in AFTER_CLOSING:
                assert self._letter_had_left(row.created_at), (row.created_at, self.left)
            since = self.unwanted_since.get(row.address)
            assert since is None or row.created_at < since, "nobody who unsubscribed"

    def _about(self, row: Notification) -> str:
        return SurveyResponse.objects.get(public_id=row.context["survey"]).about

    def _in_trouble(self, at: datetime) -> bool:
        return [is_so for since, is_so in self.trouble if since <= at][-1]

    def _letter_had_left(self, at: datetime) -> bool:
        """The letter of the closing that stood at that moment, and not just now."""
        funded = self.loan.stage_events.filter(to_stage="funded", at__lte=at).order_by("-at")[0]
        return any(
            number == funded.closing_number and left <= at - AFTER_THE_LETTER for left, number in self.left
        )


class TestWhateverHappens(TestCase):
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.sampled_from(HAPPENINGS), max_size=24))
    def test_nobody_is_asked_twice_or_at_the_wrong_time(self, happenings: list[str]) -> None:
        with time_machine.travel(MORNING, tick=False) as clock:
            house = House(clock)
            for what in happenings:
                house.happen(what)
            house.must_be_decent()

    def test_these_things_do_bring_questions(self) -> None:
        """Or the test above would hold for a house that never asks."""
        story = (
            "apply", "write", "answer", "settle", "send_back", "days", "ask", "to_funded", "days", "letter_leaves",
            "weeks", "ask", "back_to_closing", "to_funded", "letter_leaves", "weeks", "weeks", "ask", "ask",
        )  # fmt: skip
        with time_machine.travel(MORNING, tick=False) as clock:
            house = House(clock)
            for what in story:
                house.happen(what)
            house.must_be_decent()
        kinds = Counter(Notification.objects.filter(kind__in=ASKING).values_list("kind", flat=True))
        assert kinds == {
            "survey_applied": 1, "survey_conversation": 1, "survey_returned": 1, "survey_nps": 2,
            "review_invitation": 2,
        }, kinds  # fmt: skip
