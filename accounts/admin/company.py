"""The house itself."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.admin.pictures import readable
from accounts.models import Company
from accounts.photos import clean_logo
from audit.log import record


class CompanyForm(forms.ModelForm):
    upload = forms.FileField(
        label=_("New logo"), required=False, help_text=_("PNG, JPEG or WebP, up to 10 MB; stored as a PNG.")
    )

    class Meta:
        model = Company
        exclude = ("logo",)  # noqa: DJ006 - all but the one that is made anew

    def clean_upload(self) -> Any:
        return readable(self.cleaned_data["upload"], clean_logo)

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
