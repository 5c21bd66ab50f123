"""The second look at a paper that is kept: page images, and hints for those who sent it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from documents.models.documents import Document


class Look(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        LOOKING = "looking", _("Being looked through")
        DONE = "done", _("Looked through")
        FAILED = "failed", _("Could not be looked through")

    document = models.OneToOneField(Document, on_delete=models.CASCADE, related_name="look")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    folder = models.CharField(max_length=80, unique=True, help_text=_("previews/ and 32 random characters"))
    pages = models.PositiveIntegerField(default=0, help_text=_("Page images that are there"))
    facts = models.JSONField(default=dict, blank=True, help_text=_("What later papers are compared with"))
    claim = models.UUIDField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("second look")
        verbose_name_plural = _("second looks")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(state__in=["waiting", "looking"]), name="look_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.document_id}: {self.state}"
