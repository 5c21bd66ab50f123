"""The days by which borrowers were told that they would hear from us, and whether they did."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from loans.models.loan import Loan


class UpdatePromise(models.Model):
    """
    One day that was promised (`Loan.next_update_on` is the one that stands). Kept by the first word of ours after it
    was made and no later than its day; another day is no word.
    """

    loan = models.ForeignKey(Loan, on_delete=models.CASCADE, related_name="update_promises")
    on = models.DateField()
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+",
        help_text=_("Empty: the portal"),
    )  # fmt: skip
    kept_at = models.DateTimeField(null=True, blank=True, help_text=_("When they heard from us"))
    replaced_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When another day, or none, took its place before they had heard")
    )
    lapsed_at = models.DateTimeField(
        null=True, blank=True, help_text=_("The loan ended before its day: neither kept nor broken")
    )

    class Meta:
        verbose_name = _("promised update")
        verbose_name_plural = _("promised updates")
        ordering = ["-on", "-id"]
        indexes = [
            models.Index(fields=["on"], name="update_promise_on"),
            models.Index(
                fields=["loan"],
                condition=models.Q(kept_at__isnull=True, replaced_at__isnull=True, lapsed_at__isnull=True),
                name="update_promise_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.loan}: {self.on}"
