"""Who is away, and who stands in."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from portal.forms.base import DateInput, DeskForm


class AbsenceForm(DeskForm):
    slug = "absence"

    user = forms.ChoiceField(label=_("Who is away"))
    deputy = forms.ChoiceField(
        label=_("Who stands in"),
        help_text=_("They see these loans meanwhile, are told what comes in, and borrowers read their name."),
    )
    first_day = forms.DateField(label=_("First day away"), widget=DateInput())
    last_day = forms.DateField(label=_("Last day away"), widget=DateInput())
    note = forms.CharField(
        label=_("Note for the team (optional)"), max_length=200, required=False,
        help_text=_("Borrowers do not read it."),
    )  # fmt: skip

    def __init__(self, *args: Any, by: User, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.public_id): person for person in people}
        self.offer("deputy", [("", "–"), *((key, person.name) for key, person in self.people.items())])
        if by.sees_every_loan:
            self.offer("user", [("", "–"), *((key, person.name) for key, person in self.people.items())])
        else:
            del self.fields["user"]
        self.by = by

    def said(self) -> dict[str, Any]:
        said = super().said()
        user = self.people[said.pop("user")] if "user" in said else self.by
        return {**said, "user": user, "deputy": self.people[said["deputy"]]}
