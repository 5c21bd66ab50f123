"""Who outside may follow the milestones of a loan."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.forms.base import DeskForm


class PartnerForm(DeskForm):
    slug = "partner"

    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("E-mail"))
    role = forms.CharField(label=_("Who they are"), max_length=60, initial=_("Estate agent"))
