"""Facts of messages about papers that are given, and about links for helpers. No paper is ever in a message."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from documents.models import HousePaper, Share, UploadLink
from documents.services.links import takes_files
from notifications import words
from notifications.facts.shared import Facts, NotWanted, absolute, loan_of
from notifications.models import Notification


def document_shared(row: Notification) -> Facts:
    loan = loan_of(row)
    share = Share.objects.select_related("document__house_paper").get(public_id=row.context["share"])
    if share.ended_at:
        raise NotWanted(noop("The paper was withdrawn."))
    if share.first_opened_at:
        raise NotWanted(noop("They have opened it already."))
    return {
        "number": loan.number,
        "paper": _kind(share.document.house_paper),
        "link": absolute("loans:documents", loan.public_id),
    }


def _kind(paper: HousePaper | None) -> str:
    """The plain name of its kind; its own title may say more than a mail should."""
    if paper is None or paper.kind == HousePaper.Kind.OTHER:
        return _("a paper about your loan")
    return str(HousePaper.Kind(paper.kind).label)


def upload_link(row: Notification) -> Facts:
    link = UploadLink.objects.select_related("request__party", "request__loan").get(
        public_id=row.context["link"]
    )
    if not takes_files(link):
        raise NotWanted(noop("The link has ended, or nothing more is needed."))
    return {"asker": link.request.party.first_name, "until": words.long_date(link.expires_at)}


GATHERERS = (document_shared, upload_link)
