"""Addresses that are switched off, for staff."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from phonenumber_field.phonenumber import to_python

from audit import log
from audit.lists import CappedPaginator
from notifications.models import Notification, Suppression

Reason = Suppression.Reason
# What people said themselves: only they can take it back, by START, by the link in the mail, on their own page.
THEIRS = (Reason.STOP, Reason.UNCLEAR, Reason.UNSUBSCRIBED)


class SuppressionForm(forms.ModelForm):
    """The address as everything else writes it, so that it is found again."""

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        address = str(said.get("address") or "").strip().lower()
        if address and said.get("channel") == Notification.Channel.TEXT:
            number = to_python(address)
            if not number or not number.is_valid():
                raise forms.ValidationError({"address": _("Write a telephone number with its area code.")})
            address = number.as_e164
        return {**said, "address": address}


@admin.register(Suppression)
class SuppressionAdmin(admin.ModelAdmin):
    """Deleting a row lets the address be written to again; what people said themselves is not for staff to delete."""

    form = SuppressionForm
    list_display = ("address", "channel", "scope", "reason", "at")
    list_filter = ("channel", "reason")
    search_fields = ("^address",)
    search_help_text = _("The beginning of an e-mail address or of a number such as +15125550142")
    ordering = ("-id",)
    list_per_page = 25
    show_full_result_count = False
    paginator = CappedPaginator
    fields = ("address", "channel", "scope", "reason", "detail")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A reason is not rewritten; an address is switched off anew."""
        return obj is None and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not (obj and obj.reason in THEIRS) and super().has_delete_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Suppression, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        self._record(request, "message.address_switched_off", obj)

    def delete_model(self, request: HttpRequest, obj: Suppression) -> None:
        self._record(request, "message.address_switched_on", obj)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Suppression]) -> None:
        for obj in queryset:
            self.delete_model(request, obj)

    def _record(self, request: HttpRequest, action: str, obj: Suppression) -> None:
        log.record(action=action, about=obj, by=request.user, detail={"address": obj.address})
