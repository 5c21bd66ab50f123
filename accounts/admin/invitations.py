"""Inviting somebody to work here; borrowers are invited from their loan."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import services
from accounts.models import Invitation, User
from audit.lists import CappedPaginator


class InvitationForm(forms.ModelForm):
    class Meta:
        model = Invitation
        fields = ("name", "email", "role")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "role" in self.fields:
            self.fields["role"].choices = [  # type: ignore[attr-defined]
                choice for choice in User.Role.choices if choice[0] != User.Role.BORROWER
            ]

    def clean_role(self) -> str:
        role = str(self.cleaned_data["role"])
        if role == User.Role.BORROWER:
            raise ValidationError(_("Borrowers are invited from their loan, at the desk."))
        return role


@admin.register(Invitation)
class InvitationAdmin(admin.ModelAdmin):
    form = InvitationForm
    list_display = ("name", "email", "purpose", "role", "created_at", "expires_at", "used_at", "revoked_at")
    list_filter = ("purpose", "role")
    search_fields = ("^name", "^email")
    ordering = ("-id",)
    search_help_text = _("The beginning of a name or an e-mail address")
    list_per_page = 25
    show_full_result_count = False
    paginator = CappedPaginator
    actions = ("revoke", "invite_again")

    def has_change_permission(self, request: HttpRequest, obj: Invitation | None = None) -> bool:
        """An invitation is not edited; the list with its actions is open to whoever may add one."""
        return obj is None and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Invitation | None = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Invitation | None = None) -> tuple[str, ...]:
        if obj is None:
            return ("name", "email", "role")
        return (
            "name", "email", "purpose", "role", "invited_by", "created_at", "expires_at", "used_at", "used_by",
            "revoked_at",
        )  # fmt: skip

    def save_model(self, request: HttpRequest, obj: Invitation, form: forms.ModelForm, change: bool) -> None:
        """Inviting somebody to work here; the mail is on its way when the page comes back."""
        made, _token = services.invite(
            purpose=Invitation.Purpose.STAFF, name=obj.name, email=obj.email, role=obj.role, by=request.user
        )
        obj.__dict__.update(made.__dict__)

    @admin.action(description=_("Revoke"))
    def revoke(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> None:
        for invitation in queryset:
            services.revoke_invitation(invitation=invitation, by=request.user)
        self.message_user(request, _("Revoked; their links no longer work."), messages.SUCCESS)

    @admin.action(description=_("Send a new link"))
    def invite_again(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> None:
        sent = [services.renew_invitation(invitation=invitation, by=request.user) for invitation in queryset]
        left_out = sent.count(None)
        self.message_user(request, _("New links are on their way."), messages.SUCCESS)
        if left_out:
            skipped = ngettext(
                "%(count)d was accepted already.", "%(count)d were accepted already.", left_out
            )
            self.message_user(request, skipped % {"count": left_out}, messages.WARNING)
