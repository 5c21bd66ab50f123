"""What borrowers and officers look at, and the people it belongs to."""

import uuid
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from accounts.absences import works_for
from accounts.states import STATES
from loans.stages import Stage

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


# Written stage by stage, as the indexes of open loans are: SQLite then knows that they answer the question.
OPEN = reduce(and_, (~models.Q(stage=stage) for stage in Stage.closed()))
# Whether somebody outside waits for a word or a look of ours, also on a loan that has ended.
WAITS_FOR_US = models.Q(unanswered_since__isnull=False) | models.Q(to_review__gt=0)


class LoanQuerySet(models.QuerySet["Loan"]):
    def visible_to(self, user: "User | AnonymousUser") -> "LoanQuerySet":
        """
        The loans this person may see: their own as a party, at the desk their own and those of whom they stand in for
        today, all for a manager.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.sees_every_loan:
            return self
        if user.works_here:
            mine, *others = works_for(user)
            if not others:
                return self.filter(models.Q(officer=mine) | models.Q(processor=mine))
            return self.filter(
                models.Q(officer__in=[mine, *others]) | models.Q(processor__in=[mine, *others])
            )
        return self.filter(pk__in=Party.objects.filter(user=user).borrowers().values("loan_id"))

    def open(self) -> "LoanQuerySet":
        return self.filter(OPEN)


class Loan(models.Model):
    class Purpose(models.TextChoices):
        PURCHASE = "purchase", _("Buy a home")
        REFINANCE = "refinance", _("Refinance")
        CASH_OUT = "cash_out", _("Refinance and take cash out")

    class MortgageType(models.TextChoices):
        CONVENTIONAL = "conventional", _("Conventional")
        FHA = "fha", _("FHA")
        VA = "va", _("VA")
        USDA = "usda", _("USDA")
        UNDECIDED = "undecided", _("Not sure yet")

    class PropertyKind(models.TextChoices):
        HOUSE = "house", _("House")
        TOWNHOUSE = "townhouse", _("Townhouse")
        CONDO = "condo", _("Condominium")
        TWO_TO_FOUR = "two_to_four", _("Two to four units")
        MANUFACTURED = "manufactured", _("Manufactured home")

    class Occupancy(models.TextChoices):
        PRIMARY = "primary", _("I will live there")
        SECOND = "second", _("Second home")
        INVESTMENT = "investment", _("Rented out")

    class WaitingOn(models.TextChoices):
        BORROWER = "borrower", _("You")
        LENDER = "lender", _("Us")
        THIRD_PARTY = "third_party", _("Someone outside")
        NOBODY = "nobody", _("Nobody")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("loan number"), max_length=20, unique=True, editable=False)
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)
    mortgage_type = models.CharField(
        _("kind of mortgage"), max_length=14, choices=MortgageType, default=MortgageType.UNDECIDED
    )
    home_found = models.BooleanField(_("home found"), default=True)
    street = models.CharField(_("street address"), max_length=200, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    state = models.CharField(_("state"), max_length=2, choices=STATES)
    zip_code = models.CharField(_("ZIP code"), max_length=10, blank=True)
    property_kind = models.CharField(max_length=14, choices=PropertyKind, blank=True)
    occupancy = models.CharField(max_length=12, choices=Occupancy, blank=True)
    property_value = models.DecimalField(
        _("price or estimated value"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    amount = models.DecimalField(_("loan amount"), max_digits=12, decimal_places=2, null=True, blank=True)

    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="loans_as_officer",
        verbose_name=_("officer"),
    )
    processor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="loans_as_processor",
        verbose_name=_("processor"),
    )  # fmt: skip
    stage = models.CharField(
        _("stage"), max_length=24, choices=Stage.choices, default=Stage.STARTED, editable=False
    )
    stage_since = models.DateTimeField(default=timezone.now, editable=False)
    waiting_on = models.CharField(max_length=12, choices=WaitingOn, default=WaitingOn.BORROWER)
    waiting_on_by_hand = models.BooleanField(default=False)
    waiting_since = models.DateTimeField(
        null=True, editable=False, help_text=_("Since when the same side has the ball")
    )
    next_update_on = models.DateField(_("next update on"), null=True, blank=True)
    expected_closing = models.DateField(_("expected closing"), null=True, blank=True)
    closings = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text=_("How often it was funded")
    )
    waiting_until = models.DateField(
        _("waiting until"),
        null=True,
        blank=True,
        help_text=_("By when, where somebody set by hand who has the ball"),
    )
    complaint_open = models.BooleanField(_("complaint open"), default=False)
    bereavement = models.BooleanField(_("bereavement"), default=False)

    # Counters kept by services in the same transaction (`manage.py reconcile_counters` recomputes them).
    open_requests = models.PositiveIntegerField(default=0, editable=False)
    to_review = models.PositiveIntegerField(default=0, editable=False)
    last_activity_at = models.DateTimeField(default=timezone.now, editable=False)
    last_word_at = models.DateTimeField(
        null=True, editable=False, help_text=_("When the borrowers last saw something of ours")
    )
    unanswered_since = models.DateTimeField(
        null=True, editable=False, help_text=_("When they wrote what nobody has answered yet")
    )
    lock_ends_on = models.DateField(null=True, editable=False, help_text=_("Copy of the key date, for lists"))
    external_number = models.CharField(
        _("number elsewhere"), max_length=40, blank=True, default="", db_default="",
        help_text=_("In the loan system it was brought over from; the same one twice is one loan"),
    )  # fmt: skip
    borrower_names = models.CharField(
        max_length=250, blank=True, editable=False, help_text=_("For search and lists")
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = LoanQuerySet.as_manager()

    # What `accounts.absences.is_away_about_now` brought along; None: nobody asked.
    officer_is_away: bool | None = None

    class Meta:
        verbose_name = _("loan")
        verbose_name_plural = _("loans")
        ordering = ["-last_activity_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["external_number"], condition=~models.Q(external_number=""), name="loan_external_once"
            )
        ]
        indexes = [
            models.Index(fields=["officer", "stage", "-last_activity_at", "-id"], name="loan_officer_stage"),
            models.Index(fields=["officer", "-last_activity_at", "-id"], name="loan_officer_activity"),
            models.Index(fields=["processor", "-last_activity_at", "-id"], name="loan_processor_activity"),
            models.Index(fields=["stage", "-last_activity_at", "-id"], name="loan_stage_activity"),
            models.Index(fields=["-last_activity_at", "-id"], name="loan_activity"),
            models.Index(fields=["next_update_on"], name="loan_next_update"),
            # What one person works on is read whole and sorted; what everybody works on comes sorted from these.
            models.Index(
                fields=["officer", "-last_activity_at", "-id"], condition=OPEN, name="loan_open_officer"
            ),
            models.Index(
                fields=["processor", "-last_activity_at", "-id"], condition=OPEN, name="loan_open_processor"
            ),
            models.Index(fields=["-last_activity_at", "-id"], condition=OPEN, name="loan_open_activity"),
            models.Index(fields=["stage_since", "id"], condition=OPEN, name="loan_open_stage_since"),
            models.Index(
                Coalesce("last_word_at", "created_at"), "id", condition=OPEN, name="loan_open_last_word"
            ),
            models.Index(
                Coalesce("waiting_since", "stage_since"),
                "id",
                condition=OPEN & models.Q(waiting_on="borrower"),
                name="loan_open_owed",
            ),
            models.Index(
                fields=["expected_closing", "id"],
                condition=OPEN & models.Q(expected_closing__isnull=False),
                name="loan_open_closing",
            ),
            models.Index(
                fields=["-last_activity_at", "-id"],
                condition=OPEN & models.Q(to_review__gt=0),
                name="loan_open_review",
            ),
            models.Index(
                fields=["-last_activity_at", "-id"],
                condition=OPEN & models.Q(unanswered_since__isnull=False),
                name="loan_open_unanswered",
            ),
            # What only few loans are: found here at once, whatever the order of the list.
            models.Index(fields=["to_review"], condition=models.Q(to_review__gt=0), name="loan_to_review"),
            models.Index(
                fields=["unanswered_since"],
                condition=models.Q(unanswered_since__isnull=False),
                name="loan_unanswered",
            ),
            models.Index(
                fields=["officer", "unanswered_since", "to_review"],
                condition=WAITS_FOR_US,
                name="loan_waits_officer",
            ),
            models.Index(fields=["processor"], condition=WAITS_FOR_US, name="loan_waits_processor"),
            models.Index(
                fields=["lock_ends_on"], condition=models.Q(lock_ends_on__isnull=False), name="loan_lock_ends"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def place(self) -> str:
        """Where the home is, in one line; the state alone while no home is found."""
        if self.home_found and self.street:
            return f"{self.street}, {self.city}, {self.state}"
        return f"{self.get_state_display()}"


class PartyQuerySet(models.QuerySet["Party"]):
    def borrowers(self) -> "PartyQuerySet":
        return self.filter(role__in=[Party.Role.BORROWER, Party.Role.CO_BORROWER])


class Party(models.Model):
    class Role(models.TextChoices):
        BORROWER = "borrower", _("Borrower")
        CO_BORROWER = "co_borrower", _("Co-borrower")
        HELPER = "helper", _("Helper")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    loan = models.ForeignKey(Loan, on_delete=models.CASCADE, related_name="parties")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="parties"
    )
    role = models.CharField(max_length=12, choices=Role, default=Role.BORROWER)
    name = models.CharField(max_length=120)
    email = models.EmailField(_("contact e-mail"))
    phone = PhoneNumberField(blank=True)
    language = models.CharField(max_length=8, default="en")
    open_requests = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = PartyQuerySet.as_manager()

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["loan", "user"], condition=models.Q(user__isnull=False), name="party_user_once"
            ),
            models.UniqueConstraint(
                fields=["loan"], condition=models.Q(role="borrower"), name="party_one_main_borrower"
            ),
        ]
        indexes = [models.Index(fields=["phone"], name="party_phone")]

    def __str__(self) -> str:
        return self.name

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name.split() else self.name

    @property
    def mail_address(self) -> str:
        return self.user.mail_address if self.user else self.email

    @property
    def text_number(self) -> str:
        """Where a text would go, as +12075550101: the number of their profile, else the one of this loan, or empty."""
        phone = (self.user.phone if self.user else None) or self.phone
        return str(phone.as_e164) if phone and phone.is_valid() else ""
