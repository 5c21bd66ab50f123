"""The one lender or broker that runs this portal."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import time
from typing import Any
from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

# A page asks for the company many times and pays once. Outside a request (worker, shell) nothing is kept.
_kept_company: ContextVar["list[Company] | None"] = ContextVar("kept_company", default=None)


def keep_company(**kwargs: Any) -> None:
    _kept_company.set([])


def forget_company(**kwargs: Any) -> None:
    _kept_company.set(None)


@contextmanager
def company_kept() -> Iterator[None]:
    """The same for a batch of messages: within it the company is read once."""
    before = _kept_company.set([])
    try:
        yield
    finally:
        _kept_company.reset(before)


class Company(models.Model):
    """The one lender or broker; always row 1 (`Company.load()`)."""

    name = models.CharField(_("name"), max_length=120)
    legal_name = models.CharField(_("legal name"), max_length=160, blank=True)
    address = models.CharField(_("street address"), max_length=200)
    city_line = models.CharField(_("city, state, ZIP"), max_length=120)
    nmls_id = models.CharField(_("NMLS id"), max_length=12)
    phone = PhoneNumberField(_("phone"))
    email = models.EmailField(_("e-mail"))
    logo = models.ImageField(_("logo"), upload_to="company/", blank=True)
    licence_lines = models.TextField(_("licence lines"), blank=True)
    equal_housing_statement = models.CharField(max_length=200, default="Equal Housing Lender")
    time_zone = models.CharField(_("time zone"), max_length=60, default="America/New_York")
    business_hours = models.CharField(
        _("business hours"), max_length=120, default="Monday to Friday, 8:30 a.m. to 5:30 p.m."
    )
    opens_at = models.TimeField(_("offices open at"), default=time(8, 30), db_default=time(8, 30))
    closes_at = models.TimeField(
        _("offices close at"),
        default=time(17, 30),
        db_default=time(17, 30),
        help_text=_("How long answers take is counted in the hours between"),
    )
    open_on_saturday = models.BooleanField(_("offices open on Saturdays"), default=False)
    thank_you_days = models.PositiveSmallIntegerField(_("thank-you letter, days after closing"), default=7)
    message_wait_minutes = models.PositiveSmallIntegerField(
        _("minutes a stage message waits (undo)"), default=5
    )
    paper_days = models.PositiveSmallIntegerField(
        _("business days for sending papers"),
        default=10,
        db_default=10,
        validators=[MaxValueValidator(60)],
        help_text=_(
            "Counted from the Loan Estimate, or from the day a paper is asked for after it; reminders go by that day. "
            "0: only the loan team sets dates."
        ),
    )
    quiet_days = models.PositiveSmallIntegerField(
        _("business days until a file counts as quiet"),
        default=3,
        db_default=3,
        validators=[MaxValueValidator(30)],
        help_text=_(
            "So many without a word that the borrowers could see put the loan before its officer; one more, and the "
            "borrowers read where it stands. 0: nobody is reminded, and nothing is written."
        ),
    )
    rate_hours = models.PositiveSmallIntegerField(
        _("hours that posted rates are shown"),
        default=24,
        db_default=24,
        validators=[MinValueValidator(1), MaxValueValidator(168)],
        help_text=_("Older ones leave the page of rates by themselves, until somebody posts anew."),
    )
    privacy_version = models.CharField(_("privacy notice version"), max_length=20, default="2026-11")
    texting_version = models.CharField(_("texting consent version"), max_length=20, default="2026-11")

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("company")
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="company_is_one"),
            models.CheckConstraint(
                condition=models.Q(closes_at__gt=models.F("opens_at")),
                name="company_closes_after_it_opens",
                violation_error_message=_("The offices close later on the day than they open."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        if (kept := _kept_company.get()) is not None:
            kept.clear()

    @classmethod
    def load(cls) -> "Company":
        """The company; a house that has not filled it in yet gets a plain placeholder that is not stored."""
        kept = _kept_company.get()
        if kept is not None and kept:
            return kept[0]
        company = cls.objects.filter(pk=1).first() or cls(
            pk=1, name="Your company", address="", city_line="", nmls_id="", phone="", email=""
        )
        if kept is not None:
            kept.append(company)
        return company

    @classmethod
    def beside(cls) -> models.Subquery:
        """The company's row as an annotation: a page that counts its queries hands it to `came_along`."""
        columns = {field.attname: field.attname for field in cls._meta.concrete_fields}
        row = cls.objects.filter(pk=1).values(row=JSONObject(**columns))
        return models.Subquery(row[:1], output_field=models.JSONField())

    @classmethod
    def came_along(cls, row: dict[str, Any] | None) -> None:
        """`load()` answers with this row for the rest of the request."""
        kept = _kept_company.get()
        if row and kept is not None and not kept:
            fields = {field.attname: field for field in cls._meta.concrete_fields}
            kept.append(cls(**{name: fields[name].to_python(value) for name, value in row.items()}))

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)
