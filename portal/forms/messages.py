"""What is filled in about messages: an answer to a visitor, a complaint or a request, and whether it is settled."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from conversations.services import source_of
from portal.forms.base import DeskForm, lines

MOST_CHARACTERS = 4000


class AnswerVisitorForm(DeskForm):
    """`token` is the form's own: sent twice with the same words, it is one answer."""

    slug = "answer"
    body = forms.CharField(
        label=_("Your answer"),
        max_length=MOST_CHARACTERS,
        widget=lines(6),
        help_text=_("They read it here or by mail. No amounts, no account or Social Security numbers."),
        error_messages={"required": _("Write your answer.")},
    )
    token = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)

    def said(self) -> dict[str, str]:
        body = self.cleaned_data["body"]
        return {"body": body, "source": source_of("visitor", self.cleaned_data["token"], body)}


class ResolveForm(DeskForm):
    slug = "resolve"
    resolution = forms.CharField(
        label=_("What was done"),
        max_length=MOST_CHARACTERS,
        widget=lines(4),
        help_text=_(
            "They read this in a mail that asks whether it is settled. No amounts, no account numbers."
        ),
        error_messages={"required": _("Write what was done: they are told.")},
    )


class BeginForm(DeskForm):
    """A complaint or a request, in their words; `token` is the form's own: sent twice, it is one."""

    slug = "begin"
    party = forms.ChoiceField(label=_("From"), required=False)
    words = forms.CharField(
        label=_("In their words"),
        max_length=2000,
        widget=lines(5),
        error_messages={"required": _("Write down what they said.")},
    )
    token = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("party", [("", _("We do not know which of them")), *people])


class SettledForm(forms.Form):
    """Yes or no, and what they want to add; `answer` is the button that was pressed."""

    answer = forms.ChoiceField(choices=[("yes", _("Yes, it is settled")), ("no", _("No, it is not"))])
    words = forms.CharField(
        label=_("Would you like to add something?"), required=False, max_length=2000, widget=lines(4)
    )


class QuickReplyForm(DeskForm):
    slug = "quick"
    title = forms.CharField(label=_("Title"), max_length=60)
    words = forms.CharField(label=_("Words"), max_length=2000, widget=lines(5))
