"""The form on a borrower's pages; the rules are those of the service it calls."""

from django import forms
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField


class CoBorrowerForm(forms.Form):
    name = forms.CharField(label=_("Full name"), max_length=120)
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("The invitation goes here. It may be an address that you share."),
    )
    phone = PhoneNumberField(label=_("Telephone"), region="US", required=False)
