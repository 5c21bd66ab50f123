"""
Where somebody sits in the chat: a visitor on a thread that their browser keeps the key of, or a borrower on the thread
of their loan. Both read lines and write one.

A visitor's thread never becomes part of a loan by signing in: who signs in sits at their loan, and who signs out again
finds the question they asked as a visitor where it was.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe

from django.conf import settings
from django.db.models import Max, Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import token_digest
from accounts.models import Company, OfficerProfile, User
from conversations import reading
from conversations.figures import house_usually_answers, usually_answers
from conversations.models import Conversation, Message
from loans.access import own_party_for
from loans.models import Loan, Party
from portal.opening import Opening, opening_at
from portal.suggesting import Suggestion, asks_whether, pages_for

COOKIE = "__Host-chat" if settings.HTTPS else "chat"
SALT = "portal.chat"
KEPT_FOR = timedelta(days=30)
SHOWN = 50
VISITOR = "visitor"


@dataclass(frozen=True)
class Line:
    id: int
    words: str
    who: str
    at: datetime
    is_mine: bool


@dataclass(frozen=True)
class Seat:
    """`key` of a visitor's browser, empty without one; `thread` once they have asked; `me` on a loan instead."""

    key: str
    thread: Conversation | None = None
    me: Party | None = None

    @property
    def place(self) -> str:
        """What their page calls it in each of its addresses, so that words typed here go nowhere else."""
        return str(self.me.loan.public_id) if self.me is not None else VISITOR

    @property
    def officer(self) -> User | None:
        """
        Who answers. Of a visitor only once they have: who knows an address is told to nobody who merely typed it.
        """
        if self.me is not None:
            return self.me.loan.officer
        return self.thread.owner if self.thread and self.thread.first_reply_at else None


# --- What a browser keeps --------------------------------------------------------------------------------------


def key_of(request: HttpRequest) -> str:
    """The digest of what this browser keeps; empty when it keeps nothing of ours."""
    token = _token_of(request)
    return token_digest(token) if token else ""


def give_key(response: HttpResponseBase) -> None:
    """Out of reach of scripts, for this site alone; we keep its digest, and that from the first word on."""
    _keep_token(response, token_urlsafe(32))


def renew_key(request: HttpRequest, response: HttpResponseBase) -> None:
    """It is kept for thirty days more, from their last word on."""
    if token := _token_of(request):
        _keep_token(response, token)


def _token_of(request: HttpRequest) -> str:
    return str(request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=KEPT_FOR))


def _keep_token(response: HttpResponseBase, token: str) -> None:
    response.set_signed_cookie(
        COOKIE, token, salt=SALT, max_age=KEPT_FOR, httponly=True, samesite="Lax", secure=settings.HTTPS,
        path="/",
    )  # fmt: skip


def take_key(response: HttpResponseBase) -> None:
    response.delete_cookie(COOKIE, path="/", samesite="Lax")


# --- Where somebody sits ---------------------------------------------------------------------------------------


def seat_of(request: HttpRequest) -> Seat:
    """A borrower's newest open loan, else the newest; a visitor's own thread. `?as=visitor` after a sign-in too."""
    key = key_of(request)
    if request.user.is_authenticated and request.GET.get("as") != VISITOR:
        loans = Loan.objects.visible_to(request.user).order_by("-created_at", "-pk")
        loan = loans.open().first() or loans.first()
        if loan is not None:
            return Seat(key, me=own_party_for(request.user, loan.public_id)[0])
    return Seat(key, thread=_thread_of(key))


def _thread_of(key: str) -> Conversation | None:
    """With the newest message that is theirs to read, in one question."""
    if not key:
        return None
    threads = Conversation.objects.select_related("owner__officer_profile").filter(chat_key=key)
    return threads.annotate(last=Max("messages__pk", filter=Q(messages__is_internal=False))).first()


def has_asked_as_visitor(key: str) -> bool:
    """This browser has a visitor's thread too."""
    return bool(key) and Conversation.objects.filter(chat_key=key).exists()


# --- What they read --------------------------------------------------------------------------------------------


def mark_of(seat: Seat) -> str:
    """Changes when there is something new to read."""
    if seat.me is not None:
        return f"loan.{reading.mark_for_borrower(seat.me.loan)}"
    return f"visitor.{getattr(seat.thread, 'last', 0) or 0}"


def lines_of(seat: Seat, user: User) -> list[Line]:
    if seat.me is not None:
        page = reading.for_borrower(seat.me, user)
        return [
            Line(line.message.pk, line.message.body, line.who, line.message.at, line.is_mine)
            for line in page.lines
        ]
    if seat.thread is None:
        return []
    said = seat.thread.messages.filter(is_internal=False).exclude(channel=Message.Channel.CALL)
    newest = list(said.select_related("by").order_by("-pk")[:SHOWN])[::-1]
    return [
        Line(one.pk, one.body, one.by.name if one.by else _("You"), one.at, one.by is None) for one in newest
    ]


@dataclass(frozen=True)
class Meanwhile:
    """While the last question waits: pages that may help. `asks_whether`: it is one that no page answers."""

    pages: list[Suggestion]
    asks_whether: bool


def meanwhile(lines: list[Line]) -> Meanwhile | None:
    last = lines[-1] if lines else None
    if last is None or not last.is_mine:
        return None
    return Meanwhile(pages_for(last.words), asks_whether(last.words))


@dataclass(frozen=True)
class Hours:
    """Whether somebody is here, and within what a question is usually answered; empty without enough answers."""

    opening: Opening
    within: str
    officer: User | None


def hours_of(officer: User | None) -> Hours:
    company = Company.load()
    within = usually_answers(officer, company) if officer else house_usually_answers(company)
    return Hours(opening_at(timezone.now(), company), within, officer)


def officer_called(slug: str) -> User | None:
    """Whose page they come from, if it is there."""
    page = OfficerProfile.objects.public().select_related("user").filter(slug=slug).first() if slug else None
    return page.user if page else None
