"""Which officer takes an application: licensed where the home is, taking applications, least loaded first."""

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from accounts.models import OfficerLicense, User
from accounts.states import STATE_NAMES
from loans import events
from loans.errors import Refused
from loans.models import Loan, Task
from loans.services.locking import locked, must_work_on, record, save
from loans.stages import Stage


def choose_officer(*, state: str, chosen: User | None = None) -> User | None:
    """
    The officer for a home in `state`: the chosen one if they may take it, else the one with the fewest open loans;
    None when nobody may.
    """
    able = User.objects.filter(
        is_active=True,
        role=User.Role.OFFICER,
        officer_profile__is_taking_applications=True,
        officer_profile__licenses__state=state,
    ).select_related("officer_profile")
    if chosen is not None and (officer := able.filter(pk=chosen.pk).first()):
        return officer
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
    """Hand the loan to another officer, licensed in its state; open tasks go with it. A manager's or staff's act."""
    locked(loan, expected_version)
    if not (by.is_superuser or by.sees_every_loan):
        must_work_on(loan, by)
    if officer.pk == loan.officer_id:
        return loan
    _must_be_licensed(officer, loan)
    _hand_to(loan, officer, by)
    return loan


def _hand_to(loan: Loan, officer: User, by: User) -> None:
    Task.objects.filter(loan=loan, for_user_id=loan.officer_id, done_at__isnull=True).update(for_user=officer)
    loan.officer = officer
    save(loan, "officer")
    record(loan=loan, by=by, action="loan.officer_changed", officer=str(officer.public_id))
    events.officer_changed.send(sender=Loan, loan=loan, by=by)


def follow_state(loan: Loan, by: User, officer: User | None = None) -> None:
    """
    The home lies in another state than we thought: the loan needs an officer licensed there, `officer` or the one
    with the fewest loans. A manager or staff move it so; Refused for others, and when there is nobody.
    """
    if officer is not None:
        _must_be_licensed(officer, loan)
    elif is_licensed(loan.officer, loan.state):
        return
    words = {"name": loan.officer.name, "state": STATE_NAMES.get(loan.state, loan.state)}
    if not (by.sees_every_loan or by.is_superuser):
        raise Refused(
            _("%(name)s holds no licence in %(state)s. A manager can give the loan to one who does.") % words
        )
    officer = officer or choose_officer(state=loan.state)
    if officer is None:
        raise Refused(
            _("None of our officers is licensed in %(state)s and taking applications at the moment.") % words
        )
    if officer.pk != loan.officer_id:
        _hand_to(loan, officer, by)


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


def _must_be_licensed(officer: User, loan: Loan) -> None:
    licensed = is_licensed(officer, loan.state)
    if not (officer.is_active and officer.role == User.Role.OFFICER and licensed):
        raise Refused(
            _("%(name)s holds no licence in %(state)s. Choose an officer who does.")
            % {"name": officer.name, "state": STATE_NAMES.get(loan.state, loan.state)}
        )
