"""
What staff do with loans: facts, officer, wording of stages, contacts of parties. Every write goes through the verbs of
`loans.services`, so that items, clocks and audit come with it. The stage is read here and moved at the desk.
"""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.lists import CappedPaginator, ReadOnly
from audit.log import record
from loans import services
from loans.errors import Changed, Refused
from loans.models import Consent, KeyDate, Loan, Party, ReceivedItem, StageEvent, StageWording, Task
from loans.services.facts import FACTS
from loans.stages import MAY_PROMISE, PROMISES, TABLE, Stage


class Inline(ReadOnly, admin.TabularInline):
    extra = 0
    can_delete = False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields


class PartyInline(Inline):
    model = Party
    fields = ("name", "role", "email", "phone", "user", "open_requests")
    show_change_link = True


class StageEventInline(Inline):
    model = StageEvent
    fk_name = "loan"
    fields = ("at", "from_stage", "to_stage", "by", "source", "note", "internal_note", "reason", "undone_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[StageEvent]:
        return super().get_queryset(request).select_related("by")


class KeyDateInline(Inline):
    model = KeyDate
    fields = ("kind", "on", "time", "note", "set_by", "set_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[KeyDate]:
        return super().get_queryset(request).select_related("set_by")


class ReceivedItemInline(Inline):
    model = ReceivedItem
    fields = ("item", "at", "source", "recorded_by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReceivedItem]:
        return super().get_queryset(request).select_related("recorded_by")


class VersionInput(forms.HiddenInput):
    """Without a label that points to it: the admin writes one for every field, hidden ones too."""

    def id_for_label(self, id_: str) -> str:
        return ""


class LoanForm(forms.ModelForm):
    expected_version = forms.IntegerField(label="", widget=VersionInput)

    class Meta:
        model = Loan
        fields = (*FACTS, "officer", "processor", "complaint_open", "bereavement")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["expected_version"].initial = self.instance.version
        people = User.objects.filter(is_active=True).exclude(role=User.Role.BORROWER)
        fields: dict[str, Any] = self.fields
        fields["officer"].queryset = people.filter(role=User.Role.OFFICER)
        fields["processor"].queryset = people

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        expected = cleaned.get("expected_version")
        if expected is not None and expected != self.instance.version:
            what = services.what_changed(self.instance, expected)
            raise ValidationError(
                [
                    _("Somebody changed this loan while you had it open. Open it again to see it as it is."),
                    *what,
                ]
            )
        return cleaned


@admin.register(Loan)
class LoanAdmin(admin.ModelAdmin):
    form = LoanForm
    list_display = (
        "number",
        "borrower_names",
        "officer",
        "stage",
        "has_the_ball",
        "last_activity_at",
    )
    list_filter = ("stage", "purpose", "mortgage_type")
    search_fields = ("^number", "^borrower_names")
    search_help_text = _("The beginning of the loan number, or of the first borrower's name")
    list_select_related = ("officer",)
    list_per_page = 25
    show_full_result_count = False
    paginator = CappedPaginator
    ordering = ("-last_activity_at", "-id")
    readonly_fields = (
        "number", "stage", "stage_since", "has_the_ball", "next_update_on", "expected_closing", "closings",
        "open_requests", "to_review", "last_activity_at", "created_at", "borrower_names",
    )  # fmt: skip
    inlines = (PartyInline, StageEventInline, KeyDateInline, ReceivedItemInline)
    fieldsets = (
        (None, {"fields": ("expected_version", "number", "borrower_names", "stage", "stage_since", "has_the_ball")}),
        (_("The home"), {"fields": (
            "home_found", "street", "city", "state", "zip_code", "property_kind", "occupancy", "property_value",
        )}),
        (_("The loan"), {"fields": ("purpose", "mortgage_type", "amount")}),
        (_("Who works on it"), {"fields": ("officer", "processor")}),
        (_("Handle with care"), {"fields": ("complaint_open", "bereavement")}),
        (_("Dates and figures"), {"fields": (
            "next_update_on", "expected_closing", "closings", "open_requests", "to_review", "last_activity_at",
            "created_at",
        )}),
    )  # fmt: skip

    @admin.display(description=_("who has the ball"), ordering="waiting_on")
    def has_the_ball(self, loan: Loan) -> str:
        """The model's own word speaks to the borrower."""
        is_borrower = loan.waiting_on == Loan.WaitingOn.BORROWER
        return str(_("Borrower") if is_borrower else loan.get_waiting_on_display())

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Loans begin with an application."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Loan | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Loan, form: forms.ModelForm, change: bool) -> None:
        """Through the verbs: an address or amount typed here counts for the six items like any other."""
        said, changed = form.cleaned_data, set(form.changed_data)
        loan = Loan.objects.get(pk=obj.pk)
        common: dict[str, Any] = {"loan": loan, "by": request.user}
        if facts := {name: said[name] for name in FACTS if name in changed}:
            services.change_facts(
                **common,
                expected_version=said["expected_version"],
                source="admin",
                officer=said["officer"] if "officer" in changed else None,
                **facts,
            )
        if "officer" in changed:
            services.assign_officer(**common, expected_version=loan.version, officer=said["officer"])
        if "processor" in changed:
            services.assign_processor(**common, expected_version=loan.version, processor=said["processor"])
        if changed & {"complaint_open", "bereavement"}:
            services.note_circumstances(
                **common,
                expected_version=loan.version,
                complaint_open=said["complaint_open"],
                bereavement=said["bereavement"],
            )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Nothing: the rows beside a loan are written by the services alone."""

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        return super().construct_change_message(request, form, [], add)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A refusal by a service undoes the whole write and is told."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except Refused as refused:
            what = refused.what if isinstance(refused, Changed) else []
            messages.error(request, " ".join([str(refused.message), *what]))
            return redirect(request.path)


class PartyForm(forms.ModelForm):
    class Meta:
        model = Party
        fields = ("name", "email", "phone", "language")


@admin.register(Party)
class PartyAdmin(admin.ModelAdmin):
    form = PartyForm
    list_display = ("name", "role", "email", "loan", "user")
    list_filter = ("role",)
    search_fields = ("^loan__number", "^name", "^email")
    search_help_text = _("The beginning of a loan number, a name or an e-mail address")
    list_select_related = ("loan", "user")
    list_per_page = 25
    show_full_result_count = False
    paginator = CappedPaginator
    fields = ("loan", "role", "name", "email", "phone", "language", "user", "open_requests", "created_at")
    readonly_fields = ("loan", "role", "user", "open_requests", "created_at")
    actions = ("invite_again",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Party | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Party, form: forms.ModelForm, change: bool) -> None:
        said = {name: form.cleaned_data[name] for name in PartyForm.Meta.fields}
        services.correct_party(party=obj, by=request.user, **said)

    @admin.action(
        description=_("Send a new invitation to those who cannot sign in yet"), permissions=["change"]
    )
    def invite_again(self, request: HttpRequest, queryset: QuerySet[Party]) -> None:
        for party in queryset.select_related("loan"):
            try:
                services.reinvite_party(party=party, by=request.user)
            except Refused as refused:
                messages.error(request, refused.message)
            else:
                messages.success(request, _("A new link is on its way to %(name)s.") % {"name": party.name})


class StageWordingForm(forms.ModelForm):
    class Meta:
        model = StageWording
        fields = ("stage", "title", "meaning", "next", "usual_days")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        stage = cleaned.get("stage") or self.instance.stage
        for name in ("title", "meaning", "next"):
            if stage not in MAY_PROMISE and PROMISES.search(cleaned.get(name) or ""):
                self.add_error(
                    name, _("Before clear to close nothing may sound like a promise; say it in other words.")
                )
        return cleaned


@admin.register(StageWording)
class StageWordingAdmin(admin.ModelAdmin):
    form = StageWordingForm
    list_display = ("stage", "title", "usual_days")
    fields = ("stage", "defaults", "title", "meaning", "next", "usual_days")
    readonly_fields = ("defaults",)

    @admin.display(description=_("Our own words, used where you leave a field empty"))
    def defaults(self, obj: StageWording) -> str:
        if not obj.stage:
            return "–"
        entry = TABLE[Stage(obj.stage)]
        words = (
            (entry.named_title, entry.named_meaning, entry.named_next)
            if entry.is_quiet
            else (entry.title, entry.meaning, entry.next)
        )
        return " · ".join(str(text) for text in words)

    def get_readonly_fields(self, request: HttpRequest, obj: StageWording | None = None) -> tuple[str, ...]:
        return ("stage", "defaults") if obj else ("defaults",)

    def save_model(
        self, request: HttpRequest, obj: StageWording, form: forms.ModelForm, change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        _note(request, obj, "wording.changed", form.changed_data)

    def delete_model(self, request: HttpRequest, obj: StageWording) -> None:
        _note(request, obj, "wording.removed", [])
        super().delete_model(request, obj)


def _note(request: HttpRequest, about: Model, action: str, fields: list[str]) -> None:
    record(action=action, about=about, by=request.user, detail={"fields": sorted(fields)})


@admin.register(Task)
class TaskAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("loan", "kind", "why", "for_user", "due_on", "done_at")
    list_filter = ("kind",)
    ordering = ("-id",)
    search_fields = ("^loan__number",)
    search_help_text = _("The beginning of a loan number")
    list_select_related = ("loan", "for_user")
    list_per_page = 25
    show_full_result_count = False
    paginator = CappedPaginator


@admin.register(Consent)
class ConsentAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("party", "kind", "given", "number", "wording_version", "at")
    list_filter = ("kind", "given")
    ordering = ("-id",)
    search_fields = ("^party__loan__number", "^party__name")
    search_help_text = _("The beginning of a loan number or of a name")
    list_select_related = ("party",)
    list_per_page = 25
    show_full_result_count = False
    paginator = CappedPaginator
