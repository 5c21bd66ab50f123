"""What people may type about a message: which ones to list, and the words of a letter."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications.catalog import KINDS
from notifications.models import Notification


class FilterForm(forms.Form):
    q = forms.CharField(label=_("Search"), max_length=254, required=False)
    loan = forms.UUIDField(required=False)
    before = forms.IntegerField(required=False, min_value=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = [("", _("Every state")), *Notification.State.choices]
        self.fields["state"] = forms.ChoiceField(label=_("State"), required=False, choices=states)
        kinds = [("", _("Every kind")), *((kind.key, kind.name) for kind in KINDS.values())]
        self.fields["kind"] = forms.ChoiceField(label=_("Kind"), required=False, choices=kinds)

    def asked(self) -> dict[str, Any]:
        """What was asked for; what makes no sense is left out."""
        self.is_valid()
        return {name: value for name, value in getattr(self, "cleaned_data", {}).items() if value}


class VersionForm(forms.Form):
    """Every button of the outbox carries the version of the row it was drawn from."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class LetterForm(VersionForm):
    wording = forms.CharField(
        label=_("Letter"),
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_("Markdown: a blank line makes a new paragraph, **two stars** make it strong."),
    )
    personal_line = forms.CharField(
        label=_("A line of your own"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        help_text=_("Stands below the letter, for this family alone."),
    )
