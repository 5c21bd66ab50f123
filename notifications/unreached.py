"""Somebody was not reached: the address is switched off when it is dead, and whoever works on their loan calls them."""

from django.db.models import Q
from django.utils.translation import gettext as _

from audit import log
from loans import clocks
from loans.models import Loan, Party, Task
from loans.services import make_task
from notifications import words
from notifications.catalog import KINDS
from notifications.catalog.shape import DESK
from notifications.models import Notification, Suppression

Reason = Suppression.Reason


def tell(row: Notification, for_good: bool = False) -> None:
    """This message failed. `for_good`: because of its address, which nothing more is sent to."""
    if for_good:
        switch_off(row, Reason.REFUSED)
    elif row.loan and row.channel == row.Channel.EMAIL and not _is_for_the_desk(row):
        why = _("%(name)s could not be reached by e-mail (%(message)s). Please call.")
        ask(
            row.loan,
            Task.Kind.BOUNCED,
            why % {"name": row.to, "message": row.title},
            f"unreached:{row.public_id}",
        )


def switch_off(row: Notification, reason: str) -> Suppression:
    """
    Nothing more goes to the address of this row. The officer of every open loan on which it is a party's calls them;
    for a telephone number nobody needs to, since a text only repeats what a mail says.
    """
    off, is_new = Suppression.objects.get_or_create(
        address=row.address.strip().lower(),
        channel=row.channel,
        scope=Suppression.Scope.EVERYTHING,
        defaults={"reason": reason},
    )
    if is_new:
        log.record(
            action="address.switched_off", about=off, task="notifications", loan=row.loan,
            detail={"reason": reason, "channel": row.channel, "message": str(row.public_id)},
        )  # fmt: skip
        if row.channel == row.Channel.EMAIL:
            _ask_everybody_to_call(off, row)
    return off


def ask(loan: Loan, kind: str, why: str, key: str) -> None:
    """A task for the officer of this loan, today; the same key twice is one task."""
    make_task(loan=loan, kind=kind, why=why[:300], for_user=loan.officer, due_on=clocks.today(), key=key)


def _ask_everybody_to_call(off: Suppression, row: Notification) -> None:
    names = _loans_of(off.address)
    if row.loan and not _is_for_the_desk(row):
        names.setdefault(row.loan, [row.to])
    if off.reason == Reason.COMPLAINED:
        why = _(
            "Please call %(names)s: our mail to %(address)s was marked as unwanted, so no more is sent there."
        )
    else:
        why = _("Please call %(names)s: mail to %(address)s comes back.")
    for loan, people in names.items():
        told = {"names": words.and_list(people), "address": off.address}
        ask(loan, Task.Kind.BOUNCED, why % told, f"mail-back:{off.public_id}:{loan.public_id}")


def _loans_of(address: str) -> dict[Loan, list[str]]:
    """Open loans on which somebody has this address for their mail, and who they are."""
    own = Q(user__contact_email__iexact=address) | Q(user__contact_email="", user__email__iexact=address)
    parties = Party.objects.filter(own | Q(user=None, email__iexact=address), loan__in=Loan.objects.open())
    found: dict[Loan, list[str]] = {}
    for party in parties.select_related("loan__officer"):
        found.setdefault(party.loan, []).append(party.name)
    return found


def _is_for_the_desk(row: Notification) -> bool:
    kind = KINDS.get(row.kind)
    return kind is None or kind.audience == DESK
