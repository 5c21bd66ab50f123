"""What a visitor types into the calculators. Everything is their own number; nothing is filled in from our rates."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loans.calculators import Means, Purchase
from loans.forms.shared import MoneyField

LONGEST = 24  # letters of a number; nobody's home costs more
LEAST_PRICE = Decimal(10_000)
LEAST_LOAN = Decimal(1_000)
YEARS = [(str(years), gettext_lazy("%(years)d years") % {"years": years}) for years in (30, 25, 20, 15, 10)]


class DollarField(MoneyField):
    """Dollars, with or without sign and commas; empty means none where it is not asked for."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("min_value", Decimal(0))
        super().__init__(**options)

    def to_python(self, value: Any) -> Any:
        return super().to_python(_plain(value, self.error_messages["invalid"]))


class PercentField(forms.DecimalField):
    default_error_messages = {"invalid": gettext_lazy("Write a percentage, for example 6.5.")}

    def __init__(self, **options: Any) -> None:
        options.setdefault("min_value", Decimal(0))
        super().__init__(
            max_digits=6, decimal_places=3, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **options
        )

    def to_python(self, value: Any) -> Any:
        typed = _plain(value, self.error_messages["invalid"])
        return super().to_python(re.sub(r"[\s%\u00a0]", "", typed) if isinstance(typed, str) else typed)


def _plain(value: Any, message: Any) -> Any:
    """Long or scientific numbers are no amounts: written out, 1e999999 would be a million digits."""
    if isinstance(value, str) and (len(value) > LONGEST or re.search(r"\d[eE]", value)):
        raise ValidationError(message, code="invalid")
    return value


class CalculatorForm(forms.Form):
    """A GET form: what is still empty is no mistake while somebody types."""

    years = forms.TypedChoiceField(label=gettext_lazy("Term"), choices=YEARS, coerce=int, initial="30")
    rate = PercentField(
        label=gettext_lazy("Interest rate, % a year"), max_value=Decimal(25),
        help_text=gettext_lazy("The rate you want to try, for example 6.5"),
    )  # fmt: skip
    insurance = DollarField(label=gettext_lazy("Home insurance a year"), required=False)
    dues = DollarField(label=gettext_lazy("Association dues a month"), required=False)
    mortgage_insurance = PercentField(
        label=gettext_lazy("Mortgage insurance, % of the loan a year"), max_value=Decimal(3), required=False,
        help_text=gettext_lazy("Usual when less than 20 percent is paid down; ask what it would be for your loan"),
    )  # fmt: skip

    def still_open(self) -> list[BoundField]:
        """Fields that a result needs and that are empty."""
        return [field for field in self if field.field.required and not field.value()]

    def mistakes(self) -> Iterator[tuple[BoundField, str]]:
        """What was typed and cannot be meant."""
        for field in self:
            if field.value():
                for error in field.errors:
                    yield field, str(error)

    def said(self) -> dict[str, Any]:
        return {name: value if value is not None else Decimal(0) for name, value in self.cleaned_data.items()}


class PaymentForm(CalculatorForm):
    price = DollarField(label=gettext_lazy("Price of the home"), min_value=LEAST_PRICE)
    down = DollarField(label=gettext_lazy("Down payment"), help_text=gettext_lazy("In dollars; 0 for none"))
    tax = DollarField(label=gettext_lazy("Property tax a year"), required=False)

    field_order = ("price", "down", "years", "rate", "tax", "insurance", "dues", "mortgage_insurance")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        price, down = cleaned.get("price"), cleaned.get("down")
        if price is not None and down is not None and price - down < LEAST_LOAN:
            self.add_error("down", _("The down payment leaves nothing to borrow."))
        return cleaned

    def purchase(self) -> Purchase:
        return Purchase(**self.said())


class AffordabilityForm(CalculatorForm):
    income = DollarField(label=gettext_lazy("Income a month, before tax"), min_value=Decimal(1))
    debts = DollarField(
        label=gettext_lazy("Debt payments a month"), required=False,
        help_text=gettext_lazy("Cars, cards, student loans, support that you pay"),
    )  # fmt: skip
    down = DollarField(label=gettext_lazy("Saved for the down payment"), required=False)
    tax_rate = PercentField(
        label=gettext_lazy("Property tax, % of the price a year"), max_value=Decimal(10), required=False
    )
    home_share = PercentField(
        label=gettext_lazy("Share of income for the home, %"),
        min_value=Decimal(1),
        max_value=Decimal(100),
        initial=28,
    )
    total_share = PercentField(
        label=gettext_lazy("Share of income for home and debts, %"), min_value=Decimal(1), max_value=Decimal(100),
        initial=36,
        help_text=gettext_lazy("28 and 36 are an old rule of thumb; put in what feels safe to you"),
    )  # fmt: skip

    field_order = (
        "income", "debts", "down", "years", "rate", "tax_rate", "insurance", "dues", "mortgage_insurance",
        "home_share", "total_share",
    )  # fmt: skip

    def means(self) -> Means:
        return Means(**self.said())
