"""Lists of the desk that somebody keeps under a name. Each person's own; nothing about a loan changes with them."""

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from loans.errors import Refused
from loans.models import DeskView

MOST_VIEWS = 20


@transaction.atomic
def save_view(
    *, by: User, name: str, filters: Mapping[str, str], columns: Iterable[str], sort: str, is_default: bool
) -> DeskView:
    """Keep a list for the one who asks; the same name replaces what it held. Refused beyond twenty."""
    if not by.works_here:
        raise Refused(_("Only the loan team can do this."))
    name = " ".join(name.split())
    # Held, so that two lists of the same person are kept one after the other.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    mine = DeskView.objects.filter(owner=by)
    if mine.exclude(name=name).count() >= MOST_VIEWS:
        raise Refused(_("You keep %(count)d lists already. Delete one first.") % {"count": MOST_VIEWS})
    if is_default:
        mine.exclude(name=name).update(is_default=False)
    view, _is_new = DeskView.objects.update_or_create(
        owner=by,
        name=name,
        defaults={"filters": dict(filters), "columns": list(columns), "sort": sort, "is_default": is_default},
    )
    return view


@transaction.atomic
def delete_view(*, view: DeskView, by: User) -> None:
    """Forget a list of one's own. Twice is harmless."""
    DeskView.objects.filter(pk=view.pk, owner=by).delete()
