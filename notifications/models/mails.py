"""A mail that came in and that nobody has read yet."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class InboundMail(models.Model):
    """
    A mail to a thread, from the moment it came until its words stand there: kept first, so that nothing is lost when
    reading it fails, and read after by a worker (`notifications/mail_kept.py`). Then the row goes, with its files.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    thread = models.ForeignKey("conversations.Conversation", on_delete=models.CASCADE, related_name="+")
    party = models.ForeignKey(
        "loans.Party",
        on_delete=models.CASCADE,
        related_name="+",
        help_text=_("Whose answers come to the address"),
    )
    source = models.CharField(
        max_length=80, unique=True, help_text=_("What brought it; the same one twice is one mail")
    )
    sender = models.CharField(max_length=254, blank=True, help_text=_("Empty where it names none or several"))
    may_be_forged = models.BooleanField(default=False)
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    files = models.JSONField(default=list, blank=True, help_text=_("Name, type and key of each"))
    at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(
        default=timezone.now,
        db_index=True,
        help_text=_("When somebody may read it; later while somebody does"),
    )

    class Meta:
        verbose_name = _("mail received")
        verbose_name_plural = _("mails received")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.source
