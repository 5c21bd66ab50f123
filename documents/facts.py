"""
What the needs list depends on, read in this one place from the loan and the answers of the application.

The loan's own facts win: the desk corrects them there. An answer that was not given counts as no.
"""

from dataclasses import dataclass

from loans.answers import Answers, Income, Residency, read
from loans.models import Application, Loan


@dataclass(frozen=True)
class Facts:
    purpose: str = ""
    mortgage_type: str = ""
    home_found: bool = False
    in_association: bool = False

    employed: bool = False
    under_two_years_in_job: bool = False
    self_employed: bool = False
    contractor: bool = False
    retired: bool = False
    benefits: bool = False
    rents_out: bool = False
    owns_other_homes: bool = False
    gift: bool = False

    support_counts: bool = False
    pays_support: bool = False
    bankruptcy: bool = False
    not_a_citizen: bool = False

    @property
    def buys_a_found_home(self) -> bool:
        return self.purpose == Loan.Purpose.PURCHASE and self.home_found

    @property
    def refinances(self) -> bool:
        return self.purpose in (Loan.Purpose.REFINANCE, Loan.Purpose.CASH_OUT)

    @property
    def is_va(self) -> bool:
        return self.mortgage_type == Loan.MortgageType.VA

    @property
    def is_fha(self) -> bool:
        return self.mortgage_type == Loan.MortgageType.FHA


def facts_of(loan: Loan) -> Facts:
    """The facts as they stand now; a loan without an application has those of the loan alone."""
    application = Application.objects.filter(loan=loan).first()
    answers = read(application.answers) if application else Answers()
    rents_out = Income.RENTAL in answers.income_kinds
    return Facts(
        purpose=loan.purpose,
        mortgage_type=loan.mortgage_type,
        home_found=loan.home_found,
        in_association=loan.home_found and (loan.property_kind == Loan.PropertyKind.CONDO or answers.has_hoa),
        employed=Income.W2 in answers.income_kinds,
        under_two_years_in_job=answers.employed_under_two_years,
        self_employed=Income.SELF_EMPLOYED in answers.income_kinds,
        contractor=Income.CONTRACTOR in answers.income_kinds or Income.COMMISSION in answers.income_kinds,
        retired=Income.RETIRED in answers.income_kinds,
        benefits=Income.DISABILITY in answers.income_kinds,
        rents_out=rents_out,
        owns_other_homes=rents_out or answers.other_property,
        gift=answers.has_gift,
        support_counts=answers.support_counted,
        pays_support=answers.divorced,
        bankruptcy=answers.bankruptcy,
        not_a_citizen=answers.residency in (Residency.PERMANENT, Residency.TEMPORARY),
    )
