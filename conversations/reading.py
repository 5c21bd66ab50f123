"""A thread as one side reads it: the newest page of it, how far they have read, and a mark that changes with it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.absences import works_for
from accounts.models import User
from conversations.models import Attachment, Conversation, Draft, Message, MessageQuerySet, Reading
from documents.progress import refusal_of
from loans.models import Loan, Party

SHOWN = 50


@dataclass(frozen=True)
class File:
    """One that came with a message; without `document` there is nothing to open yet, or not for this reader."""

    name: str
    state: str
    label: str | Promise
    document: str = ""


@dataclass(frozen=True)
class Line:
    message: Message
    who: str
    is_mine: bool  # on the reader's side of the page
    is_new: bool
    files: list[File] = field(default_factory=list)
    seen_by: str = ""


@dataclass(frozen=True)
class Thread:
    conversation: Conversation | None
    lines: list[Line]
    last: int  # id of the newest message they may read; 0: nothing yet
    upto: int  # how far they have read
    draft: str
    earlier: int  # the id before which there is more; 0: this is the beginning


def for_borrower(party: Party, user: User, *, before: int = 0) -> Thread:
    """The thread of the loan as this borrower reads it: no notes, no calls, and files of theirs alone by name."""
    thread = _with_place(party.loan, user)

    def line(message: Message, upto: int, files: Sequence[Attachment]) -> Line:
        is_mine = message.party_id == party.pk
        return Line(
            message=message,
            who=_("You") if is_mine else _who(message),
            is_mine=is_mine,
            is_new=message.pk > upto and not is_mine,
            files=[_file(one, party.loan, party) if is_mine else _closed(one) for one in files],
        )

    return _page(thread, lambda messages: messages.for_borrower(), line, before)


def for_desk(loan: Loan, user: User, *, before: int = 0) -> Thread:
    """All of it, as the loan team reads it, with who of the borrowers has seen what we wrote."""
    thread = _with_place(loan, user)

    def line(message: Message, upto: int, files: Sequence[Attachment]) -> Line:
        return Line(
            message=message, who=_who(message), is_mine=not message.is_inbound and not message.is_from_unknown,
            is_new=message.pk > upto and message.by_id != user.pk,
            files=[_file(one, loan) for one in files],
        )  # fmt: skip

    page = _page(thread, lambda messages: messages, line, before)
    return replace(page, lines=_with_readers(page.lines, thread, loan)) if thread else page


def mark_for_borrower(loan: Loan) -> str:
    """Changes when there is something new to read for a borrower."""
    return _mark(Message.objects.for_borrower().filter(conversation__loan=loan))


def mark_for_desk(loan: Loan, user: User) -> str:
    """The same for one of us; also when a borrower has read what we wrote."""
    theirs = Reading.objects.filter(conversation__loan=loan).exclude(user=user)
    return f"{_mark(Message.objects.filter(conversation__loan=loan))}.{theirs.aggregate(all=Sum('upto'))['all'] or 0}"


def unread_loans(user: User) -> list[str]:
    """Public ids of the loans of this borrower, or the officer's own, on whose thread something waits to be read."""
    mine = Q(by__isnull=True, is_internal=False) if user.works_here else Q(by__isnull=False)
    reading = Reading.objects.filter(conversation=OuterRef("conversation"), user=user).values("upto")[:1]
    newer = Message.objects.for_borrower().filter(mine, pk__gt=Coalesce(Subquery(reading), 0))
    found = newer.filter(conversation__in=_threads_of(user)).values_list("conversation__loan__public_id")
    # Unordered: what a list is sorted by would count as different rows.
    return [str(public_id) for (public_id,) in found.order_by().distinct()[:SHOWN]]


def _threads_of(user: User) -> Any:
    """A borrower's few; of the desk's those that wait for an answer, which an index holds apart."""
    if not user.works_here:
        return Conversation.objects.filter(loan__in=Loan.objects.visible_to(user))
    team = works_for(user)
    own = Q(loan__officer__in=team) | Q(loan__processor__in=team)
    return Conversation.objects.filter(own, unanswered_since__isnull=False)


def _with_place(loan: Loan, user: User) -> Conversation | None:
    """The thread with how far this person has read and what they have typed, in one query."""
    own = {"conversation": OuterRef("pk"), "user": user}
    return (
        Conversation.objects.filter(loan=loan)
        .annotate(
            upto=Coalesce(Subquery(Reading.objects.filter(**own).values("upto")[:1]), 0),
            draft=Subquery(Draft.objects.filter(**own).values("words")[:1]),
        )
        .first()
    )


def _page(thread: Any, readable: Any, line: Any, before: int) -> Thread:
    if thread is None:
        return Thread(None, [], 0, 0, "", 0)
    rows: MessageQuerySet = readable(Message.objects.filter(conversation=thread)).select_related(
        "by", "party"
    )
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: SHOWN + 1])
    shown = found[:SHOWN][::-1]
    files = _files_of(shown)
    return Thread(
        conversation=thread,
        lines=[line(message, thread.upto, files.get(message.pk, [])) for message in shown],
        last=shown[-1].pk if shown else 0,
        upto=thread.upto,
        draft=thread.draft or "",
        earlier=shown[0].pk if len(found) > SHOWN else 0,
    )


def _files_of(messages: Iterable[Message]) -> dict[int, list[Attachment]]:
    found: dict[int, list[Attachment]] = {}
    attached = Attachment.objects.filter(message__in=list(messages)).select_related(
        "session__document__party", "session__document__request__party"
    )
    for one in attached.order_by("id"):
        found.setdefault(one.message_id, []).append(one)
    return found


def _file(attached: Attachment, loan: Loan, reader: Party | None = None) -> File:
    """As the loan team, or the borrower who sent it, sees it; what was moved to where it belonged opens there alone."""
    session = attached.session
    document = getattr(session, "document", None)
    closed = replace(_closed(attached), name=attached.name)
    if document is None or document.loan_id != loan.pk or document.disposed_at is not None:
        return closed
    if reader is not None and document.owner != reader:
        return closed
    return replace(closed, document=str(document.public_id))


def _closed(attached: Attachment) -> File:
    """That there is a file, and how it stands, for those who may not know what it is."""
    session = attached.session
    refused = refusal_of(session)
    return File(name="", state=session.state, label=refused.wrong if refused else session.get_state_display())


def _who(message: Message) -> str:
    if message.by is not None:
        return message.by.name
    if message.is_from_unknown:
        return message.sender
    return message.party.name if message.party else _("From the borrowers’ shared address or telephone")


def _with_readers(lines: list[Line], thread: Conversation, loan: Loan) -> list[Line]:
    """Under the newest of our messages that each borrower has read: who they are."""
    borrowers = loan.parties.borrowers().filter(user__isnull=False).values("user")
    ours = [line.message.pk for line in lines if line.is_mine and line.message.is_for_borrowers]
    readers: dict[int, list[str]] = {}
    for upto, name in (
        thread.readings.filter(user__in=borrowers).order_by("id").values_list("upto", "user__name")
    ):
        newest = max((message for message in ours if message <= upto), default=0)
        readers.setdefault(newest, []).append(name.split()[0])
    return [replace(line, seen_by=", ".join(readers.get(line.message.pk, []))) for line in lines]


def _mark(messages: MessageQuerySet) -> str:
    last = messages.aggregate(last=Max("pk"))["last"] or 0
    files = Attachment.objects.filter(message__in=messages).values_list("session__state")
    states = sorted(files.annotate(count=Count("pk")))
    return ".".join([str(last), *(f"{state}{count}" for state, count in states)])
