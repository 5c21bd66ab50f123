"""What a borrower says to the hints on a paper, and hints that a later paper makes pointless."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit import log
from documents.models import Document
from documents.preflight.showing import codes_told

MONTHS_MISSING = "months_missing"


@transaction.atomic
def keep_as_it_is(*, document: Document, by: User) -> bool:
    """
    The borrower read the hints and sends the paper as it is; False when that was said before, or there is nothing to
    say it to. It changes nothing for the loan team but what they read.
    """
    codes = codes_told(document)
    now = timezone.now()
    open_here = Document.objects.papers().filter(
        pk=document.pk, hints_kept_at__isnull=True, review=Document.Review.PENDING
    )
    if not codes or not open_here.update(hints_kept_at=now, hints_kept_by=by):
        return False
    document.hints_kept_at, document.hints_kept_by = now, by
    log.record(
        action="document.hints_kept", about=document, by=by, loan=document.loan, detail={"hints": codes}
    )
    return True


@transaction.atomic
def close_gaps(document: Document) -> int:
    """
    Take "months are missing" off the other papers of this request where it no longer holds, or name fewer months. Call
    it when the facts of this one are written. Returns how many papers changed.
    """
    from documents.models import Look
    from documents.preflight import covered_by, gaps

    if document.request_id is None:
        return 0
    papers = Document.objects.papers().filter(request=document.request_id, review=Document.Review.PENDING)
    looks = list(Look.objects.filter(document__in=papers).select_related("document"))
    changed = 0
    for look in looks:
        told = next((hint for hint in look.document.hints if hint.get("code") == MONTHS_MISSING), None)
        if told is None or look.document_id == document.pk:
            continue
        others = [span for other in looks if other.pk != look.pk for span in covered_by(other)]
        months, _pages = gaps(covered_by(look), others)
        if months >= set(told["months"]):
            continue
        left = [{**told, "months": sorted(months)}] if months else []
        hints = [hint for hint in look.document.hints if hint is not told] + left
        changed += Document.objects.filter(pk=look.document_id).update(hints=hints)
    return changed
