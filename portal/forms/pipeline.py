"""What somebody asks of the list of loans: search, filters, order, columns; and the name under which they keep it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from loans.stages import Stage
from portal.desk.columns import COLUMNS
from portal.desk.listing import EVERY, OPEN, SORTS, Asked
from portal.forms.base import DeskForm
from portal.forms.desk import WAITING_ON

LONGEST_QUIET = 365


class PipelineFilter(forms.Form):
    """Sent by GET; whatever does not fit is left out, so that no link ever fails."""

    use_required_attribute = False

    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    stage = forms.ChoiceField(
        label=_("Stage"),
        required=False,
        choices=[(OPEN, _("Open loans")), (EVERY, _("All loans")), *Stage.choices],
    )
    ball = forms.ChoiceField(
        label=_("Who has the ball"), required=False, choices=[("", _("Anybody")), *WAITING_ON.items()]
    )
    officer = forms.UUIDField(label=_("Officer"), required=False)
    review = forms.BooleanField(label=_("Documents to review"), required=False)
    unanswered = forms.BooleanField(label=_("Waiting for our answer"), required=False)
    closing = forms.BooleanField(label=_("Closing this week"), required=False)
    lock = forms.BooleanField(label=_("Rate lock ends within 7 days"), required=False)
    quiet = forms.IntegerField(
        label=_("Days since our last word"), required=False, min_value=1, max_value=LONGEST_QUIET
    )
    sort = forms.ChoiceField(
        label=_("Order"), required=False, choices=[(key, sort.label) for key, sort in SORTS.items()]
    )
    columns = forms.MultipleChoiceField(
        label=_("Columns"),
        required=False,
        choices=[(column.key, column.label) for column in COLUMNS.values()],
        widget=forms.CheckboxSelectMultiple,
    )

    def asked(self) -> Asked:
        """What was asked for, without what is the default: it goes into links and saved views."""
        self.is_valid()
        said = self.cleaned_data
        stage = said.get("stage") or ""
        texts = {
            "q": said.get("q") or "",
            "stage": "" if stage == OPEN else stage,
            "ball": said.get("ball") or "",
            "officer": str(said.get("officer") or ""),
            "quiet": str(said.get("quiet") or ""),
            "sort": said.get("sort") or "",
            "columns": ",".join(said.get("columns") or ()),
        }
        flags = {name: "1" for name in ("review", "unanswered", "closing", "lock") if said.get(name)}
        return {**{name: value for name, value in texts.items() if value}, **flags}


def asked_of(typed: Any) -> Asked:
    """The same from an address: columns stand there in one word, or one by one as the boxes send them."""
    said = typed.copy()
    said.setlist("columns", [key for word in typed.getlist("columns") for key in word.split(",") if key])
    return PipelineFilter(said).asked()


def officers_to_choose() -> list[User]:
    return list(
        User.objects.filter(role=User.Role.OFFICER, is_active=True).order_by("name").only("public_id", "name")
    )


class ViewForm(DeskForm):
    """A list under a name; the filters come along in hidden fields."""

    slug = "view"
    name = forms.CharField(label=_("Name of this list"), max_length=60)
    is_default = forms.BooleanField(label=_("Open the desk with it"), required=False)
