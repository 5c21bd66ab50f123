"""What the editor of wordings works with: the form, the fields it explains, and words on their way to a preview."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from django import forms
from django.conf import settings
from django.core import signing
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications import wording
from notifications.catalog import KINDS, WORDING_TEST, Kind
from notifications.catalog.shape import Sort, Text
from notifications.wording import Parts
from notifications.wording.checking import LONGEST
from notifications.wording.reading import HOUSE_BLOCKS

SALT = "notifications.wording"
LONGEST_LINK = 7000

LABELS: dict[str, Promise] = {
    "subject": gettext_lazy("Subject"),
    "heading": gettext_lazy("Heading"),
    "body": gettext_lazy("Text of the mail"),
    "short": gettext_lazy("Text message"),
    "letter": gettext_lazy("Letter"),
}
HELP: dict[str, Promise] = {
    "subject": gettext_lazy(
        "One line, without amounts and without anything private: it shows on locked phones."
    ),
    "heading": gettext_lazy("Stands in large letters above the text."),
    "body": gettext_lazy(
        "An empty line makes a new paragraph. **bold**, *italic*, ## section, - list, > notice, "
        "[words](https://…). A line that is only a link from the list beside is the button."
    ),
    "short": gettext_lazy("Plain words. Each part of 160 letters is paid for; one unusual sign makes it 70."),
    "letter": gettext_lazy("Letterhead, date, address, signature and the small print are the house's."),
}
ROWS = {"body": 22, "short": 3, "letter": 18}


def named(object_id: str) -> tuple[Kind, str]:
    """What `<kind>.<language>` in an address names; Http404 for what has no words of its own."""
    key, _dot, language = object_id.rpartition(".")
    if key == WORDING_TEST or key not in KINDS or language not in dict(settings.LANGUAGES):
        raise Http404
    return KINDS[key], language


def name_of(kind: Kind, language: str) -> str:
    return f"{kind.key}.{language}"


class WordingForm(forms.Form):
    """The parts this kind has, checked as saving checks them."""

    expected = forms.CharField(widget=forms.HiddenInput, max_length=30)

    def __init__(self, kind: Kind, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        for part in wording.parts_of(kind):
            self.fields[part] = _field(part)
        self.fields["note"] = forms.CharField(
            label=_("Why it was changed"), max_length=200, required=False,
            help_text=_("For your colleagues; it stands in the list of versions."),
        )  # fmt: skip

    @property
    def texts(self) -> list[forms.BoundField]:
        return [self[part] for part in wording.parts_of(self.kind)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            for problem in wording.check(self.kind, self.parts()):
                self.add_error(problem.part if problem.part in self.fields else None, problem.text)
        return cleaned

    def parts(self) -> Parts:
        return Parts(**{part: self.cleaned_data.get(part, "") for part in wording.parts_of(self.kind)})


def _field(part: str) -> forms.CharField:
    attrs: dict[str, Any] = {"data-words": ""}
    if part in ROWS:
        attrs |= {"rows": ROWS[part], "cols": 60}
    widget = (forms.Textarea if part in ROWS else forms.TextInput)(attrs)
    return forms.CharField(
        label=LABELS[part], help_text=HELP[part], widget=widget, max_length=LONGEST[part], strip=True
    )


# --- Fields, explained ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Explained:
    """One field beside the editor: what to write, what it stands for, an example of it."""

    written: str
    label: Text
    example: str
    where: Text = ""


WHERE: dict[Sort, Promise] = {
    Sort.LIST: gettext_lazy("on a line of its own"),
    Sort.LINK: gettext_lazy("a button on a line of its own; within a sentence, a link"),
    Sort.SECRET: gettext_lazy("on a line of its own"),
    Sort.FLAG: gettext_lazy("at the beginning of a paragraph, which is then shown only if so"),
}
HOUSE_LABELS: dict[str, Promise] = {
    "officer_card": gettext_lazy("Whom to call: name, telephone and mail of the loan officer"),
    "wire_fraud_notice": gettext_lazy("The warning about wire fraud, in the words of the house"),
}


def explained(kind: Kind) -> list[Explained]:
    return [*_fields(kind), *_house_blocks(kind)]


def _fields(kind: Kind) -> Iterator[Explained]:
    for name, sort in kind.sorts.items():
        if sort == Sort.HIDDEN:
            continue
        declared = kind.fields[name]
        yield Explained(
            written=_written(name, sort), label=declared.label, example=_example(declared.example, sort),
            where=WHERE.get(sort, ""),
        )  # fmt: skip


def _written(name: str, sort: Sort) -> str:
    if sort in (Sort.LINK, Sort.SECRET):
        return f"[{_('Words to press')}]({{{{ {name} }}}})"
    return f"{{{{ when {name} }}}}" if sort == Sort.FLAG else f"{{{{ {name} }}}}"


def _example(example: Any, sort: Sort) -> str:
    if sort == Sort.FLAG:
        return _("yes or no")
    if sort == Sort.LIST:
        return ", ".join(item["title"] if isinstance(item, dict) else str(item) for item in example)
    return "••••••" if sort == Sort.SECRET else str(example)


def _house_blocks(kind: Kind) -> Iterator[Explained]:
    kept = {type(block) for block in kind.blocks}
    for name, block in HOUSE_BLOCKS.items():
        if block in kept:
            yield Explained(
                f"{{{{ {name} }}}}", HOUSE_LABELS[name], "", _("on a line of its own; it must stay")
            )


# --- Words on their way to a preview -------------------------------------------------------------------------


@dataclass(frozen=True)
class Draft:
    """Words as they stand in the form, valid or not, and the number of the loan whose values they are shown with."""

    kind: Kind
    language: str
    parts: Parts = field(default_factory=Parts)
    loan: str = ""

    @classmethod
    def typed(cls, kind: Kind, language: str, data: Any) -> "Draft":
        words = {part: data.get(part, "")[: LONGEST[part]] for part in wording.parts_of(kind)}
        return cls(kind, language, wording.tidied(Parts(**words)), data.get("loan", "").strip()[:20])

    @classmethod
    def from_link(cls, kind: Kind, language: str, link: str) -> "Draft":
        """Http404 for a link that we did not make for this kind and language."""
        try:
            said = signing.Signer(salt=SALT).unsign_object(link)
        except signing.BadSignature:
            raise Http404 from None
        if said["of"] != name_of(kind, language):
            raise Http404
        return cls(kind, language, Parts(**said["parts"]), said["loan"])

    @property
    def link(self) -> str:
        """The draft as a part of an address, so that a frame can show what is saved nowhere; empty when too long."""
        said = {"of": name_of(self.kind, self.language), "parts": asdict(self.parts), "loan": self.loan}
        link = signing.Signer(salt=SALT).sign_object(said, compress=True)
        return link if len(link) <= LONGEST_LINK else ""
