"""
What borrowers say in public about an officer, with their consent.

Published is what they agreed to publish, whatever the number of stars. Nobody here can take a review away: its words
can be hidden for a reason that is kept, and its stars go on counting.
"""

import uuid

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Avg, Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from loans.models import Loan


class PublishingConsent(models.Model):
    """That a review may be published, in the words they read; append-only."""

    party = models.ForeignKey("loans.Party", on_delete=models.CASCADE, related_name="publishing_consents")
    wording = models.TextField()
    language = models.CharField(max_length=8, default="en")
    at = models.DateTimeField(default=timezone.now, editable=False)
    address = models.GenericIPAddressField(null=True, blank=True)
    agent = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("consent to publish")
        verbose_name_plural = _("consents to publish")
        ordering = ["-at", "-id"]


PUBLISHED = models.Q(published_at__isnull=False, withdrawn_at__isnull=True)


class ReviewQuerySet(models.QuerySet["Review"]):
    def visible_to(self, user: User | AnonymousUser) -> "ReviewQuerySet":
        """All of them on the loans this person works on; once a loan has another officer, theirs alone."""
        if not user.is_authenticated or not user.works_here:
            return self.none()
        return self if user.sees_every_loan else self.filter(loan__in=Loan.objects.visible_to(user))

    def published(self) -> "ReviewQuerySet":
        """All that their writers agreed to publish and did not withdraw; those with hidden words too."""
        return self.filter(PUBLISHED)

    def figures(self) -> dict[str, float | int | None]:
        """How many (`count`) and their average stars (`average`, None without any)."""
        return self.order_by().aggregate(count=Count("pk"), average=Avg("stars"))


class Review(models.Model):
    """One a person and loan. Without `consent` it was written for us alone."""

    class Because(models.TextChoices):
        PERSONAL = "personal", _("It tells personal data of somebody")
        ABUSE = "abuse", _("It insults or threatens somebody")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    party = models.OneToOneField("loans.Party", on_delete=models.CASCADE, related_name="review")
    loan = models.ForeignKey("loans.Loan", on_delete=models.CASCADE, related_name="reviews")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reviews")
    stars = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])
    words = models.TextField(blank=True)
    shown_name = models.CharField(
        max_length=60, blank=True, help_text=_("How they want to be named; empty: not at all")
    )
    written_at = models.DateTimeField(default=timezone.now, editable=False)
    consent = models.OneToOneField(
        PublishingConsent, null=True, blank=True, on_delete=models.RESTRICT, related_name="review"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When they took their consent back")
    )
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    hidden_because = models.CharField(max_length=10, choices=Because, blank=True)
    hidden_why = models.CharField(max_length=300, blank=True)
    reply = models.TextField(blank=True)
    reply_at = models.DateTimeField(null=True, blank=True)
    reply_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ["-written_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(stars__gte=1, stars__lte=5), name="review_stars"),
            models.CheckConstraint(
                condition=models.Q(published_at__isnull=True) | models.Q(consent__isnull=False),
                name="review_published_with_consent",
            ),
        ]
        indexes = [
            models.Index(
                fields=["officer", "-published_at", "-id"], condition=PUBLISHED, name="review_published"
            ),
            models.Index(fields=["-written_at", "-id"], name="review_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.stars}: {self.words[:60]}"

    @property
    def is_published(self) -> bool:
        return self.published_at is not None and self.withdrawn_at is None

    @property
    def is_hidden(self) -> bool:
        """Its words are; its stars count."""
        return self.hidden_at is not None
