"""
What an entry of the catalog is made of.

A message is a subject, a heading and blocks. Texts carry `%(field)s` only; the fields of each kind are declared with
an example, and `notifications/facts/` must bring exactly those. One text and one HTML template draw every block.
Staff may reword every kind: `notifications/wording/` writes its words as Markdown and reads theirs into these blocks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise, cached_property, lazy
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from conversations.private_numbers import without_private_numbers

Text = str | Promise


class Sort(StrEnum):
    """What may be done with a field: where it may stand in a wording follows from it."""

    TEXT = "text"
    LIST = "list"  # on a line of its own
    LINK = "link"  # where a link leads
    FLAG = "flag"  # decides whether something is said
    SECRET = "secret"  # noqa: S105 - where the code or link stands
    HIDDEN = "hidden"  # the house's own


@dataclass(frozen=True)
class Field:
    """A fact that the texts of a kind may use. The example is what the gallery and the tests show."""

    label: Text
    example: Any

    @property
    def sort(self) -> Sort:
        if isinstance(self.example, bool):
            return Sort.FLAG
        if isinstance(self.example, list | tuple):
            return Sort.LIST
        return Sort.LINK if str(self.example).startswith(("http://", "https://")) else Sort.TEXT


def _address(name: str, *args: Any) -> str:
    return settings.PUBLIC_URL + reverse(name, args=args)


address = lazy(_address, str)
EXAMPLE_ID = UUID("5f0c2c1e-8a34-4d1b-9a51-3f1f6f6f0d4e")
# Where links of messages lead; in examples too, so that a link that leads nowhere is found by the tests.
LOAN_ADDRESS = address("loans:detail", EXAMPLE_ID)
PAPERS_ADDRESS = address("loans:documents", EXAMPLE_ID)
DESK_ADDRESS = address("desk:loan", EXAMPLE_ID)
PORTAL_ADDRESS = address("home:home")


@dataclass(frozen=True)
class Marked:
    """Words with emphasis and links, once as text and once as HTML, both with `%(field)s` (`wording/`)."""

    text: str
    html: str


class _Escaped:
    """Facts for HTML: each value is text, whatever it holds."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self.facts = facts

    def __getitem__(self, name: str) -> SafeString:
        return escape(str(self.facts[name]))


def written(words: Text | Marked, facts: Mapping[str, Any]) -> dict[str, str]:
    """The words with their fields filled in, as `text` and as `html`."""
    if isinstance(words, Marked):
        return {"text": words.text % facts, "html": mark_safe(words.html % _Escaped(facts))}  # noqa: S308 - escaped
    text = str(words) % facts
    return {"text": text, "html": escape(text)}


def holds(when: str, facts: Mapping[str, Any]) -> bool:
    """Whether what stands under this condition is shown: its field has a value; with "not ", has none."""
    return not when or bool(facts[when.removeprefix("not ")]) != when.startswith("not ")


@dataclass(frozen=True)
class Block:
    shape: ClassVar[str] = "paragraph"
    # A declared field that must have a value; "not x": must have none
    when: str = field(default="", kw_only=True)

    def shown(self, facts: Mapping[str, Any]) -> bool:
        return holds(self.when, facts)

    def filled(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        return {"shape": self.shape}


@dataclass(frozen=True)
class Paragraph(Block):
    text: Text | Marked

    def filled(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        return {"shape": self.shape, **written(self.text, facts)}


class Section(Paragraph):
    shape = "section"


class Notice(Paragraph):
    """Set apart: what protects people."""

    shape = "notice"


@dataclass(frozen=True)
class Bullets(Block):
    """One line for each entry of the list `name`: a text, or a title with a detail. Nothing for an empty list."""

    shape: ClassVar[str] = "bullets"
    name: str

    def shown(self, facts: Mapping[str, Any]) -> bool:
        return super().shown(facts) and bool(facts[self.name])

    def filled(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        items = [
            item if isinstance(item, dict) else {"title": item, "detail": ""} for item in facts[self.name]
        ]
        return {"shape": self.shape, "items": items}


@dataclass(frozen=True)
class Listing(Block):
    """A list that staff wrote out."""

    shape: ClassVar[str] = "list"
    lines: tuple[Text | Marked, ...]
    numbered: bool = False

    def filled(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        lines = [written(line, facts) for line in self.lines]
        return {"shape": self.shape, "numbered": self.numbered, "lines": lines}


@dataclass(frozen=True)
class Quote(Block):
    """Somebody's own words, as they typed them but for private numbers. Nothing when they typed none."""

    shape: ClassVar[str] = "quote"
    intro: Text | Marked
    name: str

    def shown(self, facts: Mapping[str, Any]) -> bool:
        return super().shown(facts) and bool(facts[self.name])

    def filled(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "shape": self.shape,
            "intro": written(self.intro, facts),
            "text": without_private_numbers(str(facts[self.name])),
        }


@dataclass(frozen=True)
class Button(Block):
    shape: ClassVar[str] = "button"
    label: Text
    name: str = "link"

    def filled(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        return {"shape": self.shape, "label": str(self.label) % facts, "url": facts[self.name]}


@dataclass(frozen=True)
class Secret(Block):
    """The code or link that opens a door. What stands here until it is sent is a mark, not the secret."""

    shape: ClassVar[str] = "secret"
    label: Text

    def filled(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        shape = "code" if facts["secret_is"] == "code" else "button"  # noqa: S105 - a word, no secret
        return {
            "shape": shape,
            "label": str(self.label) % facts,
            "url": facts["secret"],
            "text": facts["secret"],
        }


class Contact(Block):
    """The officer's card: whom to call."""

    shape = "contact"


class WireFraud(Block):
    """What protects the money of a closing. The words are the house's; staff may move it, never lose it."""

    shape = "notice"

    def filled(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        return {"shape": self.shape, **written(WIRE_FRAUD, facts)}


WIRE_FRAUD = _(
    "Before you wire any money, call us on a number you already know. We never send or change wiring "
    "instructions by e-mail; a message that does is a fraud, even when it looks like ours."
)


# Facts that every kind has; each kind declares the rest.
COMMON = {
    "first_name": Field(_("First name of the recipient"), "Bea"),
    "company": Field(_("Name of the company"), "Harborview Home Loans"),
}
SECRET = {
    "secret": Field(
        _("The code or the link that opens the door"), address("accounts:invitation", "a-link-of-ones-own")
    ),
    "secret_is": Field(_("code, link or none"), "link"),
}
# What people may choose about, group by group (`Preference.topic`); must-send kinds of a topic are sent all the same.
TOPICS: dict[str, Text] = {
    "account": _("Account"),
    "application": _("Application"),
    "stages": _("Stages"),
    "papers": _("Documents"),
    "reminders": _("Reminders"),
    "letters": _("Letters"),
    "texting": _("Text messages"),
    "desk": _("Notices to the desk"),
    "news": _("After closing"),
    "steps": _("Next steps for visitors"),
    "feedback": _("How it went"),
}
AFTER_CLOSING = ("letters", "news")
RESEND, HOLD = "resend", "hold"
# Who reads it: a borrower of a loan, somebody at the desk, or a person and their own account.
BORROWER, DESK, PERSON = "borrower", "desk", "person"
READERS: dict[str, Text] = {
    BORROWER: _("Borrowers"),
    DESK: _("The desk"),
    PERSON: _("The person themselves"),
}


@dataclass(frozen=True)
class Kind:
    """One kind of message. `gather` names the function of `notifications/facts/` that reads its facts."""

    key: str
    name: Text
    topic: str
    audience: str
    subject: Text
    heading: Text
    blocks: tuple[Block, ...]
    gather: str
    own_fields: Mapping[str, Field] = field(default_factory=dict)
    channel: str = "email"
    secret: bool = False
    must_send: bool = True  # nobody can switch it off
    marketing: bool = False  # carries List-Unsubscribe, obeys "marketing alone" suppressions and quiet hours
    quiet_hours: bool = (
        False  # waits for the morning of the person written to; texts always do, unless asked for
    )
    short: Text = ""  # its words as a text message; empty: never goes out by text
    letter: Text = ""  # Markdown of the letter itself, with fields as {{ name }}; empty: it is no letter
    on_uncertain: str = RESEND
    expires_after: timedelta = timedelta(days=7)
    waits_for_undo: bool = False
    priority: int = 5  # lower goes first
    asked_for: bool = (
        False  # somebody asked for it by hand: it goes out also while the loan is paused or ended
    )
    not_a_commitment: bool = False
    after_clear_to_close: bool = False  # what it tells is decided; before, nothing may sound like a promise
    why: Text = ""  # why this person gets it; empty: by its audience
    version: str = "1"

    @property
    def group(self) -> Text:
        return TOPICS[self.topic]

    @property
    def reader(self) -> Text:
        return READERS[self.audience]

    @property
    def is_text_alone(self) -> bool:
        """An answer to a text: never a mail."""
        return self.channel == "text"

    @property
    def is_letter(self) -> bool:
        return bool(self.letter)

    @cached_property
    def fields(self) -> dict[str, Field]:
        return {**COMMON, **(SECRET if self.secret else {}), **self.own_fields}

    @cached_property
    def sorts(self) -> dict[str, Sort]:
        """What each field may be used for."""
        own = {"secret": Sort.SECRET, "secret_is": Sort.HIDDEN} if self.secret else {}
        return {**{name: declared.sort for name, declared in self.fields.items()}, **own}

    @property
    def example(self) -> dict[str, Any]:
        found = {name: declared.example for name, declared in self.fields.items()}
        return {name: str(value) if isinstance(value, Promise) else value for name, value in found.items()}

    @property
    def may_promise(self) -> bool:
        return self.after_clear_to_close or self.topic in AFTER_CLOSING
