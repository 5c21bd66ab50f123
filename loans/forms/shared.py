"""What every step is made of: fields that read amounts and ZIP codes as people write them, and the step itself."""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loans.answers import Answers, read
from loans.models import Application

Text = str | Promise
LARGEST_AMOUNT = Decimal(99_999_999)
MOST_DIGITS = 15


class MoneyField(forms.DecimalField):
    """Dollars as people write them: 450000, $450,000, 450k."""

    default_error_messages = {"invalid": gettext_lazy("Write an amount in dollars, for example 450,000.")}

    def __init__(self, **options: Any) -> None:
        options.setdefault("min_value", Decimal(1))
        options.setdefault("max_value", LARGEST_AMOUNT)
        options.setdefault("max_digits", 12)
        super().__init__(decimal_places=2, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **options)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = _plain_amount(value)
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        """An amount that was kept comes back as people write it."""
        try:
            amount = Decimal(str(value))
        except InvalidOperation:
            return value
        # Written out, 1e999999999 would fill the memory of the machine.
        is_amount = amount.is_finite() and amount.adjusted() < MOST_DIGITS
        return f"{amount:,.2f}".removesuffix(".00") if is_amount else value


def _plain_amount(typed: str) -> str:
    plain = re.sub(r"[\s$,\u00a0]|usd|dollars?", "", typed.lower())
    return f"{plain[:-1]}000" if re.fullmatch(r"\d+k", plain) else plain


class ZipField(forms.CharField):
    """A ZIP code, with or without its last four digits; only the first five are kept."""

    def __init__(self, **options: Any) -> None:
        attributes = {"inputmode": "numeric", **options.pop("attrs", {})}
        super().__init__(max_length=12, widget=forms.TextInput(attrs=attributes), **options)

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        if not typed:
            return ""
        if not re.fullmatch(r"\d{5}([-\s]?\d{4})?", typed):
            raise ValidationError(_("Write the five digits of the ZIP code, for example 04101."))
        return typed[:5]


def choices_field(label: Any, choices: Any, **options: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, **options)


def tick(label: Any, **options: Any) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, **options)


class StepForm(forms.Form):
    """One step. `sections` are its groups of fields: heading, hint, names of the fields."""

    key: ClassVar[str]
    title: ClassVar[Text]
    lead: ClassVar[Text] = ""
    sections: ClassVar[tuple[tuple[Text, Text, tuple[str, ...]], ...]] = ()

    def __init__(self, data: Any = None, *, application: Application | None = None, **options: Any) -> None:
        self.application = application
        known = application.answers if application else {}
        self.so_far: Answers = read(known)
        options["initial"] = {**options.get("initial", {}), **known.get(self.key, {})}
        super().__init__(data, **options)

    def groups(self) -> Iterator[dict[str, Any]]:
        for heading, hint, names in self.sections:
            fields = [self[name] for name in names if name in self.fields]
            if fields:
                yield {"heading": heading, "hint": hint, "fields": fields}

    def answers(self) -> dict[str, Any]:
        """What is kept: only JSON; money as decimal strings."""
        return {name: _plain(value) for name, value in self.cleaned_data.items()}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | list):
        return value
    return f"{value:.2f}" if isinstance(value, Decimal) else str(value)
