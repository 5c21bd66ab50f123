"""A paper that was checked and is kept."""

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from documents.models.requests import BORROWERS, Request
from documents.models.sharing import HousePaper, Share, UploadLink
from documents.models.uploads import UploadGroup, UploadSession
from documents.returns import ReturnReason

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User
    from loans.models import Party


class DocumentQuerySet(models.QuerySet["Document"]):
    def papers(self) -> "DocumentQuerySet":
        """What people work with: neither the photos that a PDF was made of nor what is disposed of."""
        return self.filter(is_original=False, disposed_at__isnull=True)

    def visible_to(self, user: "User | AnonymousUser") -> "DocumentQuerySet":
        """
        The uploader's own party, whoever it was shared with, and the loan team. A co-borrower's papers are closed to
        the other until they open them.
        """
        from loans.models import Loan

        if not user.is_authenticated:
            return self.none()
        here = self.filter(disposed_at__isnull=True)
        if user.works_here:
            return here.filter(loan__in=Loan.objects.visible_to(user))
        asked = models.Q(request__party__user=user, request__party__role__in=BORROWERS)
        unasked = models.Q(
            request__isnull=True, house_paper__isnull=True, party__user=user, party__role__in=BORROWERS
        )
        shared = models.Q(pk__in=Share.objects.in_force().filter(party__user=user).values("document"))
        return here.filter(asked | unasked | shared)


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
    link = models.ForeignKey(
        UploadLink, null=True, blank=True, on_delete=models.SET_NULL, related_name="documents"
    )
    house_paper = models.ForeignKey(
        HousePaper, null=True, blank=True, on_delete=models.PROTECT, related_name="documents",
        help_text=_("Given by the loan team; nobody reviews it"),
    )  # fmt: skip
    group = models.OneToOneField(
        UploadGroup, null=True, blank=True, on_delete=models.SET_NULL, related_name="document",
        help_text=_("The photos that this PDF was made of"),
    )  # fmt: skip
    is_original = models.BooleanField(
        default=False, db_default=False, editable=False,
        help_text=_("A photo as it came: kept beside the PDF that people work with, in no list"),
    )  # fmt: skip
    made_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="originals",
        help_text=_("The PDF that was made of this photo"),
    )  # fmt: skip
    name = models.CharField(_("name"), max_length=255)
    key = models.CharField(max_length=80, unique=True, editable=False)
    wrapped_key = models.TextField(
        blank=True, default="", db_default="", editable=False,
        help_text=_("Opens the bytes; empty in a bucket. Without it they are lost for good"),
    )  # fmt: skip
    size = models.PositiveBigIntegerField(editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    content_type = models.CharField(max_length=60, editable=False)
    scanner = models.CharField(
        max_length=120,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text=_("What scanned it; empty: nothing did"),
    )
    pages = models.PositiveIntegerField(default=1, editable=False)
    hints = models.JSONField(default=list, blank=True)
    hints_kept_at = models.DateTimeField(null=True, blank=True, editable=False)
    hints_kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False,
        help_text=_("Read the hints and sent it as it is"),
    )  # fmt: skip
    title = models.CharField(
        _("what it is"), max_length=160, blank=True, default="", db_default="",
        help_text=_("Said by whoever sent it unasked"),
    )  # fmt: skip
    dated_on = models.DateField(_("date of the paper"), null=True, blank=True)
    received_at = models.DateTimeField(default=timezone.now)
    filed_at = models.DateTimeField(
        null=True, blank=True, editable=False,
        help_text=_("When the loan team put it under its request; empty: it came for it"),
    )  # fmt: skip
    review = models.CharField(max_length=10, choices=Review, default=Review.PENDING, editable=False)
    reason = models.CharField(max_length=40, choices=ReturnReason.choices, blank=True, editable=False)
    note = models.CharField(max_length=400, blank=True)
    good_pages = models.CharField(
        _("pages that are fine"), max_length=120, blank=True, default="", db_default="",
        help_text=_("Of a paper that was sent back, for example 1-4, 6"),
    )  # fmt: skip
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    retention_class = models.CharField(
        max_length=24,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text=_("Key in documents/retention.py"),
    )
    destroy_after = models.DateField(
        null=True, blank=True, editable=False, help_text=_("Empty while its anchor date is not known")
    )
    disposed_at = models.DateTimeField(null=True, blank=True)
    disposed_why = models.CharField(max_length=40, blank=True, default="", db_default="", editable=False)
    bytes_destroyed_at = models.DateTimeField(
        null=True, blank=True, editable=False,
        help_text=_("Nothing of it is left in the storage; empty while a disposed one's bytes wait to be deleted"),
    )  # fmt: skip

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
            models.Index(
                fields=["reviewed_at"],
                condition=models.Q(reviewed_at__isnull=False),
                name="document_reviewed",
            ),
            models.Index(
                fields=["received_at"], condition=models.Q(request__isnull=False), name="document_received"
            ),
            models.Index(
                fields=["destroy_after"],
                condition=models.Q(disposed_at__isnull=True),
                name="document_destroy",
            ),
            models.Index(
                fields=["disposed_at"],
                condition=models.Q(disposed_at__isnull=False, bytes_destroyed_at__isnull=True),
                name="document_bytes_left",
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
        if self.link:
            return gettext("%(name)s through a link") % {"name": self.link.name}
        who = self.uploader or self.owner
        return who.name if who else ""
