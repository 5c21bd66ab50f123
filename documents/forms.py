"""Forms about sharing; their rules are those of the services they call."""

from django import forms
from django.utils.translation import gettext_lazy as _

from documents.services.links import USUAL_DAYS

DAYS = [(7, _("7 days")), (14, _("14 days")), (30, _("30 days")), (60, _("60 days"))]


class LinkForm(forms.Form):
    name = forms.CharField(
        label=_("Who is it for?"),
        max_length=120,
        help_text=_("Their name, for example Rosa Diaz or Baker Tax Service."),
    )
    email = forms.EmailField(
        label=_("Their e-mail address (optional)"),
        max_length=254,
        required=False,
        help_text=_("With it we mail the link. Without it you copy the link and give it to them yourself."),
    )
    days = forms.TypedChoiceField(label=_("Good for"), choices=DAYS, coerce=int, initial=USUAL_DAYS)


class ReviewForm(forms.Form):
    why = forms.CharField(
        label=_("Why is it opened?"),
        max_length=300,
        help_text=_("For example the number of the audit. It is kept in the audit log."),
    )
