"""The dates that run beside the line, and what somebody has to do by when."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from loans.models.loan import Loan


class KeyDate(models.Model):
    class Kind(models.TextChoices):
        LOAN_ESTIMATE_DUE = "loan_estimate_due", _("Loan Estimate due")
        LOAN_ESTIMATE_SENT = "loan_estimate_sent", _("Loan Estimate sent")
        RATE_LOCK_ENDS = "rate_lock_ends", _("Rate lock ends")
        APPRAISAL_ORDERED = "appraisal_ordered", _("Appraisal ordered")
        APPRAISAL_RECEIVED = "appraisal_received", _("Appraisal received")
        TITLE_RECEIVED = "title_received", _("Title work received")
        INSURANCE_RECEIVED = "insurance_received", _("Insurance received")
        CLOSING_DISCLOSURE_SENT = "closing_disclosure_sent", _("Closing Disclosure sent")
        CLOSING_DISCLOSURE_RECEIVED = "closing_disclosure_received", _("Closing Disclosure received")
        SIGNING = "signing", _("Signing appointment")
        NOTICE_SENT = "notice_sent", _("Written notice of the outcome sent")

    # No home yet: these three are neither asked nor shown.
    NEED_A_HOME = (Kind.APPRAISAL_ORDERED, Kind.APPRAISAL_RECEIVED, Kind.TITLE_RECEIVED)

    loan = models.ForeignKey(Loan, on_delete=models.CASCADE, related_name="key_dates")
    kind = models.CharField(max_length=28, choices=Kind)
    on = models.DateField()
    time = models.TimeField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("key date")
        verbose_name_plural = _("key dates")
        ordering = ["on", "id"]
        constraints = [models.UniqueConstraint(fields=["loan", "kind"], name="key_date_once")]


class Task(models.Model):
    class Kind(models.TextChoices):
        NEXT_UPDATE = "next_update", _("Promised update")
        LOAN_ESTIMATE = "loan_estimate", _("Send the Loan Estimate")
        SIX_ITEMS = "six_items", _("Application complete under TRID")
        CALL = "call", _("Call")
        LETTER = "letter", _("Look at a letter")
        SERVICE_REQUEST = "service_request", _("Service request")
        UNCLEAR_TEXT = "unclear_text", _("A text that perhaps says stop")
        PAPER_HELP = "paper_help", _("Help with a paper")
        REPLY = "reply", _("Answer a message")
        QUIET_FILE = "quiet_file", _("Quiet file")
        NUMBERS_CALL = "numbers_call", _("Numbers call")
        COMPLAINT = "complaint", _("Complaint")
        CALL_BACK = "call_back", _("Call back")
        BOUNCED = "bounced", _("A message came back")
        RECOVERY = "recovery", _("Make it good")

    MAY_BE_WAIVED = (Kind.NUMBERS_CALL,)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    loan = models.ForeignKey(Loan, on_delete=models.CASCADE, related_name="tasks")
    kind = models.CharField(max_length=16, choices=Kind)
    why = models.CharField(max_length=300)
    for_user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="tasks")
    due_on = models.DateField()
    key = models.CharField(max_length=120, unique=True, help_text=_("Makes creating it twice harmless"))
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    waived_why = models.CharField(
        max_length=300,
        blank=True,
        default="",
        db_default="",
        help_text=_("Why it was not done, where that is allowed"),
    )

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(
                fields=["for_user", "due_on"], condition=models.Q(done_at__isnull=True), name="task_open"
            )
        ]
