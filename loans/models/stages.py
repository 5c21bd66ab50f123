"""How a loan moved, and the house's own words for where it stands."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from loans.models.loan import Loan
from loans.stages import Stage


class StageEvent(models.Model):
    class Source(models.TextChoices):
        DESK = "desk", _("Desk")
        BORROWER = "borrower", _("Borrower")
        ADMIN = "admin", _("Admin")
        IMPORT = "import", _("Import")
        SYSTEM = "system", _("System")

    public_id = models.UUIDField(
        default=uuid.uuid4, unique=True, editable=False
    )  # also the event key of messages
    loan = models.ForeignKey(Loan, on_delete=models.CASCADE, related_name="stage_events")
    from_stage = models.CharField(max_length=24, choices=Stage.choices, blank=True)
    to_stage = models.CharField(max_length=24, choices=Stage.choices)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    note = models.TextField(_("line to the borrower"), blank=True)
    internal_note = models.TextField(_("internal note"), blank=True)
    reason = models.CharField(max_length=300, blank=True, help_text=_("Why an ended loan was opened again"))
    words = models.TextField(
        _("message to the borrower"), blank=True, default="", db_default="",
        help_text=_("In the words of who moved it; empty means the text of the table"),
    )  # fmt: skip
    silent_why = models.CharField(
        max_length=300, blank=True, default="", db_default="", help_text=_("Why the borrowers were not told")
    )
    source = models.CharField(max_length=10, choices=Source, default=Source.DESK)
    closing_number = models.PositiveSmallIntegerField(null=True, blank=True)
    # An undo inside the waiting time: this event never reached the borrower and the history shows one correction.
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("stage event")
        verbose_name_plural = _("stage events")
        ordering = ["at", "id"]
        indexes = [
            models.Index(fields=["loan", "at"], name="stage_event_loan"),
            models.Index(fields=["at"], name="stage_event_at"),
        ]


class StageWording(models.Model):
    """The house's own words for a stage; an empty field means the default in `loans/stages.py`."""

    stage = models.CharField(max_length=24, choices=Stage.choices, unique=True)
    title = models.CharField(_("title for the borrower"), max_length=80, blank=True)
    meaning = models.CharField(_("what it means, one sentence"), max_length=300, blank=True)
    next = models.CharField(_("what happens next"), max_length=300, blank=True)
    usual_days = models.CharField(
        _("usual days"),
        max_length=40,
        blank=True,
        help_text=_("For example 3 to 5 business days; empty hides it"),
    )

    class Meta:
        verbose_name = _("wording of a stage")
        verbose_name_plural = _("wording of stages")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.get_stage_display()

    @property
    def public_id(self) -> str:
        """What the audit log calls it."""
        return self.stage
