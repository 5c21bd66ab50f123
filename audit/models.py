"""
The audit log: one append-only table that says who saw or changed what.

Rows are inserted unchained, in the transaction of the write they tell of (`audit.log.record`). One task seals them
every few seconds: it gives each its position, the hash of the row before and its own hash (`audit.log.seal`).
A row refuses update and delete from the moment it is written; what is done behind the model's back, `audit.log.verify`
finds (`manage.py verify_audit`). Actors and objects are known by kind and UUID only, so that this app imports none of
the others and a row outlives what it speaks of.
"""

import uuid
from typing import Any, NoReturn

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SealedEntry(Exception):
    """An entry cannot be changed or deleted."""


class EntryQuerySet(models.QuerySet["Entry"]):
    def unsealed(self) -> "EntryQuerySet":
        return self.filter(position__isnull=True)

    def about(self, kind: str, object_id: object) -> "EntryQuerySet":
        return self.filter(object_kind=kind, object_id=str(object_id))

    def seal(self, *, position: int, previous_hash: str, hash: str) -> int:
        """The one change an entry ever sees, once; returns 0 when somebody sealed it before."""
        return super(EntryQuerySet, self.unsealed()).update(
            position=position, previous_hash=previous_hash, hash=hash
        )

    def update(self, **values: Any) -> NoReturn:
        raise SealedEntry("Audit entries cannot be changed.")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise SealedEntry("Audit entries cannot be changed.")

    def delete(self) -> NoReturn:
        raise SealedEntry("Audit entries cannot be deleted.")


class Entry(models.Model):
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    at = models.DateTimeField(default=timezone.now, editable=False)
    actor = models.CharField(max_length=80, help_text=_("“user:” and an id, or the task that acted"))
    actor_name = models.CharField(max_length=200, blank=True)
    action = models.CharField(max_length=80, help_text=_("For example stage.changed or document.downloaded"))
    object_kind = models.CharField(max_length=40)
    object_id = models.CharField(max_length=64)
    loan_id = models.CharField(
        max_length=64, blank=True, help_text=_("public id of the loan, when there is one")
    )
    address = models.GenericIPAddressField(null=True, blank=True)
    agent = models.CharField(max_length=300, blank=True)
    detail = models.JSONField(default=dict, blank=True)

    position = models.PositiveBigIntegerField(null=True, unique=True, editable=False)
    previous_hash = models.CharField(max_length=64, blank=True, editable=False)
    hash = models.CharField(max_length=64, blank=True, editable=False)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["object_kind", "object_id", "-id"], name="audit_object"),
            models.Index(fields=["loan_id", "-id"], name="audit_loan"),
            models.Index(fields=["actor", "-id"], name="audit_actor"),
            models.Index(fields=["action", "-id"], name="audit_action"),
            models.Index(fields=["id"], condition=models.Q(position__isnull=True), name="audit_unsealed"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_kind}:{self.object_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise SealedEntry("Audit entries are written once.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise SealedEntry("Audit entries cannot be deleted.")

    @property
    def details(self) -> list[tuple[str, Any]]:
        """For templates: there `detail.items` would be the entry called “items” where there is one."""
        return list(self.detail.items())
