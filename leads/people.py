"""Who a visitor is to us: which loans are theirs already, and which officer answers them."""

from django.db.models import Count, Q

from accounts.models import User
from leads.models import Lead
from loans.models import Loan, LoanQuerySet
from loans.search import pieces


def loans_of(email: str) -> LoanQuerySet:
    """Loans on which somebody has this address, whichever of theirs it is, the newest first."""
    theirs = (
        Q(parties__email__iexact=email)
        | Q(parties__user__email__iexact=email)
        | Q(parties__user__contact_email__iexact=email)
    )
    # The words come from an index; the addresses themselves are compared for the few loans that are left.
    words = list(pieces(email))[:1]
    return Loan.objects.filter(theirs, search_words__word__in=words).distinct().order_by("-created_at", "-pk")


def officer_for(*, email: str, home_state: str = "", chosen: User | None = None) -> User | None:
    """
    Who answers a visitor: the officer from whose page they come; else who knows them already, by an open lead or a
    loan; else, of those who take applications, the one with the fewest open leads. Licensed where the home is, when
    they said where and anybody is. None when nobody takes applications.
    """
    at_work = User.objects.filter(is_active=True, role=User.Role.OFFICER)
    if chosen is not None and (officer := at_work.filter(pk=chosen.pk).first()):
        return officer
    lead = Lead.objects.open().known_by(email=email, phone="").order_by("-created_at", "-pk").first()
    known = [lead.officer_id] if lead else loans_of(email).values_list("officer_id", flat=True)[:1]
    if officer := at_work.filter(pk__in=list(known)).first():
        return officer
    able = at_work.filter(officer_profile__is_taking_applications=True).alias(load=_open_leads())
    there = able.filter(officer_profile__licenses__state=home_state) if home_state else able.none()
    return there.order_by("load", "pk").first() or able.order_by("load", "pk").first()


def _open_leads() -> Count:
    ended = Q(leads__state__in=[Lead.State.APPLIED, Lead.State.CLOSED])
    return Count("leads", filter=~ended, distinct=True)
