"""
People who are not borrowers yet: who asked, what they were sent, and what became of them.

A `Lead` is one person of one officer; the same e-mail address or telephone number again is the same lead as long as it
is open. `GuideRequest` is what was sent to them and when. Nobody is written to for sale but by a `DripEnrolment`, which
stands on a `LeadConsent` with its words and ends by itself.
"""

import uuid
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from accounts.absences import works_for
from accounts.models import User
from accounts.states import STATES

# Written state by state, as the indexes of open leads are: SQLite then knows that they answer the question.
OPEN = ~models.Q(state="applied") & ~models.Q(state="closed")


class LeadQuerySet(models.QuerySet["Lead"]):
    def visible_to(self, user: User | AnonymousUser) -> "LeadQuerySet":
        """An officer's own, and of whom they stand in for; all for a manager; nobody else's."""
        if not user.is_authenticated or not user.works_here:
            return self.none()
        return self if user.sees_every_loan else self.filter(officer_id__in=works_for(user))

    def lists_for(self, user: User | AnonymousUser) -> "list[LeadQuerySet]":
        """`visible_to` as one list an officer, for whoever shows them in order: each comes so from an index."""
        if not user.is_authenticated or not user.works_here or user.sees_every_loan:
            return [self.visible_to(user)]
        return [self.filter(officer=one) for one in works_for(user)]

    def open(self) -> "LeadQuerySet":
        return self.filter(OPEN)

    def waiting(self) -> "LeadQuerySet":
        """Who asked and has had no answer yet, the longest first."""
        return self.filter(waiting_since__isnull=False).order_by("waiting_since", "pk")

    def known_by(self, *, email: str, phone: str) -> "LeadQuerySet":
        """Those with this address or this number; what is empty is nobody's."""
        same_address = models.Q(email=email.strip().lower()) if email else models.Q(pk__in=[])
        same_number = models.Q(phone=phone) if phone else models.Q(pk__in=[])
        return self.filter(same_address | same_number)


class Lead(models.Model):
    class State(models.TextChoices):
        NEW = "new", _("Waiting for an answer")
        CONTACTED = "contacted", _("Answered")
        APPLIED = "applied", _("Applied")
        CLOSED = "closed", _("Closed")

    class Source(models.TextChoices):
        CALL = "call", _("Called us")
        GUIDE = "guide", _("Asked for a guide")
        CHAT = "chat", _("Asked in the chat")
        REFERRAL = "referral", _("Was sent by somebody")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = PhoneNumberField(_("phone"), blank=True)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="leads", verbose_name=_("officer")
    )
    source = models.CharField(max_length=10, choices=Source)
    state = models.CharField(max_length=10, choices=State, default=State.NEW)
    home_state = models.CharField(_("state of the home"), max_length=2, choices=STATES, blank=True)
    note = models.TextField(_("note"), blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    waiting_since = models.DateTimeField(
        null=True, blank=True, help_text=_("When they asked what nobody has answered yet")
    )
    first_answer_at = models.DateTimeField(null=True, blank=True)
    last_contact_at = models.DateTimeField(null=True, blank=True)
    loan = models.ForeignKey(
        "loans.Loan", null=True, blank=True, on_delete=models.SET_NULL, related_name="leads"
    )
    closed_why = models.CharField(max_length=200, blank=True)
    threads = models.ManyToManyField("conversations.Conversation", blank=True, related_name="leads")
    escalated_at = models.DateTimeField(
        null=True, blank=True, help_text=_("Since when managers see that nobody has answered")
    )
    joined_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="joined"
    )

    objects = LeadQuerySet.as_manager()

    class Meta:
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["officer", "-created_at", "-id"], name="lead_officer"),
            models.Index(fields=["-created_at", "-id"], name="lead_latest"),
            models.Index(fields=["officer", "-created_at", "-id"], condition=OPEN, name="lead_open_officer"),
            models.Index(fields=["-created_at", "-id"], condition=OPEN, name="lead_open_latest"),
            models.Index(
                fields=["officer", "waiting_since"],
                condition=models.Q(waiting_since__isnull=False),
                name="lead_waiting",
            ),
            models.Index(
                fields=["waiting_since"],
                condition=models.Q(waiting_since__isnull=False, escalated_at__isnull=True),
                name="lead_to_escalate",
            ),
            models.Index(
                fields=["waiting_since"],
                condition=models.Q(waiting_since__isnull=False, escalated_at__isnull=False),
                name="lead_escalated",
            ),
            models.Index(fields=["email"], name="lead_email"),
            models.Index(fields=["phone"], name="lead_phone"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.NEW, self.State.CONTACTED)

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name.split() else self.name


class LeadCall(models.Model):
    """A telephone call with somebody who has no loan yet; calls on a loan stand in its thread."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="calls")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    words = models.TextField(blank=True)

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ["-at", "-id"]


class GuideRequest(models.Model):
    """A guide that was sent to somebody, and by whom."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="guides")
    guide = models.SlugField(max_length=60)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("guide sent")
        verbose_name_plural = _("guides sent")
        ordering = ["-at", "-id"]


class LeadConsent(models.Model):
    """What somebody who is no borrower yet agreed to, in the words they read; append-only."""

    class Kind(models.TextChoices):
        GUIDE = "guide", _("To be sent a guide")
        STEPS = "steps", _("To be sent next steps")

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="consents")
    kind = models.CharField(max_length=8, choices=Kind)
    email = models.EmailField(help_text=_("The address that was typed with it"))
    wording = models.TextField()
    at = models.DateTimeField(default=timezone.now, editable=False)
    address = models.GenericIPAddressField(null=True, blank=True)
    agent = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("consent of a lead")
        verbose_name_plural = _("consents of leads")
        ordering = ["-at", "-id"]


class DripQuerySet(models.QuerySet["DripEnrolment"]):
    def running(self) -> "DripQuerySet":
        return self.filter(ended_at__isnull=True)

    def due(self, now: datetime) -> "DripQuerySet":
        """Whose next step may go, the longest due first."""
        return self.running().filter(next_at__lte=now).order_by("next_at", "pk")


class DripEnrolment(models.Model):
    """
    Next steps by mail for somebody who asked for them (`leads/drips.py`): how many went out, and from when on the next
    one may. One runs for a lead at most; it ends when they apply, answer or unsubscribe, or with the last step.
    """

    class Ended(models.TextChoices):
        DONE = "done", _("All were sent")
        APPLIED = "applied", _("They applied")
        ANSWERED = "answered", _("They answered")
        UNSUBSCRIBED = "unsubscribed", _("They unsubscribed")
        CLOSED = "closed", _("It came to nothing")
        LATE = "late", _("Too late to be of use")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="drips")
    consent = models.OneToOneField(LeadConsent, on_delete=models.PROTECT, related_name="drip")
    guide = models.SlugField(max_length=60)
    started_at = models.DateTimeField(default=timezone.now, editable=False)
    sent = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=12, choices=Ended, blank=True)

    objects = DripQuerySet.as_manager()

    class Meta:
        verbose_name = _("next steps by mail")
        verbose_name_plural = _("next steps by mail")
        ordering = ["-started_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["lead"], condition=models.Q(ended_at__isnull=True), name="drip_once_at_a_time"
            )
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=models.Q(ended_at__isnull=True), name="drip_due")
        ]
