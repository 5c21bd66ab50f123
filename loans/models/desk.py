"""What the desk keeps beside the loans: how somebody likes their list, words to find a loan by, loans brought over."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from loans.models.loan import Loan


class DeskView(models.Model):
    """A list as somebody wants to see it again: its columns, its filters and its order. Only its owner sees it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="desk_views")
    name = models.CharField(_("name"), max_length=60)
    columns = models.JSONField(default=list)
    filters = models.JSONField(default=dict)
    sort = models.CharField(max_length=30, blank=True)
    is_default = models.BooleanField(_("opens first"), default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="desk_view_name_once"),
            models.UniqueConstraint(
                fields=["owner"], condition=models.Q(is_default=True), name="desk_view_one_default"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LoanWord(models.Model):
    """A word a loan is found by (`loans/search.py`): lower case, kept by services in the write that changes it."""

    loan = models.ForeignKey(Loan, on_delete=models.CASCADE, related_name="search_words", db_index=False)
    word = models.CharField(max_length=60)

    class Meta:
        verbose_name = _("word to find a loan by")
        verbose_name_plural = _("words to find a loan by")
        constraints = [models.UniqueConstraint(fields=["loan", "word"], name="loan_word_once")]
        # By bytes, so that PostgreSQL finds how a word begins whatever language the database sorts in.
        indexes = [
            models.Index(
                fields=["word", "loan"],
                opclasses=["varchar_pattern_ops", "int8_ops"],
                name="loan_word_begins",
            )
        ]


class LoanImport(models.Model):
    """A table of loans already under way: read and shown first, brought over only when somebody says so."""

    class State(models.TextChoices):
        READ = "read", _("Read, nothing done")
        ASKED = "asked", _("Waits to be brought over")
        RUNNING = "running", _("Being brought over")
        DONE = "done", _("Brought over")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    rows = models.JSONField(
        default=list, help_text=_("Each line as it was read, with what it would do or what is wrong")
    )
    invite = models.BooleanField(_("invite the borrowers"), default=False)
    state = models.CharField(max_length=8, choices=State, default=State.READ)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    claimed_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text=_("Since when somebody brings it over")
    )
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("loans brought over")
        verbose_name_plural = _("loans brought over")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name


class Partner(models.Model):
    """
    An estate agent or another partner who may follow the milestones of one loan, without papers or numbers.

    It opens by a token in a link (only its SHA-256 is kept) once a borrower has agreed, until it is revoked or ends.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    loan = models.ForeignKey(Loan, on_delete=models.CASCADE, related_name="partners")
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("who they are"), max_length=60)
    token_sha256 = models.CharField(max_length=64, unique=True, null=True, editable=False)  # noqa: DJ001 - once agreed
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    agreed_at = models.DateTimeField(null=True, blank=True)
    agreed_by = models.ForeignKey("loans.Party", null=True, on_delete=models.SET_NULL, related_name="+")
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether the link opens: a borrower agreed, nobody ended it, and its time is not over."""
        ends = self.expires_at
        return bool(self.agreed_at and not self.revoked_at and ends and ends > timezone.now())

    @property
    def waits(self) -> bool:
        """For a borrower to agree."""
        return self.agreed_at is None and self.revoked_at is None
