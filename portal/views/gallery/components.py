"""Every component on one page, so that the look can be checked at a glance; and the way to stages and messages."""

from datetime import timedelta
from types import SimpleNamespace

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from loans import stages
from loans.models import StageWording
from loans.progress import wordings
from portal.badges import BADGES
from portal.views.gallery.messages import by_topic


class SampleForm(forms.Form):
    """One field of each kind, bound to wrong answers so that the error look shows."""

    name = forms.CharField(
        label=_("Full name"), help_text=_("As on your licence or passport."), max_length=60
    )
    email = forms.EmailField(label=_("E-mail"))
    state = forms.ChoiceField(
        label=_("State"), choices=[("", _("Choose")), ("TX", "Texas"), ("NY", "New York")]
    )
    about = forms.CharField(
        label=_("Note"), widget=forms.Textarea(attrs={"rows": 3, "maxlength": 200}), required=False
    )
    way = forms.ChoiceField(
        label=_("How shall we reach you?"), choices=[("phone", _("Phone")), ("email", _("E-mail"))],
        widget=forms.RadioSelect,
    )  # fmt: skip
    agree = forms.BooleanField(label=_("I have seen the privacy notice"))


def sample_steps(now: int) -> list[dict[str, object]]:
    """The seven steps with step `now` under way; 8 means all are done."""
    start = timezone.now() - timedelta(days=40)
    return [
        {
            "number": number,
            "title": title,
            "state": "done" if number < now else "now" if number == now else "ahead",
            "date": start + timedelta(days=5 * number) if number <= now else None,
        }
        for number, title in stages.STEPS.items()
    ]


def stage_line(stage: stages.Stage, own: dict[str, StageWording]) -> dict[str, object]:
    """What a borrower reads at this stage: the house's own words, else the default."""
    entry, said = stages.entry_for(stage), own.get(stage) or StageWording()
    return {
        "stage": stage,
        "entry": entry,
        "title": said.title or entry.named_title or entry.title,
        "message": entry.message,
    }


def sample_officer() -> SimpleNamespace:
    """Somebody without a photo, so that the drawn initials show."""
    profile = SimpleNamespace(
        photo=None, title=_("Senior loan officer"), nmls_id="1234567", direct_phone="+15125550142",
        text_number="+15125550143", hours=_("Monday to Friday, 8 a.m. to 6 p.m. Central"), is_public=False, slug="",
    )  # fmt: skip
    return SimpleNamespace(
        name="Ana Ruiz", phone="", mail_address="ana.ruiz@harbor.example", officer_profile=profile
    )


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    if not request.user.works_here:
        raise Http404
    own = wordings()
    wrong = SampleForm({"name": "", "email": "bea at example", "way": "phone"})
    wrong.is_valid()
    return render(
        request,
        "desk/gallery.html",
        {
            "badges": BADGES,
            "officer": sample_officer(),
            "steps": sample_steps(3),
            "all_done": sample_steps(8),
            "form": SampleForm(prefix="fresh"),
            "wrong": wrong,
            "stages": stages.Stage,
            "stage_lines": [stage_line(stage, own) for stage in stages.Stage],
            "topics": by_topic(),
            "earlier": timezone.now() - timedelta(days=12),
        },
    )
