"""
The steps of the application as forms: what each asks, in which words, and what it keeps (`answers()`: plain JSON).

Money, telephone numbers and ZIP codes are read as people write them. Nothing here asks for a Social Security number
or a birth date.
"""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from phonenumber_field.formfields import PhoneNumberField

from accounts.models import Company
from accounts.states import STATE_NAMES, STATES
from loans.answers import Answers, BestTime, DownPayment, Income, Residency, read
from loans.consents import wording
from loans.models import Application, Consent, Loan

Text = str | Promise
LARGEST_AMOUNT = Decimal(99_999_999)
ROOM_OVER_PRICE = Decimal("1.1")  # fees may be financed on top of the price

LANGUAGE_WISHES = [
    ("", gettext_lazy("No preference")),
    ("en", gettext_lazy("English")),
    ("es", gettext_lazy("Spanish")),
    ("zh", gettext_lazy("Chinese")),
    ("tl", gettext_lazy("Tagalog")),
    ("vi", gettext_lazy("Vietnamese")),
    ("ko", gettext_lazy("Korean")),
    ("other", gettext_lazy("Another language")),
]
TIME_ZONES = [
    ("", gettext_lazy("Same as our offices")),
    ("America/New_York", gettext_lazy("Eastern")),
    ("America/Chicago", gettext_lazy("Central")),
    ("America/Denver", gettext_lazy("Mountain")),
    ("America/Phoenix", gettext_lazy("Arizona")),
    ("America/Los_Angeles", gettext_lazy("Pacific")),
    ("America/Anchorage", gettext_lazy("Alaska")),
    ("Pacific/Honolulu", gettext_lazy("Hawaii")),
    ("America/Puerto_Rico", gettext_lazy("Puerto Rico")),
]


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
        return f"{amount:,.2f}".removesuffix(".00") if amount.is_finite() else value


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


class WorkForm(StepForm):
    key = "work"
    title = gettext_lazy("Work and income")
    lead = gettext_lazy(
        "You need not tell us about alimony, child support or separate maintenance unless you want them to be counted."
    )
    sections = (
        (gettext_lazy("Your income"), "", ("income_kinds", "monthly_income")),
        (
            gettext_lazy("Tick what fits you"),
            gettext_lazy("Leave open what does not. It only decides which papers we may ask for."),
            (
                "employed_under_two_years",
                "new_job",
                "other_property",
                "support_counted",
                "divorced",
                "bankruptcy",
            ),
        ),
        ("", "", ("residency",)),
    )

    income_kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Where does your income come from?"),
        help_text=gettext_lazy("Tick all that apply."),
        choices=Income.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Tick at least one; “None of these” is an answer too.")},
    )
    monthly_income = MoneyField(
        label=gettext_lazy("About how much is that in a month, before taxes?"),
        min_value=Decimal(0),
        help_text=gettext_lazy(
            "All that you want counted, together. Leave out what you do not want counted."
        ),
    )
    employed_under_two_years = tick(gettext_lazy("I have worked for less than two years, or with a gap"))
    new_job = tick(gettext_lazy("I am about to start a new job"))
    other_property = tick(gettext_lazy("I own other real estate"))
    support_counted = tick(
        gettext_lazy("Please count alimony, child support or separate maintenance that I receive"),
        help_text=gettext_lazy("Only if you wish. Papers about it are asked only then."),
    )
    divorced = tick(
        gettext_lazy("I pay something from a divorce or separation, for example support"),
        help_text=gettext_lazy("What you pay each month is part of what the loan is worked out from."),
    )
    bankruptcy = tick(
        gettext_lazy("I had a bankruptcy in the last seven years"),
        help_text=gettext_lazy("It happens. It does not decide by itself; we only need to know it early."),
    )
    residency = choices_field(
        gettext_lazy("Which of these are you?"),
        Residency.choices,
        help_text=gettext_lazy("So that we ask for the right papers."),
    )

    def clean_income_kinds(self) -> list[str]:
        kinds = self.cleaned_data["income_kinds"]
        if Income.NONE in kinds and len(kinds) > 1:
            raise ValidationError(_("You ticked “None of these” and something else. Leave one of them."))
        return kinds


class ReachForm(StepForm):
    key = "reach"
    title = gettext_lazy("How can we reach you?")
    sections = (
        ("", "", ("phone", "best_time", "time_zone", "language")),
        (gettext_lazy("Your consent"), gettext_lazy("Two separate questions."), ("privacy_seen", "texting")),
    )

    phone = PhoneNumberField(
        label=gettext_lazy("Your phone number"),
        region=settings.PHONENUMBER_DEFAULT_REGION,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "type": "tel"}),
        error_messages={
            "invalid": gettext_lazy("Write a phone number with its area code, for example 207 555 0142.")
        },
    )
    best_time = forms.ChoiceField(
        label=gettext_lazy("Best time to call"), choices=BestTime.choices, required=False
    )
    time_zone = forms.ChoiceField(label=gettext_lazy("Your time zone"), choices=TIME_ZONES, required=False)
    language = forms.ChoiceField(
        label=gettext_lazy("Which language do you like best?"),
        choices=LANGUAGE_WISHES,
        required=False,
        help_text=gettext_lazy(
            "A wish only: we cannot promise service in it, and the papers of the loan are in English."
        ),
    )
    privacy_seen = forms.BooleanField(
        error_messages={"required": gettext_lazy("Please read the privacy notice and tick the box.")}
    )
    texting = forms.BooleanField(required=False)

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        # A consent is never ticked for anybody, not even because it was before.
        for name in ("privacy_seen", "texting"):
            self.initial[name] = False
        company = Company.load()
        self.fields["privacy_seen"].label = wording(Consent.Kind.PRIVACY_SEEN, company).text
        self.fields["texting"].label = wording(Consent.Kind.TEXTING, company).text
        self.fields["texting"].help_text = _("Not needed for a loan. Leave it open if you do not want texts.")


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("The six digits"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class ResumeForm(forms.Form):
    zip_code = forms.CharField(
        label=gettext_lazy("ZIP code where you live now"),
        max_length=12,
        help_text=gettext_lazy("The one you typed when you began."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "postal-code"}),
    )


FORMS: dict[str, type[StepForm]] = {
    form.key: form for form in (HomeForm, WhoForm, PropertyForm, LoanForm, WorkForm, ReachForm)
}
