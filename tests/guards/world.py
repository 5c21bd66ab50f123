"""One house with something behind every address: what the guard tests ask for by name."""

from dataclasses import dataclass

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts import services as accounts
from accounts.models import Invitation, User
from documents import services as documents
from documents.models import Document, Request, UploadSession
from loans import clocks
from loans.models import Party, Task
from loans.services import change_stage
from loans.stages import Stage
from notifications.models import Notification
from notifications.services import queue
from portal.demo import papers
from tests.cast import Cast, make_loan

# What only Nils, his officer and managers may ever read; each stands in another field.
MARKS = {
    "title": "zqtitlezq",
    "why": "zqwhyzq",
    "what_counts": "zqcountszq",
    "file": "zqfilezq",
    "return_note": "zqreturnzq",
    "stage_note": "zqnotezq",
    "internal_note": "zqinternalzq",
    "street": "zqstreetzq",
    "message": "zqmessagezq",
    "task": "zqtaskzq",
}


@dataclass
class Papers:
    """What one borrower is asked for and has sent."""

    request: Request
    document: Document
    session: UploadSession


@dataclass
class World:
    """
    Bea and Cole each with a request, a document in review and an upload on its way; a message of their loan; a funded
    loan with its letter; and Nils' loan, full of marks.
    """

    cast: Cast
    bea: Papers
    cole: Papers
    nils: Papers
    message: Notification
    letter: Notification
    task: Task
    invitation: Invitation
    token: str


def make_world(cast: Cast) -> World:
    _move_on(cast)
    invitation, token = accounts.invite(
        purpose=Invitation.Purpose.LOAN_PARTY,
        name="Cole Nguyen",
        email="cole@example.com",
        subject_id=cast.cole_party.public_id,
        by=cast.olga,
    )
    return World(
        cast=cast,
        bea=send_papers(cast.bea_party, cast.bea, cast.olga),
        cole=send_papers(cast.cole_party, cast.cole, cast.olga),
        nils=_marked(cast),
        message=Notification.objects.filter(loan=cast.loan, kind="stage_processing").latest("id"),
        letter=_letter(cast),
        task=Task.objects.create(
            loan=cast.loan,
            kind="call",
            why="Call",
            for_user=cast.olga,
            due_on=clocks.today(),
            key="call",
        ),
        invitation=invitation,
        token=token,
    )


def _move_on(cast: Cast) -> None:
    change_stage(loan=cast.loan, to=Stage.PROCESSING, by=cast.olga, expected_version=cast.loan.version)


def send_papers(party: Party, user: User, officer: User, mark: str = "", **words: str) -> Papers:
    words = {"title": "Bank statements", "why": "To see the money.", **words}
    request = documents.add_request(loan=party.loan, party=party, kind="bank_statement", by=officer, **words)
    sent = documents.take_plain_upload(
        request=request,
        user=user,
        file=SimpleUploadedFile(f"statement{mark}.pdf", papers.bank_statement(user.name, "October 2026")),
    )
    documents.check_upload(sent.public_id)
    return Papers(
        request=request,
        document=Document.objects.get(session=sent),
        session=documents.open_session(request=request, user=user, name=f"more{mark}.pdf", size=1000),
    )


def _marked(cast: Cast) -> Papers:
    loan = cast.other_loan
    loan.street = MARKS["street"]
    loan.save(update_fields=["street"])
    sent = send_papers(
        cast.nils_party,
        cast.nils,
        cast.otto,
        mark=MARKS["file"],
        title=f"Statements {MARKS['title']}",
        why=MARKS["why"],
        what_counts=MARKS["what_counts"],
    )
    documents.return_document(
        document=sent.document,
        by=cast.otto,
        reason="missing_pages",
        note=MARKS["return_note"],
        expected_version=sent.document.version,
    )
    loan.refresh_from_db()
    change_stage(
        loan=loan,
        to=Stage.PROCESSING,
        by=cast.otto,
        note=MARKS["stage_note"],
        internal_note=MARKS["internal_note"],
        expected_version=loan.version,
    )
    queue(
        kind="account_notice",
        event_key="marked",
        recipient=cast.nils,
        loan=loan,
        context={"what": "password_changed"},
    )
    Notification.objects.filter(loan=loan).update(
        subject=MARKS["message"], text_body=MARKS["message"], html_body=MARKS["message"]
    )
    Task.objects.create(
        loan=loan,
        kind="call",
        why=MARKS["task"],
        for_user=cast.otto,
        due_on=clocks.today(),
        key="marked",
    )
    sent.document.refresh_from_db()
    return sent


def _letter(cast: Cast) -> Notification:
    loan = make_loan(officer=cast.olga, borrowers=[cast.bea], number="LN-1003", stage=Stage.CLOSING)
    change_stage(loan=loan, to=Stage.FUNDED, by=cast.olga, expected_version=loan.version)
    return Notification.objects.get(loan=loan, kind="thank_you")
