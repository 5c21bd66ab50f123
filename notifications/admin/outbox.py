"""The outbox for staff: everything to read, nothing to rewrite; hold, release and resend as actions."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from audit.lists import CappedPaginator, ReadOnly
from loans.errors import Refused
from notifications import services
from notifications.catalog import KINDS
from notifications.models import Attempt, Notification
from notifications.views import as_it_stands


class AttemptInline(ReadOnly, admin.TabularInline):
    model = Attempt
    fields = readonly_fields = ("number", "at", "outcome", "detail")
    extra = 0


class KindFilter(admin.SimpleListFilter):
    """From the catalog: the outbox is not read for its different values."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(kind.key, kind.name) for kind in KINDS.values()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Notification]) -> QuerySet[Notification]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Notification)
class NotificationAdmin(admin.ModelAdmin):
    list_display = ("title", "recipient_name", "address", "loan", "state", "due_at", "sent_at", "attempts")
    list_filter = ("state", KindFilter, "channel")
    list_select_related = ("loan",)
    list_per_page = 25
    show_full_result_count = False
    paginator = CappedPaginator
    sortable_by = ()
    search_fields = ("address",)  # how it is found: NotificationQuerySet.about
    search_help_text = _("A whole e-mail address or a whole loan number")
    actions = ("hold", "release", "resend")
    inlines = (AttemptInline,)
    fields = readonly_fields = (
        "title", "recipient_name", "address", "loan", "channel", "language", "state", "remark", "due_at", "expires_at",
        "sent_at", "attempts", "message_id", "date_header", "template_version", "wording_version", "resend_of",
        "subject", "words",
    )  # fmt: skip

    @admin.display(description=_("kind"))
    def title(self, row: Notification) -> str:
        return row.title

    @admin.display(description=_("words"))
    def words(self, row: Notification) -> str:
        rendered, problem = as_it_stands(row)
        return rendered.text if rendered else problem

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A message is not edited, and pressing "Save" must not write yesterday's state over today's."""
        return obj is None and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Notification], search_term: str
    ) -> tuple[QuerySet[Notification], bool]:
        return queryset.about(search_term) if search_term.strip() else queryset, False  # type: ignore[attr-defined]

    @admin.action(description=_("Hold the chosen messages"), permissions=["change"])
    def hold(self, request: HttpRequest, rows: QuerySet[Notification]) -> None:
        self._each(request, rows, services.hold)

    @admin.action(description=_("Release the chosen messages"), permissions=["change"])
    def release(self, request: HttpRequest, rows: QuerySet[Notification]) -> None:
        self._each(request, rows, services.release)

    @admin.action(description=_("Send the chosen messages again"), permissions=["change"])
    def resend(self, request: HttpRequest, rows: QuerySet[Notification]) -> None:
        self._each(request, rows, services.resend)

    def _each(self, request: HttpRequest, rows: QuerySet[Notification], service: Callable[..., Any]) -> None:
        """One refusal does not stop the others."""
        done = 0
        for row in rows:
            try:
                service(notification=row, by=request.user, expected_version=row.version)
                done += 1
            except Refused as refused:
                self.message_user(request, f"{row}: {refused.message}", messages.WARNING)
        if done:
            text = ngettext("%(count)d message done.", "%(count)d messages done.", done) % {"count": done}
            self.message_user(request, text, messages.SUCCESS)
