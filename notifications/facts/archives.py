"""Facts of messages about archives of papers. What is in them is never told."""

from django.utils.translation import gettext_noop as noop

from documents.models import Export
from notifications import words
from notifications.facts.shared import Facts, NotWanted, absolute
from notifications.models import Notification


def export_ready(row: Notification) -> Facts:
    export = Export.objects.select_related("loan").filter(public_id=row.context["export"]).first()
    if export is None or export.state != Export.State.READY or export.expires_at is None:
        raise NotWanted(noop("The archive is no longer there."))
    page = "loans:archive" if export.party_id else "desk:keeping"
    return {
        "number": export.loan.number,
        "until": words.long_date(export.expires_at),
        "link": absolute(page, export.loan.public_id),
    }


GATHERERS = (export_ready,)
