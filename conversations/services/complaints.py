"""
A complaint: begun by one of us, from whichever channel it came; acknowledged within a business day; resolved; and then
they are asked whether it is settled. No answer is not "settled"; a "no" opens it again. While one is open the loan
says so (`complaint_open`), and no letter or marketing leaves.
"""

from datetime import date

from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from accounts.models import Company, User
from audit import log
from conversations import events
from conversations.models import Complaint, Message
from conversations.services.messages import receive_message, words_of
from conversations.services.requests import answer_by, one_line
from loans import clocks
from loans.errors import Refused
from loans.models import Loan, Party, Task
from loans.services import close_task, make_task, must_work_on, touch
from loans.services.counters import store_complaint_open
from loans.services.locking import works_on

SETTLE_DAYS = 5  # general business days from the acknowledgement


@transaction.atomic
def begin_complaint(
    *,
    loan: Loan,
    by: User,
    words: str,
    source: str,
    party: Party | None = None,
    message: Message | None = None,
) -> Complaint:
    """
    Somebody is not content: it has an owner (the loan's officer), a day and a task. Refused without words; the same
    message, or the same source, is one complaint.
    """
    must_work_on(loan, by)
    words = words_of(words, noop("Write down what is wrong."))
    if message is not None:
        if message.conversation.loan_id != loan.pk or not message.is_inbound:
            raise Refused(_("Only what the borrowers of this loan said can be a complaint of theirs."))
        source, party = f"message:{message.public_id}", message.party
    if party is not None and party.loan_id != loan.pk:
        raise Refused(_("Choose somebody on this loan."))
    complaint, is_new = Complaint.objects.get_or_create(
        source=source,
        defaults={
            "loan": loan, "party": party, "message": message, "words": words, "owner": loan.officer,
            "opened_by": by, "acknowledge_by": answer_by(),
        },
    )  # fmt: skip
    if is_new:
        _ask_owner(complaint, _("Acknowledge: %(words)s"), complaint.acknowledge_by, "acknowledge")
        store_complaint_open(loan, True)
        touch(loan)
        _tell(complaint, by, "begun", events.complaint_begun)
    return complaint


@transaction.atomic
def acknowledge_complaint(*, complaint: Complaint, by: User) -> Complaint:
    """They are told that it arrived and who looks after it. Refused the second time."""
    must_work_on(complaint.loan, by)
    _step(complaint, _("Somebody has acknowledged it already."), acknowledged_at=None)
    complaint.acknowledged_at = timezone.now()
    complaint.save(update_fields=["acknowledged_at"])
    close_task(key=_key(complaint, "acknowledge"), by=by)
    _ask_owner(complaint, _("Settle: %(words)s"), _settle_by(), "settle")
    _tell(complaint, by, "acknowledged", events.complaint_acknowledged)
    return complaint


@transaction.atomic
def resolve_complaint(*, complaint: Complaint, by: User, resolution: str) -> Complaint:
    """
    This was done about it: they read it, and are asked whether it is settled. Refused without words, before it was
    acknowledged, and when somebody else was quicker.
    """
    must_work_on(complaint.loan, by)
    words = words_of(resolution, noop("Write what was done: they are told."))
    _step(complaint, _("Somebody has resolved it already."), resolved_at=None)
    if complaint.acknowledged_at is None:
        raise Refused(_("Acknowledge it first: they should know that it arrived."))
    for step in ("settle", "again"):
        close_task(key=_key(complaint, step), by=by)
    complaint.resolution, complaint.resolved_at = words, timezone.now()
    complaint.asked_at, complaint.is_settled = complaint.resolved_at, None
    complaint.save(update_fields=["resolution", "resolved_at", "asked_at", "is_settled"])
    keep_flag(complaint.loan)
    _tell(complaint, by, "resolved", events.complaint_resolved)
    return complaint


@transaction.atomic
def say_whether_settled(*, complaint: Complaint, is_settled: bool, words: str = "") -> Complaint:
    """
    What they answered by the link in the mail; the first answer counts. "No" opens the complaint again and its owner is
    asked; what they write beside it comes onto the thread.
    """
    asked_at = complaint.asked_at
    _step(complaint, _("You have answered already. Thank you."), asked_at=asked_at, is_settled=None)
    complaint.is_settled = is_settled
    complaint.resolved_at = complaint.resolved_at if is_settled else None
    if not works_on(complaint.loan, complaint.owner):
        complaint.owner = complaint.loan.officer
    complaint.save(update_fields=["is_settled", "resolved_at", "owner"])
    log.record(
        action="complaint.answered", about=complaint, by=None, task="conversations", loan=complaint.loan,
        detail={"settled": is_settled},
    )  # fmt: skip
    if words.strip() and asked_at:
        receive_message(
            loan=complaint.loan, party=complaint.party, channel=Message.Channel.PORTAL, body=words,
            source=f"settled:{complaint.public_id.hex}:{asked_at.timestamp():.6f}",
        )  # fmt: skip
    if not is_settled:
        store_complaint_open(complaint.loan, True)
        _ask_owner(complaint, _("They say it is not settled: %(words)s"), answer_by(), "again")
        events.complaint_came_back.send(sender=Complaint, loan=complaint.loan, complaint=complaint)
    return complaint


def hand_over_complaints(loan: Loan) -> int:
    """The loan has another officer: its complaints go with it, also those that may come back; returns how many."""
    return loan.complaints.update(owner=loan.officer)


def keep_flag(loan: Loan) -> None:
    """The loan says that a complaint is open as long as one is."""
    store_complaint_open(loan, loan.complaints.filter(resolved_at=None).exists())


def _step(complaint: Complaint, otherwise: str, **expected: object) -> None:
    """Hold the complaint, brought up to date; Refused with `otherwise` when it is not as expected."""
    complaint.refresh_from_db(
        fields=["acknowledged_at", "resolved_at", "asked_at", "is_settled", "owner"],
        from_queryset=Complaint.objects.select_for_update(),
    )
    if any(getattr(complaint, name) != value for name, value in expected.items()):
        raise Refused(otherwise)


def _ask_owner(complaint: Complaint, why: str, due_on: date, step: str) -> None:
    make_task(
        loan=complaint.loan, kind=Task.Kind.COMPLAINT, why=(why % {"words": one_line(complaint.words)})[:300],
        for_user=complaint.owner, due_on=due_on, key=_key(complaint, step),
    )  # fmt: skip


def _key(complaint: Complaint, step: str) -> str:
    """One task a step; each time it comes back is a step of its own."""
    if step == "again" and complaint.asked_at:
        step = f"again:{complaint.asked_at.timestamp():.6f}"
    return f"complaint:{complaint.public_id}:{step}"


def _tell(complaint: Complaint, by: User, what: str, event: Signal) -> None:
    log.record(action=f"complaint.{what}", about=complaint, by=by, loan=complaint.loan)
    event.send(sender=Complaint, loan=complaint.loan, complaint=complaint, by=by)


def _settle_by() -> date:
    house = Company.load()
    return clocks.add_business_days(
        clocks.today(house), SETTLE_DAYS, lambda day: clocks.is_general_business_day(day, house)
    )
