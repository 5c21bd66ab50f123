"""The figures of experience as they are kept for pages."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ExperienceFigure(models.Model):
    """
    One figure of one month: of the house (neither `person` nor `branch`), of what somebody works on as officer or
    processor, or of what anybody of a branch works on.
    `feedback/figures/table.py` says what each figure is; `part` is empty for the whole of it. Counted anew by
    `figures.counting`; nothing else writes here.
    """

    month = models.DateField(help_text=_("Its first day"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    branch = models.ForeignKey(
        "accounts.Branch", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    figure = models.CharField(max_length=24)
    part = models.CharField(max_length=40, blank=True)
    numerator = models.IntegerField(default=0)
    denominator = models.PositiveIntegerField(default=0, help_text=_("How many rows there are behind it"))
    median = models.PositiveIntegerField(null=True, blank=True)
    ninetieth = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("Nine in ten are no more than this")
    )
    counted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("figure of experience")
        verbose_name_plural = _("figures of experience")
        ordering = ["-month", "figure", "part", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "month", "figure", "part"],
                condition=models.Q(person__isnull=False),
                name="experience_person_once",
            ),
            models.UniqueConstraint(
                fields=["branch", "month", "figure", "part"],
                condition=models.Q(branch__isnull=False),
                name="experience_branch_once",
            ),
            models.CheckConstraint(
                condition=models.Q(person__isnull=True) | models.Q(branch__isnull=True),
                name="experience_of_one",
            ),
            models.UniqueConstraint(
                fields=["month", "figure", "part"],
                condition=models.Q(person__isnull=True, branch__isnull=True),
                name="experience_house_once",
            ),
        ]
        indexes = [models.Index(fields=["month", "part", "figure"], name="experience_month")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.figure} {self.part}".rstrip()
