"""
What each reading of a text brings about.

In this order: a plain STOP, START or HELP always counts; what perhaps says stop waits for a decision, unless the
number has said stop already; to a number that is switched off or paused nothing else is said, but what it says still
reaches the officer; an unknown number, one without consent, or one that strangers share learns nothing; then the menu,
then everything else is a message to the officer.

While a text waits for a decision there is not even a question back: a text sent after what may have been a revocation
is the very thing the person may complain of (47 CFR 64.1200(a)(12) allows one confirmation of a clear one). A call is
always open to the officer.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from conversations.models import Message
from conversations.services import make_service_request, receive_message
from loans import clocks
from loans.services import loan_estimate_is_sent
from loans.stages import MAY_PROMISE, entry_for
from notifications import services
from notifications.facts.texting import tells_its_step
from notifications.models import InboundText, Notification
from notifications.texting import keywords, opting, todo
from notifications.texting.providers import provider
from notifications.texting.senders import Sender

Reading = InboundText.Reading
# A telephone that answers by itself must not keep us talking all day.
MOST_ANSWERS_A_DAY = 20
EVER = "ever"


def act(text: InboundText, sender: Sender) -> None:
    """Bring about what the text asks for; sets its reading, reply and deadline (the caller saves them)."""
    if text.reading == Reading.SILENT:
        return
    if text.reading == Reading.STOP:
        opting.stop(text, sender)
        return
    if text.reading == Reading.START and opting.start(text, sender):
        return
    if text.reading == Reading.HELP:
        _help(text, sender)
        return
    off = opting.switched_off(text.sender)
    if text.reading == Reading.UNCLEAR and not (off and off.reason == opting.Reason.STOP):
        _pause(text, sender)
    elif off is not None:
        _hear_only(text, sender)
    elif sender.loan is None:
        text.reading = Reading.UNKNOWN
        _tell_nothing(text, sender)
    elif not sender.agrees or not sender.is_of_one_loan:
        _hear_only(text, sender)
        _tell_nothing(text, sender)
    elif text.reading == Reading.MENU:
        MENU[text.keyword](text, sender)
    else:
        _take_message(text, sender)


# --- What perhaps says stop ------------------------------------------------------------------------------------


def _pause(text: InboundText, sender: Sender) -> None:
    """A person must look. Until then nothing goes to the number, and nothing is said."""
    opting.pause(text.sender)
    text.decide_by = todo.decide_by(text.at)
    if sender.loan is None:
        return
    _pass_on(text, sender, silent=True)
    todo.ask_to_decide(text, sender.loan)
    services.queue(
        kind="unclear_text_officer",
        event_key=f"text:{text.public_id}",
        recipient=sender.loan.officer,
        loan=sender.loan,
        context={"text": str(text.public_id)},
    )


def _hear_only(text: InboundText, sender: Sender) -> None:
    """
    A message to the officer and no more, whatever its words mean elsewhere: nothing goes to the number, and that it
    says stop once more needs no decision.
    """
    text.reading, text.keyword = Reading.MESSAGE if sender.loan else Reading.UNKNOWN, ""
    _pass_on(text, sender)


# --- Words of the menu -----------------------------------------------------------------------------------------


def _status(text: InboundText, sender: Sender) -> None:
    assert sender.loan is not None
    if not tells_its_step(sender.loan):
        answer(text, sender, "text_status_call")
    elif sender.loan.stage in MAY_PROMISE:
        answer(text, sender, "text_status_cleared")
    else:
        answer(text, sender, "text_status")


def _docs(text: InboundText, sender: Sender) -> None:
    assert sender.loan is not None
    count = sum(party.open_requests for party in sender.parties)
    if not count or not entry_for(sender.loan.stage).uploads_open:
        answer(text, sender, "text_docs_none")
    elif loan_estimate_is_sent(sender.loan):
        answer(text, sender, "text_docs", count=count)
    else:
        answer(text, sender, "text_docs_optional", count=count)


def _call(text: InboundText, sender: Sender) -> None:
    assert sender.loan is not None
    task = todo.ask_to_call(text, sender.loan, " / ".join(party.name for party in sender.parties))
    answer(text, sender, "text_call", day=task.due_on.isoformat())


def _menu(text: InboundText, sender: Sender) -> None:
    answer(text, sender, "text_menu")


def _request(text: InboundText, sender: Sender) -> None:
    assert sender.loan is not None
    words = keywords.read(text.body).words
    if not words:
        answer(text, sender, "text_request_empty")
        return
    made = make_service_request(
        loan=sender.loan,
        party=sender.party,
        words=words,
        channel=Message.Channel.TEXT,
        source=_source(text),
    )
    answer(text, sender, "text_request", day=made.due_on.isoformat())


MENU: dict[str, Callable[[InboundText, Sender], None]] = {
    keywords.STATUS: _status,
    keywords.DOCS: _docs,
    keywords.CALL: _call,
    keywords.MENU: _menu,
    keywords.REQUEST: _request,
}


# --- Everything else -------------------------------------------------------------------------------------------


def _take_message(text: InboundText, sender: Sender) -> None:
    """To the officer, with one word of thanks a day."""
    if text.reading == Reading.START and text.keyword != keywords.YES:  # it was on already
        _menu(text, sender)
        return
    _pass_on(text, sender)
    answer(text, sender, "text_picture" if text.media else "text_thanks", once=a_day())


def _help(text: InboundText, sender: Sender) -> None:
    if not provider().answers(text.body):
        answer(text, sender, "text_help")


def _tell_nothing(text: InboundText, sender: Sender) -> None:
    """One polite answer a number, the same to every one, so that nobody learns whose it is."""
    answer(text, sender, "text_unknown", once=EVER)


def _pass_on(text: InboundText, sender: Sender, *, silent: bool = False) -> None:
    """What they wrote reaches the officer, whatever may be answered."""
    if sender.loan is None or not text.body.strip():
        return
    receive_message(
        loan=sender.loan,
        party=sender.party,
        channel=Message.Channel.TEXT,
        body=text.body,
        source=_source(text),
        at=text.at,
        silent=silent,
    )


def answer(
    text: InboundText, sender: Sender, kind: str, *, once: str = "", **context: Any
) -> Notification | None:
    """
    The text that answers this one; None when the number had enough for a day. `once`: the time (`EVER`, `a_day()`) for
    which a number is told this no second time; None again when it was.
    """
    since = timezone.now() - timedelta(days=1)
    answered = InboundText.objects.filter(sender=text.sender, reply__isnull=False, at__gte=since)
    if answered.count() >= MOST_ANSWERS_A_DAY:
        return None
    row = services.queue(
        kind=kind,
        event_key=once or _source(text),
        recipient=opting.recipient_of(sender),
        address=text.sender,
        loan=sender.loan if sender.is_of_one_loan else None,
        channel=Notification.Channel.TEXT,
        context={"text": str(text.public_id), **context},
    )
    if row.context.get("text") != str(text.public_id):
        return None
    text.reply = row
    return row


def a_day() -> str:
    return f"day:{clocks.today()}"


def _source(text: InboundText) -> str:
    return f"text:{text.public_id}"
