"""The first page after sign-in: where things stand, and the one thing to do."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.absences import is_away_about_now
from accounts.models import User
from documents.models import Request
from loans import progress
from loans.access import own_words, wording_of
from loans.models import Loan
from loans.stages import Stage
from loans.views.apply import current_application
from portal.standing import NextStep, greeting, is_promised, money_moves, next_step, steps_of

MOST_LOANS = 20


@dataclass(frozen=True)
class LoanCard:
    loan: Loan
    words: progress.StageWords
    step: NextStep
    closing: str
    next_update: str


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    if request.user.works_here:
        return redirect("desk:pipeline")
    cards = _cards(request.user)
    if not cards:
        nothing = {"greeting": greeting(request.user.first_name), "unfinished": current_application(request)}
        return render(request, "home/no_loan.html", nothing)
    main = min(cards, key=lambda card: (card.loan.stage in Stage.closed(), card.step.urgency))
    context = {
        "greeting": greeting(request.user.first_name),
        "main": main,
        "cards": cards,
        "loan": main.loan,
        "words": main.words,
        "steps": steps_of(main.loan),
        "closing": main.closing,
        "closing_is_set": progress.signing(main.loan) is not None,
        "next_update": main.next_update,
        "not_promised": not is_promised(main.loan),
        "money_warning": money_moves(main.loan),
    }
    return render(request, "home/home.html", context)


def _cards(user: User) -> list[LoanCard]:
    """This person's loans, the latest first, at a cost that does not depend on how many there are."""
    loans = list(
        Loan.objects.visible_to(user)
        .select_related("officer__officer_profile")
        .prefetch_related("key_dates", "stage_events")
        .annotate(**own_words("stage"), is_away=is_away_about_now("officer"))[:MOST_LOANS]
    )
    for loan in loans:
        loan.officer_is_away = loan.is_away
    asked: dict[int, list[Request]] = {}
    for row in (
        Request.objects.visible_to(user).waiting_for_borrower().filter(loan__in=loans) if loans else ()
    ):
        asked.setdefault(row.loan_id, []).append(row)
    return [_card(loan, asked.get(loan.pk, [])) for loan in loans]


def _card(loan: Loan, requests: list[Request]) -> LoanCard:
    return LoanCard(
        loan=loan,
        words=progress.stage_words(loan, wording_of(loan, loan.stage)),
        step=next_step(
            loan=loan, requests=requests, list_address=reverse("loans:documents", args=[loan.public_id])
        ),
        closing=progress.closing_text(loan),
        next_update=progress.next_update_text(loan),
    )
