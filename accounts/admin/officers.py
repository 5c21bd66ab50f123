"""The pages of those who lend: words, licences, photo, and the signature in their letters."""

from itertools import chain, count
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.admin.pictures import readable
from accounts.models import OfficerLicense, OfficerProfile, User
from accounts.officer_forms import language_field, speciality_field
from accounts.officer_pages import discard_draft
from accounts.photos import clean_signature, square_portrait
from audit.log import record


class LicenseInline(admin.StackedInline):
    model = OfficerLicense
    extra = 1


class OfficerForm(forms.ModelForm):
    languages = language_field()
    specialities = speciality_field()
    upload = forms.FileField(
        label=_("New photo"),
        required=False,
        help_text=_("JPEG, PNG or WebP, up to 10 MB. It is cut square and stored without hidden data."),
    )

    signature = forms.FileField(
        label=_("New signature"),
        required=False,
        help_text=_("A photo or scan of it, in dark ink on white paper: JPEG, PNG or WebP, up to 5 MB."),
    )
    remove_signature = forms.BooleanField(label=_("Take the signature away"), required=False)

    class Meta:
        model = OfficerProfile
        exclude = ("photo",)  # noqa: DJ006 - all but the one that is made anew

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slug"].required = False
        self.fields["slug"].help_text = _("Left empty, it is made from the name.")
        self.fields["letter_line"].label = _("Own line in letters")
        self.fields["languages"].also_offer(self.instance.languages)  # type: ignore[attr-defined]

    def clean_upload(self) -> Any:
        return readable(self.cleaned_data["upload"], square_portrait)

    def clean_signature(self) -> Any:
        return readable(self.cleaned_data["signature"], clean_signature)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("slug") and data.get("user"):
            data["slug"] = _free_slug(slugify(data["user"].name) or "officer", self.instance.pk)
        return data


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
    readonly_fields = ("with_a_preview", "photo_now", "signature_now")
    search_fields = ("user__name", "user__email", "nmls_id")
    search_help_text = _("A part of a name, an e-mail address or an NMLS ID")
    list_per_page = 25

    @admin.display(description=_("With a preview"))
    def with_a_preview(self, profile: OfficerProfile) -> str:
        if not profile.pk:
            return str(_("Once it is saved."))
        address = reverse("officer_page:edit", args=[profile.user.public_id])
        words = _("Change the page and look at it before it is public")
        return format_html('<a href="{}">{}</a>', address, words)

    @admin.display(description=_("Photo"))
    def photo_now(self, profile: OfficerProfile) -> str:
        if not profile.photo:
            return str(_("None yet: the page shows initials."))
        return format_html(
            '<img src="{}" width="120" height="120" alt="{}">', profile.photo.url, profile.user.name
        )

    @admin.display(description=_("Signature in letters"))
    def signature_now(self, profile: OfficerProfile) -> str:
        if not profile.signature_key:
            return str(_("None yet: letters end with the name."))
        address = reverse("accounts:signature_picture", args=[profile.user.public_id])
        alt = _("Signature of %(name)s") % {"name": profile.user.name}
        return format_html('<img src="{}" width="240" alt="{}">', address, alt)

    def get_fields(self, request: HttpRequest, obj: OfficerProfile | None = None) -> Any:
        """Each picture stands above the field that replaces it."""
        pictures = ["photo_now", "upload", "signature_now", "signature"]
        if obj and obj.signature_key:
            pictures.append("remove_signature")
        first = ["with_a_preview"]
        others = super().get_fields(request, obj)
        return (
            first
            + [name for name in others if name not in (*first, *pictures, "remove_signature")]
            + pictures
        )

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
        if form.cleaned_data.get("remove_signature"):
            services.remove_officer_signature(profile=obj, by=request.user)
        elif signature := form.cleaned_data.get("signature"):
            services.set_officer_signature(profile=obj, upload=signature, by=request.user)
        record(
            action="officer.changed",
            about=obj.user,
            by=request.user,
            detail={"fields": sorted(form.changed_data)},
        )

    def delete_model(self, request: HttpRequest, obj: OfficerProfile) -> None:
        _remove_private_files(obj, request.user)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[OfficerProfile]) -> None:
        for profile in queryset:
            _remove_private_files(profile, request.user)
        super().delete_queryset(request, queryset)


def _remove_private_files(profile: OfficerProfile, by: User) -> None:
    services.remove_officer_signature(profile=profile, by=by)
    discard_draft(profile=profile, by=by)
