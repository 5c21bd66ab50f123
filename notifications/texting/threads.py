"""The texts of a loan as a conversation: what came in, what went out, and what we noted we said, in its order."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from conversations.models import Message
from documents.models import UploadSession
from documents.progress import refusal_of
from documents.refusals import REFUSALS, refusal
from loans.models import Loan
from notifications.models import InboundText, Notification

SHOWN = 50


@dataclass(frozen=True)
class Picture:
    """One that came with a text: where it stands, and its document once there is one."""

    label: str
    state: str
    document: str = ""


@dataclass(frozen=True)
class Line:
    at: datetime
    who: str
    words: str
    inbound: InboundText | None = None
    row: Notification | None = None
    note: Message | None = None
    pictures: list[Picture] = field(default_factory=list)

    @property
    def is_inbound(self) -> bool:
        return self.inbound is not None


def texts_of(loan: Loan) -> list[Line]:
    """The newest of them, oldest first; in four queries."""
    inbound = list(loan.inbound_texts.select_related("party", "decided_by").order_by("-id")[:SHOWN])
    outbound = loan.notifications.filter(channel=Notification.Channel.TEXT).order_by("-id")[:SHOWN]
    pictures = _pictures_of(inbound)
    notes = Message.objects.filter(conversation__loan=loan, by__isnull=False).select_related("by")
    lines = [
        *(_came_in(text, pictures) for text in inbound),
        *(_went_out(row) for row in outbound),
        *(_noted(message) for message in notes.order_by("-at", "-id")[:SHOWN]),
    ]
    return sorted(lines, key=lambda line: line.at)[-SHOWN:]


def _came_in(text: InboundText, pictures: dict[str, UploadSession]) -> Line:
    return Line(
        at=text.at,
        who=text.party.name if text.party else str(text.sender),
        words=text.body,
        inbound=text,
        pictures=[_picture(text, place, pictures) for place in range(len(text.media))],
    )


def _went_out(row: Notification) -> Line:
    return Line(at=row.sent_at or row.created_at, who=row.title, words=row.text_body, row=row)


def _noted(message: Message) -> Line:
    return Line(at=message.at, who=message.by.name if message.by else "", words=message.body, note=message)


def _pictures_of(texts: list[InboundText]) -> dict[str, UploadSession]:
    names = [_source(text, place) for text in texts for place in range(len(text.media))]
    if not names:
        return {}
    found = UploadSession.objects.filter(source__in=names).select_related("document")
    return {session.source: session for session in found}


def _picture(text: InboundText, place: int, sessions: dict[str, UploadSession]) -> Picture:
    session = sessions.get(_source(text, place))
    if session is not None:
        refused = refusal_of(session)
        document = getattr(session, "document", None)
        return Picture(
            label=str(refused.wrong) if refused else session.get_state_display(),
            state=session.state,
            document=str(document.public_id) if document and not document.disposed_at else "",
        )
    if code := text.media[place].get("refused", ""):
        wrong = refusal(code).wrong if code in REFUSALS else _("It could not be fetched.")
        return Picture(label=str(wrong), state="rejected")
    if text.media_not_before is None:
        return Picture(label=_("Not taken: we do not know whose it is."), state="rejected")
    return Picture(label=_("Waits to be fetched"), state="created")


def _source(text: InboundText, place: int) -> str:
    return f"text:{text.public_id}:{place}"
