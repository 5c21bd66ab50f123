"""People: what staff may change about somebody, and the buttons for lost phones and those who leave."""

from allauth.account.internal.flows.password_reset import request_password_reset
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import services
from accounts.access import login_for
from accounts.models import Branch, User
from audit.lists import CappedPaginator
from audit.log import record


class UserForm(forms.ModelForm):
    class Meta:
        model = User
        fields = (
            "name", "email", "contact_email", "phone", "language", "time_zone", "role", "branch", "is_active",
            "is_staff", "is_superuser", "user_permissions",
        )  # fmt: skip

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).strip().lower()
        other = login_for(email)
        if other and other.pk != self.instance.pk:
            raise ValidationError(_("This sign-in e-mail belongs to somebody else."))
        return email


def _without_oneself(request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
    """Nobody locks themselves out by ticking one row too many."""
    return queryset.exclude(public_id=request.user.public_id)


@admin.register(Branch)
class BranchAdmin(admin.ModelAdmin):
    """Which figures are read together. One that closes keeps those of its months: its people get another."""

    list_display = ("name",)

    def has_delete_permission(self, request: HttpRequest, obj: Branch | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Branch, form: forms.ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        record(action="company.changed", about=request.user, by=request.user, detail={"fields": ["branches"]})


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    form = UserForm
    list_display = ("name", "email", "role", "is_active", "is_staff", "last_login")
    list_filter = ("role", "branch", "is_active", "is_staff")
    search_fields = ("^name", "^email", "^contact_email")
    search_help_text = _("The beginning of a name or an e-mail address")
    ordering = ("-id",)
    paginator = CappedPaginator
    readonly_fields = ("last_login", "date_joined")
    list_per_page = 25
    show_full_result_count = False
    actions = ("start_reset", "end_sessions", "remove_factors", "switch_off", "switch_on")
    fieldsets = (
        (None, {"fields": ("name", "email", "contact_email", "phone", "language", "time_zone")}),
        (
            _("Work"),
            {"fields": ("role", "branch", "is_active", "is_staff", "is_superuser", "user_permissions")},
        ),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """People come in by an invitation."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """People are switched off; what they did stays theirs."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        mine = obj is not None and obj.pk == request.user.pk
        power = () if request.user.is_superuser else ("is_staff", "is_superuser", "user_permissions", "role")
        return (*self.readonly_fields, *power, *(("is_active", "is_superuser", "role") if mine else ()))

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool) -> None:
        """Address and activity go through their verbs; the rest is stored and written down."""
        before = User.objects.get(pk=obj.pk)
        email, active = obj.email, obj.is_active
        obj.email, obj.is_active = before.email, before.is_active
        super().save_model(request, obj, form, change)
        if email != before.email:
            services.change_sign_in_email(user=obj, email=email, by=request.user)
        if active != before.is_active:
            switch = services.enable_person if active else services.disable_person
            switch(user=obj, by=request.user)
        if obj.contact_email != before.contact_email:
            services.note_change(
                user=obj,
                what="email_changed",
                by=request.user,
                addresses=[before.mail_address, obj.mail_address],
            )
        record(
            action="user.changed", about=obj, by=request.user, detail={"fields": sorted(form.changed_data)}
        )

    @admin.action(description=_("Mail a link for a new password"))
    def start_reset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset.filter(is_active=True):
            request_password_reset(request, user.email, [user], None)
            record(action="account.reset_started", about=user, by=request.user)
        self._say(request, queryset.count())

    @admin.action(description=_("Sign out everywhere"))
    def end_sessions(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            services.end_sessions(user)
            record(action="account.sessions_ended", about=user, by=request.user)
        self._say(request, queryset.count())

    @admin.action(description=_("Remove second steps (lost phone)"))
    def remove_factors(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        others = _without_oneself(request, queryset)
        for user in others:
            services.remove_second_factors(user=user, by=request.user)
        self._say(request, others.count())

    @admin.action(description=_("Switch off"))
    def switch_off(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        others = _without_oneself(request, queryset)
        for user in others:
            services.disable_person(user=user, by=request.user)
        self._say(request, others.count())

    @admin.action(description=_("Switch on"))
    def switch_on(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            services.enable_person(user=user, by=request.user)
        self._say(request, queryset.count())

    def _say(self, request: HttpRequest, count: int) -> None:
        done = ngettext("Done for %(count)d person.", "Done for %(count)d people.", count)
        self.message_user(request, done % {"count": count}, messages.SUCCESS)
