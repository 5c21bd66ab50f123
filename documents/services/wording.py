"""The house's own words for a need, or its switch. Requests that stand already keep the words they were made with."""

from django.db import transaction

from accounts.models import User
from audit import log
from documents.models import NeedWording


@transaction.atomic
def save_wording(*, wording: NeedWording, by: User) -> NeedWording:
    """Keep the staff's words for one need."""
    wording.save()
    log.record(
        action="need.reworded", about=wording, by=by, detail={"need": wording.need, "asked": wording.is_asked}
    )
    return wording


@transaction.atomic
def forget_wording(*, wording: NeedWording, by: User) -> None:
    """Back to the portal's own words."""
    log.record(action="need.wording_removed", about=wording, by=by, detail={"need": wording.need})
    wording.delete()
