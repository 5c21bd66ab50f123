"""What was said and asked for, for staff: to look at. It is answered at the desk."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from audit.lists import CappedPaginator, ReadOnly
from audit.log import record
from conversations.models import Conversation, Message, QuickReply, ServiceRequest
from conversations.quick import PLACES, problems


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


class QuickReplyForm(forms.ModelForm):
    class Meta:
        model = QuickReply
        fields = ("title", "words", "is_active")
        help_texts = {
            "words": format_lazy(
                _("Places that are filled in: {places}"),
                places=", ".join(f"{{{{ {name} }}}}" for name in PLACES),
            )
        }

    def clean_words(self) -> str:
        words = str(self.cleaned_data["words"])
        if wrong := problems(words):
            raise ValidationError(wrong)
        return words


@admin.register(QuickReply)
class QuickReplyAdmin(admin.ModelAdmin):
    """The house's own, which everybody here may put into an answer. What people keep for themselves is theirs."""

    form = QuickReplyForm
    list_display = ("title", "is_active")
    list_filter = ("is_active",)
    list_per_page = 50
    paginator = CappedPaginator
    show_full_result_count = False
    search_fields = ("^title",)
    search_help_text = _("The beginning of a title")
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[QuickReply]:
        return super().get_queryset(request).filter(owner=None)

    def save_model(self, request: HttpRequest, obj: QuickReply, form: forms.ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        record(action="quick_reply.kept", about=obj, by=request.user, detail={"house": True})
