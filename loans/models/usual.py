"""How long a stage usually takes here."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from loans.stages import Stage


class UsualDays(models.Model):
    """
    Calendar days that this company's own funded loans stood at a stage, over all their stays there; counted anew each
    night (`services.count_usual_days`). No row: too few loans to say.
    """

    stage = models.CharField(max_length=24, choices=Stage.choices, unique=True)
    loans = models.PositiveIntegerField(_("from how many loans"))
    median = models.PositiveSmallIntegerField(_("median, days"))
    ninetieth = models.PositiveSmallIntegerField(_("nine in ten within, days"))
    counted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("usual days of a stage")
        verbose_name_plural = _("usual days of the stages")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.get_stage_display()}: {self.median}–{self.ninetieth}"
