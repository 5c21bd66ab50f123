"""
What somebody answered when they applied, typed. `Application.answers` keeps one JSON object a step, as the step's form
cleaned it: money as decimal strings, several choices as lists. The needs list is made from this (documents/needs.py).
No Social Security number and no birth date are asked online.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Income(models.TextChoices):
    W2 = "w2", _("An employer pays me (W-2)")
    SELF_EMPLOYED = "self_employed", _("I own a business, 25 % or more of it")
    CONTRACTOR = "contractor", _("I work as a contractor (1099)")
    COMMISSION = "commission", _("Much of my pay is commission or bonuses")
    RETIRED = "retired", _("Retirement, pension or Social Security")
    DISABILITY = "disability", _("Disability or other benefits")
    RENTAL = "rental", _("Rent from property I own")
    NONE = "none", _("None of these right now")


class DownPayment(models.TextChoices):
    SAVINGS = "savings", _("Savings or investments")
    SALE = "sale", _("Sale of a home or other property")
    GIFT = "gift", _("A gift from family or a friend")
    RETIREMENT = "retirement", _("A retirement account")
    OTHER = "other", _("Something else, or I do not know yet")


class Residency(models.TextChoices):
    CITIZEN = "citizen", _("U.S. citizen")
    PERMANENT = "permanent", _("Permanent resident (green card)")
    TEMPORARY = "temporary", _("Visa or work authorisation")


class BestTime(models.TextChoices):
    ANY = "any", _("Any time")
    MORNING = "morning", _("Mornings")
    AFTERNOON = "afternoon", _("Afternoons")
    EVENING = "evening", _("Evenings")


STEPS = ("home", "who", "property", "loan", "work", "reach")


@dataclass(frozen=True)
class Answers:
    """All answers with their types; what was not answered is empty, False or None."""

    # home
    state: str = ""
    purpose: str = ""
    home_found: bool = True
    # who
    name: str = ""
    email: str = ""
    zip_code: str = ""  # where they live now
    # property
    street: str = ""
    city: str = ""
    property_zip_code: str = ""
    property_kind: str = ""
    occupancy: str = ""
    value: Decimal | None = None
    under_contract: bool = False
    has_hoa: bool = False
    # loan
    amount: Decimal | None = None
    mortgage_type: str = ""
    down_payment: tuple[str, ...] = ()
    second_lien: bool = False
    # work
    income_kinds: tuple[str, ...] = ()
    monthly_income: Decimal | None = None
    employed_under_two_years: bool = False
    new_job: bool = False
    support_counted: bool = False
    bankruptcy: bool = False
    divorced: bool = False  # with obligations from it
    residency: str = ""
    other_property: bool = False
    # reach
    phone: str = ""
    best_time: str = ""
    language: str = ""
    time_zone: str = ""
    privacy_seen: bool = False
    texting: bool = False

    @property
    def has_gift(self) -> bool:
        return DownPayment.GIFT in self.down_payment


MONEY = ("value", "amount", "monthly_income")
LISTS = ("down_payment", "income_kinds")


def read(answers: Mapping[str, Mapping[str, Any]]) -> Answers:
    """The typed view of `Application.answers`; unknown names are left out, so that old rows stay readable."""
    flat = {name: value for step in STEPS for name, value in answers.get(step, {}).items()}
    known = {name: value for name, value in flat.items() if name in Answers.__dataclass_fields__}
    for name in MONEY:
        if known.get(name) in (None, ""):
            known.pop(name, None)
        else:
            known[name] = Decimal(known[name])
    for name in LISTS:
        if name in known:
            known[name] = tuple(known[name] or ())
    return Answers(**known)
