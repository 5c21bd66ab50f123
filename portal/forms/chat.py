"""What is typed into the chat: a question, and a way to answer it."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from phonenumber_field.formfields import PhoneNumberField

from accounts.models import OfficerProfile, User
from conversations.models import Conversation
from conversations.noise import is_flood
from conversations.private_numbers import without_private_numbers
from portal.forms.base import lines
from portal.forms.visitors import VisitorForm

MOST_CHARACTERS = 2000


class ChatForm(VisitorForm):
    """
    Of a visitor. `thread` is theirs once they have asked; out of office hours, and when very many ask, there must be a
    way to answer. `token` makes one message of a form that is sent twice.
    """

    body = forms.CharField(
        label=gettext_lazy("Your question"),
        max_length=MOST_CHARACTERS,
        required=False,
        widget=lines(3),
        help_text=gettext_lazy("Please no Social Security or account numbers."),
    )
    name = forms.CharField(
        label=gettext_lazy("Your name (optional)"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"), required=False, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    phone = PhoneNumberField(
        label=gettext_lazy("or phone"),
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    officer = forms.SlugField(required=False, widget=forms.HiddenInput)
    token = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)

    def __init__(self, *args: Any, thread: Conversation | None, is_open: bool, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "chat-%s")
        super().__init__(*args, **kwargs)
        self.thread, self.is_open = thread, is_open
        self.initial.setdefault("token", uuid4().hex)

    @property
    def asks_for_a_way(self) -> bool:
        """They are shown where to type it at once; otherwise it is behind a line they may open."""
        return not self.is_open and not (self.thread and self.thread.has_way_to_answer)

    def clean_name(self) -> str:
        return without_private_numbers(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        has_way = bool(cleaned.get("email") or cleaned.get("phone"))
        if not cleaned.get("body", "").strip() and not (self.thread and (has_way or cleaned.get("name"))):
            self.add_error("body", _("Write your question first."))
        elif not self.errors and not has_way and self._must_have_way():
            self.add_error(
                "email", _("Type an e-mail address or a telephone number, so that we can answer you.")
            )
        return cleaned

    def _must_have_way(self) -> bool:
        return self.asks_for_a_way or (self.thread is None and is_flood())

    def _must_be_timely(self, mark: str) -> None:
        """Whoever has a thread has shown that already; an answer of one word is quickly typed."""
        if self.thread is None:
            super()._must_be_timely(mark)

    def told(self) -> dict[str, str]:
        """Who they are and how to reach them."""
        return {name: str(self.cleaned_data[name] or "") for name in ("name", "email", "phone")}

    def chosen(self) -> User | None:
        """The officer from whose page they ask, if that page is there."""
        profile = OfficerProfile.objects.public().select_related("user")
        found = (
            profile.filter(slug=self.cleaned_data["officer"]).first()
            if self.cleaned_data["officer"]
            else None
        )
        return found.user if found else None


class LoanChatForm(forms.Form):
    """Of a borrower who is signed in: it goes to the thread of their loan."""

    body = forms.CharField(
        label=gettext_lazy("Your message"),
        max_length=MOST_CHARACTERS,
        widget=lines(3),
        help_text=gettext_lazy("Please no Social Security or account numbers."),
        error_messages={"required": gettext_lazy("Write a message first.")},
    )
    token = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "chat-%s")
        super().__init__(*args, **kwargs)
        self.initial.setdefault("token", uuid4().hex)
