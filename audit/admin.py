"""The audit log as staff read it: newest first, by action, by loan or by person. Nothing is written here."""

import re
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from audit.lists import CappedPaginator, ReadOnly
from audit.models import Entry

RECENT = 1000
UUID_TEXT = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class ActionFilter(admin.SimpleListFilter):
    """The actions of the newest entries: to ask the whole table for its different values would read all of it."""

    title = _("action")
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        recent = set(Entry.objects.order_by("-id").values_list("action", flat=True)[:RECENT])
        chosen = self.value()
        return [(action, action) for action in sorted({*recent, chosen} if chosen else recent)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Entry]) -> QuerySet[Entry]:
        return queryset.filter(action=self.value()) if self.value() else queryset


@admin.register(Entry)
class EntryAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("at", "who", "action", "object_kind", "loan_id", "address", "is_sealed")
    list_filter = (ActionFilter,)
    search_fields = ("loan_id",)
    search_help_text = _("The id of a loan or of a person, or an address of the portal that holds one")
    sortable_by = ()
    ordering = ("-id",)
    list_per_page = 50
    show_full_result_count = False
    paginator = CappedPaginator
    fields = (
        "at", "actor", "actor_name", "action", "object_kind", "object_id", "loan_id", "address", "agent", "detail",
        "position", "previous_hash", "hash",
    )  # fmt: skip

    @admin.display(description=_("who"))
    def who(self, entry: Entry) -> str:
        return entry.actor_name or entry.actor

    @admin.display(description=_("sealed"), boolean=True)
    def is_sealed(self, entry: Entry) -> bool:
        return entry.position is not None

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Entry], search_term: str
    ) -> tuple[QuerySet[Entry], bool]:
        """One whole id, so that an index answers it."""
        if not search_term.strip():
            return queryset, False
        found = UUID_TEXT.search(search_term)
        if found is None:
            return queryset.none(), False
        asked = found[0].lower()
        is_loan = Entry.objects.filter(loan_id=asked).exists()
        return queryset.filter(Q(loan_id=asked) if is_loan else Q(actor=f"user:{asked}")), False
