"""What is asked and when: one form, no list. Answers and reviews are read at the desk."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from feedback.models import FeedbackRules
from feedback.services import change_rules


@admin.register(FeedbackRules)
class FeedbackRulesAdmin(admin.ModelAdmin):
    fieldsets = (
        (_("On the way"), {"fields": ("pulses", "conversations")}),
        (
            _("After closing"),
            {
                "fields": ("nps", "nps_days", "reviews", "review_days"),
                "description": _(
                    "Every borrower of a closed loan is asked alike, whatever they answered before. Nothing is asked "
                    "before the thank-you letter has left, or while a complaint or a bereavement stands."
                ),
            },
        ),
        (_("Bad answers"), {"fields": ("recovery_days",)}),
    )

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return self.changeform_view(request, "1", extra_context=extra_context)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> FeedbackRules | None:
        """Also before anybody changed them, when there is no row yet."""
        return FeedbackRules.load() if object_id == "1" else None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: FeedbackRules, form: Any, change: bool) -> None:
        change_rules(rules=obj, by=request.user, changed=form.changed_data)
