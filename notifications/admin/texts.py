"""Texts that came in, for staff: to look at. What has to be decided is decided at the desk."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from audit.lists import CappedPaginator, ReadOnly
from notifications.models import InboundText


@admin.register(InboundText)
class InboundTextAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("sender", "reading", "keyword", "loan", "at", "decision", "decided_by")
    list_filter = ("reading", "decision")
    search_fields = ("^sender", "^loan__number")
    search_help_text = _("The beginning of a telephone number (+1…) or of a loan number")
    ordering = ("-id",)
    list_select_related = ("loan", "decided_by")
    list_per_page = 50
    paginator = CappedPaginator
    show_full_result_count = False
    exclude = ("media", "media_not_before", "media_tries", "reply")
