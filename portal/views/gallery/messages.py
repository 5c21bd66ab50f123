"""Every message with example values: as a mail on a phone, as text, as a text message, as a letter."""

from csp.constants import SELF
from csp.decorators import csp_update
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from documents.serving import own_pdf
from loans.errors import Refused
from notifications import wording
from notifications.catalog import KINDS, Kind
from notifications.catalog.shape import TOPICS, Text
from notifications.services import trying
from notifications.views import BODY_POLICY
from portal.views.desk.answering import REFUSED


def by_topic() -> list[tuple[Text, list[Kind]]]:
    """Every kind of message, in the order of the catalog."""
    groups = [
        (title, [kind for kind in KINDS.values() if kind.topic == topic]) for topic, title in TOPICS.items()
    ]
    return [(title, kinds) for title, kinds in groups if kinds]


def _kind_for(request: HttpRequest, key: str) -> tuple[Kind, wording.Words]:
    """The kind and the words that hold; Http404 for those who do not work here."""
    if not request.user.works_here or key not in KINDS:
        raise Http404
    return KINDS[key], wording.words_of(KINDS[key], get_language() or "")


@require_safe
@csp_update({"frame-src": [SELF]})
def message(request: HttpRequest, kind: str) -> HttpResponse:
    entry, said = _kind_for(request, kind)
    keys = list(KINDS)
    at = keys.index(kind)
    context = {
        "kind": entry,
        "said": said,
        "trial": trying.try_out(entry, said),
        "before": KINDS[keys[at - 1]] if at else None,
        "after": KINDS[keys[at + 1]] if at + 1 < len(keys) else None,
        "may_change": request.user.is_staff and request.user.has_perm("notifications.change_wording"),
    }
    return render(request, "desk/gallery/message.html", context)


@require_safe
@xframe_options_sameorigin
def message_body(request: HttpRequest, kind: str) -> HttpResponse:
    """The mail alone, for the frame."""
    entry, said = _kind_for(request, kind)
    trial = trying.try_out(entry, said)
    if not trial.html:
        raise Http404
    return HttpResponse(
        trial.html, headers={"Content-Security-Policy": BODY_POLICY, "Cache-Control": "no-store"}
    )


@require_safe
def letter(request: HttpRequest, kind: str) -> HttpResponse:
    entry, said = _kind_for(request, kind)
    if not entry.is_letter:
        raise Http404
    try:
        content = trying.letter_pdf(entry, str(said.letter))
    except Refused as refused:
        context = {"kind": entry, "problem": refused.message}
        return render(request, "desk/gallery/no_letter.html", context, status=REFUSED)
    return own_pdf(content, f"{kind}.pdf")
