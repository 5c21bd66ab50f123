"""What is asked for: one line of the needs list, always of one party, and the house's words and rules for it."""

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from documents.kinds import Kind
from documents.returns import ReturnReason

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

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

    class Stuck(models.TextChoices):
        CANNOT_FIND = "cannot_find", _("Cannot find it")
        CANNOT_GET = "cannot_get", _("Cannot get it")

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
    repeat_reason = models.CharField(
        _("why we ask again"), max_length=400, blank=True, default="", db_default="",
        help_text=_("For what was sent before; the borrower reads it"),
    )  # fmt: skip
    asked_again_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text=_("When it was last asked for once more")
    )
    stuck = models.CharField(
        max_length=12, choices=Stuck, blank=True, default="", db_default="", editable=False,
        help_text=_("What the borrower said when they could not send it"),
    )  # fmt: skip
    stuck_note = models.CharField(max_length=400, blank=True, default="", db_default="", editable=False)
    stuck_at = models.DateTimeField(null=True, blank=True, editable=False)
    stuck_answer = models.CharField(
        max_length=400, blank=True, default="", db_default="", editable=False,
        help_text=_("What the loan team answered; the borrower reads it"),
    )  # fmt: skip
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
            models.Index(Coalesce("asked_again_at", "created_at"), name="request_asked"),
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


class KindRule(models.Model):
    """The house's own rule for a kind of paper; empty fields mean the default in `documents/freshness.py`."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=40, choices=Kind.choices, unique=True)
    good_for_days = models.PositiveIntegerField(
        _("good for (days)"), null=True, blank=True,
        help_text=_("From the date on the paper to closing. Empty: the portal's default; 0: it never grows old."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("rule for a kind of paper")
        verbose_name_plural = _("rules for kinds of papers")
        ordering = ["kind"]

    def __str__(self) -> str:
        return self.get_kind_display()
