"""
What staff do with people and the house. Nobody sets a password for somebody else: staff invite, or start a reset.

Tables of the sign-in package (addresses, factors, sessions) are not edited by hand: the verbs below do it, and the
audit log says who did.
"""

from collections.abc import Callable
from itertools import chain, count
from typing import Any
from zoneinfo import available_timezones

from allauth.account import admin as _account_admin  # noqa: F401 - registers first, so that it can be taken out
from allauth.account.internal.flows.password_reset import request_password_reset
from allauth.account.models import EmailAddress
from allauth.mfa import admin as _mfa_admin  # noqa: F401
from allauth.mfa.models import Authenticator
from allauth.usersessions import admin as _sessions_admin  # noqa: F401
from allauth.usersessions.models import UserSession
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import admin as _auth_admin  # noqa: F401
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import services
from accounts.access import login_for
from accounts.errors import Refused
from accounts.models import Company, Invitation, OfficerLicense, OfficerProfile, User
from accounts.photos import clean_logo, square_portrait
from audit.lists import CappedPaginator
from audit.log import record

for _model in (EmailAddress, Authenticator, UserSession, Group):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)


class UserForm(forms.ModelForm):
    class Meta:
        model = User
        fields = (
            "name", "email", "contact_email", "phone", "language", "time_zone", "role", "is_active", "is_staff",
            "is_superuser", "user_permissions",
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


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    form = UserForm
    list_display = ("name", "email", "role", "is_active", "is_staff", "last_login")
    list_filter = ("role", "is_active", "is_staff")
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
        (_("Work"), {"fields": ("role", "is_active", "is_staff", "is_superuser", "user_permissions")}),
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


class LicenseInline(admin.StackedInline):
    model = OfficerLicense
    extra = 1


class WordsField(forms.CharField):
    """A list of words, typed with commas between them."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        typed = super().to_python(value) or ""
        return [word.strip() for word in typed.split(",") if word.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or []) != self.to_python(data)


class OfficerForm(forms.ModelForm):
    languages = WordsField(
        label=_("Languages"), required=False, help_text=_("With commas between them: English, Spanish")
    )
    upload = forms.FileField(
        label=_("New photo"),
        required=False,
        help_text=_("JPEG, PNG or WebP, up to 10 MB. It is cut square and stored without hidden data."),
    )

    class Meta:
        model = OfficerProfile
        exclude = ("photo",)  # noqa: DJ006 - all but the one that is made anew

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slug"].required = False
        self.fields["slug"].help_text = _("Left empty, it is made from the name.")

    def clean_upload(self) -> Any:
        return _readable(self.cleaned_data["upload"], square_portrait)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("slug") and data.get("user"):
            data["slug"] = _free_slug(slugify(data["user"].name) or "officer", self.instance.pk)
        return data


def _readable(upload: Any, make: Callable[[Any], object]) -> Any:
    """The uploaded picture, when we can make ours from it; else the field says why not."""
    if upload:
        try:
            make(upload)
        except Refused as refused:
            raise ValidationError(refused.message) from None
        upload.seek(0)
    return upload


def _free_slug(wish: str, mine: int | None) -> str:
    taken = set(OfficerProfile.objects.exclude(pk=mine or 0).values_list("slug", flat=True))
    others = (f"{wish}-{number}" for number in count(2))
    return next(slug for slug in chain([wish], others) if slug not in taken)


@admin.register(OfficerProfile)
class OfficerAdmin(admin.ModelAdmin):
    form = OfficerForm
    inlines = (LicenseInline,)
    list_display = ("user", "title", "nmls_id", "is_public", "is_taking_applications")
    list_filter = ("is_public", "is_taking_applications", ("licenses__state", admin.AllValuesFieldListFilter))
    list_select_related = ("user",)
    readonly_fields = ("photo_now",)
    search_fields = ("user__name", "user__email", "nmls_id")
    search_help_text = _("A part of a name, an e-mail address or an NMLS ID")
    list_per_page = 25

    @admin.display(description=_("Photo"))
    def photo_now(self, profile: OfficerProfile) -> str:
        if not profile.photo:
            return str(_("None yet: the page shows initials."))
        return format_html(
            '<img src="{}" width="120" height="120" alt="{}">', profile.photo.url, profile.user.name
        )

    def get_fields(self, request: HttpRequest, obj: OfficerProfile | None = None) -> Any:
        """The photo stands above the field that replaces it."""
        return [name for name in super().get_fields(request, obj) if name not in ("photo_now", "upload")] + [
            "photo_now",
            "upload",
        ]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A page of their own is for those who work here: a short list, where all users would be a long one."""
        if db_field.name == "user":
            kwargs["queryset"] = User.objects.exclude(role=User.Role.BORROWER).order_by("name")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: OfficerProfile, form: OfficerForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        upload = form.cleaned_data.get("upload")
        if upload:
            services.set_officer_photo(profile=obj, upload=upload, by=request.user)
        record(
            action="officer.changed",
            about=obj.user,
            by=request.user,
            detail={"fields": sorted(form.changed_data)},
        )


class CompanyForm(forms.ModelForm):
    upload = forms.FileField(
        label=_("New logo"), required=False, help_text=_("PNG, JPEG or WebP, up to 10 MB; stored as a PNG.")
    )

    class Meta:
        model = Company
        exclude = ("logo",)  # noqa: DJ006 - all but the one that is made anew

    def clean_upload(self) -> Any:
        return _readable(self.cleaned_data["upload"], clean_logo)

    def clean_time_zone(self) -> str:
        zone = str(self.cleaned_data["time_zone"])
        if zone not in available_timezones():
            raise ValidationError(_("Choose a zone like America/New_York."))
        return zone


@admin.register(Company)
class CompanyAdmin(admin.ModelAdmin):
    form = CompanyForm
    list_display = ("name", "phone", "email")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Company.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Company | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Company, form: forms.ModelForm, change: bool) -> None:
        obj.pk = 1
        super().save_model(request, obj, form, change)
        if form.cleaned_data.get("upload"):
            services.set_company_logo(company=obj, upload=form.cleaned_data["upload"], by=request.user)
        record(
            action="company.changed",
            about=request.user,
            by=request.user,
            detail={"fields": sorted(form.changed_data)},
        )


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
