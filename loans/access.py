"""The one way to reach a loan. A stranger gets 404, never 403, so that existence does not leak."""

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import OuterRef, Subquery
from django.http import Http404

from accounts.absences import is_away_about_now
from accounts.access import token_digest
from accounts.models import Company, User
from loans.models import Loan, Partner, Party, StageWording
from loans.usual import counted_days, days_text


def loan_for(user: User | AnonymousUser, public_id: UUID | str) -> Loan:
    """The loan, when this person may see it, with the house's words for its stage (`wording_of`); Http404 otherwise."""
    loan = (
        Loan.objects.visible_to(user)
        .select_related("officer__officer_profile", "processor")
        .annotate(**own_words("stage"))
        .filter(public_id=public_id)
        .first()
    )
    if loan is None:
        raise Http404
    return loan


def desk_loan_for(user: User | AnonymousUser, public_id: UUID | str) -> Loan:
    """The same for the desk: only for people who work here, never for a borrower."""
    if not getattr(user, "works_here", False):
        raise Http404
    return loan_for(user, public_id)


def party_for(user: User, loan: Loan) -> Party:
    """Who this person is on the loan; Http404 when they are no borrower of it."""
    party = loan.parties.filter(user=user).borrowers().select_related("user").first()
    if party is None:
        raise Http404
    return party


def own_party_for(user: User | AnonymousUser, public_id: UUID | str) -> tuple[Party, list[Party]]:
    """
    Who this person is on the loan, and the other borrowers, in one query; Http404 when they are no borrower of it.
    The loan comes along as `party.loan`, with officer, officer page and the house's words (`wording_of`), and so
    does the company.
    """
    parties = list(
        Party.objects.borrowers()
        .filter(loan__public_id=public_id, loan__in=Loan.objects.visible_to(user))
        .select_related("loan__officer__officer_profile")
        .annotate(
            **own_words("loan__stage"),
            company=Company.beside(),
            officer_is_away=is_away_about_now("loan__officer"),
        )
    )
    mine = next((party for party in parties if party.user_id == user.pk), None)
    if mine is None:
        raise Http404
    Company.came_along(mine.company)
    mine.loan.officer_is_away = mine.officer_is_away
    return mine, [party for party in parties if party is not mine]


WORDS = ("title", "meaning", "next", "usual_days")


def own_words(stage: str) -> dict[str, Subquery]:
    """
    Annotations that bring the house's own words for the stage in field `stage`, and the usual days counted for it,
    without a query of their own.
    """
    wording = StageWording.objects.filter(stage=OuterRef(stage))
    words = {f"own_{word}": Subquery(wording.values(word)[:1]) for word in WORDS}
    return {**words, "counted_days": counted_days(stage)}


def own_words_at(stage: str) -> dict[str, Subquery]:
    """The house's own words for this stage, whatever the rows stand at."""
    wording = StageWording.objects.filter(stage=stage)
    return {f"own_{word}": Subquery(wording.values(word)[:1]) for word in WORDS}


def wording_of(row: Party | Loan, stage: str) -> dict[str, StageWording]:
    """What `own_words` brought, as `progress.stage_words` takes it."""
    words = {word: getattr(row, f"own_{word}") or "" for word in WORDS}
    words["usual_days"] = words["usual_days"] or days_text(getattr(row, "counted_days", None))
    return {stage: StageWording(stage=stage, **words)}


def partner_for(token: str) -> Partner:
    """The partner behind a link, with the loan; Http404 unless the link opens now."""
    partner = (
        Partner.objects.select_related("loan__officer__officer_profile", "agreed_by")
        .filter(token_sha256=token_digest(token))
        .first()
    )
    if partner is None or not partner.is_open:
        raise Http404
    return partner
