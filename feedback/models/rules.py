"""What is asked and when: everything here is the staff's to change."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


def _days(most: int) -> list[Any]:
    return [MinValueValidator(1), MaxValueValidator(most)]


class FeedbackRules(models.Model):
    """Always row 1 (`FeedbackRules.load()`); days are calendar days."""

    pulses = models.BooleanField(
        _("ask on the way: after applying, a first return, clear to close"), default=True
    )
    conversations = models.BooleanField(_("ask after each resolved conversation"), default=True)
    nps = models.BooleanField(_("ask after closing whether they would recommend us"), default=True)
    nps_days = models.PositiveSmallIntegerField(
        _("days after closing"), default=14, validators=_days(120),
        help_text=_("And never before the thank-you letter has left."),
    )  # fmt: skip
    reviews = models.BooleanField(_("invite every borrower to a review"), default=True)
    review_days = models.PositiveSmallIntegerField(
        _("days after closing to invite to a review"), default=21, validators=_days(180)
    )
    recovery_days = models.PositiveSmallIntegerField(
        _("business days in which a bad answer is made good"), default=1, validators=_days(10)
    )

    class Meta:
        verbose_name = _("rules of asking")
        verbose_name_plural = _("rules of asking")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="feedback_rules_are_one")]

    def __str__(self) -> str:
        return str(_("Rules of asking"))

    @property
    def public_id(self) -> str:
        """What the audit log calls it."""
        return "feedback-rules"

    @classmethod
    def load(cls) -> "FeedbackRules":
        """The rules in force; a house that never changed them has the defaults, not stored."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)
