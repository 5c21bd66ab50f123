"""The link that somebody who closed here may give to a friend, and whom it brought. Nothing is paid for it."""

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def make_token() -> str:
    return secrets.token_urlsafe(12)


class Referral(models.Model):
    """One a borrower of a closed loan. It opens for everybody who has it, so it says nothing about who gave it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    token = models.CharField(max_length=24, unique=True, default=make_token, editable=False)
    party = models.OneToOneField("loans.Party", on_delete=models.CASCADE, related_name="referral")
    loan = models.ForeignKey("loans.Loan", on_delete=models.CASCADE, related_name="referrals")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="referrals")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("link for friends")
        verbose_name_plural = _("links for friends")
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return str(self.party)


class ReferredLead(models.Model):
    """A visitor who came by somebody's link."""

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="referred")
    lead = models.OneToOneField("leads.Lead", on_delete=models.CASCADE, related_name="referred_by")
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("lead from a link for friends")
        verbose_name_plural = _("leads from links for friends")
        ordering = ["-at", "-id"]
