"""How long papers are kept, what stops their end, and everything of a person or a loan in one archive."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from documents.retention import RetentionClass


class RetentionRule(models.Model):
    """The house's own time for a class of `documents/retention.py`: longer than the table's, never shorter."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    retention_class = models.CharField(_("class"), max_length=24, choices=RetentionClass, unique=True)
    months = models.PositiveSmallIntegerField(_("months"))

    class Meta:
        verbose_name = _("rule for how long papers are kept")
        verbose_name_plural = _("rules for how long papers are kept")
        ordering = ["retention_class"]

    def __str__(self) -> str:
        return self.get_retention_class_display()


class LegalHold(models.Model):
    """While one stands, nothing of the loan is destroyed."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    loan = models.ForeignKey("loans.Loan", on_delete=models.PROTECT, related_name="legal_holds")
    why = models.CharField(_("why"), max_length=300)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    set_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    ended_why = models.CharField(_("why it ended"), max_length=300, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("legal hold")
        verbose_name_plural = _("legal holds")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["loan"], condition=models.Q(ended_at__isnull=True), name="legal_hold_once"
            )
        ]

    def __str__(self) -> str:
        return self.why


class DisposalRun(models.Model):
    """One night's report: what was destroyed, what was held, and what nobody can date."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    day = models.DateField(
        unique=True, null=True, editable=False, help_text=_("On the company's clock; one run a day")
    )
    started_at = models.DateTimeField(default=timezone.now, editable=False)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True, editable=False)
    figures = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("disposal report")
        verbose_name_plural = _("disposal reports")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d}"


class Export(models.Model):
    """Everything a borrower sent, or all papers of a loan for its team, as one archive with an index."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        MAKING = "making", _("Being put together")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Did not work")
        EXPIRED = "expired", _("No longer there")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    loan = models.ForeignKey("loans.Loan", on_delete=models.CASCADE, related_name="exports")
    party = models.ForeignKey(
        "loans.Party", null=True, blank=True, on_delete=models.CASCADE, related_name="+",
        help_text=_("Whose papers; empty: all of the loan, for its team"),
    )  # fmt: skip
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    contents = models.JSONField(
        null=True, blank=True, editable=False,
        help_text=_("Ids of the documents in it: whoever may no longer open one of them does not get the archive"),
    )  # fmt: skip
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    key = models.CharField(max_length=80, blank=True)
    wrapped_key = models.TextField(blank=True, editable=False)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    claim = models.UUIDField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    ready_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    bytes_deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("archive of papers")
        verbose_name_plural = _("archives of papers")
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "id"], name="export_state")]

    def __str__(self) -> str:
        return str(self.public_id)
