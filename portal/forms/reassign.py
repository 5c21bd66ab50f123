"""Giving a loan, or all loans of an officer, to another one."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from portal.forms.base import DeskForm, VersionedForm


def _name(officer: User, away: Iterable[int]) -> str:
    if officer.pk in away:
        return _("%(name)s (away at the moment)") % {"name": officer.name}
    return officer.name


class ReassignForm(VersionedForm):
    slug = "reassign"

    officer = forms.ChoiceField(label=_("Who has it from now on"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, officers: Iterable[User], away: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.officers = {str(officer.public_id): officer for officer in officers}
        self.offer("officer", ((key, _name(officer, away)) for key, officer in self.officers.items()))

    def said(self) -> dict[str, Any]:
        said = super().said()
        return {**said, "officer": self.officers[said["officer"]]}


class ReassignAllForm(DeskForm):
    slug = "reassign-all"

    officer = forms.ChoiceField(
        label=_("Who has them from now on"),
        required=False,
        help_text=_(
            "A loan goes only to somebody licensed where its home is; one that cannot go stays and says why."
        ),
    )
    ended_too = forms.BooleanField(
        label=_("Also loans that were funded or have ended"),
        required=False,
        help_text=_(
            "When somebody leaves the house: letters that are still to come are signed by the new officer."
        ),
    )

    def __init__(self, *args: Any, officers: Iterable[User], away: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.officers = {str(officer.public_id): officer for officer in officers}
        named = ((key, _name(officer, away)) for key, officer in self.officers.items())
        self.offer("officer", [("", _("Each to whoever is licensed and has the fewest loans")), *named])

    def said(self) -> dict[str, Any]:
        said = super().said()
        return {"to": self.officers.get(said["officer"]), "ended_too": said["ended_too"]}
