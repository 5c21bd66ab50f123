"""What the loan team fills in to give borrowers a paper."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from documents.models import HousePaper
from portal.forms.base import DeskForm, lines
from portal.forms.papers import People


class GiveForm(DeskForm):
    slug = "give"
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("Choose a kind")), *HousePaper.Kind.choices])
    title = forms.CharField(
        label=_("What it is"),
        max_length=160,
        required=False,
        help_text=_("What the borrower reads. Empty takes the name of the kind."),
    )
    note = forms.CharField(
        label=_("A line to the borrower (optional)"), max_length=400, required=False, widget=lines(2)
    )
    parties = forms.MultipleChoiceField(
        label=_("Who is to have it"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose who is to have it.")},
    )

    def __init__(self, *args: Any, people: People, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("parties", people)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("title") and cleaned.get("kind"):
            if cleaned["kind"] == HousePaper.Kind.OTHER:
                self.add_error("title", _("Say in your own words what it is, or choose a kind."))
            else:
                cleaned["title"] = str(HousePaper.Kind(cleaned["kind"]).label)
        return cleaned
