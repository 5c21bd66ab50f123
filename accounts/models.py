"""
The people of the house and the house itself.

A `User` signs in; an `OfficerProfile` is what the public sees of one who lends; `OfficerLicense` says in which states.
`Company` is the one lender or broker that runs this portal. An `Invitation` opens the door to somebody new: only the
SHA-256 of its token is kept. Writes that matter are verbs in `accounts/services.py`.

The login address (`User.email`) is unique; the contact address is where mail goes and need not be: couples share one.
"""

import hashlib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import time
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models.functions import JSONObject, Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from accounts.states import STATES


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """A user with this login address; without a password nobody can sign in until one is set."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    class Role(models.TextChoices):
        BORROWER = "borrower", _("Borrower")
        OFFICER = "officer", _("Loan officer")
        PROCESSOR = "processor", _("Processor")
        MANAGER = "manager", _("Manager")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("sign-in e-mail"), unique=True)
    contact_email = models.EmailField(
        _("contact e-mail"), blank=True, help_text=_("Where messages go; empty means the sign-in e-mail.")
    )
    name = models.CharField(_("full name"), max_length=120)
    phone = PhoneNumberField(_("phone"), blank=True)
    language = models.CharField(_("language"), max_length=8, default="en")
    time_zone = models.CharField(_("time zone"), max_length=60, blank=True)
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.BORROWER)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may use the admin"), default=False)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_unique")]
        indexes = [models.Index(fields=["phone"], name="user_phone")]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name.split() else self.email

    @property
    def mail_address(self) -> str:
        return self.contact_email or self.email

    @property
    def works_here(self) -> bool:
        """Officers, processors, managers and staff: all who need a second factor and may see the desk."""
        return self.is_staff or self.role != self.Role.BORROWER

    @property
    def sees_every_loan(self) -> bool:
        return self.role == self.Role.MANAGER

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.first_name


class OfficerQuerySet(models.QuerySet["OfficerProfile"]):
    def public(self) -> "OfficerQuerySet":
        return (
            self.filter(is_public=True, user__is_active=True)
            .select_related("user")
            .prefetch_related("licenses")
        )

    def taking_applications(self, state: str) -> "OfficerQuerySet":
        """Who may take an application for a home in `state` (two letters)."""
        return self.filter(
            is_taking_applications=True,
            user__is_active=True,
            licenses__state=state,
            user__role=User.Role.OFFICER,
        )


class OfficerProfile(models.Model):
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="officer_profile")
    slug = models.SlugField(_("address of the page"), unique=True)
    photo = models.ImageField(_("photo"), upload_to="officers/", blank=True)
    title = models.CharField(_("title"), max_length=80, default="Loan officer")
    bio = models.TextField(_("about"), blank=True)
    direct_phone = PhoneNumberField(_("direct phone"), blank=True)
    text_number = PhoneNumberField(_("text number"), blank=True)
    nmls_id = models.CharField(_("NMLS id"), max_length=12)
    languages = models.JSONField(_("languages"), default=list, blank=True)
    hours = models.CharField(_("hours"), max_length=120, blank=True)
    letter_line = models.TextField(
        _("own line in the thank-you letter"),
        blank=True,
        help_text=_("One or two sentences in the officer's words."),
    )
    signature_key = models.CharField(
        max_length=120,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text=_("Picture of the signature, in the private files"),
    )
    is_public = models.BooleanField(_("shown on the site"), default=True)
    is_taking_applications = models.BooleanField(_("takes new applications"), default=True)

    objects = OfficerQuerySet.as_manager()

    class Meta:
        verbose_name = _("officer page")
        verbose_name_plural = _("officer pages")
        ordering = ["user__name"]

    def __str__(self) -> str:
        return self.user.name

    @property
    def licensed_states(self) -> list[str]:
        return sorted(license.state for license in self.licenses.all())


class OfficerLicense(models.Model):
    officer = models.ForeignKey(OfficerProfile, on_delete=models.CASCADE, related_name="licenses")
    state = models.CharField(_("state"), max_length=2, choices=STATES)
    number = models.CharField(_("licence number"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("state licence")
        verbose_name_plural = _("state licences")
        ordering = ["state"]
        constraints = [models.UniqueConstraint(fields=["officer", "state"], name="officer_license_once")]

    def __str__(self) -> str:
        return self.state


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
        _("business hours"), max_length=120, default="Monday to Friday, 8:30 to 17:30"
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


class Absence(models.Model):
    """Somebody is away: from the first to the last day their deputy sees their loans and is told in their place."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="absences")
    deputy = models.ForeignKey(User, on_delete=models.CASCADE, related_name="stands_in")
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["first_day", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")), name="absence_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=~models.Q(deputy=models.F("user")), name="absence_deputy_is_another"
            ),
        ]
        indexes = [models.Index(fields=["deputy", "first_day", "last_day"], name="absence_deputy")]

    def __str__(self) -> str:
        return f"{self.user}: {self.first_day} – {self.last_day}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def usable(self) -> "InvitationQuerySet":
        return self.filter(used_at__isnull=True, revoked_at__isnull=True, expires_at__gt=timezone.now())

    def for_token(self, token: str) -> "Invitation | None":
        return self.filter(token_sha256=hashlib.sha256(token.encode()).hexdigest()).first()


class Invitation(models.Model):
    class Purpose(models.TextChoices):
        LOAN_PARTY = "loan_party", _("Party of a loan")
        STAFF = "staff", _("Works here")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    purpose = models.CharField(max_length=12, choices=Purpose)
    subject_id = models.UUIDField(null=True, blank=True, help_text=_("public id of the loan party"))
    role = models.CharField(max_length=12, choices=User.Role, default=User.Role.BORROWER)
    name = models.CharField(max_length=120)
    email = models.EmailField(help_text=_("Where the invitation was sent"))
    token_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["subject_id"], name="invitation_subject"),
            models.Index(
                fields=["created_at"],
                condition=models.Q(used_at__isnull=True, revoked_at__isnull=True),
                name="invitation_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}: {self.name}"

    @property
    def is_usable(self) -> bool:
        return not self.used_at and not self.revoked_at and self.expires_at > timezone.now()
