"""How fast we answer, whether once was enough, and by which ways people come. Minutes are those of office hours."""

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from conversations.figures import WEEK, answers_between
from conversations.models import Message
from feedback.figures.months import Month
from feedback.figures.shape import Figure, Measure, Rows

Channel = Message.Channel
NOTHING = Value("")
ONE = Value(1)


def _answers(month: Month) -> Rows:
    """`ReplyFigures` counts the very same."""
    rows: Rows = answers_between(month.begin, month.end)
    return rows.annotate(
        officer_of=F("officer"), processor_of=F("conversation__loan__processor_id"),
        part=NOTHING, hit=ONE, value=F("answer_minutes"),
    )  # fmt: skip


def _first_answers(month: Month) -> Rows:
    same = Message.objects.filter(conversation=OuterRef("conversation"), answer_minutes__isnull=False)
    earlier = same.filter(Q(at__lt=OuterRef("at")) | Q(at=OuterRef("at"), pk__lt=OuterRef("pk")))
    return _answers(month).filter(~Exists(earlier))


def _judged(month: Month) -> Rows:
    rows = _answers(month).filter(answered_at__lte=month.now - WEEK)
    at_once = Case(When(came_back=False, then=ONE), default=Value(0), output_field=IntegerField())
    return rows.annotate(hit=at_once, value=Value(None, IntegerField()))


def _came_in(month: Month) -> Rows:
    """Calls are written down by us, whoever dialled; all else is what others wrote, and not machines."""
    from_them = Q(by__isnull=True) | Q(channel=Channel.CALL)
    rows = Message.objects.filter(
        from_them, is_internal=False, at__gte=month.begin, at__lt=month.end,
        conversation__set_aside_at__isnull=True,
    )  # fmt: skip
    return rows.annotate(
        officer_of=Coalesce("conversation__loan__officer_id", "conversation__owner_id"),
        processor_of=F("conversation__loan__processor_id"),
        part=F("channel"), hit=ONE, value=Value(None, IntegerField()),
    )  # fmt: skip


FIGURES = (
    Figure(
        key="first_answer",
        title=_("First answer"),
        meaning=_(
            "Office hours from the first message of a conversation that needed an answer until it had one. Counted in "
            "the month of the answer."
        ),
        measure=Measure.MINUTES,
        rows=_first_answers,
        when="answered_at",
        more_is_better=False,
    ),
    Figure(
        key="answer",
        title=_("Every answer"),
        meaning=_(
            "Office hours from each message until it was answered, in writing or by telephone. What needed no reply is "
            "left out. Counted in the month of the answer."
        ),
        measure=Measure.MINUTES,
        rows=_answers,
        when="answered_at",
        more_is_better=False,
    ),
    Figure(
        key="first_contact",
        title=_("Settled at first contact"),
        meaning=_(
            "Of the messages answered in the month, after how many nobody wrote again within a week of the answer. An "
            "answer is judged once that week is over."
        ),
        measure=Measure.SHARE,
        rows=_judged,
        when="answered_at",
        counts=_("Settled"),
        counts_not=_("They wrote again"),
        more_is_better=True,
    ),
    Figure(
        key="volume",
        title=_("Contacts by channel"),
        meaning=_(
            "Messages that came in during the month, and telephone calls that were noted, whoever called. What was set "
            "aside as noise is left out."
        ),
        measure=Measure.COUNT,
        rows=_came_in,
        when="at",
        parts=dict(Channel.choices),
        part_title=_("Channel"),
    ),
)
