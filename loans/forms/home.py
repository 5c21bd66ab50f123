"""What is it for, who asks, which home, how much: the first four steps."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.states import STATE_NAMES, STATES
from loans.answers import DownPayment
from loans.forms.shared import MoneyField, StepForm, ZipField, choices_field, tick
from loans.models import Loan

ROOM_OVER_PRICE = Decimal("1.1")  # fees may be financed on top of the price


class HomeForm(StepForm):
    key = "home"
    title = gettext_lazy("Apply for a home loan")
    lead = gettext_lazy("Three quick questions first. Nothing personal yet.")
    sections = (("", "", ("state", "purpose", "home_found")),)

    state = forms.ChoiceField(
        label=gettext_lazy("In which state is the home, or will it be?"),
        choices=[("", gettext_lazy("Choose a state")), *STATES],
    )
    purpose = choices_field(gettext_lazy("What is the loan for?"), Loan.Purpose.choices)
    home_found = choices_field(
        gettext_lazy("If you are buying: have you found the home?"),
        [("yes", gettext_lazy("I have found a home")), ("no", gettext_lazy("Not yet"))],
        required=False,
    )

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        if isinstance(self.initial.get("home_found"), bool):
            self.initial["home_found"] = "yes" if self.initial["home_found"] else "no"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        buys = cleaned.get("purpose") == Loan.Purpose.PURCHASE
        if buys and not cleaned.get("home_found"):
            self.add_error("home_found", _("Choose whether you have found a home. “Not yet” is fine."))
        cleaned["home_found"] = not buys or cleaned.get("home_found") == "yes"
        return cleaned


class WhoForm(StepForm):
    key = "who"
    title = gettext_lazy("Who are you?")
    lead = gettext_lazy(
        "We send a code to your e-mail address, so that only you can come back to your answers."
    )
    sections = (("", "", ("name", "email", "zip_code")),)

    name = forms.CharField(
        label=gettext_lazy("Your full name"),
        max_length=120,
        help_text=gettext_lazy("As it stands on your ID."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    zip_code = ZipField(
        label=gettext_lazy("ZIP code where you live now"),
        help_text=gettext_lazy("We ask for it again if you come back by a link."),
        attrs={"autocomplete": "postal-code"},
    )

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()


class PropertyForm(StepForm):
    key = "property"
    title = gettext_lazy("The home")
    sections = (
        (gettext_lazy("Where is it?"), "", ("street", "city", "property_zip_code")),
        (gettext_lazy("What is it like?"), "", ("property_kind", "occupancy", "has_hoa")),
        (gettext_lazy("What is it worth?"), "", ("value", "under_contract")),
    )

    street = forms.CharField(
        label=gettext_lazy("Street address"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    city = forms.CharField(label=gettext_lazy("City"), max_length=100)
    property_zip_code = ZipField(label=gettext_lazy("ZIP code of the home"), required=False)
    property_kind = choices_field(gettext_lazy("Kind of home"), Loan.PropertyKind.choices)
    occupancy = choices_field(gettext_lazy("How will you use it?"), Loan.Occupancy.choices)
    has_hoa = tick(gettext_lazy("It belongs to a condominium or homeowners association (HOA)"))
    value = MoneyField(label=gettext_lazy("Price, or what you think it is worth"))
    under_contract = tick(gettext_lazy("I have a signed purchase contract"))

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        buys = self.so_far.purpose == Loan.Purpose.PURCHASE
        if not self.so_far.home_found:
            for name in ("street", "city", "property_zip_code", "has_hoa", "under_contract"):
                del self.fields[name]
            self.fields["property_kind"].label = _("What kind of home are you looking for?")
            self.fields["value"].label = _("About how much do you want to spend?")
            self.fields["value"].help_text = _("A guess is fine; you can leave it empty.")
            self.fields["value"].required = False
        elif not buys:
            del self.fields["under_contract"]
            self.fields["value"].label = _("What do you think the home is worth today?")
        else:
            self.fields["value"].label = _("Purchase price")

    @property
    def lead(self) -> str:  # type: ignore[override]
        state = STATE_NAMES.get(self.so_far.state, "")
        if self.so_far.home_found:
            return _("The home in %(state)s.") % {"state": state}
        return _("No home yet: tell us what you have in mind in %(state)s. The address can follow later.") % {
            "state": state
        }


class LoanForm(StepForm):
    key = "loan"
    title = gettext_lazy("The loan")
    sections = (
        ("", "", ("amount", "mortgage_type")),
        (gettext_lazy("The down payment"), gettext_lazy("Tick all that apply."), ("down_payment",)),
        (gettext_lazy("Other loans on the home"), "", ("second_lien",)),
    )

    amount = MoneyField(label=gettext_lazy("How much would you like to borrow?"))
    mortgage_type = choices_field(
        gettext_lazy("Which kind of mortgage?"),
        Loan.MortgageType.choices,
        initial=Loan.MortgageType.UNDECIDED,
        help_text=gettext_lazy(
            "VA loans are for people who served, and some spouses. “Not sure yet” is a good answer."
        ),
    )
    down_payment = forms.MultipleChoiceField(
        label=gettext_lazy("Where will the money come from?"),
        choices=DownPayment.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Tick at least one; “I do not know yet” is fine.")},
    )
    second_lien = tick(gettext_lazy("There is a second mortgage or a line of credit (HELOC) on the home"))

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        buys = self.so_far.purpose == Loan.Purpose.PURCHASE
        del self.fields["second_lien" if buys else "down_payment"]

    def clean_amount(self) -> Decimal:
        amount, value = self.cleaned_data["amount"], self.so_far.value
        if self.so_far.purpose == Loan.Purpose.PURCHASE and value and amount > value * ROOM_OVER_PRICE:
            raise ValidationError(_("This is more than the price of the home. Please check both amounts."))
        return amount
