"""
What stands in an archive of papers: which documents, under which names, and the index that says what each of them is.

Names are made safe for every system that may unpack them and are unique there; the index can be opened in a
spreadsheet without anything in it being run. Reads only.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath
from urllib.parse import quote

from django.conf import settings
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.models import Company
from documents.models import Document, DocumentQuerySet, Export
from documents.names import clean_name
from documents.storage import file_store
from loans.clocks import local_date

INDEX_STYLE = settings.BASE_DIR / "templates" / "exports" / "index.css"
LONGEST_PART = 80  # characters of a folder or a name: unpacked paths must fit into 260 on some systems
NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*]')
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
# What a spreadsheet would take for the beginning of a formula, in its wide forms too.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True)
class Item:
    """A document of the archive; without a path it is not in it: destroyed, or not in the storage."""

    document: Document
    path: str
    person: str
    what_for: str
    label: str  # paper, original photo, from the loan team
    state: str = ""

    @property
    def link(self) -> str:
        return quote(self.path)

    @property
    def sent_by(self) -> str:
        return self.document.sent_by

    @property
    def gone_at(self) -> datetime | None:
        return self.document.disposed_at


@dataclass
class Listing:
    """Everything the index tells: the files in the order they stand in the archive, and what is no longer there."""

    export: Export
    made_at: datetime
    files: list[Item] = field(default_factory=list)
    missing: list[Item] = field(default_factory=list)
    gone: list[Item] = field(default_factory=list)

    @property
    def folder(self) -> str:
        return folder_name(self.export, self.made_at)

    @property
    def size(self) -> int:
        return sum(item.document.size for item in self.files)


def folder_name(export: Export, at: datetime) -> str:
    """Also the name of the archive, without its ending."""
    return f"documents-{export.loan.number}-{local_date(at):%Y-%m-%d}"


def documents_in(export: Export) -> DocumentQuerySet:
    """What the person who asked may open now of this loan."""
    return Document.objects.visible_to(export.asked_by).filter(loan=export.loan)


def is_whole(export: Export) -> bool:
    """Whether the person who asked may still open everything that is in it."""
    ids = set(export.contents or [])
    return len(ids) == documents_in(export).filter(pk__in=ids).count()


def listing(export: Export, made_at: datetime) -> Listing:
    """What goes into the archive as of now. One look into the storage for each file."""
    found, store, names = Listing(export, made_at), file_store(), _Names()
    for document in _with_all(documents_in(export)):
        item = _item(document, names)
        there = store.head(document.key) is not None
        (found.files if there else found.missing).append(item)
    for document in _with_all(_destroyed(export)):
        found.gone.append(_item(document, None))
    return found


def _with_all(documents: QuerySet[Document]) -> QuerySet[Document]:
    return documents.select_related(
        "request__party",
        "party",
        "uploader",
        "link",
        "house_paper",
        "made_into__request__party",
        "made_into__party",
    ).order_by("received_at", "pk")


def _destroyed(export: Export) -> QuerySet[Document]:
    """Tombstones: all of the loan for its team, a borrower's own."""
    gone = Document.objects.filter(loan=export.loan, disposed_at__isnull=False, is_original=False)
    if export.party is None:
        return gone
    unasked = Q(request__isnull=True, house_paper__isnull=True, party=export.party)
    return gone.filter(Q(request__party=export.party) | unasked)


def _item(document: Document, names: "_Names | None") -> Item:
    paper = document.made_into or document
    owner = paper.owner
    if document.house_paper:
        person, label = _("From %(company)s") % {"company": Company.load().name}, _("From the loan team")
    else:
        person = owner.name if owner else _("Nobody knows whose")
        label = _("Photo as it came") if document.is_original else _("Paper")
    what_for = _what_for(paper)
    folders = [safe_name(person), safe_name(what_for), *([_("originals")] if document.is_original else [])]
    path = names.unique([*folders, safe_name(document.name)]) if names else ""
    return Item(document, path, person, what_for, label, _state(document))


def _what_for(document: Document) -> str:
    if document.house_paper:
        return document.house_paper.title
    if document.request:
        asked = document.request
        return f"{asked.title}, {asked.period}" if asked.period else asked.title
    return document.title or _("Not asked for")


def _state(document: Document) -> str:
    if document.disposed_at:
        return _("Taken back") if document.disposed_why == "taken_back" else _("Destroyed")
    return "" if document.is_original or document.house_paper_id else document.get_review_display()


# --- Names ---------------------------------------------------------------------------------------------------


def safe_name(raw: str) -> str:
    """One part of a path, harmless on every system: no separators, no reserved names, not too long."""
    name = NOT_IN_NAMES.sub("-", clean_name(raw.replace("/", "-").replace("\\", "-"))).strip(". ")
    if RESERVED.fullmatch(name):
        name = f"_{name}"
    if len(name) > LONGEST_PART:
        suffix = PurePosixPath(name).suffix[:12]
        name = name[: LONGEST_PART - len(suffix)].rstrip(". ") + suffix
    return name or clean_name("")


class _Names:
    """Each path once, also where capitals and composed letters count as the same."""

    def __init__(self) -> None:
        self.taken: set[str] = set()

    def unique(self, parts: list[str]) -> str:
        stem, suffix = PurePosixPath(parts[-1]).stem, PurePosixPath(parts[-1]).suffix
        path, number = "/".join(parts), 1
        while (known := unicodedata.normalize("NFKC", path).casefold()) in self.taken:
            number += 1
            path = "/".join([*parts[:-1], f"{stem} ({number}){suffix}"])
        self.taken.add(known)
        return path


# --- The index -----------------------------------------------------------------------------------------------


def index_files(found: Listing) -> Iterator[tuple[str, bytes]]:
    """Name and content: the index to read, the one to work with, and how the first looks."""
    context = {"found": found, "loan": found.export.loan, "company": Company.load()}
    yield "index.html", render_to_string("exports/index.html", context).encode()
    yield "index.csv", index_csv(found)
    yield "index.css", INDEX_STYLE.read_bytes()


def index_csv(found: Listing) -> bytes:
    """As spreadsheets read it: UTF-8 that says so, and nothing in it that one would run."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerow([
        _("File"), _("Person"), _("What for"), _("Sort"), _("Name it came with"), _("Sent by"), _("Received"),
        _("Bytes"), _("SHA-256"), _("Pages"), _("State"), _("Destroyed on"),
    ])  # fmt: skip
    for item in [*found.files, *found.missing, *found.gone]:
        document = item.document
        state = _("Not in the storage") if item in found.missing else item.state
        gone = document.disposed_at.isoformat(timespec="seconds") if document.disposed_at else ""
        writer.writerow(map(harmless, [
            item.path if item in found.files else "", item.person, item.what_for, item.label, document.name,
            item.sent_by, document.received_at.isoformat(timespec="seconds"), document.size, document.sha256,
            document.pages, state, gone,
        ]))  # fmt: skip
    return sheet.getvalue().encode("utf-8-sig")


def harmless(value: object) -> object:
    """Text that a spreadsheet shows and does not work out: people choose the names of their files."""
    if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA):
        return f"'{value}"
    return value
