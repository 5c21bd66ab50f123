"""The staff's own words for a kind of message: versions never change, publishing points to one of them."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Wording(models.Model):
    """One kind in one language. Without a published version the words of the catalog hold."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=40)
    language = models.CharField(max_length=8, default="en")
    published = models.ForeignKey(
        "notifications.WordingVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("wording of a message")
        verbose_name_plural = _("wording of messages")
        ordering = ["kind", "language"]
        constraints = [models.UniqueConstraint(fields=["kind", "language"], name="wording_once")]

    def __str__(self) -> str:
        from notifications.catalog import KINDS

        kind = KINDS.get(self.kind)
        return str(kind.name) if kind else self.kind


class WordingVersion(models.Model):
    """Words as somebody saved them; append-only, so that a message sent last year still shows what it said."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    wording = models.ForeignKey(Wording, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    subject = models.CharField(max_length=200, blank=True)
    heading = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True, help_text=_("Markdown with declared fields"))
    short = models.CharField(max_length=320, blank=True, help_text=_("As a text message"))
    letter = models.TextField(blank=True, help_text=_("Markdown of the letter itself"))
    note = models.CharField(max_length=200, blank=True, help_text=_("Why it was changed"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("version of a wording")
        verbose_name_plural = _("versions of a wording")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["wording", "number"], name="wording_version_once")]

    def __str__(self) -> str:
        return str(self.number)
