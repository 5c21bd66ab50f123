"""
Reading a table of loans that are under way in another system: which columns there are, and what one line says.

The file is CSV as spreadsheets write it: commas, semicolons or tabs, UTF-8 or Windows letters, the first line names the
columns (COLUMNS; their order is free, unknown ones are refused by name). Nothing here writes anything.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from phonenumber_field.formfields import PhoneNumberField

from accounts.states import STATES
from loans import clocks
from loans.errors import Refused
from loans.forms.shared import MoneyField, ZipField
from loans.models import Loan
from loans.stages import Stage

MOST_LINES = 300
MOST_BYTES = 1_000_000
STAGES = [
    (value, label)
    for value, label in Stage.choices
    if value in Stage.line() and value not in (Stage.STARTED, Stage.FUNDED)
]
DATES = ["%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y", "%b %d, %Y", "%B %d, %Y"]


class NamedChoice(forms.ChoiceField):
    """One of a few values, by its key or by its name, in any case."""

    def to_python(self, value: Any) -> str:
        said = " ".join(str(value or "").split()).casefold()
        for key, label in self.names():
            if said and said in (key.casefold(), key.replace("_", " ").casefold(), label.casefold()):
                return key
        return str(value or "")

    def validate(self, value: Any) -> None:
        if value and not self.valid_value(value):
            names = ", ".join(label for _key, label in self.names())
            raise ValidationError(
                _("“%(said)s” is not known. One of: %(names)s.") % {"said": value, "names": names}
            )
        if self.required and not value:
            raise ValidationError(self.error_messages["required"], code="required")

    def names(self) -> list[tuple[str, str]]:
        choices = cast(Iterable[tuple[Any, Any]], self.choices)
        return [(str(key), str(label)) for key, label in choices]


class State(NamedChoice):
    """Two letters or the name; a list of all of them would help nobody."""

    def validate(self, value: Any) -> None:
        if value and not self.valid_value(value):
            raise ValidationError(_("“%(said)s” is no state. Two letters, for example ME.") % {"said": value})
        super().validate(value)


def _day(label: Any) -> forms.DateField:
    wrong = gettext_lazy("Write the day like 2026-12-31 or 12/31/2026.")
    return forms.DateField(
        label=label, input_formats=DATES, required=False, error_messages={"invalid": wrong}
    )


class LineForm(forms.Form):
    """One line. What is empty is not known; it never takes away what is known here."""

    number = forms.CharField(label=gettext_lazy("Number in the other system"), max_length=40)
    borrower = forms.CharField(label=gettext_lazy("Borrower"), max_length=120)
    email = forms.EmailField(label=gettext_lazy("E-mail"))
    phone = PhoneNumberField(label=gettext_lazy("Phone"), required=False)
    co_borrower = forms.CharField(label=gettext_lazy("Co-borrower"), max_length=120, required=False)
    co_borrower_email = forms.EmailField(label=gettext_lazy("Co-borrower's e-mail"), required=False)
    officer = forms.EmailField(label=gettext_lazy("Officer's e-mail"), required=False)
    stage = NamedChoice(label=gettext_lazy("Stage"), choices=STAGES)
    purpose = NamedChoice(label=gettext_lazy("Purpose"), choices=Loan.Purpose.choices)
    state = State(label=gettext_lazy("State"), choices=STATES)
    street = forms.CharField(label=gettext_lazy("Street address"), max_length=200, required=False)
    city = forms.CharField(label=gettext_lazy("City"), max_length=100, required=False)
    zip_code = ZipField(label=gettext_lazy("ZIP code"), required=False)
    mortgage_type = NamedChoice(
        label=gettext_lazy("Kind of mortgage"), choices=Loan.MortgageType.choices, required=False
    )
    property_kind = NamedChoice(
        label=gettext_lazy("Kind of home"), choices=Loan.PropertyKind.choices, required=False
    )
    property_value = MoneyField(label=gettext_lazy("Price or estimated value"), required=False)
    amount = MoneyField(label=gettext_lazy("Loan amount"), required=False)
    expected_closing = _day(gettext_lazy("Expected closing"))
    loan_estimate_sent = _day(gettext_lazy("Loan Estimate sent"))
    rate_lock_ends = _day(gettext_lazy("Rate lock ends"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if bool(cleaned.get("co_borrower")) != bool(cleaned.get("co_borrower_email")):
            self.add_error("co_borrower", _("A co-borrower needs a name and an e-mail address."))
        if cleaned.get("purpose") not in (None, Loan.Purpose.PURCHASE) and not cleaned.get("street"):
            self.add_error("street", _("Type the street address: there is a home to refinance."))
        if cleaned.get("stage") in (Stage.CLEAR_TO_CLOSE, Stage.CLOSING) and not cleaned.get("street"):
            self.add_error("street", _("Type the street address: this loan is close to its closing."))
        cleaned["phone"] = str(cleaned.get("phone") or "")
        return cleaned


COLUMNS = tuple(LineForm.base_fields)
REQUIRED = tuple(name for name, field in LineForm.base_fields.items() if field.required)
EXAMPLE = {
    "number": "100-2231", "borrower": "Ida Moss", "email": "ida@moss.example", "phone": "(207) 555-0177",
    "stage": "Processing", "purpose": "Buy a home", "state": "ME", "street": "7 Elm Street", "city": "Portland",
    "zip_code": "04101", "mortgage_type": "Conventional", "property_kind": "House", "property_value": "420000",
    "amount": "336000",
}  # fmt: skip


def template_lines() -> list[list[str]]:
    """The empty table to begin with: the names of the columns, and one example as it could be today."""
    today = clocks.today()
    days = {"loan_estimate_sent": -14, "expected_closing": 25, "rate_lock_ends": 32}
    example = {**EXAMPLE, **{name: str(today + timedelta(days=count)) for name, count in days.items()}}
    return [list(COLUMNS), [example.get(name, "") for name in COLUMNS]]


def read_table(content: bytes) -> list[dict[str, Any]]:
    """
    The lines as `{"line": number in the file, "said": {column: text}}`, empty ones left out.

    Refused, in words that say how to mend it, when this is no such table.
    """
    if len(content) > MOST_BYTES:
        raise Refused(_("The file is larger than one megabyte. Split it."))
    if content.startswith((b"PK", b"\xd0\xcf")):
        raise Refused(_("This is a workbook. Save it as CSV in your spreadsheet, then choose that file."))
    text = _text(content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        names = [_name(cell) for cell in next(reader, [])]
        _must_be_columns(names)
        lines = [
            {"line": reader.line_num, "said": _said(names, cells)}
            for cells in reader
            if any(map(str.strip, cells))
        ]
    except csv.Error as error:
        raise Refused(
            _("Line %(line)d cannot be read: %(why)s.") % {"line": reader.line_num, "why": error}
        ) from error
    if not lines:
        raise Refused(_("The table has no lines below the names of the columns."))
    if len(lines) > MOST_LINES:
        raise Refused(
            _("The table has %(count)d lines; %(most)d at a time are enough.")
            % {"count": len(lines), "most": MOST_LINES}
        )
    return lines


def _text(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if "\0" in text:
        raise Refused(_("This is no text. Save the table as CSV (UTF-8)."))
    return text


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count)


def _name(cell: str) -> str:
    return "_".join(cell.strip().casefold().replace("-", " ").replace("'", "").split())


def _must_be_columns(names: list[str]) -> None:
    unknown = [name for name in names if name and name not in COLUMNS]
    missing = [name for name in REQUIRED if name not in names]
    if unknown:
        words = {"unknown": ", ".join(unknown), "known": ", ".join(COLUMNS)}
        raise Refused(_("Unknown columns: %(unknown)s. Known are: %(known)s.") % words)
    if missing:
        raise Refused(_("These columns are missing: %(missing)s.") % {"missing": ", ".join(missing)})
    if twice := {name for name in names if name and names.count(name) > 1}:
        raise Refused(_("These columns stand there twice: %(names)s.") % {"names": ", ".join(sorted(twice))})


def _said(names: list[str], cells: Iterable[str]) -> dict[str, str]:
    return {name: cell.strip() for name, cell in zip(names, cells, strict=False) if name and cell.strip()}


def read_line(said: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """What the line means, and what is wrong with it in sentences; with any of those it means nothing."""
    form = LineForm(said)
    if form.is_valid():
        return form.cleaned_data, []
    wrong = []
    for name, errors in form.errors.items():
        label = str(form.fields[name].label) if name in form.fields else ""
        wrong += [f"{label}: {error}" if label else str(error) for error in errors]
    return {}, wrong
