"""What staff type to post rates: one product with everything that belongs to it, or today's figures of all."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loans.errors import Refused
from loans.models import RatePost
from loans.services.rates import complete
from portal.forms.base import DateInput, DeskForm

TERMS = [(years * 12, _("%(years)d years") % {"years": years}) for years in (30, 25, 20, 15, 10)]
FIRST = [(0, _("All years: a fixed rate"))] + [
    (years * 12, _("The first %(years)d years, then adjustable") % {"years": years})
    for years in (3, 5, 7, 10)
]
INDEX = ("index_rate", "index_on")


class PricedForm(DeskForm):
    """`post` is what was typed, with APR and payments once `is_priced()`; what is missing stands on the form."""

    post: RatePost | None = None

    def terms(self) -> RatePost:
        raise NotImplementedError

    def is_priced(self) -> bool:
        if not self.is_valid():
            return False
        try:
            self.post = complete(self.terms())
        except Refused as refused:
            self.add_error(None, refused.message)
        return self.post is not None


class RateForm(PricedForm, forms.ModelForm):
    slug = "rate"

    term_months = forms.TypedChoiceField(label=_("Term"), choices=TERMS, coerce=int)
    first_months = forms.TypedChoiceField(label=_("The rate stays for"), choices=FIRST, coerce=int)

    class Meta:
        model = RatePost
        fields = RatePost.terms()
        widgets = {"index_on": DateInput()}
        help_texts = {
            "points": _("0 when there are none"),
            "other_charges": _(
                "Dollars: origination, underwriting and processing fees, prepaid interest; 0 for none"
            ),
            "financed_fee": _("FHA up-front premium or VA funding fee; 0 for others"),
            "insurance": _("Needed above 80 percent of the price, and for FHA; 0 for none"),
            "index_name": _("This and what follows: for adjustable rates alone"),
        }

    def terms(self) -> RatePost:
        return RatePost(**self.cleaned_data)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["adjusts_every"].required = False

    def clean_adjusts_every(self) -> int:
        return self.cleaned_data["adjusts_every"] or 0


class TodayForm(PricedForm):
    """One line of today's rates: what stood last, with the figures that change from day to day."""

    offered = forms.BooleanField(label=_("Post"), required=False, initial=True)
    rate = forms.DecimalField(label=_("Rate, %"), max_digits=6, decimal_places=3)
    points = forms.DecimalField(label=_("Points, %"), max_digits=6, decimal_places=3)
    index_rate = forms.DecimalField(label=_("Index, %"), max_digits=6, decimal_places=3)
    index_on = forms.DateField(label=_("Day of the index"), widget=DateInput())

    def __init__(self, data: Any = None, *, last: RatePost) -> None:
        self.last = last
        initial = {name: getattr(last, name) for name in ("rate", "points", *INDEX)}
        super().__init__(data, prefix=last.product, slug=last.product, initial=initial)
        if not last.is_adjustable:
            for name in INDEX:
                del self.fields[name]

    def terms(self) -> RatePost:
        return self.last.again(
            **{name: value for name, value in self.cleaned_data.items() if name != "offered"}
        )

    @property
    def is_offered(self) -> bool:
        return bool(self.cleaned_data.get("offered"))
