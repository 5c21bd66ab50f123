"""The one way to reach what the outbox keeps. A stranger gets 404, so that existence does not leak."""

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from accounts.models import User
from loans.models import Loan, LoanQuerySet
from notifications.letters.kinds import KINDS, is_letter
from notifications.models import InboundText, Notification, NotificationQuerySet


def message_for(user: User | AnonymousUser, public_id: UUID | str) -> Notification:
    """The message, when this person may see it; Http404 otherwise."""
    rows = Notification.objects.visible_to(user).select_related(
        "loan__officer__officer_profile", "party__user", "resend_of", "wording_version__by"
    )
    row = rows.filter(public_id=public_id).first()
    if row is None:
        raise Http404
    return row


def text_for(user: User | AnonymousUser, public_id: UUID | str) -> InboundText:
    """A text that came in, when this person may see it; Http404 otherwise."""
    text = (
        InboundText.objects.visible_to(user)
        .select_related("loan", "party")
        .filter(public_id=public_id)
        .first()
    )
    if text is None:
        raise Http404
    return text


def letter_for(user: User | AnonymousUser, public_id: UUID | str) -> Notification:
    """The same for letters: only those of a loan this person works on."""
    row = message_for(user, public_id)
    if not is_letter(row) or row.loan is None:
        raise Http404
    return row


def letters_for(user: User | AnonymousUser) -> NotificationQuerySet:
    """Every letter of the loans this person works on; Http404 for those who do not work here."""
    if not user.is_authenticated or not user.works_here:
        raise Http404
    return Notification.objects.visible_to(user).filter(kind__in=KINDS, loan__isnull=False)


def loans_to_try_on(user: User) -> LoanQuerySet:
    """The loans whose values staff may see in words they try out: those they work on, or may open in the admin."""
    return Loan.objects.all() if user.has_perm("loans.view_loan") else Loan.objects.visible_to(user)
