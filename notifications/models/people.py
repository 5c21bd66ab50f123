"""What people want to hear, and which addresses must not be written to."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.models.outbox import Notification


class Preference(models.Model):
    """One choice of one person: this group of messages on this channel, yes or no. No row means the default."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="message_preferences"
    )
    topic = models.CharField(max_length=20, help_text=_("A key of `catalog.shape.TOPICS`"))
    channel = models.CharField(max_length=8, choices=Notification.Channel)
    wanted = models.BooleanField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("preference")
        verbose_name_plural = _("preferences")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["user", "topic", "channel"], name="preference_once")]


class Suppression(models.Model):
    """An address that must not be written to (it bounced, complained, said stop, or wants no marketing)."""

    class Scope(models.TextChoices):
        EVERYTHING = "everything", _("Everything")
        MARKETING = "marketing", _("Marketing alone")

    class Reason(models.TextChoices):
        REFUSED = "refused", _("Refused by the mail server")
        BOUNCED = "bounced", _("Mail comes back")
        COMPLAINED = "complained", _("Marked as unwanted")
        STOP = "stop", _("Said stop")
        UNCLEAR = "unclear", _("Perhaps said stop; somebody must look")
        UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")
        STAFF = "staff", _("Switched off by staff")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    address = models.CharField(
        max_length=254, help_text=_("In lower case; telephone numbers as +15125550142")
    )
    channel = models.CharField(max_length=8, choices=Notification.Channel)
    scope = models.CharField(
        max_length=12, choices=Scope, default=Scope.EVERYTHING, db_default=Scope.EVERYTHING
    )
    reason = models.CharField(max_length=40, choices=Reason, default=Reason.STAFF)
    detail = models.CharField(max_length=300, blank=True, default="", db_default="")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("address switched off")
        verbose_name_plural = _("addresses switched off")
        constraints = [
            models.UniqueConstraint(fields=["address", "channel", "scope"], name="suppression_once")
        ]

    def __str__(self) -> str:
        return self.address
