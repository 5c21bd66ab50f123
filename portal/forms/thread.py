"""What is typed on a thread: a message, a note among us, a call."""

from typing import Any, cast
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from conversations.services import source_of
from portal.forms.base import DeskForm, lines

MOST_CHARACTERS = 4000


class WriteForm(DeskForm):
    """`source` makes one message of a form sent twice with the same words; `seen` is the newest its writer had read."""

    slug = "write"
    body = forms.CharField(
        label=_("Your message"),
        max_length=MOST_CHARACTERS,
        widget=lines(4),
        error_messages={"required": _("Write a message first.")},
    )
    source = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, draft: str = "", last: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.update(body=draft, source=uuid4(), seen=last)

    def said(self) -> dict[str, Any]:
        source = source_of("portal", str(self.cleaned_data["source"]), self.cleaned_data["body"])
        return {**self.cleaned_data, "source": source}

    def renew(self, version: int) -> None:
        """After somebody else was quicker: what they said has been shown, so sending it again is a decision."""
        if self.is_overtaken:
            typed = cast(QueryDict, self.data).copy()
            typed["seen"] = str(version)
            self.data = typed


class BorrowerWriteForm(WriteForm):
    """Files alone will do."""

    body = forms.CharField(
        label=_("Your message"), max_length=MOST_CHARACTERS, required=False, widget=lines(4)
    )

    def said(self) -> dict[str, Any]:
        said = super().said()
        del said["seen"]
        return said


class NoteForm(DeskForm):
    slug = "note"
    body = forms.CharField(
        label=_("Note"),
        max_length=MOST_CHARACTERS,
        widget=lines(3),
        error_messages={"required": _("Write the note first.")},
    )


class CallForm(DeskForm):
    slug = "call"
    party = forms.ChoiceField(label=_("With whom"), required=False)
    minutes = forms.IntegerField(
        label=_("How many minutes"), min_value=0, max_value=600, help_text=_("0 when nobody answered")
    )
    body = forms.CharField(label=_("What was said"), max_length=MOST_CHARACTERS, widget=lines(3))

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("party", [*people, ("", _("Somebody else"))])
        self.initial.setdefault("party", people[0][0] if people else "")


class AdoptForm(DeskForm):
    """A mail from an address nobody on the loan has: whose it is."""

    slug = "adopt"
    party = forms.ChoiceField(label=_("It is from"))

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("party", people)
