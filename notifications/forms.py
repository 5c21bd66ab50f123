"""What people may type about a message: which ones to list, and the words of a letter."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications.catalog import KINDS
from notifications.listing import SCHEDULED
from notifications.models import Notification


class FilterForm(forms.Form):
    q = forms.CharField(label=_("Search"), max_length=254, required=False)
    loan = forms.UUIDField(required=False)
    before = forms.IntegerField(required=False, min_value=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = [("", _("Every state")), (SCHEDULED, _("Scheduled")), *Notification.State.choices]
        self.fields["state"] = forms.ChoiceField(label=_("State"), required=False, choices=states)
        channels = [("", _("Every channel")), *Notification.Channel.choices]
        self.fields["channel"] = forms.ChoiceField(label=_("Channel"), required=False, choices=channels)
        kinds = [("", _("Every kind")), *((kind.key, kind.name) for kind in KINDS.values())]
        self.fields["kind"] = forms.ChoiceField(label=_("Kind"), required=False, choices=kinds)

    def choosers(self) -> list[forms.BoundField]:
        """The lists to choose from, in the order of the page."""
        return [self[name] for name in ("state", "channel", "kind")]

    def asked(self) -> dict[str, Any]:
        """What was asked for; what makes no sense is left out."""
        self.is_valid()
        return {name: value for name, value in getattr(self, "cleaned_data", {}).items() if value}


class VersionForm(forms.Form):
    """Every button of the outbox carries the version of the row it was drawn from."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class SettleForm(VersionForm):
    """What somebody found out about a message that was cut off while it was being sent."""

    was_sent = forms.ChoiceField(choices=[("yes", _("It was sent")), ("no", _("It was not sent"))])


class LetterForm(VersionForm):
    wording = forms.CharField(
        label=_("Letter"),
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_("Markdown: a blank line makes a new paragraph, **two stars** make it strong."),
    )
    personal_line = forms.CharField(
        label=_("A line of your own"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        help_text=_("Stands below the letter, for this family alone."),
    )
    postal = forms.CharField(
        label=_("Address on the paper"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=300,
        help_text=_(
            "Street, and below it city, state and ZIP code. Left empty, it goes to the home of the loan."
        ),
    )
