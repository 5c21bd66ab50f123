"""Work and income, and how to reach somebody: the last two steps. The small forms around proving and coming back."""

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from phonenumber_field.formfields import PhoneNumberField

from accounts.models import Company
from loans.answers import BestTime, Income, Residency
from loans.consents import wording
from loans.forms.shared import MoneyField, StepForm, choices_field, tick
from loans.models import Consent

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
    ("", gettext_lazy("Same as the home")),
    ("America/New_York", gettext_lazy("Eastern")),
    ("America/Chicago", gettext_lazy("Central")),
    ("America/Denver", gettext_lazy("Mountain")),
    ("America/Phoenix", gettext_lazy("Arizona")),
    ("America/Los_Angeles", gettext_lazy("Pacific")),
    ("America/Anchorage", gettext_lazy("Alaska")),
    ("Pacific/Honolulu", gettext_lazy("Hawaii")),
    ("America/Puerto_Rico", gettext_lazy("Puerto Rico")),
]


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
