"""
What happens inside the product's own environment, beside its processes: `python -m benchmarks.inside`, one order as
JSON a line, one answer as JSON a line.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django

django.setup()

from django.core.mail import get_connection  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.desk_rows import desk_page, fill_desk  # noqa: E402
from loans.models import Loan, Party, StageEvent  # noqa: E402
from notifications import delivery, letters, outlets, services  # noqa: E402
from notifications.models import Notification  # noqa: E402
from tests.cast import LoanFactory, make_company, make_officer  # noqa: E402

State = Notification.State
Channel = Notification.Channel
LATER = timedelta(days=300)


def migrate() -> None:
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)


def prepare(loans: int, stage: str) -> int:
    """A company, an officer and so many loans in this stage, one borrower each."""
    make_company()
    officer = make_officer(
        states=["ME"], slug="olga-haddad", nmls_id="1200001", name="Olga Haddad", email="olga@lantern.example"
    )
    with transaction.atomic():
        for position in range(loans):
            loan = LoanFactory(officer=officer, stage=stage, borrower_names=f"Kim {position}")
            Party.objects.create(
                loan=loan,
                role=Party.Role.BORROWER,
                name=f"Kim {position}",
                email=f"kim-{position}@example.com",
            )
            StageEvent.objects.create(loan=loan, to_stage=stage, by=officer, closing_number=loan.closings)
    return Loan.objects.count()


# --- Mail ----------------------------------------------------------------------------------------------------


def queue(round: str, later: bool) -> int:
    """The message of their stage for each loan; `later` keeps it from the worker."""
    due_at = timezone.now() + LATER if later else None
    with transaction.atomic():
        for loan, party, event in _everything():
            services.queue(
                kind="stage_processing", event_key=f"bench:{round}:{loan.pk}", recipient=party, loan=loan,
                context={"event": str(event.public_id)}, due_at=due_at,
            )  # fmt: skip
    return Notification.objects.filter(state=State.QUEUED).count()


def _everything() -> list[tuple[Loan, Party, StageEvent]]:
    events = StageEvent.objects.select_related("loan").order_by("loan_id")
    parties = {party.loan_id: party for party in Party.objects.select_related("user")}
    return [(event.loan, parties[event.loan_id], event) for event in events]


def bare(write_first: bool) -> int:
    """The same messages by a plain loop over one connection: no claim, no checks, no states, no commits."""
    rows = list(_waiting())
    written = [outlets.write(row) for row in rows] if write_first else None
    with get_connection() as connection:
        for position, row in enumerate(rows):
            connection.send_messages([written[position] if written else outlets.write(row)])
    _waiting().update(state=State.CANCELLED)
    return len(rows)


def _waiting() -> Any:
    rows = Notification.objects.filter(state=State.QUEUED).order_by("priority", "due_at", "id")
    return rows.select_related("loan__officer", "party__user")


def deliver() -> int:
    return delivery.deliver_due(Channel.EMAIL)


def states() -> dict[str, int]:
    return dict(Counter(Notification.objects.values_list("state", flat=True)))


# --- Letters -------------------------------------------------------------------------------------------------


def queue_letters(round: str) -> int:
    with transaction.atomic():
        for loan, party, event in _everything():
            services.queue(
                kind="thank_you", event_key=f"bench:{round}:{loan.pk}", recipient=party, loan=loan,
                context={"event": str(event.public_id), "closing": loan.closings}, channel=Channel.LETTER,
            )  # fmt: skip
    return Notification.objects.filter(state=State.QUEUED, channel=Channel.LETTER).count()


def bare_letters() -> float:
    """Letters a second by the renderer alone, from data that is at hand."""
    rows = Notification.objects.filter(channel=Channel.LETTER).select_related("loan__officer", "party")
    pages = [letters.letter_data(row) for row in rows[: Loan.objects.count()]]
    began = time.perf_counter()
    for page in pages:
        letters.render_letter(page)
    return len(pages) / (time.perf_counter() - began)


def deliver_letters() -> float:
    """Letters a second by what the worker's task does: claim, look again, facts, PDF, file, audit, commit."""
    began = time.perf_counter()
    done = delivery.deliver_due(Channel.LETTER)
    return done / (time.perf_counter() - began)


ORDERS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        migrate,
        prepare,
        queue,
        bare,
        deliver,
        states,
        queue_letters,
        bare_letters,
        deliver_letters,
        fill_desk,
        desk_page,
    )
}


def main() -> None:
    for line in sys.stdin:
        order = json.loads(line)
        print(json.dumps(ORDERS[order.pop("do")](**order)), flush=True)


if __name__ == "__main__":
    main()
