"""
What people say to us and what we do about it: one thread a loan, and the service requests that come out of it.

`Message` is append-only. A `ServiceRequest` has an owner and a day, and is done when somebody here says so; nothing
about the loan changes by it.
"""

import uuid

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from loans.models import Loan


class Conversation(models.Model):
    class Status(models.TextChoices):
        OPEN = "open", _("Waiting for an answer")
        ANSWERED = "answered", _("Answered")
        RESOLVED = "resolved", _("Resolved")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    loan = models.OneToOneField("loans.Loan", on_delete=models.CASCADE, related_name="conversation")
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    first_inbound_at = models.DateTimeField(null=True, blank=True)
    first_reply_at = models.DateTimeField(null=True, blank=True)
    last_message_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        ordering = ["-last_message_at"]
        indexes = [models.Index(fields=["loan"], condition=models.Q(status="open"), name="conversation_open")]

    def __str__(self) -> str:
        return str(self.loan)


class Message(models.Model):
    """One thing said, by a party or by us; never changed."""

    class Channel(models.TextChoices):
        TEXT = "text", _("Text message")
        PORTAL = "portal", _("Portal")
        EMAIL = "email", _("E-mail")
        CALL = "call", _("Call")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    channel = models.CharField(max_length=8, choices=Channel)
    party = models.ForeignKey(
        "loans.Party", null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        help_text=_("Who said it, when it came from outside"),
    )  # fmt: skip
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        help_text=_("Who of us said it"),
    )  # fmt: skip
    body = models.TextField()
    source = models.CharField(
        max_length=80, unique=True, help_text=_("What brought it; the same one twice is one message")
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("message of a conversation")
        verbose_name_plural = _("messages of a conversation")
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["conversation", "at"], name="message_conversation")]

    @property
    def is_inbound(self) -> bool:
        return self.party_id is not None or self.by_id is None


class ServiceRequestQuerySet(models.QuerySet["ServiceRequest"]):
    def visible_to(self, user: User | AnonymousUser) -> "ServiceRequestQuerySet":
        """The loan team sees those of its loans; nobody else."""
        if not user.is_authenticated or not user.works_here:
            return self.none()
        return self.filter(loan__in=Loan.objects.visible_to(user))

    def open(self) -> "ServiceRequestQuerySet":
        return self.filter(done_at__isnull=True)


class ServiceRequest(models.Model):
    """Something a borrower asked for in their own words; we answer by `due_on`."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    loan = models.ForeignKey("loans.Loan", on_delete=models.CASCADE, related_name="service_requests")
    party = models.ForeignKey("loans.Party", null=True, on_delete=models.SET_NULL, related_name="+")
    words = models.TextField(_("what they asked for"))
    channel = models.CharField(max_length=8, choices=Message.Channel, default=Message.Channel.TEXT)
    source = models.CharField(max_length=80, unique=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="service_requests",
        verbose_name=_("owner"),
    )
    due_on = models.DateField(_("answer by"))
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    answer = models.TextField(_("what was done"), blank=True)

    objects = ServiceRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("service request")
        verbose_name_plural = _("service requests")
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(
                fields=["owner", "due_on"],
                condition=models.Q(done_at__isnull=True),
                name="service_request_open",
            )
        ]

    def __str__(self) -> str:
        return self.words[:60]
