"""
What to have ready, by situation: the needs list of the house (`documents/needs.py`), read for somebody in that
situation alone, so that a visitor reads before applying what they would be asked for after.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from documents.facts import Facts
from documents.models import NeedWording
from documents.needs import Need, needs_of
from loans import clocks
from loans.models import Loan

Text = str | Promise
PURCHASE, REFINANCE = Loan.Purpose.PURCHASE.value, Loan.Purpose.REFINANCE.value


@dataclass(frozen=True)
class Situation:
    """`facts`: of somebody to whom this applies and nothing else."""

    key: str
    title: Text
    facts: Facts
    main: bool = True  # False: of the second borrower


@dataclass(frozen=True)
class Paper:
    title: Text
    period: str
    why: Text
    what_counts: Text


@dataclass(frozen=True)
class Pile:
    """The papers of one situation that are not asked of everybody anyway."""

    situation: Situation
    papers: list[Paper]


EVERYBODY = Situation("everybody", _("Everybody"), Facts())
SITUATIONS: tuple[Situation, ...] = (
    Situation("employed", _("Paid by an employer"), Facts(employed=True)),
    Situation(
        "new-job", _("Less than two years in the job"), Facts(employed=True, under_two_years_in_job=True)
    ),
    Situation("self-employed", _("Working for yourself"), Facts(self_employed=True)),
    Situation("contractor", _("Contractor, commission or bonus (1099)"), Facts(contractor=True)),
    Situation("retired", _("Retired"), Facts(retired=True)),
    Situation("benefits", _("Disability or other benefits"), Facts(benefits=True)),
    Situation("buying", _("Buying, with a home found"), Facts(purpose=PURCHASE, home_found=True)),
    Situation("refinancing", _("Refinancing"), Facts(purpose=REFINANCE)),
    Situation("va", _("VA loan"), Facts(mortgage_type=Loan.MortgageType.VA.value)),
    Situation("fha", _("FHA loan"), Facts(mortgage_type=Loan.MortgageType.FHA.value)),
    Situation("gift", _("A gift towards the down payment"), Facts(gift=True)),
    Situation("association", _("A condominium or an owners’ association"), Facts(in_association=True)),
    Situation("other-homes", _("Owning other homes"), Facts(owns_other_homes=True)),
    Situation("landlord", _("Renting out a home"), Facts(rents_out=True)),
    Situation("support", _("Alimony or child support that should count"), Facts(support_counts=True)),
    Situation("bankruptcy", _("A bankruptcy in the last seven years"), Facts(bankruptcy=True)),
    Situation("not-a-citizen", _("Not a citizen of the United States"), Facts(not_a_citizen=True)),
    Situation("second-borrower", _("The second borrower"), Facts(), main=False),
)
BY_KEY = {situation.key: situation for situation in SITUATIONS}


def piles(chosen: Collection[str] = ()) -> list[Pile]:
    """
    What everybody needs, then each chosen situation (all of them when none is) with what comes on top. A paper that
    two chosen situations share stands in the first.
    """
    wording = {words.need: words for words in NeedWording.objects.all()}
    shown = [one for one in SITUATIONS if one.key in chosen] or list(SITUATIONS)
    made, named = [], set[str]()
    for situation in (EVERYBODY, *shown):
        wanted = _asked(situation, wording)
        taken = named if chosen else {need.key for need in _asked(EVERYBODY, wording)}
        own = [need for need in wanted if situation is EVERYBODY or need.key not in taken]
        named |= {need.key for need in own}
        if own:
            made.append(Pile(situation, [_paper(need, wording.get(need.key)) for need in own]))
    return made


def _asked(situation: Situation, wording: dict[str, NeedWording]) -> list[Need]:
    """Without what the house has switched off."""
    return [
        need
        for need in needs_of(situation.facts, main=situation.main)
        if need.key not in wording or wording[need.key].is_asked
    ]


def _paper(need: Need, own: NeedWording | None) -> Paper:
    return Paper(
        title=(own and own.title) or need.title,
        period=need.period(clocks.today()),
        why=(own and own.why) or need.why,
        what_counts=(own and own.what_counts) or need.what_counts,
    )
