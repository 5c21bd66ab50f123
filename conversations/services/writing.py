"""What is written here, by a borrower or by one of us; notes among us; calls."""

from collections.abc import Sequence
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

from accounts.absences import works_for
from accounts.models import User
from conversations import events
from conversations.models import Attachment, Conversation, Draft, Message
from conversations.quick import must_be_filled
from conversations.services.answering import locked, thread_of
from conversations.services.messages import keep_answer, receive_message, words_of
from conversations.services.reading import mark_read
from documents.models import UploadSession
from loans.errors import Changed, Refused
from loans.models import Loan, Party
from loans.services import must_work_on, word_given

Channel = Message.Channel
LONGEST_CALL = 600  # minutes
EMPTY = noop("Write a message first.")


@transaction.atomic
def write(
    *,
    by: User,
    body: str,
    loan: Loan | None = None,
    conversation: Conversation | None = None,
    attachments: Sequence[UploadSession] = (),
    source: str = "",
    seen: int | None = None,
) -> Message:
    """
    A message here, by a borrower of the loan or by one of us; the other side is told that there is one. Files alone
    will do for a borrower. The same `source` again is one message. `seen` is the id of the last message its writer had
    on the page: Changed, when somebody else of us has answered since.
    """
    thread = locked(conversation or thread_of(loan))
    source = source or f"portal:{uuid4()}"
    if known := Message.objects.filter(source=source, conversation=thread).first():
        return known
    if by.works_here:
        message = _answer(thread, by, body, source, seen)
    else:
        message = _question(thread, by, body, source, attachments)
    Draft.objects.filter(conversation=thread, user=by).delete()
    mark_read(conversation=thread, user=by, upto=message.pk)
    return message


@transaction.atomic
def note(*, loan: Loan, by: User, body: str, source: str = "") -> Message:
    """Something for ourselves on the thread: no borrower ever sees it, nobody is told, and it answers nothing."""
    must_work_on(loan, by)
    words = words_of(body, noop("Write the note first."))
    message, _is_new = keep_answer(
        thread=locked(thread_of(loan)), by=by, source=source or f"note:{uuid4()}", is_answer=False,
        channel=Channel.PORTAL, body=words, is_internal=True,
    )  # fmt: skip
    return message


@transaction.atomic
def log_call(
    *, loan: Loan, by: User, party: Party | None = None, body: str, minutes: int = 0, source: str = ""
) -> Message:
    """
    A call with `party`, with what was said, for us alone. It answers what waits, unless nobody picked up (0 minutes).
    """
    must_work_on(loan, by)
    if not 0 <= minutes <= LONGEST_CALL:
        raise Refused(_("Say in minutes how long the call was, 0 when nobody answered."))
    if party is not None and party.loan_id != loan.pk:
        raise Refused(_("Choose somebody on this loan."))
    message, _is_new = keep_answer(
        thread=locked(thread_of(loan)), by=by, source=source or f"call:{uuid4()}", is_answer=minutes > 0,
        channel=Channel.CALL, party=party, minutes=minutes,
        body=words_of(body, noop("Write down what was said.")),
    )  # fmt: skip
    return message


@transaction.atomic
def attach(*, message: Message, sessions: Sequence[UploadSession]) -> None:
    """Files that came with a message; each is checked like any other, and then one of the loan's papers."""
    for session in sessions:
        Attachment.objects.get_or_create(message=message, session=session, defaults={"name": session.name})


def must_answer(thread: Conversation, by: User) -> None:
    """
    Refused unless this person works on the loan, or the visitor is theirs or of somebody they stand in for (or they are
    a manager).
    """
    if thread.loan is not None:
        must_work_on(thread.loan, by)
    elif (
        not by.is_active or not by.works_here or not (by.sees_every_loan or thread.owner_id in works_for(by))
    ):
        raise Refused(_("Somebody else answers this visitor. Ask them, or a manager."))


def _answer(thread: Conversation, by: User, body: str, source: str, seen: int | None) -> Message:
    must_answer(thread, by)
    words = words_of(body, EMPTY)
    must_be_filled(words)
    if seen is not None:
        _must_have_seen(thread, by, seen)
    message, is_new = keep_answer(thread=thread, by=by, source=source, channel=Channel.PORTAL, body=words)
    if is_new:
        if thread.loan is not None:
            word_given(thread.loan)
        events.message_written.send(
            sender=Message, conversation=thread, loan=thread.loan, message=message, by=by
        )
    return message


def _must_have_seen(thread: Conversation, by: User, seen: int) -> None:
    """Two of us must not tell the same borrower two things without knowing."""
    others = thread.messages.filter(pk__gt=seen, by__isnull=False, is_internal=False).exclude(by=by)
    if newer := list(others.select_related("by").order_by("id")[:5]):
        raise Changed(
            _("Somebody answered while you were writing. Read what they said, then send yours if it still fits."),
            [_wrote(one) for one in newer],
        )  # fmt: skip


def _wrote(message: Message) -> str:
    return _("%(name)s wrote: %(words)s") % {
        "name": message.by.name if message.by else "",
        "words": message.body[:120],
    }


def _question(
    thread: Conversation, by: User, body: str, source: str, attachments: Sequence[UploadSession]
) -> Message:
    party = _party_of(thread, by)
    words = body.strip() or _only_files(attachments)
    message = receive_message(
        conversation=thread, party=party, channel=Channel.PORTAL, body=words, source=source
    )
    if any(session.loan_id != thread.loan_id or session.party_id != party.pk for session in attachments):
        raise Refused(_("A file belongs to another loan."))
    attach(message=message, sessions=attachments)
    return message


def _party_of(thread: Conversation, by: User) -> Party:
    party = thread.loan and thread.loan.parties.borrowers().filter(user=by).select_related("user").first()
    if not party or not by.is_active:
        raise Refused(_("Only a borrower of this loan, or the loan team, can write here."))
    return party


def _only_files(attachments: Sequence[UploadSession]) -> str:
    count = len(attachments)
    if not count:
        raise Refused(_(EMPTY))
    return ngettext("Sent a file.", "Sent %(count)d files.", count) % {"count": count}
