"""
One question to one person about one thing, from the moment it is planned to its answer.

The row is made when the thing happens and is the only way to ask: (party, kind, about) is unique, so nobody can be
asked twice, however often the thing happens again. `asked_at` is set by a conditional UPDATE in the transaction that
queues the mail (`services.claim`).
"""

import uuid
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from loans.models import Loan

WAITING = models.Q(asked_at__isnull=True, dropped_at__isnull=True)


class SurveyQuerySet(models.QuerySet["SurveyResponse"]):
    def visible_to(self, user: User | AnonymousUser) -> "SurveyQuerySet":
        """Those on the loans this person works on; nobody else's, and no borrower's."""
        if not user.is_authenticated or not user.works_here:
            return self.none()
        return self if user.sees_every_loan else self.filter(loan__in=Loan.objects.visible_to(user))

    def waiting(self) -> "SurveyQuerySet":
        """Neither asked nor dropped."""
        return self.filter(WAITING)

    def due(self, now: datetime) -> "SurveyQuerySet":
        """What may be asked now, the longest due first."""
        return self.waiting().filter(due_at__lte=now).order_by("due_at", "pk")

    def answered(self) -> "SurveyQuerySet":
        return self.filter(answered_at__isnull=False)


class SurveyResponse(models.Model):
    """
    `about` tells things of the same kind apart: empty where there is one a loan, for a conversation the message of
    theirs it was resolved after. `score` runs from 1 to 3 (pulses), 1 to 5 (conversations), 0 to 10 (`nps`); there is
    none for the invitation to a review, whose answer is a `Review`.
    """

    class Kind(models.TextChoices):
        APPLIED = "applied", _("After applying")
        RETURNED = "returned", _("When a paper came back for the first time")
        CLEAR = "clear", _("At clear to close")
        CONVERSATION = "conversation", _("After a conversation")
        NPS = "nps", _("Whether they would recommend us")
        REVIEW = "review", _("Invitation to a review")

    class Dropped(models.TextChoices):
        LATE = "late", _("Too late to be of use")
        UNWANTED = "unwanted", _("They do not want such messages")
        OVER = "over", _("The loan has paused or ended")
        REOPENED = "reopened", _("It was opened again")
        OFF = "off", _("We do not ask this any more")

    PULSES = (Kind.APPLIED, Kind.RETURNED, Kind.CLEAR)
    # After the thank-you letter alone.
    AFTER_CLOSING = (Kind.NPS, Kind.REVIEW)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=12, choices=Kind)
    party = models.ForeignKey("loans.Party", on_delete=models.CASCADE, related_name="surveys")
    loan = models.ForeignKey("loans.Loan", on_delete=models.CASCADE, related_name="surveys")
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="surveys",
        help_text=_("Whose work it is about: the officer of the loan then, or who answered the conversation"),
    )  # fmt: skip
    about = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    due_at = models.DateTimeField(help_text=_("From when on it may be asked"))
    asked_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    dropped_why = models.CharField(max_length=10, choices=Dropped, blank=True)
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    words = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = SurveyQuerySet.as_manager()

    class Meta:
        verbose_name = _("question and answer")
        verbose_name_plural = _("questions and answers")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["party", "kind", "about"], name="survey_once"),
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=True) | models.Q(asked_at__isnull=False),
                name="survey_asked_before_answered",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=WAITING, name="survey_due"),
            models.Index(
                fields=["kind", "answered_at"],
                condition=models.Q(answered_at__isnull=False),
                name="survey_answered",
            ),
            models.Index(
                fields=["officer", "-answered_at", "-id"],
                condition=models.Q(answered_at__isnull=False),
                name="survey_officer_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.party}"

    @property
    def scale(self) -> range:
        """The answers there are; empty for an invitation to a review."""
        if self.kind in self.PULSES:
            return range(1, 4)
        return {self.Kind.CONVERSATION: range(1, 6), self.Kind.NPS: range(11)}.get(
            self.Kind(self.kind), range(0)
        )

    @property
    def is_bad(self) -> bool:
        """Bad of good, so-so, bad; 1 or 2 of 5; 0 to 6 of 10. An answer to make good."""
        if self.score is None:
            return False
        most = {self.Kind.CONVERSATION: 2, self.Kind.NPS: 6}.get(self.Kind(self.kind), 1)
        return self.score <= most
