"""
The night's disposal: what is kept no longer is destroyed, and a tombstone stays.

One run a day on the company's clock. Each loan is one transaction that holds the loan's row: ends are worked out anew
from what is recorded at that moment, and one conditional UPDATE a document, which asks for standing legal holds in the
same SQL, makes the tombstone and with it the claim on the bytes. They are deleted after the commit; what a kill leaves
over, the sweep deletes (`leftovers.py`). Without an anchor date a document has no end and is never touched.
"""

import logging
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from audit import log
from documents import disposal
from documents.keeping import batches
from documents.models import DisposalRun, Document, LegalHold, Look, UploadGroup, UploadSession
from documents.retention import RetentionClass
from documents.services.counters import recount
from documents.services.exporting import end_archives
from documents.services.leftovers import delete_bytes, finish_disposals
from documents.services.retaining import settle
from loans import clocks
from loans.models import Loan

logger = logging.getLogger(__name__)
TASK = "documents.dispose"
LEASE = timedelta(minutes=15)
REFUSED_KEPT = timedelta(days=30)
HELD = Exists(LegalHold.objects.filter(loan=OuterRef("loan"), ended_at__isnull=True))
# What a tombstone no longer says. Sum, size, kind, sender, day and reason stay.
EMPTIED: dict[str, Any] = {
    "name": "",
    "title": "",
    "note": "",
    "hints": [],
    "dated_on": None,
    "wrapped_key": "",
}


def dispose() -> DisposalRun | None:
    """Today's run, unless another does it or has done it. May be killed anywhere and started again."""
    run = _claim(clocks.today())
    if run is None:
        return None
    for loans in batches(Loan.objects.filter(documents__disposed_at__isnull=True).distinct()):
        settle(loans)
        _renew(run)
    for loan_id in due_loans(clocks.today()):
        _try_loan(loan_id)
        _renew(run)
    finish_disposals()
    forget_refusals()
    figures = {**disposal.survey().as_figures(), "destroyed": disposal.destroyed_since(run.started_at)}
    DisposalRun.objects.filter(pk=run.pk).update(figures=figures, finished_at=timezone.now())
    run.refresh_from_db()
    return run


def _claim(today: date) -> DisposalRun | None:
    run, _is_new = DisposalRun.objects.get_or_create(day=today)
    now = timezone.now()
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=now)
    claimed = DisposalRun.objects.filter(free, pk=run.pk, finished_at__isnull=True)
    return run if claimed.update(leased_until=now + LEASE) else None


def _renew(run: DisposalRun) -> None:
    DisposalRun.objects.filter(pk=run.pk).update(leased_until=timezone.now() + LEASE)


# --- One loan ------------------------------------------------------------------------------------------------


def due_loans(today: date) -> list[int]:
    """Loans with something whose time is over and that nothing holds."""
    due = Document.objects.filter(~HELD, disposed_at__isnull=True, destroy_after__lt=today)
    return list(due.order_by("loan_id").values_list("loan_id", flat=True).distinct())


def _try_loan(loan_id: int) -> None:
    """One that fails keeps none of the others waiting; the report still says that it is due."""
    try:
        dispose_of_loan(loan_id)
    except Exception:
        logger.exception("the papers of loan %s could not be disposed of", loan_id)


def dispose_of_loan(loan_id: int) -> int:
    """Destroy what is over of one loan; returns how many documents. Held, undated and not yet due ones stay."""
    gone = _bury(loan_id, clocks.today())
    for document in gone:
        delete_bytes(document)
    return len(gone)


@transaction.atomic
def _bury(loan_id: int, today: date) -> list[Document]:
    """Tombstones for what is over, their bytes yet to be deleted."""
    loan = Loan.objects.select_for_update().get(pk=loan_id)
    settle([loan])
    now = timezone.now()
    due = loan.documents.filter(disposed_at__isnull=True, destroy_after__lt=today).select_related("session")
    buried = [document for document in due if _bury_one(document, today, now)]
    if buried:
        _forget_traces(buried)
        end_archives(loan)
        recount(loan)
    for document in buried:
        log.record(
            action="document.disposed", about=document, task=TASK, loan=loan,
            detail={
                "sha256": document.sha256, "size": document.size, "why": document.retention_class,
                "kept_until": str(document.destroy_after),
            },
        )  # fmt: skip
    return buried


def _bury_one(document: Document, today: date, now: datetime) -> bool:
    """The claim: False when somebody else disposed of it, or a hold stands."""
    still = Document.objects.filter(
        ~HELD, pk=document.pk, disposed_at__isnull=True, destroy_after__lt=today,
        retention_class__in=RetentionClass.values,
    )  # fmt: skip
    moved = still.update(**EMPTIED, disposed_at=now, disposed_why=document.retention_class)
    return moved == 1


def _forget_traces(buried: list[Document]) -> None:
    """Names and what was read out of them, wherever else they stand."""
    ids = [document.pk for document in buried]
    groups = [document.group_id for document in buried if document.group_id]
    sessions = UploadSession.objects.filter(Q(document__in=ids) | Q(group__in=groups))
    sessions.update(name="", title="", last_modified=0)
    UploadGroup.objects.filter(pk__in=groups).update(name="")
    Look.objects.filter(document__in=ids).update(facts={}, state=Look.State.FAILED, claim=None)


# --- What was refused ----------------------------------------------------------------------------------------


def forget_refusals() -> int:
    """Uploads that ended without a document lose their names after a month; when and why they ended stays."""
    ended = [state for state in UploadSession.FINAL if state != UploadSession.State.CLEAN]
    before = timezone.now() - REFUSED_KEPT
    old = UploadSession.objects.filter(~HELD, ~Q(name=""), state__in=ended, created_at__lt=before)
    return old.update(name="", title="", last_modified=0, content_type="")
