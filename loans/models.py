"""
A loan, its people, its stages, its dates and tasks, and the application it began with.

`Loan` is what borrowers and officers look at; its `version` goes up with each write at the desk, so that two officers
never overwrite each other. A `Party` ties a person to it (a user only once they accepted). `StageEvent` is the
history, one row a move. `ReceivedItem` is the six-item meter of an application under TRID (12 CFR 1026.2(a)(3)).
`KeyDate` runs beside the line. `Task` is the one to-do table. Writes are verbs in `loans/services/`; the stages and
their wording are the table in `loans/stages.py`. A stage changes only through `services.change_stage`.
"""

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from accounts.states import STATES
from loans.stages import Stage

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


class LoanQuerySet(models.QuerySet["Loan"]):
    def visible_to(self, user: "User | AnonymousUser") -> "LoanQuerySet":
        """The loans this person may see: their own as a party, their own at the desk, all for a manager."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.sees_every_loan:
            return self
        if user.works_here:
            return self.filter(models.Q(officer=user) | models.Q(processor=user))
        return self.filter(pk__in=Party.objects.filter(user=user).borrowers().values("loan_id"))

    def open(self) -> "LoanQuerySet":
        return self.exclude(stage__in=Stage.closed())


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
    next_update_on = models.DateField(_("next update on"), null=True, blank=True)
    expected_closing = models.DateField(_("expected closing"), null=True, blank=True)
    closings = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text=_("How often it was funded")
    )
    complaint_open = models.BooleanField(_("complaint open"), default=False)
    bereavement = models.BooleanField(_("bereavement"), default=False)

    # Counters kept by services in the same transaction (`manage.py reconcile_counters` recomputes them).
    open_requests = models.PositiveIntegerField(default=0, editable=False)
    to_review = models.PositiveIntegerField(default=0, editable=False)
    last_activity_at = models.DateTimeField(default=timezone.now, editable=False)
    borrower_names = models.CharField(
        max_length=250, blank=True, editable=False, help_text=_("For search and lists")
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = LoanQuerySet.as_manager()

    class Meta:
        verbose_name = _("loan")
        verbose_name_plural = _("loans")
        ordering = ["-last_activity_at", "-id"]
        indexes = [
            models.Index(fields=["officer", "stage", "-last_activity_at", "-id"], name="loan_officer_stage"),
            models.Index(fields=["officer", "-last_activity_at", "-id"], name="loan_officer_activity"),
            models.Index(fields=["processor", "-last_activity_at", "-id"], name="loan_processor_activity"),
            models.Index(fields=["stage", "-last_activity_at", "-id"], name="loan_stage_activity"),
            models.Index(fields=["-last_activity_at", "-id"], name="loan_activity"),
            models.Index(fields=["next_update_on"], name="loan_next_update"),
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


class Consent(models.Model):
    """
    What somebody agreed to, in which wording; append-only. Consent to texts is between a person and one number: the
    newest row about that number counts (`loans/consents.py`), and a new number is asked for anew.
    """

    class Kind(models.TextChoices):
        PRIVACY_SEEN = "privacy_seen", _("Privacy notice seen")
        TEXTING = "texting", _("Text messages")

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="consents")
    kind = models.CharField(max_length=16, choices=Kind)
    given = models.BooleanField(default=True)
    wording_version = models.CharField(max_length=20)
    wording = models.TextField()
    number = models.CharField(
        max_length=20, blank=True, default="", db_default="", help_text=_("Texts: to this number alone")
    )
    at = models.DateTimeField(default=timezone.now, editable=False)
    address = models.GenericIPAddressField(null=True, blank=True)
    agent = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["-at"]


class StageEvent(models.Model):
    class Source(models.TextChoices):
        DESK = "desk", _("Desk")
        BORROWER = "borrower", _("Borrower")
        ADMIN = "admin", _("Admin")
        IMPORT = "import", _("Import")
        SYSTEM = "system", _("System")

    public_id = models.UUIDField(
        default=uuid.uuid4, unique=True, editable=False
    )  # also the event key of messages
    loan = models.ForeignKey(Loan, on_delete=models.CASCADE, related_name="stage_events")
    from_stage = models.CharField(max_length=24, choices=Stage.choices, blank=True)
    to_stage = models.CharField(max_length=24, choices=Stage.choices)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    note = models.TextField(_("line to the borrower"), blank=True)
    internal_note = models.TextField(_("internal note"), blank=True)
    reason = models.CharField(max_length=300, blank=True, help_text=_("Why an ended loan was opened again"))
    source = models.CharField(max_length=10, choices=Source, default=Source.DESK)
    closing_number = models.PositiveSmallIntegerField(null=True, blank=True)
    # An undo inside the waiting time: this event never reached the borrower and the history shows one correction.
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("stage event")
        verbose_name_plural = _("stage events")
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["loan", "at"], name="stage_event_loan")]


class KeyDate(models.Model):
    class Kind(models.TextChoices):
        LOAN_ESTIMATE_DUE = "loan_estimate_due", _("Loan Estimate due")
        LOAN_ESTIMATE_SENT = "loan_estimate_sent", _("Loan Estimate sent")
        RATE_LOCK_ENDS = "rate_lock_ends", _("Rate lock ends")
        APPRAISAL_ORDERED = "appraisal_ordered", _("Appraisal ordered")
        APPRAISAL_RECEIVED = "appraisal_received", _("Appraisal received")
        TITLE_RECEIVED = "title_received", _("Title work received")
        INSURANCE_RECEIVED = "insurance_received", _("Insurance received")
        CLOSING_DISCLOSURE_SENT = "closing_disclosure_sent", _("Closing Disclosure sent")
        CLOSING_DISCLOSURE_RECEIVED = "closing_disclosure_received", _("Closing Disclosure received")
        SIGNING = "signing", _("Signing appointment")
        NOTICE_SENT = "notice_sent", _("Written notice of the outcome sent")

    # No home yet: these three are neither asked nor shown.
    NEED_A_HOME = (Kind.APPRAISAL_ORDERED, Kind.APPRAISAL_RECEIVED, Kind.TITLE_RECEIVED)

    loan = models.ForeignKey(Loan, on_delete=models.CASCADE, related_name="key_dates")
    kind = models.CharField(max_length=28, choices=Kind)
    on = models.DateField()
    time = models.TimeField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("key date")
        verbose_name_plural = _("key dates")
        ordering = ["on", "id"]
        constraints = [models.UniqueConstraint(fields=["loan", "kind"], name="key_date_once")]


class Task(models.Model):
    class Kind(models.TextChoices):
        NEXT_UPDATE = "next_update", _("Promised update")
        LOAN_ESTIMATE = "loan_estimate", _("Send the Loan Estimate")
        SIX_ITEMS = "six_items", _("Application complete under TRID")
        CALL = "call", _("Call")
        LETTER = "letter", _("Look at a letter")
        SERVICE_REQUEST = "service_request", _("Service request")
        UNCLEAR_TEXT = "unclear_text", _("A text that perhaps says stop")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    loan = models.ForeignKey(Loan, on_delete=models.CASCADE, related_name="tasks")
    kind = models.CharField(max_length=16, choices=Kind)
    why = models.CharField(max_length=300)
    for_user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="tasks")
    due_on = models.DateField()
    key = models.CharField(max_length=120, unique=True, help_text=_("Makes creating it twice harmless"))
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(
                fields=["for_user", "due_on"], condition=models.Q(done_at__isnull=True), name="task_open"
            )
        ]


class ReceivedItem(models.Model):
    """One of the six items whose arrival makes an application (12 CFR 1026.2(a)(3)(ii)), and when it first came."""

    class Item(models.TextChoices):
        NAME = "name", _("Name")
        INCOME = "income", _("Income")
        SSN = "ssn", _("Social Security number")
        ADDRESS = "address", _("Property address")
        VALUE = "value", _("Estimated value")
        AMOUNT = "amount", _("Loan amount")

    loan = models.ForeignKey(Loan, on_delete=models.CASCADE, related_name="received_items")
    item = models.CharField(max_length=8, choices=Item)
    at = models.DateTimeField(default=timezone.now)
    source = models.CharField(max_length=10, choices=StageEvent.Source)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("item received")
        verbose_name_plural = _("items received")
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["loan", "item"], name="received_item_once")]


class Application(models.Model):
    """What somebody typed, step by step. The loan exists from the moment their e-mail address is proved."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    loan = models.OneToOneField(
        Loan, null=True, blank=True, on_delete=models.CASCADE, related_name="application"
    )
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        help_text=_("Chosen with “Apply with …”"),
    )  # fmt: skip
    answers = models.JSONField(default=dict, blank=True)
    step = models.CharField(max_length=20, default="home")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    saved_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True, blank=True)
    # Proof of the e-mail address: only a keyed hash of the code; it works once, for ten minutes, three tries.
    email = models.EmailField(blank=True)
    code_hash = models.CharField(max_length=64, blank=True)
    code_sent_at = models.DateTimeField(null=True, blank=True)
    code_tries = models.PositiveSmallIntegerField(default=0)
    proved_at = models.DateTimeField(null=True, blank=True)
    # Coming back by link: raised with every new link, so that older ones end; wrong answers are counted.
    resume_number = models.PositiveIntegerField(default=0)
    resume_tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["-saved_at"]
        indexes = [
            models.Index(
                fields=["saved_at"],
                condition=models.Q(proved_at__isnull=False, submitted_at__isnull=True),
                name="application_unfinished",
            )
        ]


class StageWording(models.Model):
    """The house's own words for a stage; an empty field means the default in `loans/stages.py`."""

    stage = models.CharField(max_length=24, choices=Stage.choices, unique=True)
    title = models.CharField(_("title for the borrower"), max_length=80, blank=True)
    meaning = models.CharField(_("what it means, one sentence"), max_length=300, blank=True)
    next = models.CharField(_("what happens next"), max_length=300, blank=True)
    usual_days = models.CharField(
        _("usual days"),
        max_length=40,
        blank=True,
        help_text=_("For example 3 to 5 business days; empty hides it"),
    )

    class Meta:
        verbose_name = _("wording of a stage")
        verbose_name_plural = _("wording of stages")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.get_stage_display()

    @property
    def public_id(self) -> str:
        """What the audit log calls it."""
        return self.stage
