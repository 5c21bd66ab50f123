"""When the house writes by itself: one form, no list."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from notifications.models import MessageRules
from notifications.services import change_rules


@admin.register(MessageRules)
class MessageRulesAdmin(admin.ModelAdmin):
    fieldsets = (
        (
            _("Reminders of papers"),
            {
                "fields": ("reminder_days_before", "reminder_every_days", "reminder_most", "reminder_at"),
                "description": _(
                    "Nobody is reminded of what is optional for now, has no day, or is in review; whoever does "
                    "something is left alone from then on. The usual day of a paper is set at the company."
                ),
            },
        ),
        (
            _("Hours and days"),
            {
                "fields": ("quiet_from", "quiet_until", "skip_weekends", "blackout_days"),
                "description": _("On the clock of the person written to."),
            },
        ),
        (_("Several things in one message"), {"fields": ("requests_wait_minutes", "officer_wait_minutes")}),
        (_("The officers' morning"), {"fields": ("officer_digest", "officer_digest_at")}),
        (_("What was begun and left"), {"fields": ("unfinished_after_days", "invitation_after_days")}),
        (_("Letters"), {"fields": ("letters_by", "binder_month", "binder_day", "anniversaries")}),
        (_("Keeping"), {"fields": ("keep_bodies_months",)}),
    )

    # Times of day on the clock of whoever is written to: nothing to compare with the server's.
    formfield_overrides = {
        models.TimeField: {"widget": forms.TimeInput(attrs={"type": "time"}, format="%H:%M")}
    }

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return self.changeform_view(request, "1", extra_context=extra_context)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> MessageRules | None:
        """Also before anybody changed them, when there is no row yet."""
        return MessageRules.load() if object_id == "1" else None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: MessageRules, form: Any, change: bool) -> None:
        change_rules(rules=obj, by=request.user, changed=form.changed_data)
