"""
Rates as they were posted: one row a product and a post, never changed, never deleted; the next one supersedes it.

What was posted by mistake or is no longer to be had is taken off the page by a row of its own (`RateWithdrawal`).
"""

import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NoReturn, TypeVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Row = TypeVar("Row", bound=models.Model, covariant=True)


class PostedForGood(Exception):
    """A post cannot be changed or deleted."""


class Appended(models.Model):
    """Written once: neither a row nor a queryset of them changes or deletes anything."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise PostedForGood("A post is written once; post anew instead.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise PostedForGood("Posts are kept.")


class AppendedQuerySet(models.QuerySet[Row]):
    def update(self, **values: Any) -> NoReturn:
        raise PostedForGood("Posts cannot be changed.")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise PostedForGood("Posts cannot be changed.")

    def delete(self) -> NoReturn:
        raise PostedForGood("Posts are kept.")


class RatePostQuerySet(AppendedQuerySet["RatePost"]):
    def posted_within(self, time: timedelta, *, now: datetime) -> "RatePostQuerySet":
        return self.filter(posted_at__gt=now - time, posted_at__lte=now)


class RatePost(Appended):
    """
    One product at one hour. Rates, points and the APR are in percent, amounts in dollars, times in months. All that is
    not computed was typed by whoever posted it; `payments` and `apr` follow from it (`loans/pricing.py`).
    """

    class Kind(models.TextChoices):
        CONVENTIONAL = "conventional", gettext_lazy("Conventional")
        JUMBO = "jumbo", gettext_lazy("Jumbo")
        FHA = "fha", gettext_lazy("FHA")
        VA = "va", gettext_lazy("VA")

    class Purpose(models.TextChoices):
        PURCHASE = "purchase", gettext_lazy("Buying a home")
        REFINANCE = "refinance", gettext_lazy("Refinancing")

    class Occupancy(models.TextChoices):
        PRIMARY = "primary", gettext_lazy("the borrower lives there")
        SECOND = "second", gettext_lazy("second home")
        INVESTMENT = "investment", gettext_lazy("rented out")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.CharField(max_length=40, editable=False)
    kind = models.CharField(gettext_lazy("kind of loan"), max_length=12, choices=Kind)
    purpose = models.CharField(gettext_lazy("purpose"), max_length=12, choices=Purpose)
    term_months = models.PositiveSmallIntegerField(gettext_lazy("term, months"))
    first_months = models.PositiveSmallIntegerField(
        gettext_lazy("months until the rate may change"),
        default=0,
        help_text=gettext_lazy("0: it never does"),
    )
    rate = models.DecimalField(gettext_lazy("rate, %"), max_digits=6, decimal_places=3)
    points = models.DecimalField(gettext_lazy("points, %"), max_digits=6, decimal_places=3)
    other_charges = models.DecimalField(
        gettext_lazy("other finance charges paid at closing"), max_digits=12, decimal_places=2
    )
    financed_fee = models.DecimalField(
        gettext_lazy("fee added to the loan, %"), max_digits=6, decimal_places=3, default=Decimal(0)
    )
    insurance = models.DecimalField(
        gettext_lazy("mortgage insurance, % a year"), max_digits=6, decimal_places=3, default=Decimal(0)
    )
    # What it is shown for
    home_value = models.DecimalField(
        gettext_lazy("price or value of the home"), max_digits=12, decimal_places=2
    )
    loan_amount = models.DecimalField(gettext_lazy("loan amount"), max_digits=12, decimal_places=2)
    credit_score = models.PositiveSmallIntegerField(gettext_lazy("credit score of at least"))
    occupancy = models.CharField(gettext_lazy("use of the home"), max_length=12, choices=Occupancy)
    lock_days = models.PositiveSmallIntegerField(gettext_lazy("rate lock, days"))
    # Adjustable rates alone
    index_name = models.CharField(gettext_lazy("index"), max_length=60, blank=True)
    index_rate = models.DecimalField(
        gettext_lazy("index, %"), max_digits=6, decimal_places=3, null=True, blank=True
    )
    index_on = models.DateField(gettext_lazy("day of the index"), null=True, blank=True)
    margin = models.DecimalField(
        gettext_lazy("margin, %"), max_digits=6, decimal_places=3, null=True, blank=True
    )
    adjusts_every = models.PositiveSmallIntegerField(gettext_lazy("then adjusts every, months"), default=0)
    cap_first = models.DecimalField(
        gettext_lazy("first change at most, %"), max_digits=6, decimal_places=3, null=True, blank=True
    )
    cap_next = models.DecimalField(
        gettext_lazy("later changes at most, %"), max_digits=6, decimal_places=3, null=True, blank=True
    )
    cap_life = models.DecimalField(
        gettext_lazy("over all years at most, %"), max_digits=6, decimal_places=3, null=True, blank=True
    )
    # Computed
    apr = models.DecimalField(
        gettext_lazy("APR, %"), max_digits=6, decimal_places=3, null=True, editable=False
    )
    payments = models.JSONField(default=list, editable=False, help_text="[how many, dollars, rate], in order")
    posted_at = models.DateTimeField(default=timezone.now, editable=False)
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )

    objects = RatePostQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("posted rate")
        verbose_name_plural = gettext_lazy("posted rates")
        ordering = ["-posted_at", "-id"]
        indexes = [models.Index(fields=["-posted_at", "-id"], name="rate_post_newest")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def terms(cls) -> list[str]:
        """The fields that somebody types."""
        return [field.name for field in cls._meta.concrete_fields if field.editable and not field.primary_key]

    def again(self, **changed: Any) -> "RatePost":
        """The same terms for a new post, with these changed; not saved."""
        return RatePost(**{**{term: getattr(self, term) for term in self.terms()}, **changed})

    @property
    def is_adjustable(self) -> bool:
        return self.first_months > 0

    @property
    def years(self) -> int:
        return self.term_months // 12

    @property
    def name(self) -> str:
        """Made from the facts, never typed: so nothing that changes is called fixed (12 CFR 1026.24(i)(1))."""
        pattern = _("%(kind)s %(years)d-year fixed rate")
        if self.is_adjustable:
            pattern = _("%(kind)s %(years)d-year adjustable rate (ARM), first %(first)d years at one rate")
        text = pattern % {
            "years": self.years,
            "first": self.first_months // 12,
            "kind": self.get_kind_display(),
        }
        return text if self.purpose != self.Purpose.REFINANCE else _("%(name)s, refinance") % {"name": text}

    @property
    def down_payment(self) -> Decimal:
        return self.home_value - self.loan_amount

    @property
    def share(self) -> Decimal:
        """The loan as percent of the home's value."""
        return self.loan_amount * 100 / self.home_value


class RateWithdrawal(Appended):
    """Takes a post off the page at once; nothing that was posted before it comes back."""

    post = models.OneToOneField(RatePost, on_delete=models.PROTECT, related_name="withdrawal")
    why = models.CharField(gettext_lazy("why"), max_length=200)
    at = models.DateTimeField(default=timezone.now, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )

    objects = AppendedQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("withdrawn rate")
        verbose_name_plural = gettext_lazy("withdrawn rates")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.why
