"""Where a paper is moved to, and what is said to several papers at once."""

import re
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from documents.returns import ReturnReason
from documents.services import Place
from portal.forms.base import DeskForm, VersionedForm, lines

MOST_AT_ONCE = 50
PAPER = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):(\d{1,9})")
Ticked = list[tuple[str, int]]


def place_key(place: Place) -> str:
    """A place as the choice of a form names it."""
    if place.request is not None:
        return f"request:{place.request.public_id}"
    return f"party:{place.party.public_id}"


def place_words(place: Place) -> str:
    if place.request is not None:
        return f"{place.request.title} ({place.party.name})"
    return str(_("Sent unasked by %(name)s")) % {"name": place.party.name}


class MoveForm(VersionedForm):
    """`places`: what may be chosen. That a reason and a second yes are missing, the service says."""

    slug = "move"
    to = forms.ChoiceField(
        label=_("Where it belongs"), error_messages={"required": _("Choose where it belongs.")}
    )
    why = forms.CharField(
        label=_("Why it comes to somebody who did not send it"),
        max_length=300,
        required=False,
        widget=lines(2),
    )
    is_confirmed = forms.BooleanField(
        label=_("I have looked at it: it is theirs, and they may read it"), required=False
    )

    def __init__(self, *args: Any, places: list[Place], needs_yes: bool, **kwargs: Any) -> None:
        """`needs_yes`: some of these places are on somebody else's list."""
        super().__init__(*args, **kwargs)
        self.places = {place_key(place): place for place in places}
        named = [(key, place_words(place)) for key, place in self.places.items()]
        self.offer("to", [("", _("Choose where it belongs")), *named])
        if not needs_yes:
            del self.fields["why"], self.fields["is_confirmed"]

    def said(self) -> dict[str, Any]:
        said = super().said()
        said["to"] = self.places[said["to"]]
        return said


class ManyForm(DeskForm):
    """One decision on several papers. `paper` holds what was ticked, as `<id>:<version>`."""

    slug = "many"
    do = forms.ChoiceField(choices=[("accept", _("Accept")), ("return", _("Return")), ("move", _("File"))])
    reason = forms.ChoiceField(choices=[("", ""), *ReturnReason.choices], required=False)
    note = forms.CharField(max_length=400, required=False)
    to = forms.UUIDField(required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.ticked:
            self.add_error(None, _("Tick the papers that are meant."))
        if len(self.ticked) > MOST_AT_ONCE:
            self.add_error(None, _("These are too many at once."))
        if cleaned.get("do") == "return" and not cleaned.get("reason"):
            self.add_error("reason", _("Choose a reason: the borrower is told how to mend it."))
        if cleaned.get("do") == "move" and not cleaned.get("to"):
            self.add_error("to", _("Choose what they answer."))
        return cleaned

    @property
    def ticked(self) -> Ticked:
        """The ids and the versions that were seen; what is no pair of both is left out."""
        typed = cast(QueryDict, self.data).getlist("paper")
        return [(found[1], int(found[2])) for found in map(PAPER.fullmatch, map(str, typed)) if found]

    @property
    def first_error(self) -> str:
        return next((str(error) for errors in self.errors.values() for error in errors), "")
