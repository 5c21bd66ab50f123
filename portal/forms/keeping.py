"""Forms of the page that says how long a loan's papers are kept."""

from django import forms
from django.utils.translation import gettext_lazy as _

from documents.services.holding import MOST_WORDS
from portal.forms.base import DeskForm, lines


class HoldForm(DeskForm):
    slug = "hold"

    why = forms.CharField(
        label=_("Why nothing may be destroyed"), max_length=MOST_WORDS, widget=lines(2),
        help_text=_("For the loan team and the audit log. Borrowers do not read it."),
    )  # fmt: skip


class EndHoldForm(DeskForm):
    slug = "end-hold"

    why = forms.CharField(label=_("Why it ends"), max_length=MOST_WORDS, widget=lines(2))
