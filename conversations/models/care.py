"""What comes out of threads: complaints and requests, each with an owner and a day."""

import uuid

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from conversations.models.threads import Message
from loans.models import Loan


class Complaint(models.Model):
    """
    Somebody is not content, in whichever channel they said so. One of us owns it, says within a business day that it
    arrived, settles it, and asks afterwards whether it is settled. While one is open nothing is sold to them.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    loan = models.ForeignKey("loans.Loan", on_delete=models.CASCADE, related_name="complaints")
    message = models.ForeignKey(
        Message, null=True, blank=True, on_delete=models.SET_NULL, related_name="complaints"
    )
    party = models.ForeignKey(
        "loans.Party", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    words = models.TextField(_("what is wrong"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="complaints", verbose_name=_("owner")
    )
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    opened_at = models.DateTimeField(default=timezone.now)
    acknowledge_by = models.DateField(_("acknowledge by"))
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolution = models.TextField(_("what was done"), blank=True)
    asked_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When they were asked whether it is settled")
    )
    is_settled = models.BooleanField(null=True, blank=True, help_text=_("What they answered"))
    source = models.CharField(max_length=80, unique=True, editable=False)

    class Meta:
        verbose_name = _("complaint")
        verbose_name_plural = _("complaints")
        ordering = ["acknowledge_by", "id"]
        indexes = [
            models.Index(
                fields=["owner", "acknowledge_by"],
                condition=models.Q(resolved_at__isnull=True),
                name="complaint_open",
            ),
            models.Index(
                fields=["opened_at", "id"],
                condition=models.Q(resolved_at__isnull=True),
                name="complaint_opened",
            ),
            models.Index(
                fields=["-resolved_at", "-id"],
                condition=models.Q(resolved_at__isnull=False),
                name="complaint_resolved",
            ),
        ]

    def __str__(self) -> str:
        return self.words[:60]


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
