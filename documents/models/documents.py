"""A paper that was checked and is kept."""

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from documents.models.requests import BORROWERS, Request
from documents.models.uploads import UploadSession
from documents.returns import ReturnReason

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User
    from loans.models import Party


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, user: "User | AnonymousUser") -> "DocumentQuerySet":
        """The uploader's own party, and the loan team. A co-borrower's papers are closed to the other."""
        from loans.models import Loan

        if not user.is_authenticated:
            return self.none()
        here = self.filter(disposed_at__isnull=True)
        if user.works_here:
            return here.filter(loan__in=Loan.objects.visible_to(user))
        asked = models.Q(request__party__user=user, request__party__role__in=BORROWERS)
        unasked = models.Q(request__isnull=True, party__user=user, party__role__in=BORROWERS)
        return here.filter(asked | unasked)


class Document(models.Model):
    class Review(models.TextChoices):
        PENDING = "pending", _("In review")
        ACCEPTED = "accepted", _("Accepted")
        RETURNED = "returned", _("Please send again")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    loan = models.ForeignKey("loans.Loan", on_delete=models.PROTECT, related_name="documents")
    request = models.ForeignKey(
        Request, null=True, blank=True, on_delete=models.PROTECT, related_name="documents"
    )
    session = models.OneToOneField(
        UploadSession, null=True, on_delete=models.SET_NULL, related_name="document"
    )
    party = models.ForeignKey(
        "loans.Party", null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text=_("Whose it is when no request says so; empty: we do not know"),
    )  # fmt: skip
    uploader = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text=_("Empty for somebody who has no account yet"),
    )  # fmt: skip
    name = models.CharField(_("name"), max_length=255)
    key = models.CharField(max_length=80, unique=True, editable=False)
    size = models.PositiveBigIntegerField(editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    content_type = models.CharField(max_length=60, editable=False)
    pages = models.PositiveIntegerField(default=1, editable=False)
    hints = models.JSONField(default=list, blank=True)
    received_at = models.DateTimeField(default=timezone.now)
    review = models.CharField(max_length=10, choices=Review, default=Review.PENDING, editable=False)
    reason = models.CharField(max_length=40, choices=ReturnReason.choices, blank=True, editable=False)
    note = models.CharField(max_length=400, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    disposed_at = models.DateTimeField(null=True, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["loan", "sha256"], name="document_same"),
            models.Index(fields=["request", "id"], name="document_request"),
            models.Index(
                fields=["received_at", "id"], condition=models.Q(review="pending"), name="document_inbox"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def owner(self) -> "Party | None":
        """The party it belongs to; None when nobody knows."""
        return self.request.party if self.request else self.party

    @property
    def sent_by(self) -> str:
        who = self.uploader or self.owner
        return who.name if who else ""
