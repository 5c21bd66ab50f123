"""Moving a loan: where to, what to tell the borrower, what to keep to ourselves, and the conditions with it."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from documents.kinds import Kind
from loans.models import Loan
from loans.stages import Stage, is_reopening
from portal.forms.base import VersionedForm, lines
from portal.forms.papers import REPEAT, AskedFor, People

NOTE_LENGTH = 600
MOST_CONDITIONS = 20
EMPTY_CONDITIONS = 2


class MoveForm(VersionedForm):
    slug = "move"
    to = forms.ChoiceField(choices=Stage.choices, widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("A line of your own to the borrower (optional)"),
        max_length=NOTE_LENGTH,
        required=False,
        widget=lines(3),
        help_text=_("It stands in the message, in your words. Please promise nothing that is not decided."),
    )
    internal_note = forms.CharField(
        label=_("Note for us (optional)"),
        max_length=2000,
        required=False,
        widget=lines(2),
        help_text=_("Stays in the history at the desk; the borrower never sees it."),
    )
    reason = forms.CharField(label=_("Why this loan is opened again"), max_length=300)
    none_for_borrower = forms.BooleanField(
        label=_("There are no conditions for the borrower"), required=False
    )
    # What the page last showed as the message: without JavaScript a changed line is shown again before it goes.
    shown_note = forms.CharField(required=False, widget=forms.HiddenInput)
    shown_live = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, loan: Loan, to: str, tells_borrower: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **{"version": loan.version, **kwargs})
        self.initial.setdefault("to", to)
        if not is_reopening(loan.stage, to):
            del self.fields["reason"]
        if to != Stage.CONDITIONAL_APPROVAL:
            del self.fields["none_for_borrower"]
        if not tells_borrower:
            del self.fields["note"]

    @property
    def typed_note(self) -> str:
        return str(self.data.get("note", "")).strip() if self.is_bound else ""

    def was_shown(self) -> bool:
        """Whether the person saw the message with exactly this line before they confirmed."""
        cleaned = self.cleaned_data
        return cleaned["shown_live"] or cleaned["shown_note"].split() == cleaned.get("note", "").split()


class ConditionForm(AskedFor):
    party = forms.ChoiceField(label=_("From whom"))
    field_order = ["party", "kind", "title", "why", REPEAT, "what_counts"]

    def __init__(self, *args: Any, people: People, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["party"]).choices = people

    def has_changed(self) -> bool:
        """A row counts as empty until something was written into it: kind and person always hold a value."""
        return any(
            self.data.get(self.add_prefix(name), "").strip() for name in ("title", "why", "what_counts")
        ) or (
            self.data.get(self.add_prefix("kind"), self.fields["kind"].initial) != self.fields["kind"].initial
        )

    def typed(self) -> dict[str, str]:
        row = {
            name: self.data.get(self.add_prefix(name), "").strip()
            for name in ("party", "kind", "title", "why")
        }
        named = row["kind"] in Kind.values and row["kind"] != Kind.OTHER
        return {**row, "title": row["title"] or (str(Kind(row["kind"]).label) if named else "")}


class _Conditions(forms.BaseFormSet):
    def rows(self) -> list[dict[str, Any]]:
        """The conditions that were filled in, once the whole is valid."""
        return [form.cleaned_data for form in self.forms if form.has_changed()]

    def ask_why(self, place: int, what_was_sent: str) -> None:
        """The condition at this place among those that were filled in was met before: ask for the reason there."""
        [form for form in self.forms if form.has_changed()][place].ask_why(what_was_sent)

    def typed(self) -> list[dict[str, str]]:
        """What stands in the rows so far, finished or not: for the message shown meanwhile."""
        rows = [form.typed() for form in self.forms if self.is_bound and form.has_changed()]
        return [row for row in rows if row["title"]]


ConditionFormSet = forms.formset_factory(
    ConditionForm,
    formset=_Conditions,
    extra=EMPTY_CONDITIONS,
    max_num=MOST_CONDITIONS,
    absolute_max=MOST_CONDITIONS,
)
