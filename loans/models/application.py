"""The application a loan began with: what was typed, what arrived of the six items, what was agreed to."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from loans.models.loan import Loan, Party
from loans.models.stages import StageEvent


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
            ),
            models.Index(
                fields=["proved_at"], condition=models.Q(proved_at__isnull=False), name="application_proved"
            ),
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


class Consent(models.Model):
    """
    What somebody agreed to, in which wording; append-only. Consent to texts is between a person and one number: the
    newest row about that number counts (`loans/consents.py`), and a new number is asked for anew. Consent to receive
    disclosures electronically is between a person and one loan, with the proof that they can open the format.
    """

    class Kind(models.TextChoices):
        PRIVACY_SEEN = "privacy_seen", _("Privacy notice seen")
        TEXTING = "texting", _("Text messages")
        E_DELIVERY = "e_delivery", _("Disclosures electronically")

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="consents")
    kind = models.CharField(max_length=16, choices=Kind)
    given = models.BooleanField(default=True)
    wording_version = models.CharField(max_length=20)
    wording = models.TextField()
    wording_hash = models.CharField(
        max_length=64, blank=True, default="", db_default="", editable=False,
        help_text=_("SHA-256 of the wording, where the law asks which text it was"),
    )  # fmt: skip
    proof = models.CharField(
        max_length=80, blank=True, default="", db_default="", editable=False,
        help_text=_("How they showed that they can open such papers"),
    )  # fmt: skip
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
