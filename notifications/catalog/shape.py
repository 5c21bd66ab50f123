"""
What an entry of the catalog is made of.

A message is a subject, a heading and blocks. Texts carry `%(field)s` only; the fields of each kind are declared with
an example, and `notifications/facts/` must bring exactly those. One text and one HTML template draw every block.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True)
class Field:
    """A fact that the texts of a kind may use. The example is what the gallery and the tests show."""

    label: Text
    example: Any


@dataclass(frozen=True)
class Block:
    shape: ClassVar[str] = "paragraph"
    when: str = field(
        default="", kw_only=True
    )  # a declared field that must have a value; "not x": must have none

    def shown(self, facts: Mapping[str, Any]) -> bool:
        if not self.when:
            return True
        name = self.when.removeprefix("not ")
        return bool(facts[name]) != self.when.startswith("not ")

    def filled(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        return {"shape": self.shape}


@dataclass(frozen=True)
class Paragraph(Block):
    text: Text

    def filled(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        return {"shape": self.shape, "text": str(self.text) % facts}


class Section(Paragraph):
    shape = "section"


class Notice(Paragraph):
    """Set apart: what protects people."""

    shape = "notice"


@dataclass(frozen=True)
class Bullets(Block):
    """One line for each entry of the list `name`: a text, or a title with a detail."""

    shape: ClassVar[str] = "bullets"
    name: str

    def filled(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        items = [
            item if isinstance(item, dict) else {"title": item, "detail": ""} for item in facts[self.name]
        ]
        return {"shape": self.shape, "items": items}


@dataclass(frozen=True)
class Quote(Block):
    """Somebody's own words, as they typed them."""

    shape: ClassVar[str] = "quote"
    intro: Text
    name: str

    def filled(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        return {"shape": self.shape, "intro": str(self.intro) % facts, "text": str(facts[self.name])}


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


# Facts that every kind has; each kind declares the rest.
COMMON = {
    "first_name": Field(_("First name of the recipient"), "Bea"),
    "company": Field(_("Name of the company"), "Harborview Home Loans"),
}
SECRET = {
    "secret": Field(_("Code or link"), "https://portal.example/open/4c1d"),
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
}
RESEND, HOLD = "resend", "hold"
# Who reads it: a borrower of a loan, somebody at the desk, or a person and their own account.
BORROWER, DESK, PERSON = "borrower", "desk", "person"


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
    version: str = "1"

    @property
    def group(self) -> Text:
        return TOPICS[self.topic]

    @property
    def is_letter(self) -> bool:
        return bool(self.letter)

    @property
    def fields(self) -> dict[str, Field]:
        return {**COMMON, **(SECRET if self.secret else {}), **self.own_fields}

    @property
    def example(self) -> dict[str, Any]:
        return {name: declared.example for name, declared in self.fields.items()}
