"""What was said and asked for, for staff: to look at. It is answered at the desk."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from audit.lists import CappedPaginator, ReadOnly
from conversations.models import Conversation, Message, ServiceRequest


class ReadOnlyAdmin(ReadOnly, admin.ModelAdmin):
    """Lists and pages to look at."""

    list_per_page = 50
    paginator = CappedPaginator
    show_full_result_count = False


class MessageInline(admin.TabularInline):
    model = Message
    fields = ("at", "channel", "party", "by", "body")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Conversation)
class ConversationAdmin(ReadOnlyAdmin):
    list_display = ("loan", "status", "first_inbound_at", "first_reply_at", "last_message_at")
    list_filter = ("status",)
    search_fields = ("^loan__number",)
    search_help_text = _("The beginning of a loan number")
    ordering = ("-id",)
    list_select_related = ("loan",)
    inlines = (MessageInline,)


@admin.register(ServiceRequest)
class ServiceRequestAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "loan", "party", "owner", "due_on", "done_at")
    list_filter = (("done_at", admin.EmptyFieldListFilter), "channel")
    search_fields = ("^loan__number", "^owner__name")
    search_help_text = _("The beginning of a loan number or of the owner’s name")
    ordering = ("-id",)
    list_select_related = ("loan", "party", "owner")
