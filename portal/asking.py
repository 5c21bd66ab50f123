"""Questions as people read them: what is asked, and the word on each button."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from feedback.models import SurveyResponse

Kind = SurveyResponse.Kind
Text = str | Promise


@dataclass(frozen=True)
class Answer:
    score: int
    label: Text
    icon: str = ""
    told: str = ""  # what a screen reader says where the label is a number


@dataclass(frozen=True)
class Question:
    title: Text
    text: Text
    answers: list[Answer]
    low: Text = ""  # what the first and the last number mean
    high: Text = ""


TITLES: dict[str, tuple[Text, Text]] = {
    Kind.APPLIED: (gettext_lazy("How was applying?"), gettext_lazy("You have just applied with us.")),
    Kind.RETURNED: (
        gettext_lazy("Was it clear what we need?"),
        gettext_lazy("A paper came back to you. Was it clear why, and how to go on?"),
    ),
    Kind.CLEAR: (
        gettext_lazy("How has it been so far?"),
        gettext_lazy("A long stretch is behind you. How have we done?"),
    ),
    Kind.CONVERSATION: (
        gettext_lazy("How content are you with our answer?"),
        gettext_lazy("You wrote to us, and we answered."),
    ),
    Kind.NPS: (
        gettext_lazy("How likely are you to recommend us?"),
        gettext_lazy("To somebody you know, from zero to ten."),
    ),
    Kind.REVIEW: (gettext_lazy("What would you tell others about us?"), ""),
}
PULSE = (
    Answer(3, gettext_lazy("Good"), "face-smile"),
    Answer(2, gettext_lazy("So-so"), "minus-circle"),
    Answer(1, gettext_lazy("Bad"), "face-frown"),
)
CONTENT = (
    Answer(5, gettext_lazy("Very content")),
    Answer(4, gettext_lazy("Content")),
    Answer(3, gettext_lazy("Neither")),
    Answer(2, gettext_lazy("Not content")),
    Answer(1, gettext_lazy("Not content at all")),
)


def question_of(survey: SurveyResponse) -> Question:
    title, text = TITLES[survey.kind]
    if survey.kind == Kind.NPS:
        numbers = [
            Answer(score, str(score), told=_("%(score)d of 10") % {"score": score}) for score in survey.scale
        ]
        return Question(title, text, numbers, _("Not at all likely"), _("Very likely"))
    if survey.kind == Kind.CONVERSATION:
        return Question(title, text, list(CONTENT))
    return Question(title, text, list(PULSE) if survey.kind in SurveyResponse.PULSES else [])


def label_of(survey: SurveyResponse) -> str:
    """The answer in words; empty when there is none yet, or it is a review."""
    if survey.score is None:
        return ""
    found = next((one for one in question_of(survey).answers if one.score == survey.score), None)
    if found is None:
        return str(survey.score)
    return found.told or str(found.label)


def stars_text(stars: int) -> str:
    return ngettext("%(count)d star of 5", "%(count)d stars of 5", stars) % {"count": stars}
