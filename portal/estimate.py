"""The result of the payment calculator to keep: a tagged PDF that begins with what such a sum is not."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Company
from loans.calculators import Purchase
from notifications.letters.paper import set_page
from portal.formats import date_long, money, today

SHEET = Path(__file__).with_name("estimate.typ")


def estimate_pdf(purchase: Purchase) -> bytes:
    """
    The PDF/UA-1 of these numbers. Its warning stands at the top of the first page in 12 point, as on every estimate
    that somebody keeps before they have a Loan Estimate: 12 CFR 1026.19(e)(2)(ii).
    """
    company = Company.load()
    return set_page(
        SHEET,
        {
            "language": (get_language() or settings.LANGUAGE_CODE)[:2],
            "warning": _(
                "Your actual rate, payment, and costs could be higher. "
                "Get an official Loan Estimate before choosing a loan."
            ),
            "title": _("What a home may cost a month"),
            "about": _("Worked out on %(date)s with numbers of your own, at %(address)s")
            % {"date": date_long(today()), "address": f"{settings.PUBLIC_URL}/rates/payment/"},
            "company": company.name,
            "numbers": _numbers(purchase),
            "costs": _costs(purchase),
            "years": _years(purchase),
            "not": _(
                "A sum with your own numbers: no offer, no decision on what you may borrow, and no commitment to "
                "lend. The rate is the one you typed, not one of ours, and no annual percentage rate (APR): closing "
                "costs are left out. Taxes, insurance and dues change over the years."
            ),
            "footer": _footer(company),
        },
    )


def _numbers(purchase: Purchase) -> str:
    return _(
        "For a home of %(price)s with %(down)s down: a loan of %(loan)s over %(years)s years at %(rate)s percent."
    ) % {
        "price": money(purchase.price),
        "down": money(purchase.down),
        "loan": money(purchase.loan),
        "years": purchase.years,
        "rate": f"{purchase.rate.normalize():f}",
    }


def _costs(purchase: Purchase) -> dict[str, Any]:
    """As on the page: what makes up a month, and what it comes to."""
    premium = _("Mortgage insurance, until payment %(last)s") % {"last": purchase.insured_months}
    parts = [
        (_("Principal and interest"), purchase.principal_and_interest),
        (_("Property tax"), purchase.monthly_tax),
        (_("Home insurance"), purchase.monthly_insurance),
        *([(_("Association dues"), purchase.dues)] if purchase.dues else []),
        *([(premium, purchase.premium)] if purchase.premium else []),
    ]
    sums = [(_("Together"), purchase.monthly)]
    if purchase.premium:
        sums.append((_("Together, once mortgage insurance has ended"), purchase.monthly_later))
    return {
        "head": [_("Costs a month"), _("Dollars")],
        "parts": [[name, money(amount)] for name, amount in parts],
        "sums": [[name, money(amount)] for name, amount in sums],
    }


def _years(purchase: Purchase) -> dict[str, Any]:
    return {
        "title": _("How it is paid back"),
        "head": [_("Year"), _("Principal"), _("Interest"), _("Still owed")],
        "rows": [
            [str(year.number), money(year.principal), money(year.interest), money(year.balance)]
            for year in purchase.by_year
        ],
    }


def _footer(company: Company) -> list[str]:
    name = company.legal_name or company.name
    lines = [
        _("%(company)s, NMLS ID %(id)s") % {"company": name, "id": company.nmls_id},
        *company.licence_lines.splitlines(),
        company.equal_housing_statement,
    ]
    return [line for line in lines if line]
