"""A file on its way, and the photos that belong together."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from documents.models.requests import Request
from documents.models.sharing import HousePaper, UploadLink


class UploadGroup(models.Model):
    """Photos of one paper: each is an upload of its own, together they become one PDF in the order of `position`."""

    class State(models.TextChoices):
        OPEN = "open", _("Photos are on their way")
        CLOSED = "closed", _("Complete, being put together")
        MADE = "made", _("Put together")
        APART = "apart", _("Kept as single files")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    request = models.ForeignKey(
        Request, null=True, blank=True, on_delete=models.CASCADE, related_name="photo_groups"
    )
    loan = models.ForeignKey("loans.Loan", on_delete=models.CASCADE, related_name="+")
    party = models.ForeignKey(
        "loans.Party", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    uploader = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    link = models.ForeignKey(
        UploadLink, null=True, blank=True, on_delete=models.SET_NULL, related_name="photo_groups"
    )
    name = models.CharField(max_length=255, help_text=_("Of the PDF that is made"))
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(help_text=_("Open groups are closed then, with what came"))
    claim = models.UUIDField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("photos of one paper")
        verbose_name_plural = _("photos of one paper")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(state__in=["open", "closed"]), name="photo_group_waiting"
            )
        ]

    def __str__(self) -> str:
        return self.name


class UploadSession(models.Model):
    class State(models.TextChoices):
        CREATED = "created", _("Waiting to start")
        UPLOADING = "uploading", _("On its way")
        RECEIVED = "received", _("Received, being checked")
        SCANNING = "scanning", _("Being checked")
        CLEAN = "clean", _("Received")
        INFECTED = "infected", _("Refused")
        REJECTED = "rejected", _("Refused")
        EXPIRED = "expired", _("Expired")
        ABORTED = "aborted", _("Cancelled")

    FINAL = (State.CLEAN, State.INFECTED, State.REJECTED, State.EXPIRED, State.ABORTED)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    request = models.ForeignKey(
        Request, null=True, blank=True, on_delete=models.CASCADE, related_name="sessions",
        help_text=_("Empty for what came unasked, such as a picture by text"),
    )  # fmt: skip
    loan = models.ForeignKey("loans.Loan", on_delete=models.CASCADE, related_name="upload_sessions")
    party = models.ForeignKey(
        "loans.Party", null=True, blank=True, on_delete=models.CASCADE, related_name="+",
        help_text=_("Whose it is when no request says so; empty: we do not know"),
    )  # fmt: skip
    uploader = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text=_("Empty for somebody who has no account yet"),
    )  # fmt: skip
    source = models.CharField(
        max_length=80, blank=True, default="", db_default="", editable=False,
        help_text=_("What brought it unasked; the same one twice is one upload"),
    )  # fmt: skip
    link = models.ForeignKey(
        UploadLink, null=True, blank=True, on_delete=models.SET_NULL, related_name="sessions",
        help_text=_("Sent by a third person through their link"),
    )  # fmt: skip
    house_paper = models.ForeignKey(
        HousePaper, null=True, blank=True, on_delete=models.CASCADE, related_name="sessions",
        help_text=_("Given by the loan team"),
    )  # fmt: skip
    group = models.ForeignKey(
        UploadGroup, null=True, blank=True, on_delete=models.SET_NULL, related_name="sessions"
    )
    position = models.PositiveSmallIntegerField(default=0, db_default=0)
    title = models.CharField(
        max_length=160,
        blank=True,
        default="",
        db_default="",
        help_text=_("What it is, of a paper nobody asked for"),
    )
    name = models.CharField(max_length=255, help_text=_("As the borrower's device calls it, cleaned"))
    size = models.PositiveBigIntegerField(help_text=_("bytes, as declared"))
    content_type = models.CharField(max_length=100, blank=True)
    last_modified = models.BigIntegerField(
        default=0, help_text=_("ms, to find the session again after a reload")
    )
    key = models.CharField(max_length=80, unique=True, help_text=_("quarantine/ and 32 random characters"))
    wrapped_key = models.TextField(
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text=_("Opens the bytes; empty in a bucket"),
    )
    multipart_id = models.CharField(max_length=1024, blank=True, help_text=_("Named by the storage"))
    etag = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.CREATED)
    reason = models.CharField(max_length=40, blank=True, help_text=_("Key in documents/refusals.py"))
    sha256 = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    scanner = models.CharField(
        max_length=120,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text=_("What scanned it; empty: nothing did"),
    )
    signature = models.CharField(
        max_length=200,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text=_("What the scanner found in it"),
    )
    true_type = models.CharField(max_length=60, blank=True, help_text=_("What the content really is"))
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    received_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    # The lease: who checks it, until when, and which attempt it is (a late finisher's number no longer fits).
    claim = models.UUIDField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    deaths = models.PositiveSmallIntegerField(
        default=0, help_text=_("Leases that ran out; the third ends it")
    )
    not_before = models.DateTimeField(null=True, blank=True)
    bytes_deleted_at = models.DateTimeField(
        null=True, blank=True, help_text=_("Nothing is left in quarantine")
    )

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["state", "id"], name="upload_state"),
            models.Index(fields=["request", "id"], name="upload_request"),
            models.Index(fields=["uploader", "created_at"], name="upload_uploader"),
            models.Index(
                fields=["state"], condition=models.Q(bytes_deleted_at__isnull=True), name="upload_bytes"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=~models.Q(source=""), name="upload_source_once"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_final(self) -> bool:
        return self.state in self.FINAL

    @property
    def owner_id(self) -> int | None:
        """The party it belongs to; None when nobody knows."""
        return self.request.party_id if self.request else self.party_id
