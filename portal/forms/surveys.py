"""What people answer when they are asked how it went, and what a friend of theirs types."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from feedback.models import Review
from feedback.publishing import CONSENT, TEMPLATES
from feedback.services.answering import LONGEST_WORDS
from feedback.services.reviews import LONGEST_REPLY
from portal.forms.base import DeskForm, lines
from portal.forms.visitors import VisitorForm

STARS = {
    5: _("5 stars: very good"),
    4: _("4 stars: good"),
    3: _("3 stars: as I expected"),
    2: _("2 stars: not good"),
    1: _("1 star: bad"),
}


class ScoreForm(forms.Form):
    """`score` is the button that was pressed."""

    score = forms.IntegerField(min_value=0, max_value=10)


class WordsForm(forms.Form):
    words = forms.CharField(
        label=_("Would you like to add something? (optional)"),
        max_length=LONGEST_WORDS,
        widget=lines(4),
        help_text=_("Only the people who look after your loan and their manager read it."),
        error_messages={"required": _("Write a few words first.")},
    )


class ReviewForm(forms.Form):
    """The label of `publish` is the very text that is kept as consent; nobody has ticked it beforehand."""

    stars = forms.TypedChoiceField(
        label=_("How was it?"),
        coerce=int,
        choices=list(STARS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how many stars.")},
    )
    words = forms.CharField(
        label=_("In your words (optional)"),
        required=False,
        max_length=LONGEST_WORDS,
        widget=lines(6),
        help_text=_(
            "Please no addresses, numbers or names of other people: if you publish it, everybody reads it."
        ),
    )
    publish = forms.BooleanField(label=CONSENT, required=False)
    with_name = forms.BooleanField(label=_("Show my first name with it."), required=False)


class FriendForm(VisitorForm):
    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Type your name, so that we know how to greet you.")},
    )
    email = forms.EmailField(
        label=_("E-mail"), required=False, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    phone = PhoneNumberField(
        label=_("Phone"),
        required=False,
        region="US",
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )
    words = forms.CharField(
        label=_("What would you like to know? (optional)"), required=False, max_length=600, widget=lines(3)
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors and not cleaned.get("email") and not cleaned.get("phone"):
            raise ValidationError(_("Type an e-mail address or a telephone number, so that we can answer."))
        return cleaned

    def said(self) -> dict[str, str]:
        told = {name: self.cleaned_data[name] for name in ("name", "email", "words")}
        return {**told, "phone": str(self.cleaned_data["phone"] or "")}


class ComplaintForm(DeskForm):
    slug = "complaint"
    words = forms.CharField(
        label=_("In their words"),
        max_length=LONGEST_WORDS,
        widget=lines(5),
        error_messages={"required": _("Write down what they said.")},
    )


class ReplyForm(DeskForm):
    slug = "reply"
    words = forms.CharField(
        label=_("Reply, for everybody to read"),
        max_length=LONGEST_REPLY,
        widget=lines(4),
        initial=TEMPLATES[0],
        help_text=_("Thank them, and offer to talk. Nothing about a loan, no names, no numbers."),
        error_messages={"required": _("Write the reply first.")},
    )


class HideForm(DeskForm):
    slug = "hide"
    because = forms.ChoiceField(label=_("Why"), choices=Review.Because.choices, widget=forms.RadioSelect)
    why = forms.CharField(
        label=_("What exactly it is"),
        max_length=300,
        error_messages={"required": _("Say what exactly it is; it is kept with your name.")},
    )
