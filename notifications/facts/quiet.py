"""Facts of the note that there is nothing new."""

from datetime import date, datetime

from django.utils.translation import gettext_noop as noop

from loans import clocks
from loans.progress import stage_words, wordings
from loans.services.waiting import WORKED_ON
from notifications import words
from notifications.facts.shared import Facts, NotWanted, absolute, loan_of
from notifications.models import Notification
from notifications.once import once


def quiet_note(row: Notification) -> Facts:
    loan = loan_of(row)
    since = datetime.fromisoformat(row.context["since"])
    if loan.stage not in WORKED_ON or (loan.last_word_at and loan.last_word_at > since):
        raise NotWanted(noop("They have heard from us since."))
    if loan.unanswered_since:
        raise NotWanted(noop("They have written; somebody answers them."))
    if loan.next_update_on is None or loan.next_update_on < clocks.today():
        raise NotWanted(noop("No day is promised by which they hear from us."))
    said, missed = stage_words(loan, once("stages", wordings)), row.context["missed"]
    return {
        "number": loan.number,
        "title": str(said.title),
        "meaning": str(said.meaning),
        "waiting": str(said.waiting_on_text),
        "missed": words.weekday(date.fromisoformat(missed)) if missed else "",
        "next_update": words.weekday(loan.next_update_on),
        "officer": loan.officer.name,
        "link": absolute("loans:detail", loan.public_id),
    }


GATHERERS = (quiet_note,)
