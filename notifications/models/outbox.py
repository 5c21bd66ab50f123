"""
The outbox: the row is the truth, the broker only wakes the worker.

A `Notification` is written in the transaction of the event it tells of, unique on (event key, kind, recipient,
channel), so the same event twice is one message. The worker claims due rows with a fresh token, renders, sends over
one connection and commits `sent` after each; the sweep returns what a dead worker held. Message-ID and Date are fixed
when the row is made, so a second copy after a crash is recognisable. `Attempt` is append-only.
What is said, and to whom, is the table in `notifications/catalog/`.
"""

import uuid

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from loans.models import Loan


class NotificationQuerySet(models.QuerySet["Notification"]):
    """The read side. Writes are verbs in `notifications/services/`, sending is `notifications/delivery/`."""

    def visible_to(self, user: User | AnonymousUser) -> "NotificationQuerySet":
        """Officers see messages of their own loans; those without a loan only staff of the admin."""
        if not user.is_authenticated or not user.works_here:
            return self.none()
        if user.sees_every_loan:
            mine = models.Q(loan__isnull=False)
        else:
            mine = models.Q(loan__in=Loan.objects.visible_to(user))
        return self.filter(mine | models.Q(loan__isnull=True)) if user.is_staff else self.filter(mine)

    def about(self, text: str) -> "NotificationQuerySet":
        """Those to this address or of the loan with this number; both whole, so that an index answers."""
        said = text.strip()
        loans = Loan.objects.filter(number=said.upper()).values("pk")
        return self.filter(models.Q(address__in={said, said.lower()}) | models.Q(loan__in=loans))

    def waiting(self) -> "NotificationQuerySet":
        """Not sent yet, and will be unless something happens: queued or on hold."""
        return self.filter(state__in=[Notification.State.QUEUED, Notification.State.HELD])


class Notification(models.Model):
    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        HELD = "held", _("On hold")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        DELIVERED = "delivered", _("Delivered")
        READY_TO_PRINT = "ready_to_print", _("Ready to print")
        PRINTED = "printed", _("Printed")
        CANCELLED = "cancelled", _("Cancelled")
        EXPIRED = "expired", _("Expired")
        SUPPRESSED = "suppressed", _("Not sent: address switched off")
        BOUNCED = "bounced", _("Came back")
        COMPLAINED = "complained", _("Marked as unwanted")
        FAILED = "failed", _("Failed")
        UNKNOWN = "unknown", _("Unclear: please look")

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")
        TEXT = "text", _("Text message")
        LETTER = "letter", _("Letter on paper")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event_key = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.EMAIL)
    recipient = models.CharField(max_length=80, help_text=_("“user:”, “party:” or “application:”, and an id"))
    recipient_name = models.CharField(max_length=120, blank=True)
    address = models.CharField(max_length=254)
    loan = models.ForeignKey(
        "loans.Loan", null=True, blank=True, on_delete=models.CASCADE, related_name="notifications"
    )
    party = models.ForeignKey(
        "loans.Party", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    language = models.CharField(max_length=8, default="en")
    context = models.JSONField(default=dict, blank=True)
    secret = models.BinaryField(null=True, blank=True, editable=False, help_text=_("Encrypted code or link"))
    template_version = models.CharField(
        max_length=20, default="1", help_text=_("The default words in the catalog that were in force")
    )
    wording_version = models.ForeignKey(
        "notifications.WordingVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text=_("The staff's own words that were used; empty means the default"),
    )  # fmt: skip
    state = models.CharField(max_length=16, choices=State, default=State.QUEUED)
    priority = models.PositiveSmallIntegerField(
        default=5, help_text=_("Lower goes first: codes before letters")
    )
    due_at = models.DateTimeField(default=timezone.now)
    waiting_since = models.DateTimeField(
        null=True, blank=True, editable=False,
        help_text=_("Due since then, and something of the house must be filled in before it can leave"),
    )  # fmt: skip
    expires_at = models.DateTimeField(null=True, blank=True)
    # Claim and attempts
    claim = models.UUIDField(null=True, blank=True, editable=False)
    claimed_at = models.DateTimeField(null=True, blank=True, editable=False)
    claim_position = models.PositiveSmallIntegerField(default=0, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    dead_claims = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text=_("How often a worker died while it was sending this row")
    )
    # Fixed at creation
    message_id = models.CharField(max_length=200, unique=True, editable=False)
    date_header = models.CharField(max_length=60, editable=False)
    # As rendered (at claim), or as a person edited it
    subject = models.CharField(max_length=300, blank=True)
    text_body = models.TextField(blank=True)
    html_body = models.TextField(blank=True)
    wording = models.TextField(
        _("wording"), blank=True, help_text=_("Of this letter alone; empty means the default.")
    )
    personal_line = models.TextField(_("personal line"), blank=True)
    attachment_key = models.CharField(max_length=120, blank=True)
    provider = models.CharField(
        max_length=30, blank=True, default="", db_default="", help_text=_("Who carried it")
    )
    provider_id = models.CharField(max_length=200, blank=True, help_text=_("What they call it"))
    error = models.CharField(max_length=500, blank=True)
    # The stage event that stopped this row, and where it stood then: taking the event back brings it back.
    stopped_by = models.CharField(max_length=40, blank=True, editable=False)
    stopped_from = models.CharField(max_length=16, blank=True, editable=False)
    resend_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="resent_as"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    sent_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    words_cleared_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text=_("When its words were cleared away")
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["event_key", "kind", "recipient", "channel"], name="notification_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["channel", "priority", "due_at", "id"],
                condition=models.Q(state="queued"),
                name="notification_due",
            ),
            models.Index(
                fields=["channel", "waiting_since"],
                condition=models.Q(state="queued", waiting_since__isnull=False),
                name="notification_kept_waiting",
            ),
            models.Index(
                fields=["claimed_at"], condition=models.Q(state="sending"), name="notification_sending"
            ),
            models.Index(
                fields=["sent_at"], condition=models.Q(sent_at__isnull=False), name="notification_sent"
            ),
            models.Index(fields=["loan", "-id"], name="notification_loan"),
            models.Index(fields=["state", "-id"], name="notification_state"),
            models.Index(fields=["channel", "-id"], name="notification_channel"),
            models.Index(fields=["kind", "-id"], name="notification_kind"),
            models.Index(fields=["address", "-id"], name="notification_address"),
            models.Index(fields=["recipient", "kind", "-id"], name="notification_recipient"),
            models.Index(
                fields=["provider", "provider_id"],
                condition=~models.Q(provider_id=""),
                name="notification_provider",
            ),
            models.Index(
                fields=["due_at", "id"],
                condition=models.Q(state="ready_to_print"),
                name="notification_to_print",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.to}"

    @property
    def to(self) -> str:
        return self.recipient_name or self.address

    @property
    def is_scheduled(self) -> bool:
        return self.state == self.State.QUEUED and self.due_at > timezone.now()

    @property
    def is_waiting(self) -> bool:
        return self.state in (self.State.QUEUED, self.State.HELD)

    @property
    def badge(self) -> str:
        """Its key in the table of looks: what lies ahead is shown as scheduled."""
        return "scheduled" if self.is_scheduled else self.state

    @property
    def state_text(self) -> str:
        return str(_("Scheduled") if self.is_scheduled else self.get_state_display())

    @property
    def remark(self) -> str:
        """Why it stands where it stands, in the language of whoever looks; kept in English (`gettext_noop`)."""
        return gettext(self.error) if self.error else ""

    @property
    def title(self) -> str:
        """What the catalog calls this kind of message."""
        from notifications.catalog import KINDS

        kind = KINDS.get(self.kind)
        return str(kind.name) if kind else self.kind


class Attempt(models.Model):
    """One try to send: append-only."""

    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="tries")
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=20)
    detail = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["id"]


class DeliveryEvent(models.Model):
    """What a provider said happened to a message afterwards: append-only, the same event twice is one row."""

    class Kind(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted by the provider")
        DEFERRED = "deferred", _("Delayed")
        DELIVERED = "delivered", _("Delivered")
        BOUNCED = "bounced", _("Came back")
        REJECTED = "rejected", _("Refused by the provider")
        COMPLAINED = "complained", _("Marked as unwanted")
        FAILED = "failed", _("Failed")

    notification = models.ForeignKey(
        Notification, null=True, blank=True, on_delete=models.CASCADE, related_name="delivery_events"
    )
    provider = models.CharField(max_length=30)
    event_id = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=12, choices=Kind)
    at = models.DateTimeField()
    address = models.CharField(max_length=254, blank=True)
    detail = models.CharField(max_length=500, blank=True)
    received_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("delivery event")
        verbose_name_plural = _("delivery events")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "event_id"], condition=~models.Q(event_id=""), name="delivery_event_once"
            ),
            models.UniqueConstraint(
                fields=["notification", "kind", "at"],
                condition=models.Q(event_id=""),
                name="delivery_event_once_unnamed",
            ),
        ]


class Heartbeat(models.Model):
    """When worker and beat were last seen at work."""

    name = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField(default=timezone.now)
