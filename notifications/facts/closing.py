"""Facts of letters and messages after closing."""

from django.utils.translation import gettext_noop as noop

from loans.stages import Stage
from notifications import words
from notifications.facts.shared import Facts, NotWanted, loan_of
from notifications.models import Notification


def thank_you(row: Notification) -> Facts:
    loan = loan_of(row)
    if loan.stage != Stage.FUNDED or loan.closings != row.context["closing"]:
        raise NotWanted(noop("The loan is no longer funded by that closing."))
    return {
        "names": words.and_list([party.first_name for party in loan.parties.borrowers()]),
        "place": loan.place,
        "officer": loan.officer.name,
    }


GATHERERS = (thank_you,)
