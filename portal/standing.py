"""
What a borrower reads first: where the loan stands in one sentence, and the one next step with one main button.

Pure reading: everything comes in already fetched, so that home and loan page say the same for the same price. The
order of the next step is a promise (story 5): a paper to send again, papers that are owed, papers that may be sent
now, the signing, and otherwise plainly nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from documents.models import Request
from documents.returns import return_words
from loans import progress
from loans.models import Loan
from loans.stages import MONEY_MOVES, Stage, entry_for
from portal import formats

NOON, EVENING = 12, 18
LAST_URGENCY = 9


@dataclass(frozen=True)
class NextStep:
    title: str
    text: str = ""
    address: str = ""
    label: str = ""
    icon: str = ""
    button_icon: str = ""
    calm: bool = False
    request: Request | None = None  # the paper it speaks of; its upload box stands open
    urgency: int = LAST_URGENCY  # 0 first: with several loans the most urgent one speaks


def greeting(name: str, now: datetime | None = None) -> str:
    """Good morning until noon, good afternoon until six, good evening after, on the company's clock."""
    hour = (now or timezone.now()).astimezone(formats.company_zone()).hour
    if hour < NOON:
        return _("Good morning, %(name)s.") % {"name": name}
    if hour < EVENING:
        return _("Good afternoon, %(name)s.") % {"name": name}
    return _("Good evening, %(name)s.") % {"name": name}


def is_promised(loan: Loan) -> bool:
    """From clear to close on a page no longer says "this is not a commitment to lend"."""
    return loan.stage in (Stage.CLEAR_TO_CLOSE, Stage.CLOSING, Stage.FUNDED)


def money_moves(loan: Loan) -> bool:
    """While a closing is near, somebody may try to send the borrower wrong payment instructions."""
    return loan.stage in MONEY_MOVES


def steps_of(loan: Loan) -> list[dict[str, Any]]:
    """The seven steps; none once a loan has ended and its outcome is told: no "if all goes well" after that."""
    if loan.stage in Stage.ended() and progress.outcome_may_be_named(loan):
        return []
    return [vars(step) for step in progress.steps(loan)]


def next_step(*, loan: Loan, requests: Sequence[Request], list_address: str = "") -> NextStep:
    """The one thing to do now. `requests` are the reader's own; `list_address` is the page that shows them."""
    if loan.stage == Stage.STARTED:
        return _finish_applying()
    if loan.stage in Stage.quiet():
        return _call_officer(loan)
    asked = requests if entry_for(loan.stage).uploads_open else ()
    returned = [request for request in asked if request.state == Request.State.RETURNED]
    owed = [request for request in asked if request.state == Request.State.OWED]
    if returned:
        return _send_again(returned[0], left=len(returned) + len(owed), loan=loan, list_address=list_address)
    if owed and progress.loan_estimate_is_sent(loan):
        return _send(owed, list_address)
    if owed:
        return _may_send(owed, list_address)
    return _signing(loan) or _nothing_to_do(loan)


def _finish_applying() -> NextStep:
    return NextStep(
        title=_("Finish your application"),
        text=_("What you typed is kept. It takes a few minutes more."),
        address=reverse("apply:start"),
        label=_("Go on"),
        icon="pencil-square",
        urgency=2,
    )


def _call_officer(loan: Loan) -> NextStep:
    """Before the written notice is recorded as sent, no outcome is named."""
    text = (
        _("Your written notice has been sent. %(name)s can go through it with you.")
        if progress.outcome_may_be_named(loan)
        else _("%(name)s would like to talk with you about your application. A written notice follows.")
    )
    name = loan.officer.first_name
    return NextStep(
        title=_("Please call %(name)s") % {"name": name},
        text=text % {"name": name},
        address=_call_address(loan),
        label=_("Call %(name)s") % {"name": name},
        icon="phone",
        button_icon="phone",
        urgency=0,
    )


def _send_again(request: Request, *, left: int, loan: Loan, list_address: str) -> NextStep:
    words = return_words(request.reason)
    said = [str(words.wrong), request.note or str(words.mend)] if words else [request.note]
    sent = progress.loan_estimate_is_sent(loan)
    if not sent:
        said.append(_("It is optional for now: it is not needed for the Loan Estimate."))
    elif left > 1:
        said.append(_papers_left(left))
    return NextStep(
        title=_("Send again: %(title)s") % {"title": request.title},
        text=" ".join(said),
        address=_row_address(list_address, request),
        label=_("Send again"),
        icon="" if sent else "document-text",
        button_icon="arrow-up-tray",
        calm=not sent,
        request=request,
        urgency=1 if sent else 4,
    )


def _send(owed: Sequence[Request], list_address: str) -> NextStep:
    first = min(owed, key=lambda request: (request.due_on is None, request.due_on, request.pk))
    said = []
    if first.due_on:
        said.append(_("Please send it by %(date)s.") % {"date": formats.weekday_date(first.due_on)})
    said.append(_papers_left(len(owed)) if len(owed) > 1 else first.why)
    return NextStep(
        title=_("Send: %(title)s") % {"title": first.title},
        text=" ".join(said),
        address=_row_address(list_address, first),
        label=_("Upload"),
        icon="document-text",
        button_icon="arrow-up-tray",
        request=first,
        urgency=2,
    )


def _papers_left(left: int) -> str:
    text = ngettext(
        "%(count)d paper is still needed in all.", "%(count)d papers are still needed in all.", left
    )
    return text % {"count": left}


def _may_send(owed: Sequence[Request], list_address: str) -> NextStep:
    text = ngettext(
        "%(count)d paper is on your list. It is optional for now: it is not needed for the Loan Estimate.",
        "%(count)d papers are on your list. They are optional for now: none is needed for the Loan Estimate.",
        len(owed),
    )
    return NextStep(
        title=_("You may send papers now, if you like"),
        text=text % {"count": len(owed)},
        address=f"{list_address}#papers",
        label=_("See the list"),
        icon="document-text",
        calm=True,
        urgency=4,
    )


def _signing(loan: Loan) -> NextStep | None:
    signing = progress.signing(loan)
    if signing is None or signing.on < formats.today() or loan.stage == Stage.FUNDED:
        return None
    title = _("Sign on %(day)s") % {"day": formats.weekday_date(signing.on)}
    if signing.time:
        hour = formats.time_text(datetime.combine(signing.on, signing.time))
        title = _("Sign on %(day)s at %(hour)s") % {"day": formats.weekday_date(signing.on), "hour": hour}
    return NextStep(
        title=title,
        text=signing.note or _("Bring a valid photo ID. Call before you send any money."),
        address=_call_address(loan),
        label=_("Call %(name)s") % {"name": loan.officer.first_name},
        icon="calendar",
        button_icon="phone",
        calm=True,
        urgency=5,
    )


def _nothing_to_do(loan: Loan) -> NextStep:
    title = _("Nothing for you to do")
    if loan.stage == Stage.FUNDED:
        return NextStep(title=title, text=_("Keep your closing papers in a safe place."), calm=True)
    if progress.next_update_is_late(loan):
        return _we_owe_an_update(loan)
    if loan.next_update_on is None:
        return NextStep(title=title, text=_("We write to you as soon as it moves."), calm=True, urgency=6)
    text = _("The next update from us comes by %(date)s.") % {
        "date": formats.weekday_date(loan.next_update_on)
    }
    return NextStep(title=title, text=text, calm=True, urgency=6)


def _we_owe_an_update(loan: Loan) -> NextStep:
    name = loan.officer.first_name
    text = _(
        "It was promised for %(date)s. There is nothing for you to do; if you would rather not wait, call %(name)s."
    )
    return NextStep(
        title=_("We owe you an update"),
        text=text % {"date": formats.weekday_date(loan.next_update_on), "name": name},
        address=_call_address(loan),
        label=_("Call %(name)s") % {"name": name},
        icon="clock",
        button_icon="phone",
        urgency=3,
    )


def _call_address(loan: Loan) -> str:
    """A telephone link to the officer; to their mailbox when they have no number."""
    profile = getattr(loan.officer, "officer_profile", None)
    number = formats.phone_link((profile and profile.direct_phone) or loan.officer.phone)
    return f"tel:{number}" if number else f"mailto:{loan.officer.mail_address}"


def _row_address(list_address: str, request: Request) -> str:
    """The line of the list; on another page with its upload box open."""
    query = f"?send={request.public_id}" if list_address else ""
    return f"{list_address}{query}#request-{request.public_id}"
