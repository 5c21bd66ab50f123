"""Which officer takes an application."""

import pytest

from accounts.models import OfficerProfile, User
from loans import services
from loans.errors import Refused
from loans.models import Loan
from loans.stages import Stage
from tests.cast import LoanFactory
from tests.loans.helpers import at_version

pytestmark = pytest.mark.django_db


def test_only_licensed_officers_who_take_applications(cast):
    assert services.choose_officer(state="NH") == cast.olga
    assert services.choose_officer(state="TX") is None
    OfficerProfile.objects.filter(user=cast.olga).update(is_taking_applications=False)
    assert services.choose_officer(state="NH") is None
    assert services.states_served() == ["ME"]
    User.objects.filter(pk=cast.otto.pk).update(is_active=False)
    assert services.states_served() == []


def test_the_least_loaded_first_and_ended_loans_weigh_nothing(cast):
    LoanFactory(officer=cast.olga)
    assert services.choose_officer(state="ME") == cast.otto
    LoanFactory(officer=cast.otto)
    LoanFactory(officer=cast.otto)
    assert services.choose_officer(state="ME") == cast.olga
    Loan.objects.filter(officer=cast.otto).update(stage=Stage.FUNDED)
    assert services.choose_officer(state="ME") == cast.otto


def test_the_chosen_one_only_when_they_may(cast):
    LoanFactory(officer=cast.olga)
    assert services.choose_officer(state="ME", chosen=cast.olga) == cast.olga
    assert services.choose_officer(state="NH", chosen=cast.otto) == cast.olga
    OfficerProfile.objects.filter(user=cast.olga).update(is_taking_applications=False)
    assert services.choose_officer(state="ME", chosen=cast.olga) == cast.otto


def test_handing_a_loan_over_takes_its_tasks_along_and_needs_a_licence(cast):
    from loans import clocks

    task = services.make_task(
        loan=cast.loan, kind="call", why="Call", for_user=cast.olga, due_on=clocks.today(), key="k"
    )
    at_version(cast.loan, services.assign_officer, officer=cast.otto, by=cast.mara)
    task.refresh_from_db()
    assert task.for_user == cast.otto
    assert not Loan.objects.visible_to(cast.olga).filter(pk=cast.loan.pk).exists()
    Loan.objects.filter(pk=cast.loan.pk).update(state="NH")
    assert (
        at_version(cast.loan, services.assign_officer, officer=cast.olga, by=cast.mara).officer == cast.olga
    )
    with pytest.raises(Refused, match="licence"):
        at_version(cast.loan, services.assign_officer, officer=cast.otto, by=cast.mara)


def change_state(loan, by, state):
    loan.refresh_from_db()
    return services.change_facts(loan=loan, by=by, expected_version=loan.version, state=state)


def test_the_state_changes_freely_where_the_officer_is_licensed(cast):
    assert change_state(cast.loan, cast.olga, "NH").officer == cast.olga


def test_an_officer_cannot_take_a_loan_into_a_state_without_a_licence(cast):
    with pytest.raises(Refused, match="holds no licence in New Hampshire"):
        change_state(cast.other_loan, cast.otto, "NH")
    cast.other_loan.refresh_from_db()
    assert cast.other_loan.state == "ME"


def test_staff_name_the_officer_for_the_new_state(cast):
    OfficerProfile.objects.update(is_taking_applications=False)
    loan = cast.other_loan
    with pytest.raises(Refused, match="Otto Weber holds no licence in New Hampshire"):
        services.change_facts(
            loan=loan,
            by=cast.stef,
            expected_version=loan.version,
            source="admin",
            state="NH",
            officer=cast.otto,
        )
    loan.refresh_from_db()
    services.change_facts(
        loan=loan, by=cast.stef, expected_version=loan.version, source="admin", state="NH", officer=cast.olga
    )
    assert (loan.state, loan.officer) == ("NH", cast.olga)


def test_a_manager_can_and_the_loan_goes_to_somebody_licensed_there(cast):
    assert change_state(cast.other_loan, cast.mara, "NH").officer == cast.olga
    with pytest.raises(Refused, match="None of our officers is licensed in Texas"):
        change_state(cast.other_loan, cast.mara, "TX")
