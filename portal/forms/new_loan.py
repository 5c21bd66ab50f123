"""What is known when somebody here opens a loan: little is enough, the rest follows."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from accounts.models import User
from accounts.states import STATES
from loans.models import Loan
from portal.forms.base import DeskForm
from portal.forms.callers import officers

NOT_KNOWN = ("", _("Not known"))


class NewLoanForm(DeskForm):
    slug = "new-loan"
    name = forms.CharField(
        label=_("Full name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    phone = PhoneNumberField(
        label=_("Phone (optional)"),
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    officer = forms.ModelChoiceField(label=_("Officer"), queryset=User.objects.none())
    purpose = forms.ChoiceField(label=_("Purpose"), choices=Loan.Purpose.choices)
    state = forms.ChoiceField(
        label=_("State of the home"),
        choices=[("", _("Choose a state")), *STATES],
        help_text=_("The officer must hold a licence there."),
    )
    street = forms.CharField(
        label=_("Street address"),
        max_length=200,
        required=False,
        help_text=_("Empty while no home has been found."),
    )
    city = forms.CharField(label=_("City"), max_length=100, required=False)
    zip_code = forms.CharField(label=_("ZIP code"), max_length=10, required=False)
    mortgage_type = forms.ChoiceField(
        label=_("Kind of mortgage"),
        choices=Loan.MortgageType.choices,
        initial=Loan.MortgageType.UNDECIDED,
    )
    property_kind = forms.ChoiceField(
        label=_("Kind of home"), choices=[NOT_KNOWN, *Loan.PropertyKind.choices], required=False
    )
    occupancy = forms.ChoiceField(
        label=_("How it is used"), choices=[NOT_KNOWN, *Loan.Occupancy.choices], required=False
    )
    property_value = forms.DecimalField(
        label=_("Price or estimated value"), min_value=1, max_digits=12, decimal_places=2, required=False
    )
    amount = forms.DecimalField(
        label=_("Loan amount"), min_value=1, max_digits=12, decimal_places=2, required=False
    )
    invite = forms.BooleanField(
        label=_("Invite the borrower now"),
        required=False,
        help_text=_("They get one e-mail with a link to their portal. Without it nobody is written to."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if user.role == User.Role.OFFICER:
            del self.fields["officer"]
        else:
            self.fields["officer"].queryset = officers()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("purpose") not in (None, Loan.Purpose.PURCHASE) and not cleaned.get("street"):
            self.add_error("street", _("Type the address of the home that is refinanced."))
        return cleaned

    def said(self) -> dict[str, Any]:
        said = super().said()
        said.setdefault("officer", self.user)
        said["phone"] = str(said["phone"] or "")
        return said
