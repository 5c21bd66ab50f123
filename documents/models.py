"""
What is asked for, what arrives, what is kept.

A `Request` is one line of the needs list, always of one party. An `UploadSession` is one file on its way: the row
says what the browser may still do and what the checking worker found; it ends at clean, infected, rejected, expired
or aborted. A `Document` is made when a session is clean; officers accept or return it, and its request follows.
Writes are verbs in `documents/services/`; what is asked of whom is the table in `documents/needs.py`; bytes leave
only through `documents/serving.py`.
"""

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from documents.kinds import Kind
from documents.returns import ReturnReason

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User
    from loans.models import Party

BORROWERS = ("borrower", "co_borrower")


class RequestQuerySet(models.QuerySet["Request"]):
    def visible_to(self, user: "User | AnonymousUser") -> "RequestQuerySet":
        """Borrowers see their own party's requests only, never the other's; the desk sees those of its loans."""
        from loans.models import Loan

        if not user.is_authenticated:
            return self.none()
        if user.works_here:
            return self.filter(loan__in=Loan.objects.visible_to(user))
        return self.filter(party__user=user, party__role__in=BORROWERS).exclude(state=Request.State.WITHDRAWN)

    def waiting_for_borrower(self) -> "RequestQuerySet":
        return self.filter(state__in=[Request.State.OWED, Request.State.RETURNED])


class Request(models.Model):
    class State(models.TextChoices):
        OWED = "owed", _("Needed")
        IN_REVIEW = "in_review", _("In review")
        ACCEPTED = "accepted", _("Accepted")
        RETURNED = "returned", _("Please send again")
        NOT_APPLICABLE = "not_applicable", _("Does not apply")
        WITHDRAWN = "withdrawn", _("No longer needed")

    class Source(models.TextChoices):
        NEEDS = "needs", _("Needs list")
        OFFICER = "officer", _("Asked by the loan team")
        CONDITION = "condition", _("Condition of the underwriter")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    loan = models.ForeignKey("loans.Loan", on_delete=models.CASCADE, related_name="requests")
    party = models.ForeignKey("loans.Party", on_delete=models.CASCADE, related_name="requests")
    kind = models.CharField(_("kind"), max_length=40, choices=Kind.choices, default=Kind.OTHER)
    need = models.CharField(
        max_length=40, blank=True, editable=False, help_text=_("Key in documents/needs.py")
    )
    title = models.CharField(_("what we need"), max_length=160)
    period = models.CharField(_("period"), max_length=60, blank=True)
    why = models.CharField(_("why we ask"), max_length=400)
    what_counts = models.CharField(_("what counts"), max_length=400, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    state = models.CharField(max_length=16, choices=State, default=State.OWED, editable=False)
    reason = models.CharField(max_length=40, choices=ReturnReason.choices, blank=True, editable=False)
    note = models.CharField(
        max_length=400, blank=True, help_text=_("The officer's line, or the borrower's reason")
    )
    source = models.CharField(max_length=10, choices=Source, default=Source.OFFICER)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    withdrawn_by_rule = models.BooleanField(
        default=False, editable=False, help_text=_("The answers changed; it comes back when they fit again")
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("document request")
        verbose_name_plural = _("document requests")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["loan", "party"], name="request_loan_party"),
            models.Index(
                fields=["loan"], condition=models.Q(state__in=["owed", "returned"]), name="request_open"
            ),
            models.Index(
                fields=["due_on", "party"],
                condition=models.Q(state__in=["owed", "returned"], due_on__isnull=False),
                name="request_due",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["party", "need"], condition=~models.Q(need=""), name="request_need_once"
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.OWED, self.State.RETURNED)


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
    name = models.CharField(max_length=255, help_text=_("As the borrower's device calls it, cleaned"))
    size = models.PositiveBigIntegerField(help_text=_("bytes, as declared"))
    content_type = models.CharField(max_length=100, blank=True)
    last_modified = models.BigIntegerField(
        default=0, help_text=_("ms, to find the session again after a reload")
    )
    key = models.CharField(max_length=80, unique=True, help_text=_("quarantine/ and 32 random characters"))
    multipart_id = models.CharField(max_length=64, blank=True)
    etag = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.CREATED)
    reason = models.CharField(max_length=40, blank=True, help_text=_("Key in documents/refusals.py"))
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


class NeedWording(models.Model):
    """The house's own words for a need, or its switch; empty fields mean the default in `documents/needs.py`."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    need = models.CharField(max_length=40, unique=True)
    is_asked = models.BooleanField(_("asked for"), default=True)
    title = models.CharField(_("what we need"), max_length=160, blank=True)
    why = models.CharField(_("why we ask"), max_length=400, blank=True)
    what_counts = models.CharField(_("what counts"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("wording of a need")
        verbose_name_plural = _("wording of needs")
        ordering = ["need"]

    def __str__(self) -> str:
        return self.need
