"""What an officer fills in about texts: what an unclear one meant, what was done, what was said, and trying it out."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from conversations.models import Message, ServiceRequest
from documents.filetypes import ACCEPT
from notifications.models import InboundText
from portal.forms.base import DeskForm, lines

MOST_CHARACTERS = 1600  # as many as a text may have
WAYS = [(Message.Channel.CALL, _("I called")), (Message.Channel.EMAIL, _("I wrote an e-mail"))]


class DecideForm(DeskForm):
    """Two buttons: it meant stop, or it did not."""

    slug = "decide"
    decision = forms.ChoiceField(
        choices=[
            (InboundText.Decision.STOP, InboundText.Decision.STOP.label),
            (InboundText.Decision.GO_ON, InboundText.Decision.GO_ON.label),
        ]
    )


class FinishForm(DeskForm):
    answer = forms.CharField(
        label=_("What was done"),
        max_length=2000,
        widget=lines(3),
        help_text=_("The borrower reads this in a mail. No amounts, no account or Social Security numbers."),
        error_messages={"required": _("Write what was done: the borrower is told.")},
    )


def finish_form(request: ServiceRequest, *args: Any) -> FinishForm:
    """Its own names: several stand on one page."""
    return FinishForm(*args, slug=f"request-{request.public_id}")


class SaidForm(DeskForm):
    slug = "said"
    channel = forms.ChoiceField(label=_("How"), choices=WAYS, initial=Message.Channel.CALL)
    body = forms.CharField(label=_("What was said"), max_length=2000, widget=lines(3))


class TryForm(DeskForm):
    """A text of the borrower, typed by us."""

    slug = "try"
    party = forms.ChoiceField(label=_("From the telephone of"))
    body = forms.CharField(
        label=_("Text"),
        max_length=MOST_CHARACTERS,
        required=False,
        widget=lines(2),
        help_text=_("For example STATUS, DOCS, CALL, REQUEST and words, HELP, STOP, Stop please."),
    )
    file = forms.FileField(
        label=_("Picture (optional)"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}),
    )

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("party", people)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        file = cleaned.get("file")
        if not cleaned.get("body", "").strip() and not file and not self.errors:
            self.add_error("body", _("Write something, or add a picture."))
        if file and file.size > settings.MAX_UPLOAD_BYTES:
            self.add_error(
                "file",
                _("This file is larger than %(limit)s MB.") % {"limit": settings.MAX_UPLOAD_MB},
            )
        return cleaned
