"""Read-mostly: what is asked and what came. Only the wording of needs is written here; the rest is done at the desk."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from audit.lists import CappedPaginator, ReadOnly
from documents import freshness, needs
from documents.models import Document, KindRule, NeedWording, Request, ScannerReport, UploadSession
from documents.refusals import REFUSALS, refusal
from documents.services import forget_rule, forget_wording, save_rule, save_wording


class ReadOnlyAdmin(ReadOnly, admin.ModelAdmin):
    """Lists and pages to look at."""

    list_per_page = 50
    paginator = CappedPaginator
    show_full_result_count = False


@admin.register(Request)
class RequestAdmin(ReadOnlyAdmin):
    list_display = ("title", "loan", "party", "kind", "state", "source", "due_on", "changed_at")
    list_filter = ("state", "source", "kind")
    search_fields = ("^loan__number", "^party__name")
    search_help_text = _("The beginning of a loan number or of a name")
    list_select_related = ("loan", "party")
    exclude = ("public_id",)


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    list_display = ("name", "loan", "request", "review", "pages", "size", "uploader", "received_at")
    list_filter = ("review",)
    search_fields = ("^loan__number", "sha256__exact")
    search_help_text = _("The beginning of a loan number, or a whole SHA-256")
    list_select_related = ("loan", "request", "uploader")
    exclude = ("session", "disposed_at")


class ReasonFilter(admin.SimpleListFilter):
    """From the table of refusals: the table of uploads is not read for its different values."""

    title = _("reason")
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(code, refusal(code).wrong) for code in REFUSALS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[UploadSession]) -> QuerySet[UploadSession]:
        return queryset.filter(reason=self.value()) if self.value() else queryset


@admin.register(UploadSession)
class UploadSessionAdmin(ReadOnlyAdmin):
    list_display = ("name", "loan", "uploader", "state", "reason", "size", "attempts", "deaths", "created_at")
    list_filter = ("state", ReasonFilter)
    search_fields = ("^loan__number", "^uploader__name")
    search_help_text = _("The beginning of a loan number or of a name")
    list_select_related = ("loan", "uploader")
    exclude = ("claim", "multipart_id", "key", "etag")
    readonly_fields = ("scanner", "signature")


KEEPS_OURS = _("Empty fields below keep the portal's own words.")


class NeedWordingForm(forms.ModelForm):
    class Meta:
        model = NeedWording
        fields = ("need", "is_asked", "title", "why", "what_counts")
        widgets = {"why": forms.Textarea(attrs={"rows": 2}), "what_counts": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["need"] = forms.ChoiceField(
            label=_("need"), choices=needs.choices(), help_text=KEEPS_OURS
        )
        entry = needs.BY_KEY.get(self.instance.need)
        if entry is None:
            return
        self.fields["title"].help_text = str(entry.title)
        self.fields["why"].help_text = str(entry.why)
        self.fields["what_counts"].help_text = str(entry.what_counts)


@admin.register(NeedWording)
class NeedWordingAdmin(admin.ModelAdmin):
    form = NeedWordingForm
    list_display = ("need", "default_title", "title", "is_asked")
    list_filter = ("is_asked",)
    search_fields = ("need", "title")
    search_help_text = _("A part of a key or a title")

    @admin.display(description=_("portal's own title"))
    def default_title(self, wording: NeedWording) -> str:
        entry = needs.BY_KEY.get(wording.need)
        return str(entry.title) if entry else ""

    def save_model(self, request: HttpRequest, obj: NeedWording, form: Any, change: bool) -> None:
        save_wording(wording=obj, by=request.user)

    def delete_model(self, request: HttpRequest, obj: NeedWording) -> None:
        forget_wording(wording=obj, by=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for wording in queryset:
            self.delete_model(request, wording)


@admin.register(ScannerReport)
class ScannerReportAdmin(ReadOnlyAdmin):
    list_display = ("at", "is_good", "fault", "version", "signatures_at")
    list_filter = ("is_good",)


from documents import keeping_admin as keeping_admin  # noqa: E402 - what it registers stands in a file of its own


class KindRuleForm(forms.ModelForm):
    """The portal's own days stand beside each field, so that nobody types blindly."""

    class Meta:
        model = KindRule
        fields = ("kind", "good_for_days")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.kind:
            days = freshness.DEFAULT_DAYS.get(self.instance.kind, 0)
            own = _("The portal's default, in days (0: it never grows old):")
            self.fields["good_for_days"].help_text = f"{self.fields['good_for_days'].help_text} {own} {days}"


@admin.register(KindRule)
class KindRuleAdmin(admin.ModelAdmin):
    form = KindRuleForm
    list_display = ("kind", "good_for_days", "default_days")
    search_fields = ("kind",)
    search_help_text = _("A part of a key")

    @admin.display(description=_("portal's default (days)"))
    def default_days(self, rule: KindRule) -> int:
        return freshness.DEFAULT_DAYS.get(rule.kind, 0)

    def save_model(self, request: HttpRequest, obj: KindRule, form: Any, change: bool) -> None:
        save_rule(rule=obj, by=request.user)

    def delete_model(self, request: HttpRequest, obj: KindRule) -> None:
        forget_rule(rule=obj, by=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for rule in queryset:
            self.delete_model(request, rule)
