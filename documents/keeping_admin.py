"""Admin of how long papers are kept: the house's own months, legal holds, the nights' reports."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from audit.lists import CappedPaginator
from documents.admin import ReadOnlyAdmin
from documents.models import DisposalRun, Export, LegalHold, RetentionRule
from documents.retention import TABLE
from documents.services import end_hold, forget_retention_rule, save_retention_rule, set_hold
from loans.models import Loan


class RetentionRuleForm(forms.ModelForm):
    class Meta:
        model = RetentionRule
        fields = ("retention_class", "months")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        least = "; ".join(f"{entry.key.label}: {entry.months}" for entry in TABLE.values())
        self.fields["months"].help_text = _("At least, in months: %(least)s") % {"least": least}

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        entry, months = TABLE.get(said.get("retention_class", "")), said.get("months")
        if entry and months is not None and months < entry.months:
            least = {"least": entry.months, "source": entry.source}
            self.add_error(
                "months", ValidationError(_("Not shorter than %(least)d months: %(source)s."), params=least)
            )
        return said


@admin.register(RetentionRule)
class RetentionRuleAdmin(admin.ModelAdmin):
    form = RetentionRuleForm
    list_display = ("retention_class", "months", "least")

    @admin.display(description=_("at least"))
    def least(self, rule: RetentionRule) -> int:
        return TABLE[rule.retention_class].months

    def save_model(self, request: HttpRequest, obj: RetentionRule, form: Any, change: bool) -> None:
        save_retention_rule(rule=obj, by=request.user)

    def delete_model(self, request: HttpRequest, obj: RetentionRule) -> None:
        forget_retention_rule(rule=obj, by=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for rule in queryset:
            self.delete_model(request, rule)


class LegalHoldForm(forms.ModelForm):
    """A new one names the loan by its number; a standing one can only be ended, with a reason."""

    number = forms.CharField(label=_("loan number"), max_length=20)

    class Meta:
        model = LegalHold
        fields = ("why", "ended_why")
        widgets = {"why": forms.Textarea(attrs={"rows": 2}), "ended_why": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["number"]
            if "ended_why" in self.fields:
                self.fields["ended_why"].required = True
                self.fields["ended_why"].help_text = _("Saving this ends the hold.")

    def clean_number(self) -> Loan:
        loan = Loan.objects.filter(number=self.cleaned_data["number"].strip()).first()
        if loan is None:
            raise ValidationError(_("There is no such loan."))
        if LegalHold.objects.filter(loan=loan, ended_at__isnull=True).exists():
            raise ValidationError(_("A legal hold stands already."))
        return loan


@admin.register(LegalHold)
class LegalHoldAdmin(admin.ModelAdmin):
    form = LegalHoldForm
    list_display = ("loan", "why", "set_by", "set_at", "ended_by", "ended_at")
    paginator = CappedPaginator
    show_full_result_count = False
    list_select_related = ("loan", "set_by", "ended_by")
    search_fields = ("^loan__number",)
    search_help_text = _("The beginning of a loan number")

    def get_fields(self, request: HttpRequest, obj: LegalHold | None = None) -> tuple[str, ...]:
        if obj is None:
            return ("number", "why")
        return ("loan", "why", "set_by", "set_at", "ended_why", "ended_by", "ended_at")

    def get_readonly_fields(self, request: HttpRequest, obj: LegalHold | None = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        shown = ("loan", "why", "set_by", "set_at", "ended_by", "ended_at")
        return (*shown, "ended_why") if obj.ended_at else shown

    def has_delete_permission(self, request: HttpRequest, obj: LegalHold | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: LegalHold, form: Any, change: bool) -> None:
        if not change:
            made = set_hold(loan=form.cleaned_data["number"], why=obj.why, by=request.user)
            obj.pk, obj.loan = made.pk, made.loan
        elif obj.ended_at is None:
            end_hold(hold=obj, why=obj.ended_why, by=request.user)


@admin.register(DisposalRun)
class DisposalRunAdmin(ReadOnlyAdmin):
    list_display = ("day", "started_at", "finished_at")


@admin.register(Export)
class ExportAdmin(ReadOnlyAdmin):
    list_display = ("loan", "party", "asked_by", "state", "done", "total", "size", "asked_at", "expires_at")
    list_filter = ("state",)
    search_fields = ("^loan__number",)
    search_help_text = _("The beginning of a loan number")
    list_select_related = ("loan", "party", "asked_by")
    exclude = ("claim", "key", "wrapped_key", "contents")
