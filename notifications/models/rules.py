"""When the house writes by itself: everything here is the staff's to change."""

from datetime import date, time
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


def check_days(text: str) -> None:
    """One ISO date a line."""
    for line in filter(None, map(str.strip, text.splitlines())):
        try:
            date.fromisoformat(line)
        except ValueError as error:
            raise ValidationError(
                _("“%(line)s” is not a day. Write each on a line of its own, such as 2026-12-24."),
                params={"line": line},
            ) from error


def _days(most: int) -> list[Any]:
    return [MinValueValidator(1), MaxValueValidator(most)]


class MessageRules(models.Model):
    """Always row 1 (`MessageRules.load()`); days are calendar days, times are on the clock of the person written to."""

    class LettersBy(models.TextChoices):
        MAIL = "mail", _("By e-mail, as a PDF")
        PAPER = "paper", _("On paper")
        BOTH = "both", _("By e-mail and on paper")

    reminder_days_before = models.PositiveSmallIntegerField(
        _("first reminder, days before a paper is due"), default=2, validators=[MaxValueValidator(30)]
    )
    reminder_every_days = models.PositiveSmallIntegerField(
        _("after the due day, a reminder every so many days"), default=4, validators=_days(30)
    )
    reminder_most = models.PositiveSmallIntegerField(
        _("most reminders for one paper"), default=5, validators=[MaxValueValidator(20)]
    )
    reminder_at = models.TimeField(_("reminders leave at"), default=time(10, 0))
    quiet_from = models.TimeField(_("quiet hours begin"), default=time(20, 0))
    quiet_until = models.TimeField(_("quiet hours end"), default=time(8, 0))
    skip_weekends = models.BooleanField(_("no reminders on weekends and federal holidays"), default=True)
    blackout_days = models.TextField(
        _("days without reminders and marketing"), blank=True, validators=[check_days],
        help_text=_("One day a line, such as 2026-12-24."),
    )  # fmt: skip
    requests_wait_minutes = models.PositiveSmallIntegerField(
        _("minutes in which requests are gathered into one message"),
        default=15,
        validators=[MaxValueValidator(240)],
    )
    officer_wait_minutes = models.PositiveSmallIntegerField(
        _("minutes in which notices to an officer are gathered"),
        default=10,
        validators=[MaxValueValidator(240)],
    )
    officer_digest = models.BooleanField(_("morning digest for officers"), default=True)
    officer_digest_at = models.TimeField(_("morning digest leaves at (company time)"), default=time(8, 0))
    unfinished_after_days = models.PositiveSmallIntegerField(
        _("reminder of an unfinished application, days after the last word typed"),
        default=2,
        validators=_days(30),
    )
    invitation_after_days = models.PositiveSmallIntegerField(
        _("reminder of an unused invitation, days after it was sent"), default=3, validators=_days(30)
    )
    binder_month = models.PositiveSmallIntegerField(
        _("closing papers for taxes: month"), default=1, validators=_days(12)
    )
    binder_day = models.PositiveSmallIntegerField(
        _("closing papers for taxes: day of the month"), default=20, validators=_days(28)
    )
    letters_by = models.CharField(_("letters go"), max_length=6, choices=LettersBy, default=LettersBy.MAIL)
    anniversaries = models.BooleanField(_("letters on the anniversary of the closing"), default=True)

    keep_bodies_months = models.PositiveSmallIntegerField(
        _("months for which the words of a sent message are kept"), default=84, validators=_days(240)
    )

    class Meta:
        verbose_name = _("rules for messages")
        verbose_name_plural = _("rules for messages")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="message_rules_are_one")]

    def __str__(self) -> str:
        return str(_("Rules for messages"))

    @property
    def public_id(self) -> str:
        """What the audit log calls it."""
        return "message-rules"

    @classmethod
    def load(cls) -> "MessageRules":
        """The rules in force; a house that never changed them has the defaults, not stored."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    @property
    def blackouts(self) -> frozenset[date]:
        return frozenset(date.fromisoformat(line) for line in self.blackout_days.split())
