"""
Which officer takes an application: licensed where the home is, taking applications, least loaded first. And how a loan,
or all of an officer's, comes into other hands.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import OfficerLicense, User
from accounts.services import hand_over_invitations
from accounts.states import STATE_NAMES
from loans import events
from loans.errors import Changed, Refused
from loans.models import Loan, Task
from loans.services.locking import locked, must_work_on, record, save
from loans.stages import Stage


def choose_officer(*, state: str, chosen: User | None = None, but: User | None = None) -> User | None:
    """
    The officer for a home in `state`: the chosen one if they may take it, else the one with the fewest open loans,
    never `but`; None when nobody may.
    """
    able = User.objects.filter(
        is_active=True,
        role=User.Role.OFFICER,
        officer_profile__is_taking_applications=True,
        officer_profile__licenses__state=state,
    ).select_related("officer_profile")
    if chosen is not None and (officer := able.filter(pk=chosen.pk).first()):
        return officer
    if but is not None:
        able = able.exclude(pk=but.pk)
    return able.alias(load=_open_loans()).order_by("load", "id").first()


def _open_loans() -> Count:
    return Count("loans_as_officer", filter=~Q(loans_as_officer__stage__in=Stage.closed()), distinct=True)


def states_served() -> list[str]:
    """The states in which somebody takes applications, two letters each, in order."""
    licenses = OfficerLicense.objects.filter(
        officer__is_taking_applications=True,
        officer__user__is_active=True,
        officer__user__role=User.Role.OFFICER,
    )
    return sorted(set(licenses.values_list("state", flat=True)))


@transaction.atomic
def assign_officer(*, loan: Loan, officer: User, by: User, expected_version: int) -> Loan:
    """
    Hand the loan to another officer, licensed in its state, with all that is open on it; whoever had it sees it no
    more from this moment. Refused for others than managers, staff and its officer.
    """
    locked(loan, expected_version)
    if not may_reassign(loan, by):
        raise Refused(_("Only a manager, or its own officer, can give this loan to somebody else."))
    if officer.pk == loan.officer_id:
        return loan
    must_be_licensed(officer, loan.state)
    _hand_to(loan, officer, by)
    return loan


def may_reassign(loan: Loan, by: User) -> bool:
    """A deputy does not give away what they look after for somebody else."""
    return by.is_active and (by.is_superuser or by.sees_every_loan or by.pk == loan.officer_id)


def officers_for(state: str) -> QuerySet[User]:
    """Who may have a loan for a home in this state, by name; also those who take no applications at the moment."""
    return (
        User.objects.filter(is_active=True, role=User.Role.OFFICER, officer_profile__licenses__state=state)
        .select_related("officer_profile")
        .order_by("name", "pk")
    )


def _hand_to(loan: Loan, officer: User, by: User) -> None:
    before = loan.officer
    Task.objects.filter(loan=loan, for_user=before, done_at__isnull=True).update(for_user=officer)
    hand_over_invitations(
        subjects=list(loan.parties.values_list("public_id", flat=True)), before=before, after=officer
    )
    loan.officer = officer
    save(loan, "officer")
    told = {"officer": str(officer.public_id), "before": str(before.public_id)}
    record(loan=loan, by=by, action="loan.officer_changed", **told)
    events.officer_changed.send(sender=Loan, loan=loan, by=by, before=before)


# --- All of an officer's -------------------------------------------------------------------------------------

MOST_AT_ONCE = 200


@dataclass(frozen=True)
class Handed:
    """What became of one loan: `to` has it now, or `refused` says why it stayed."""

    loan: Loan
    to: User | None = None
    refused: str = ""


def loans_to_hand_over(officer: User, *, ended_too: bool = False) -> QuerySet[Loan]:
    """What this officer has, the longest untouched last."""
    loans = Loan.objects.all() if ended_too else Loan.objects.open()
    return loans.filter(officer=officer).order_by("-last_activity_at", "-pk")


def reassign_all(*, officer: User, by: User, to: User | None = None, ended_too: bool = False) -> list[Handed]:
    """
    Every loan of `officer` to `to`, or each to whoever is licensed in its state and has the fewest: one transaction a
    loan, so that one that must stay holds up no other. At most `MOST_AT_ONCE`; asked again, it goes on with the rest.
    A manager's or staff's act.
    """
    if not (by.is_superuser or by.sees_every_loan):
        raise Refused(_("Only a manager can give away all loans of an officer."))
    loans = loans_to_hand_over(officer, ended_too=ended_too).select_related("officer")
    return list(_each_handed(list(loans[:MOST_AT_ONCE]), officer, to, by))


def _each_handed(loans: list[Loan], officer: User, to: User | None, by: User) -> Iterator[Handed]:
    for loan in loans:
        try:
            taker = to or choose_officer(state=loan.state, but=officer)
            if taker is None:
                raise Refused(_nobody_for(loan.state))
            assign_officer(loan=loan, officer=taker, by=by, expected_version=loan.version)
            yield Handed(loan, to=taker)
        except Changed:
            yield Handed(loan, refused=_("Somebody changed this loan in the meantime; it stayed as it was."))
        except Refused as refused:
            yield Handed(loan, refused=refused.message)


# --- Another state, another processor ------------------------------------------------------------------------


def follow_state(loan: Loan, by: User, officer: User | None = None) -> None:
    """
    The home lies in another state than we thought: the loan needs an officer licensed there, `officer` or the one
    with the fewest loans. A manager or staff move it so; Refused for others, and when there is nobody.
    """
    if officer is not None:
        must_be_licensed(officer, loan.state)
    elif is_licensed(loan.officer, loan.state):
        return
    words = {"name": loan.officer.name, "state": STATE_NAMES.get(loan.state, loan.state)}
    if not (by.sees_every_loan or by.is_superuser):
        raise Refused(
            _("%(name)s holds no licence in %(state)s. A manager can give the loan to one who does.") % words
        )
    officer = officer or choose_officer(state=loan.state)
    if officer is None:
        raise Refused(_nobody_for(loan.state))
    if officer.pk != loan.officer_id:
        _hand_to(loan, officer, by)


def _nobody_for(state: str) -> str:
    words = {"state": STATE_NAMES.get(state, state)}
    return _("None of our officers is licensed in %(state)s and taking applications at the moment.") % words


def is_licensed(officer: User, state: str) -> bool:
    return OfficerLicense.objects.filter(officer__user=officer, state=state).exists()


@transaction.atomic
def assign_processor(*, loan: Loan, processor: User | None, by: User, expected_version: int) -> Loan:
    """Give the loan a processor, or none. A manager's, the team's or staff's act."""
    locked(loan, expected_version)
    if not (by.is_superuser or by.sees_every_loan):
        must_work_on(loan, by)
    if processor is not None and not (processor.is_active and processor.works_here):
        raise Refused(_("%(name)s does not work here.") % {"name": processor.name})
    loan.processor = processor
    save(loan, "processor")
    record(
        loan=loan,
        by=by,
        action="loan.processor_changed",
        processor=str(processor.public_id if processor else ""),
    )
    return loan


def must_be_licensed(officer: User, state: str) -> None:
    """Refused for who is no officer, and for an officer without a licence in this state."""
    if not (officer.is_active and officer.role == User.Role.OFFICER and is_licensed(officer, state)):
        raise Refused(
            _("%(name)s holds no licence in %(state)s. Choose an officer who does.")
            % {"name": officer.name, "state": STATE_NAMES.get(state, state)}
        )
