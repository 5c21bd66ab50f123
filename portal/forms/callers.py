"""What is typed while somebody is on the telephone."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from accounts.models import User
from accounts.states import STATES
from leads.guides import guide_choices
from portal.forms.base import DeskForm, lines

NO_GUIDE = ("", _("None"))


def officers() -> Iterable[User]:
    return User.objects.filter(role=User.Role.OFFICER, is_active=True).order_by("name")


class CallerForm(DeskForm):
    """Officers take calls for themselves; everybody else says for whom."""

    slug = "caller"
    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
    email = forms.EmailField(
        label=_("E-mail"), required=False, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    phone = PhoneNumberField(
        label=_("Phone"), required=False, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"})
    )
    officer = forms.ModelChoiceField(label=_("Officer"), queryset=User.objects.none())
    home_state = forms.ChoiceField(
        label=_("State of the home (optional)"), choices=[("", _("Not known")), *STATES], required=False
    )
    guide = forms.ChoiceField(label=_("Send a guide"), required=False)
    with_link = forms.BooleanField(label=_("Send the way to apply"), required=False, initial=True)
    call_back = forms.BooleanField(
        label=_("Somebody has to call them back"),
        required=False,
        help_text=_("They wait on top of the list until somebody has."),
    )
    words = forms.CharField(
        label=_("Note (optional)"),
        required=False,
        widget=lines(2),
        max_length=2000,
        help_text=_("For us. No account or Social Security numbers."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("guide", [NO_GUIDE, *guide_choices()])
        self.user = user
        if user.role == User.Role.OFFICER:
            del self.fields["officer"]
        else:
            self.fields["officer"].queryset = officers()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("email") and not cleaned.get("phone") and not self.errors:
            self.add_error("email", _("Type an e-mail address or a telephone number."))
        if cleaned.get("guide") and not cleaned.get("email") and "email" not in self.errors:
            self.add_error("email", _("The guide goes by e-mail: type their address."))
        return cleaned

    def said(self) -> dict[str, Any]:
        said = super().said()
        said.setdefault("officer", self.user)
        # Ticked from the start: without an address there is simply no link to send.
        said["with_link"] = bool(said["with_link"] and said["email"])
        said["phone"] = str(said["phone"] or "")
        return said


class AnswerForm(DeskForm):
    slug = "answer"
    reached = forms.ChoiceField(
        label=_("How it went"),
        choices=[("yes", _("We spoke")), ("no", _("Not reached"))],
        widget=forms.RadioSelect,
        initial="yes",
    )
    words = forms.CharField(label=_("Note (optional)"), required=False, widget=lines(2), max_length=2000)
    guide = forms.ChoiceField(label=_("Send a guide"), required=False)
    with_link = forms.BooleanField(label=_("Send the way to apply"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("guide", [NO_GUIDE, *guide_choices()])

    def said(self) -> dict[str, Any]:
        said = super().said()
        return {**said, "reached": said["reached"] == "yes"}


class CloseForm(DeskForm):
    slug = "close"
    why = forms.CharField(label=_("Why"), max_length=200)
