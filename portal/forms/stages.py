"""Moving a loan: where to, what to tell the borrower, what to keep to ourselves, and the conditions with it."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from documents.kinds import Kind
from loans.models import Loan
from loans.stages import Stage, is_reopening
from portal.forms.base import DeskForm, VersionedForm, lines
from portal.forms.papers import REPEAT, AskedFor, People

NOTE_LENGTH = 600
WORDS_LENGTH = 2000
MOST_CONDITIONS = 20
EMPTY_CONDITIONS = 2


TELLING = ("words", "note", "tell_nobody", "silent_why")


class TellingFields(forms.Form):
    """What the borrowers are told of a move, in whose words, or why they are not told."""

    words = forms.CharField(
        label=_("Message to the borrower"),
        max_length=WORDS_LENGTH,
        required=False,
        widget=lines(6),
        help_text=_(
            "Change it as you like; {{ first_name }} and the like are filled in. What is owed, what comes next and "
            "whom to call stand below it by themselves. Empty: the usual words."
        ),
    )
    note = forms.CharField(
        label=_("A line of your own to the borrower (optional)"),
        max_length=NOTE_LENGTH,
        required=False,
        widget=lines(3),
        help_text=_(
            "It stands below the message, and on the borrower's page. Please promise nothing that is not decided."
        ),
    )
    internal_note = forms.CharField(
        label=_("Note for us (optional)"),
        max_length=2000,
        required=False,
        widget=lines(2),
        help_text=_("Stays in the history at the desk; the borrower never sees it."),
    )
    tell_nobody = forms.BooleanField(label=_("Tell nobody about this move"), required=False)
    silent_why = forms.CharField(
        label=_("Why nobody is told"),
        max_length=300,
        required=False,
        help_text=_("Only with “Tell nobody”: it stays in the history at the desk."),
    )
    # What the page last showed as the message: without JavaScript what changed is shown again before it goes.
    shown_words = forms.CharField(required=False, widget=forms.HiddenInput)
    shown_note = forms.CharField(required=False, widget=forms.HiddenInput)
    shown_live = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def leave_out_telling(self) -> None:
        """For a stage that sends nothing."""
        for name in TELLING:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        is_silent, why = bool(cleaned.get("tell_nobody")), cleaned.get("silent_why", "")
        if is_silent and not why:
            self.add_error("silent_why", _("Say why nobody is told."))
        if why and not is_silent:
            self.add_error("silent_why", _("Tick “Tell nobody”, or take the reason away."))
        return cleaned

    def was_shown(self) -> bool:
        """Whether the person saw the message with exactly these words before they confirmed; nobody told needs none."""
        said = self.cleaned_data
        shown = all(said[f"shown_{name}"].split() == said.get(name, "").split() for name in ("words", "note"))
        return shown or said["shown_live"] or bool(said.get("tell_nobody"))


class MoveForm(TellingFields, VersionedForm):
    slug = "move"
    to = forms.ChoiceField(choices=Stage.choices, widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Why this loan is opened again"), max_length=300)
    none_for_borrower = forms.BooleanField(
        label=_("There are no conditions for the borrower"), required=False
    )

    def __init__(self, *args: Any, loan: Loan, to: str, tells_borrower: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **{"version": loan.version, **kwargs})
        self.initial.setdefault("to", to)
        if not is_reopening(loan.stage, to):
            del self.fields["reason"]
        if to != Stage.CONDITIONAL_APPROVAL:
            del self.fields["none_for_borrower"]
        if not tells_borrower:
            self.leave_out_telling()


class BulkMoveForm(TellingFields, DeskForm):
    """One move of several loans; which ones, and the version each was seen at, come beside it."""

    slug = "bulk"
    to = forms.ChoiceField(choices=Stage.choices, widget=forms.HiddenInput)

    def __init__(self, *args: Any, to: str, tells_borrower: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("to", to)
        if not tells_borrower:
            self.leave_out_telling()


class WaiveForm(DeskForm):
    slug = "waive"
    why = forms.CharField(
        label=_("Why it is not needed"),
        max_length=300,
        help_text=_("Stays with the task and in the log; the borrower never sees it."),
    )


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
