"""What officers and staff type about an officer's page."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField
from phonenumber_field.phonenumber import to_python

from accounts import languages
from accounts.models import Speciality
from accounts.officer_pages import EDITED

PICTURES = "image/jpeg,image/png,image/webp"
# A rate may stand nowhere without its APR and terms (12 CFR 1026.24); the page of rates has them all.
PERCENTAGE = re.compile(r"\d\s*(%|per\s*cent)", re.IGNORECASE)


class TickList(forms.MultipleChoiceField):
    """Any of a table, kept in the table's order; what was typed before there was a table can stay."""

    def __init__(self, *, choices: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(choices=choices, required=False, widget=forms.CheckboxSelectMultiple, **kwargs)

    def also_offer(self, kept: list[str]) -> None:
        known = {value for value, _label in self.choices}  # type: ignore[union-attr, misc]
        self.choices = [*self.choices, *((word, word) for word in kept if word not in known)]  # type: ignore[misc]

    def clean(self, value: Any) -> list[str]:
        ticked = super().clean(value)
        return [choice for choice, _label in self.choices if choice in ticked]  # type: ignore[union-attr, misc]


def language_field() -> TickList:
    return TickList(choices=languages.CHOICES, label=_("Languages"))


def speciality_field() -> TickList:
    return TickList(choices=list(Speciality.choices), label=_("Specialities"))


def names_no_rate(text: str) -> None:
    """ValidationError when it names a percentage."""
    if PERCENTAGE.search(text):
        raise forms.ValidationError(
            _(
                "Please leave percentages out. A rate may only stand beside its APR and terms, as on the page of rates."
            )
        )


PHONES = ("direct_phone", "text_number")


def _as_said(number: str) -> str:
    """As people here say it: (512) 555-0142."""
    return to_python(number).as_national if number else ""


class OfficerPageForm(forms.Form):
    photo = forms.FileField(
        label=_("New photo"),
        required=False,
        help_text=_("JPEG, PNG or WebP, up to 10 MB. It is cut square and kept without hidden data."),
        error_messages={"empty": _("This file is empty.")},
        widget=forms.FileInput(attrs={"accept": PICTURES}),
    )
    drops_photo = forms.BooleanField(label=_("Show my initials instead of a photo"), required=False)
    title = forms.CharField(label=_("Title"), max_length=80, validators=[names_no_rate])
    bio = forms.CharField(
        label=_("About"),
        max_length=3000,
        required=False,
        validators=[names_no_rate],
        help_text=_("Who you are and how you work. An empty line begins a new paragraph."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    direct_phone = PhoneNumberField(
        label=_("Direct phone"),
        required=False,
        help_text=_("Without one, the page has the number of the company."),
        widget=forms.TextInput(attrs={"type": "tel"}),
    )
    text_number = PhoneNumberField(
        label=_("Number for texts"), required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    hours = forms.CharField(
        label=_("Hours"),
        max_length=120,
        required=False,
        help_text=_("In words: Monday to Friday, 9:00 a.m. to 5:00 p.m. Central"),
    )
    languages = language_field()
    specialities = speciality_field()

    def __init__(self, *args: Any, facts: dict[str, Any], has_photo: bool, **kwargs: Any) -> None:
        """`facts` (`officer_pages.facts_of`) are what it begins with; `has_photo`: the page or its draft has one."""
        kwargs["initial"] = facts | {name: _as_said(facts[name]) for name in PHONES}
        super().__init__(*args, **kwargs)
        self.fields["languages"].also_offer(facts["languages"])  # type: ignore[attr-defined]
        if not has_photo:
            del self.fields["drops_photo"]

    def facts(self) -> dict[str, Any]:
        """What was typed, as `officer_pages.keep_draft` takes it."""
        said = {name: self.cleaned_data[name] for name in EDITED}
        for name in PHONES:
            said[name] = said[name].as_e164 if said[name] else ""
        return said
