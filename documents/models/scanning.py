"""What the virus scanner said of itself."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ScannerReport(models.Model):
    """One self-test: whether the scanner finds what it must and passes what it should."""

    at = models.DateTimeField(default=timezone.now, editable=False)
    is_good = models.BooleanField()
    fault = models.CharField(max_length=200, blank=True)
    version = models.CharField(max_length=120, blank=True)
    signatures_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("scanner report")
        verbose_name_plural = _("scanner reports")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.fault or self.version
