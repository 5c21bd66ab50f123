"""
Nobody is asked twice for what they sent or answered, unless it is said why: the borrower reads the reason.

The same paper is the same kind of the same person for the same period; a request that names no period means any. What
`other` papers and letters of explanation are, only their title says.
"""

from django.db.models import Q
from django.utils.translation import gettext as _

from documents.kinds import Kind
from documents.models import Request
from loans.errors import Refused
from loans.models import Loan, Party

State = Request.State
KNOWN_BY_TITLE = (Kind.OTHER, Kind.EXPLANATION)
SETTLED = (State.IN_REVIEW, State.ACCEPTED, State.NOT_APPLICABLE)


class AskedBefore(Refused):
    """
    It was sent or answered: `before` is that request. Asking once more needs a reason. Of several that were asked for
    together, `place` says which, from 0.
    """

    place = 0

    def __init__(self, message: str, before: Request) -> None:
        super().__init__(message)
        self.before = before


def must_not_be_asked_before(
    *, party: Party, kind: str, title: str, period: str, reason: str, but: Request | None = None
) -> Request | None:
    """
    The request that was answered before, None when there is none. AskedBefore when there is one and no `reason`;
    Refused when the very same is being asked for now. `but` is left out: the request that is being changed.
    """
    Loan.objects.select_for_update().filter(pk=party.loan_id).first()
    open_ones = Request.objects.filter(party=party, kind=kind, title__iexact=title, period__iexact=period)
    if open_ones.waiting_for_borrower().exclude(pk__in=[but.pk] if but else []).exists():
        raise Refused(_("%(name)s is asked for this already.") % {"name": party.name})
    before = settled_before(party=party, kind=kind, title=title, period=period, but=but)
    if before is not None and not reason:
        raise AskedBefore(_sentence(before, party), before)
    return before


def settled_before(
    *, party: Party, kind: str, title: str, period: str, but: Request | None = None
) -> Request | None:
    """The newest request of the same paper that was sent or answered."""
    same = Request.objects.filter(party=party, kind=kind, state__in=SETTLED)
    same = same.exclude(pk__in=[but.pk] if but else [])
    if period:
        same = same.filter(Q(period__iexact=period) | Q(period=""))
    if kind in KNOWN_BY_TITLE:
        same = same.filter(title__iexact=title)
    return same.order_by("-changed_at", "-id").first()


def _sentence(before: Request, party: Party) -> str:
    said = {"title": before.title, "name": party.name, "state": before.get_state_display()}
    if before.state == State.IN_REVIEW:
        return (
            _(
                "%(name)s has sent “%(title)s”, and it is in review: look at it first. If you need it once more all "
                "the same, say why."
            )
            % said
        )
    return (
        _(
            "“%(title)s” was asked of %(name)s before and is now: %(state)s. If you need it once more, say why; the "
            "borrower reads it. Or name another period."
        )
        % said
    )
