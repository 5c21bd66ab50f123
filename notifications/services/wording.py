"""
The staff's words: saved as versions that never change, in force when published, back to the default at will.

`expected` is the `Standing.mark` the page was drawn with: whoever saves over somebody else's work is told (Changed).
"""

from dataclasses import asdict, dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from audit import log
from loans.errors import Changed, Refused
from notifications import wording
from notifications.catalog import WORDING_TEST, Kind, kind_for
from notifications.models import Wording, WordingVersion
from notifications.wording import Parts

LONGEST_NOTE = 200


@dataclass(frozen=True)
class Standing:
    """Where the words of one kind in one language stand; without a published version the default holds."""

    published: WordingVersion | None = None
    newest: int = 0

    @property
    def mark(self) -> str:
        return f"{self.newest}.{self.published.number if self.published else 0}"


def standing(*, kind: str, language: str) -> Standing:
    found = Wording.objects.filter(kind=kind, language=language).select_related("published__by")
    row = found.annotate(newest=Max("versions__number")).first()
    return Standing(row.published, row.newest or 0) if row else Standing()


@transaction.atomic
def save_version(
    *, kind: str, language: str, parts: Parts, by: User, note: str = "", expected: str
) -> WordingVersion:
    """
    Keep these words as a new version and publish it. Refused, with the first problem as its sentence, when they do
    not pass `wording.check` or say what is said already.
    """
    entry, parts = _kind(kind, language), wording.tidied(parts)
    if problems := wording.check(entry, parts):
        raise Refused(problems[0].text)
    row, now = _locked(kind, language, expected)
    if now.published and wording.parts_in(now.published) == parts:
        raise Refused(_("These are the words that hold already."))
    version = WordingVersion.objects.create(
        wording=row, number=now.newest + 1, note=note.strip()[:LONGEST_NOTE], by=by, **asdict(parts)
    )
    _put_in_force(row, version, by, "wording.saved")
    return version


@transaction.atomic
def publish(*, version: WordingVersion, by: User, expected: str) -> WordingVersion:
    """Let an earlier version hold again. Refused when the house no longer takes its words, or it holds already."""
    kept = version.wording
    row, now = _locked(kept.kind, kept.language, expected)
    if now.published == version:
        raise Refused(_("This version holds already."))
    if problems := wording.check(_kind(row.kind, row.language), wording.parts_in(version)):
        raise Refused(_("This version can no longer be used: %(why)s") % {"why": problems[0].text})
    _put_in_force(row, version, by, "wording.published")
    return version


@transaction.atomic
def back_to_default(*, kind: str, language: str, by: User, expected: str) -> None:
    """The words of the catalog hold again; every version is kept. Refused when they hold already."""
    _kind(kind, language)
    row, now = _locked(kind, language, expected)
    if now.published is None:
        raise Refused(_("The default holds already."))
    _put_in_force(row, None, by, "wording.default")


def _kind(key: str, language: str) -> Kind:
    if key == WORDING_TEST or language not in dict(settings.LANGUAGES):
        raise Refused(_("There are no words of this kind in this language."))
    return kind_for(key)


def _locked(kind: str, language: str, expected: str) -> tuple[Wording, Standing]:
    """The row, made on the first save, and locked; Changed when it no longer stands as the page showed it."""
    row, _made = Wording.objects.get_or_create(kind=kind, language=language)
    Wording.objects.select_for_update().get(pk=row.pk)
    now = standing(kind=kind, language=language)
    if now.mark != expected:
        raise Changed(_("Somebody changed these words since you opened them."), [_who(now)])
    return row, now


def _who(now: Standing) -> str:
    if now.published is None:
        return _("The default holds now.")
    by = now.published.by.name if now.published.by else _("somebody who is gone")
    return _("Version %(number)d by %(name)s holds now.") % {"number": now.published.number, "name": by}


def _put_in_force(row: Wording, version: WordingVersion | None, by: User, action: str) -> None:
    row.published = version
    row.save(update_fields=["published"])
    detail = {"kind": row.kind, "language": row.language, "version": version.number if version else 0}
    log.record(action=action, about=row, by=by, detail=detail)
