"""Who may see or send what beside the loan team: links for helpers, papers from the house, shares."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from documents.models.requests import BORROWERS, Request


class UploadLink(models.Model):
    """Lets a third person (a donor, an accountant) send files for one request, and see nothing."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="links")
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"), blank=True)
    token_hash = models.CharField(
        max_length=64, unique=True, editable=False, help_text=_("SHA-256; the token itself is not kept")
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("upload-only link")
        verbose_name_plural = _("upload-only links")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()


class HousePaper(models.Model):
    """A paper that the loan team gives to borrowers; its file comes as an upload like any other."""

    class Kind(models.TextChoices):
        PRE_APPROVAL = "pre_approval", _("Pre-approval letter")
        LOAN_ESTIMATE = "loan_estimate", _("Loan Estimate")
        CLOSING_DISCLOSURE = "closing_disclosure", _("Closing Disclosure")
        APPRAISAL = "appraisal", _("Appraisal copy")
        EXECUTED = "executed", _("Executed papers")
        OTHER = "other", _("Other paper")

    # Only to those who consented to receive such papers electronically (15 USC 7001(c)).
    NEED_CONSENT = (Kind.LOAN_ESTIMATE, Kind.CLOSING_DISCLOSURE)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    loan = models.ForeignKey("loans.Loan", on_delete=models.CASCADE, related_name="house_papers")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    title = models.CharField(_("what it is"), max_length=160)
    note = models.CharField(_("a line to the borrower"), max_length=400, blank=True)
    parties = models.ManyToManyField("loans.Party", related_name="+", help_text=_("Who is to have it"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("paper from the house")
        verbose_name_plural = _("papers from the house")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title


class ShareQuerySet(models.QuerySet["Share"]):
    def in_force(self) -> "ShareQuerySet":
        """Those that open their document to a borrower now."""
        return self.filter(ended_at__isnull=True, party__role__in=BORROWERS)


class Share(models.Model):
    """A party beside the owner who may open a document, and when they first did."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    document = models.ForeignKey("documents.Document", on_delete=models.CASCADE, related_name="shares")
    party = models.ForeignKey("loans.Party", on_delete=models.CASCADE, related_name="+")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    first_opened_at = models.DateTimeField(null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ShareQuerySet.as_manager()

    class Meta:
        verbose_name = _("share")
        verbose_name_plural = _("shares")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["document", "party"], condition=models.Q(ended_at__isnull=True), name="share_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.document_id} → {self.party_id}"
