"""What came in by text message, how it was read, and what a person decided where reading was not enough."""

import uuid

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from loans.models import Loan


class InboundTextQuerySet(models.QuerySet["InboundText"]):
    def visible_to(self, user: User | AnonymousUser) -> "InboundTextQuerySet":
        """Officers see the texts of their own loans; those of numbers nobody knows only staff of the admin."""
        if not user.is_authenticated or not user.works_here:
            return self.none()
        if user.sees_every_loan:
            mine = models.Q(loan__isnull=False)
        else:
            mine = models.Q(loan__in=Loan.objects.visible_to(user))
        return self.filter(mine | models.Q(loan__isnull=True)) if user.is_staff else self.filter(mine)

    def undecided(self) -> "InboundTextQuerySet":
        """Those that perhaps say stop and wait for a person."""
        return self.filter(reading=InboundText.Reading.UNCLEAR, decision="")


class InboundText(models.Model):
    """
    One text from outside; the same one twice (providers repeat) is one row. It is kept first and acted upon
    (`acted_at`) after, so that nothing is lost when acting fails; the sweep does it again. A text that perhaps says
    stop waits for a person until `decide_by`, its number paused meanwhile; undecided by then it counts as stop.
    """

    class Reading(models.TextChoices):
        STOP = "stop", _("Stop")
        START = "start", _("Start again")
        HELP = "help", _("Help")
        MENU = "menu", _("A word of the menu")
        MESSAGE = "message", _("A message to the officer")
        UNCLEAR = "unclear", _("Perhaps stop: somebody must look")
        UNKNOWN = "unknown", _("From a number we do not know")
        SILENT = "silent", _("Nothing to do")

    class Decision(models.TextChoices):
        STOP = "stop", _("It meant stop")
        GO_ON = "go_on", _("It did not mean stop")
        UNDECIDED = "undecided", _("Nobody decided in time: counts as stop")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    provider = models.CharField(max_length=30)
    provider_id = models.CharField(max_length=120)
    sender = models.CharField(max_length=20, help_text=_("E.164, such as +15125550142"))
    sent_to = models.CharField(max_length=20, blank=True)
    body = models.TextField(blank=True)
    media = models.JSONField(default=list, blank=True, help_text=_("Addresses and types of pictures"))
    media_taken_at = models.DateTimeField(null=True, blank=True)
    media_tries = models.PositiveSmallIntegerField(default=0)
    media_not_before = models.DateTimeField(
        null=True, blank=True, help_text=_("Set while pictures wait: who fetches them, and when again")
    )
    at = models.DateTimeField(default=timezone.now)
    acted_at = models.DateTimeField(null=True, blank=True, help_text=_("Empty: nobody has read it yet"))
    party = models.ForeignKey(
        "loans.Party", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    loan = models.ForeignKey(
        "loans.Loan", null=True, blank=True, on_delete=models.CASCADE, related_name="inbound_texts"
    )
    reading = models.CharField(max_length=8, choices=Reading)
    keyword = models.CharField(max_length=20, blank=True)
    reply = models.ForeignKey(
        "notifications.Notification", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decide_by = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(max_length=10, choices=Decision, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = InboundTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("text received")
        verbose_name_plural = _("texts received")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["provider", "provider_id"], name="inbound_text_once")]
        indexes = [
            models.Index(fields=["sender", "-id"], name="inbound_text_sender"),
            models.Index(fields=["loan", "-id"], name="inbound_text_loan"),
            models.Index(
                fields=["decide_by"],
                condition=models.Q(reading="unclear", decision=""),
                name="inbound_text_undecided",
            ),
            models.Index(
                fields=["id"], condition=models.Q(acted_at__isnull=True), name="inbound_text_unread"
            ),
            models.Index(
                fields=["media_not_before"],
                condition=models.Q(media_not_before__isnull=False),
                name="inbound_text_pictures",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sender}: {self.get_reading_display()}"

    @property
    def is_undecided(self) -> bool:
        return self.reading == self.Reading.UNCLEAR and not self.decision
