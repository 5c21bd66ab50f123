"""Facts of letters and messages after closing."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

from documents.kinds import Kind as Paper
from documents.models import Document
from loans import clocks
from loans.models import Loan
from loans.stages import Stage
from notifications import words
from notifications.facts.shared import Facts, NotWanted, absolute, borrowers_of, loan_of
from notifications.models import MessageRules, Notification

# What of an application a tax preparer may want again; nothing of it says more of a person than that they own a home.
FOR_TAXES = {
    Paper.PROPERTY_TAX: _("the property tax bill"),
    Paper.PURCHASE_CONTRACT: _("the purchase contract"),
}


def thank_you(row: Notification) -> Facts:
    return _about(row)


def closing_binder(row: Notification) -> Facts:
    loan = loan_of(row)
    return {
        **_about(row),
        "tax_year": str(clocks.local_date(loan.stage_since).year),
        "papers": _for_taxes(loan),
        "link": absolute("loans:binder", loan.public_id),
    }


def first_anniversary(row: Notification) -> Facts:
    _must_be_wanted()
    return _about(row)


def yearly_review(row: Notification) -> Facts:
    _must_be_wanted()
    years = int(row.context.get("year", 2))
    return {**_about(row), "years": ngettext("%(count)d year", "%(count)d years", years) % {"count": years}}


def must_stand(row: Notification) -> None:
    """NotWanted when the closing that this letter is about was undone."""
    loan = loan_of(row)
    # Funded by that closing, it has stood here since.
    if loan.stage != Stage.FUNDED or loan.closings != row.context.get("closing", loan.closings):
        raise NotWanted(noop("The loan is no longer funded by that closing."))


def _about(row: Notification) -> Facts:
    must_stand(row)
    loan = loan_of(row)
    return {
        "names": words.and_list([party.first_name for party in borrowers_of(loan)]),
        "place": f"{loan.street}, {loan.city}" if loan.street else loan.place,
        "closing_date": words.long_date(loan.stage_since),
        "officer": loan.officer.name,
        "purchase": loan.purpose == Loan.Purpose.PURCHASE and loan.occupancy != Loan.Occupancy.INVESTMENT,
    }


def _must_be_wanted() -> None:
    if not MessageRules.load().anniversaries:
        raise NotWanted(noop("Letters on anniversaries are switched off."))


def _for_taxes(loan: Loan) -> str:
    there = Document.objects.papers().filter(
        loan=loan, review=Document.Review.ACCEPTED, request__kind__in=FOR_TAXES
    )
    kinds = sorted(set(there.values_list("request__kind", flat=True)))
    return words.and_list([str(FOR_TAXES[Paper(kind)]) for kind in kinds])


GATHERERS = (thank_you, closing_binder, first_anniversary, yearly_review)
