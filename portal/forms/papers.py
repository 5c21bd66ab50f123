"""What an officer fills in about papers: asking for one, changing or taking back what was asked, sending one back."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from documents.kinds import Kind
from documents.returns import ReturnReason
from portal.forms.base import DateInput, DeskForm, VersionedForm, lines

People = list[tuple[str, str]]


class AskedFor(forms.Form):
    """The words of one request, as asked at the desk or as a condition of the underwriter."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices, initial=Kind.OTHER)
    title = forms.CharField(
        label=_("In your own words"),
        max_length=160,
        required=False,
        help_text=_("What the borrower reads. Empty takes the name of the kind."),
    )
    why = forms.CharField(label=_("Why we ask"), max_length=400, widget=lines(2))
    what_counts = forms.CharField(
        label=_("What counts (optional)"), max_length=400, required=False, widget=lines(2)
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("title") or "kind" not in cleaned:
            return cleaned
        if cleaned["kind"] == Kind.OTHER:
            self.add_error("title", _("Say in your own words what is needed, or choose a kind."))
        else:
            cleaned["title"] = str(Kind(cleaned["kind"]).label)
        return cleaned


class _Dated(forms.Form):
    """A due date exists only once the Loan Estimate was sent: until then nothing may be demanded."""

    period = forms.CharField(
        label=_("Period (optional)"),
        max_length=60,
        required=False,
        help_text=_("For example 2025, or May and June"),
    )
    due_on = forms.DateField(label=_("Due on (optional)"), widget=DateInput(), required=False)

    def leave_due_date_out(self) -> None:
        del self.fields["due_on"]


class RequestForm(AskedFor, _Dated, DeskForm):
    slug = "request"
    party = forms.ChoiceField(label=_("From whom"))
    field_order = ["party", "kind", "title", "why", "what_counts", "period", "due_on"]

    def __init__(self, *args: Any, people: People, may_have_due_date: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("party", people)
        if not may_have_due_date:
            self.leave_due_date_out()


class EditRequestForm(AskedFor, _Dated, VersionedForm):
    slug = "edit-request"
    field_order = ["kind", "title", "why", "what_counts", "period", "due_on", "version"]

    def __init__(self, *args: Any, may_have_due_date: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_have_due_date:
            self.leave_due_date_out()


class ButtonForm(VersionedForm):
    """A button alone: accept, withdraw."""

    slug = "version"


class AskAgainForm(VersionedForm):
    slug = "again"
    why = forms.CharField(label=_("Why we need it now"), max_length=400, widget=lines(2))


class FileForm(VersionedForm):
    """What a paper answers that came unasked."""

    slug = "file"
    request = forms.ChoiceField(
        label=_("It answers"),
        error_messages={"required": _("Choose what it answers.")},
    )

    def __init__(self, *args: Any, asked: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("request", [("", _("Choose what was asked for")), *asked])


class ReturnForm(VersionedForm):
    slug = "return"
    reason = forms.ChoiceField(
        label=_("What is wrong with it"),
        choices=[("", _("Choose a reason")), *ReturnReason.choices],
        error_messages={"required": _("Choose a reason: the borrower is told how to mend it.")},
    )
    note = forms.CharField(
        label=_("A line of your own (optional)"),
        max_length=400,
        required=False,
        widget=lines(2),
        help_text=_("For example which pages are missing."),
    )
