"""
What an officer fills in about a loan.

A form here only reads what was typed; services decide and refuse. Field names are those of the service, so that
`form.said()` goes straight into it.
"""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from accounts.states import STATES
from loans.models import KeyDate, Loan, ReceivedItem
from loans.services.dates import BY_CLOCK, NEED_A_HOME
from loans.stages import Stage
from portal.forms.base import DateInput, DeskForm, TimeInput, VersionedForm

# The model speaks to the borrower ("You"); the desk speaks about them.
WAITING_ON = {
    Loan.WaitingOn.BORROWER: _("Borrower"),
    Loan.WaitingOn.LENDER: _("Us"),
    Loan.WaitingOn.THIRD_PARTY: _("Someone outside"),
    Loan.WaitingOn.NOBODY: _("Nobody"),
}


class NextUpdateForm(VersionedForm):
    slug = "next-update"
    on = forms.DateField(
        label=_("Next update on"),
        widget=DateInput(),
        help_text=_("The borrower sees this date. We put it before you the day before."),
    )


class WaitingOnForm(VersionedForm):
    slug = "waiting-on"
    waiting_on = forms.ChoiceField(
        label=_("Who has the ball"),
        choices=[("", _("As the portal works it out")), *WAITING_ON.items()],
        required=False,
        help_text=_("What you choose holds until the stage changes. The borrower reads the same."),
    )
    until = forms.DateField(
        label=_("Until (optional)"),
        widget=DateInput(),
        required=False,
        help_text=_("After this day the portal works it out again."),
    )


class ExpectedClosingForm(VersionedForm):
    slug = "expected-closing"
    on = forms.DateField(
        label=_("Expected closing"),
        widget=DateInput(),
        required=False,
        help_text=_("Shown as a target, not confirmed, until a signing is set. Empty takes it away."),
    )


class KeyDateForm(VersionedForm):
    slug = "key-date"
    kind = forms.ChoiceField(label=_("What"))
    on = forms.DateField(label=_("Day"), widget=DateInput())
    time = forms.TimeField(label=_("Time (optional)"), widget=TimeInput(), required=False)
    note = forms.CharField(label=_("Note (optional)"), max_length=200, required=False)

    def __init__(self, *args: Any, loan: Loan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        left_out = {*BY_CLOCK, *(() if loan.home_found else NEED_A_HOME)}
        if loan.stage not in Stage.quiet():
            left_out.add(KeyDate.Kind.NOTICE_SENT)
        self.offer("kind", (one for one in KeyDate.Kind.choices if one[0] not in left_out))


class ClearKeyDateForm(VersionedForm):
    slug = "clear-key-date"
    kind = forms.ChoiceField(choices=KeyDate.Kind.choices, widget=forms.HiddenInput)


class ReceivedItemForm(DeskForm):
    slug = "received-item"
    item = forms.ChoiceField(choices=ReceivedItem.Item.choices, widget=forms.HiddenInput)


class CoBorrowerForm(DeskForm):
    slug = "co-borrower"
    name = forms.CharField(
        label=_("Full name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    email = forms.EmailField(
        label=_("E-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_("Couples may share one address; each signs in separately."),
    )
    phone = PhoneNumberField(label=_("Phone (optional)"), required=False)


class CorrectForm(DeskForm):
    """What was typed about somebody who has not joined yet; afterwards name and address are their own."""

    slug = "correct"
    name = forms.CharField(label=_("Full name"), max_length=120)
    email = forms.EmailField(label=_("E-mail"))
    phone = PhoneNumberField(label=_("Phone (optional)"), required=False)


class FactsForm(VersionedForm):
    slug = "facts"
    purpose = forms.ChoiceField(label=_("Purpose"), choices=Loan.Purpose.choices)
    mortgage_type = forms.ChoiceField(label=_("Kind of mortgage"), choices=Loan.MortgageType.choices)
    home_found = forms.BooleanField(label=_("A home is found"), required=False)
    street = forms.CharField(label=_("Street address"), max_length=200, required=False)
    city = forms.CharField(label=_("City"), max_length=100, required=False)
    state = forms.ChoiceField(label=_("State"), choices=STATES)
    zip_code = forms.CharField(label=_("ZIP code"), max_length=10, required=False)
    property_kind = forms.ChoiceField(
        label=_("Kind of home"), choices=[("", _("Not known")), *Loan.PropertyKind.choices], required=False
    )
    occupancy = forms.ChoiceField(
        label=_("How it is used"), choices=[("", _("Not known")), *Loan.Occupancy.choices], required=False
    )
    property_value = forms.DecimalField(
        label=_("Price or estimated value"), min_value=0, max_digits=12, decimal_places=2, required=False
    )
    amount = forms.DecimalField(
        label=_("Loan amount"), min_value=0, max_digits=12, decimal_places=2, required=False
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("home_found") and not cleaned.get("street"):
            self.add_error("street", _("Type the address of the home that was found."))
        return cleaned


class UndoForm(VersionedForm):
    slug = "undo"
    event = forms.UUIDField(widget=forms.HiddenInput)
