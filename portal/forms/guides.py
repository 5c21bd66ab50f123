"""To be sent a guide: a name, an address, and two boxes that nobody has ticked beforehand."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import OfficerProfile, User
from accounts.states import STATES
from leads import by_mail, drips
from portal.forms.visitors import VisitorForm


class GuideForm(VisitorForm):
    """The labels of both boxes are the very words that are kept as consent."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Type your name, so that we know how to greet you.")},
    )
    email = forms.EmailField(
        label=_("E-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": _("Type the address to which the guide should go.")},
    )
    home_state = forms.ChoiceField(
        label=_("State of the home (optional)"),
        choices=[("", _("Not known yet")), *STATES],
        required=False,
        help_text=_("So that somebody licensed there answers you."),
    )
    agree = forms.BooleanField(
        label=by_mail.WORDS, error_messages={"required": _("Tick this box, so that we may send it.")}
    )
    steps = forms.BooleanField(label=drips.WORDS, required=False)
    officer = forms.SlugField(required=False, widget=forms.HiddenInput)

    def chosen(self) -> User | None:
        """The officer from whose page they came, if that page is there."""
        slug = self.cleaned_data["officer"]
        profile = OfficerProfile.objects.public().select_related("user").filter(slug=slug).first()
        return profile.user if profile else None

    def said(self) -> dict[str, Any]:
        """What was typed, as keyword arguments of the service."""
        typed = {name: self.cleaned_data[name] for name in ("name", "email", "home_state", "steps")}
        return {**typed, "chosen": self.chosen() if self.cleaned_data["officer"] else None}
