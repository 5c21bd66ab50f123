"""What an officer fills in about papers: asking for one, changing or taking back what was asked, sending one back."""

from copy import deepcopy
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from documents.kinds import Kind
from documents.pages import read_pages
from documents.returns import ReturnReason
from loans.errors import Refused
from portal.forms.base import DateInput, DeskForm, VersionedForm, lines

People = list[tuple[str, str]]
REPEAT = "repeat_reason"


class AskedFor(forms.Form):
    """
    The words of one request, as asked at the desk or as a condition of the underwriter. The reason for asking once more
    is asked for when it is needed: then the form comes back with that field (`ask_why`).
    """

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
    repeat_reason = forms.CharField(
        label=_("Why we ask for it once more"), max_length=400, required=False, widget=lines(2)
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        was_repeat = bool(self.initial.get(REPEAT))
        self.fields[REPEAT].required = was_repeat
        self.fields[REPEAT].help_text = _("The borrower reads it.")
        if not was_repeat and self.add_prefix(REPEAT) not in self.data:
            del self.fields[REPEAT]

    def ask_why(self, what_was_sent: str) -> None:
        """Show the field for the reason, with what came before."""
        self.fields[REPEAT] = deepcopy(self.base_fields[REPEAT])
        self.fields[REPEAT].help_text = f"{what_was_sent} {_('The borrower reads your reason.')}".strip()
        self.fields[REPEAT].required = True
        self.order_fields(self.field_order)

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
    field_order = ["party", "kind", "title", "why", REPEAT, "what_counts", "period", "due_on"]

    def __init__(self, *args: Any, people: People, may_have_due_date: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("party", people)
        if not may_have_due_date:
            self.leave_due_date_out()


class EditRequestForm(AskedFor, _Dated, VersionedForm):
    slug = "edit-request"
    field_order = ["kind", "title", "why", REPEAT, "what_counts", "period", "due_on", "version"]

    def __init__(self, *args: Any, may_have_due_date: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_have_due_date:
            self.leave_due_date_out()


class ButtonForm(VersionedForm):
    """A button alone: withdraw."""

    slug = "version"


class AcceptForm(ButtonForm):
    """Accept, from a list by a button alone, or with the date of a paper that grows old."""

    dated_on = forms.DateField(
        label=_("Date on the paper"),
        widget=DateInput(),
        required=False,
        help_text=_("From it we count how long the paper is good for. Of a statement, its last day."),
    )


class AnswerForm(VersionedForm):
    """A line to a borrower who cannot find or get a paper."""

    slug = "answer"
    answer = forms.CharField(
        label=_("Your answer"),
        max_length=400,
        widget=lines(3),
        help_text=_("They read it beside the paper, and get it by e-mail."),
    )


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
        choices=ReturnReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason: the borrower is told how to mend it.")},
    )
    note = forms.CharField(
        label=_("A line of your own (optional)"),
        max_length=400,
        required=False,
        widget=lines(2),
        help_text=_("For example which pages are missing."),
    )
    good_pages = forms.CharField(
        label=_("Pages that are fine (optional)"),
        max_length=120,
        required=False,
        help_text=_("For example 1-4, 6. They are kept, and only the others are asked for again."),
    )

    def __init__(self, *args: Any, pages: int = 0, **kwargs: Any) -> None:
        """`pages`: how many the paper has, so that one page is never asked about."""
        super().__init__(*args, **kwargs)
        self.pages = pages
        if pages == 1:
            del self.fields["good_pages"]

    def clean_good_pages(self) -> str:
        typed = str(self.cleaned_data["good_pages"])
        try:
            read_pages(typed, self.pages)
        except Refused as refused:
            raise forms.ValidationError(refused.message) from None
        return typed
