"""One house with something behind every address: what the guard tests ask for by name."""

from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw

from accounts import absences
from accounts import services as accounts
from accounts.models import Absence, Invitation, User
from accounts.officer_pages import facts_of, keep_draft
from conversations.models import Complaint, Conversation, Message, QuickReply, ServiceRequest
from conversations.services import (
    complaints,
    keep_unknown_mail,
    make_service_request,
    note,
    receive_from_visitor,
    thread_of,
    write,
)
from conversations.services.quick import keep_quick_reply
from documents import openings
from documents import services as documents
from documents.models import Document, Export, HousePaper, Request, UploadGroup, UploadLink, UploadSession
from documents.services.house_papers import begin_house_paper
from documents.services.links import make_link
from feedback.models import Referral, Review, SurveyResponse
from feedback.services import answer, write_review
from leads.models import Lead
from leads.services import take_call
from loans import clocks
from loans.events import partner_agreed
from loans.importing import template_lines
from loans.models import DeskView, Loan, LoanImport, Partner, Party, RatePost, Task
from loans.services import change_stage, partners
from loans.services.importing import read_import
from loans.services.rates import post_rates
from loans.stages import Stage
from notifications import letters
from notifications.models import InboundText, Notification
from notifications.services import mark_printed, queue
from portal.demo import papers
from tests.cast import Cast, make_loan
from tests.documents.files import picture
from tests.documents.kept import original_of
from tests.feedback.asking import ask
from tests.rates.terms import fixed

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
    "text": "zqtextzq",
    "wish": "zqwishzq",
    "complaint": "zqcomplaintzq",
    "visitor": "zqvisitorzq",
    "given": "zqgivenzq",
    "said": "zqsaidzq",
    "among_us": "zqamonguszq",
    "answered": "zqansweredzq",
}


@dataclass
class Papers:
    """What one borrower is asked for and has sent."""

    request: Request
    document: Document
    session: UploadSession
    group: UploadGroup


@dataclass
class Helper:
    """Hana's link for what Bea is asked, with a file and photos on their way through it."""

    link: UploadLink
    token: str
    session: UploadSession
    group: UploadGroup


@dataclass
class World:
    """
    Bea and Cole each with a request, a document in review and an upload on its way (Bea's with page images, and a photo
    that it was made of); a message of their loan, a text
    that perhaps says stop and a service request; a funded loan with its letter, one ready to be printed and one that
    was; Olga's signature; Hana's link; a paper the loan team gave Bea; all of Bea's papers
    as one file; and Nils' loan, full of marks.
    """

    cast: Cast
    bea: Papers
    original: Document
    cole: Papers
    nils: Papers
    message: Notification
    letter: Notification
    ready: Notification
    task: Task
    text: InboundText
    asked: ServiceRequest
    invitation: Invitation
    token: str
    hana: Helper
    given: HousePaper
    archive: Export
    unknown_mail: Message
    desk_view: DeskView
    lead: Lead
    same_lead: Lead
    table: LoanImport
    absence: Absence
    partner: Partner
    partners_token: str
    visitor: Conversation
    complaint: Complaint
    resolved: Complaint
    quick: QuickReply
    rate: RatePost
    survey: SurveyResponse
    answered: SurveyResponse
    review: Review
    referral: Referral


def make_world(cast: Cast) -> World:
    _move_on(cast)
    bea = send_papers(cast.bea_party, cast.bea, cast.olga)
    documents.look_through(bea.document.public_id)
    invitation, token = accounts.invite(
        purpose=Invitation.Purpose.LOAN_PARTY,
        name="Cole Nguyen",
        email="cole@example.com",
        subject_id=cast.cole_party.public_id,
        by=cast.olga,
    )
    partner, partners_token = _partner(cast)
    return World(
        cast=cast,
        bea=bea,
        original=original_of(bea.document, picture()),
        cole=send_papers(cast.cole_party, cast.cole, cast.olga),
        nils=_marked(cast),
        message=Notification.objects.filter(loan=cast.loan, kind="stage_processing").latest("id"),
        letter=_letter(cast),
        ready=_letters_on_paper(cast),
        task=Task.objects.create(
            loan=cast.loan,
            kind="call",
            why="Call",
            for_user=cast.olga,
            due_on=clocks.today(),
            key="call",
        ),
        text=_text(
            cast.bea_party, "Stop please", reading=InboundText.Reading.UNCLEAR, decide_by=timezone.now()
        ),
        asked=_wish(cast.bea_party, "A copy, please"),
        invitation=invitation,
        token=token,
        hana=_helper(cast, bea.request),
        given=give_paper(cast.bea_party, cast.olga, "Pre-approval letter"),
        archive=_archive(cast),
        unknown_mail=_unknown_mail(cast),
        desk_view=DeskView.objects.create(owner=cast.olga, name="Mine"),
        lead=take_call(by=cast.olga, officer=cast.olga, name="Ida Moss", email="ida@moss.example"),
        same_lead=take_call(by=cast.olga, officer=cast.olga, name="Ida Moss", phone="+12075550199"),
        table=read_import(by=cast.olga, name="loans.csv", content=_table()),
        absence=_absence(cast),
        partner=partner,
        partners_token=partners_token,
        visitor=_visitor(cast.olga, "How long does it take?"),
        complaint=_complaint(cast.bea_party, cast.olga, "Nobody calls me back."),
        resolved=_resolved(_complaint(cast.bea_party, cast.olga, "It took too long."), cast.olga),
        quick=keep_quick_reply(by=cast.olga, title="Thanks", words="Thank you, {{ first_name }}."),
        rate=post_rates(posts=[fixed()], by=cast.mara)[0],
        survey=ask(cast.bea_party),
        answered=answer(survey=ask(cast.bea_party, SurveyResponse.Kind.CLEAR), score=3),
        review=_review(),
        referral=Referral.objects.get(loan__number="LN-1003"),
    )


def _review() -> Review:
    """What Bea published about Olga after the loan that is funded."""
    survey = SurveyResponse.objects.get(loan__number="LN-1003", kind=SurveyResponse.Kind.REVIEW)
    survey.asked_at = timezone.now()
    survey.save(update_fields=["asked_at"])
    return write_review(survey=survey, stars=4, words="Calm and clear.", publish=True)


def _visitor(owner: User, body: str) -> Conversation:
    asked = receive_from_visitor(name="Vera Moss", email="vera@moss.example", owner=owner, body=body)
    return asked.conversation


def _complaint(party: Party, by: User, words: str) -> Complaint:
    return complaints.begin_complaint(loan=party.loan, party=party, by=by, words=words, source=words)


def _resolved(complaint: Complaint, by: User) -> Complaint:
    complaints.acknowledge_complaint(complaint=complaint, by=by)
    return complaints.resolve_complaint(complaint=complaint, by=by, resolution="We call every Monday now.")


def _partner(cast: Cast) -> tuple[Partner, str]:
    """Somebody follows Bea's loan, as she agreed."""
    said = {"name": "Ann Lee", "email": "ann@agents.example", "role": "Estate agent"}
    partner = partners.invite_partner(loan=cast.loan, by=cast.olga, **said)
    heard: list[str] = []

    def hear(token: str, **_more: Any) -> None:
        heard.append(token)

    partner_agreed.connect(hear)
    partners.agree_to_partner(partner=partner, party=cast.bea_party)
    partner_agreed.disconnect(hear)
    return partner, heard[0]


def _absence(cast: Cast) -> Absence:
    """Olga goes away in a month, and Otto will stand in: today he sees nothing of hers."""
    first = clocks.today() + timedelta(days=30)
    return absences.note_absence(
        user=cast.olga, deputy=cast.otto, first_day=first, last_day=first, by=cast.olga
    )


def _table() -> bytes:
    return "\n".join(",".join(line) for line in template_lines()).encode()


def _unknown_mail(cast: Cast) -> Message:
    """An answer to Bea's thread from an address nobody on it has."""
    return keep_unknown_mail(
        thread=thread_of(cast.loan), sender="bea.at.work@example.org", subject="Re: A message", body="It is me.",
        source="mail:1", at=timezone.now(),
    )  # fmt: skip


def _archive(cast: Cast) -> Export:
    """All of Bea's as one file."""
    asked = documents.request_export(loan=cast.loan, by=cast.bea, party=cast.bea_party)
    made = documents.make_archive(asked.public_id)
    assert made is not None and made.state == Export.State.READY
    return made


def _move_on(cast: Cast) -> None:
    change_stage(loan=cast.loan, to=Stage.PROCESSING, by=cast.olga, expected_version=cast.loan.version)


def send_papers(party: Party, user: User, officer: User, mark: str = "", **words: str) -> Papers:
    words = {"title": "Bank statements", "why": "To see the money.", **words}
    request = documents.add_request(loan=party.loan, party=party, kind="bank_statement", by=officer, **words)
    sent = documents.take_plain_upload(
        target=documents.target_of_request(request),
        user=user,
        file=SimpleUploadedFile(f"statement{mark}.pdf", papers.bank_statement(user.name, "October 2026")),
    )
    documents.check_upload(sent.public_id)
    return Papers(
        request=request,
        document=Document.objects.get(session=sent),
        session=documents.open_session(
            target=documents.target_of_request(request), user=user, name=f"more{mark}.pdf", size=1000
        ),
        group=documents.open_group(
            target=documents.target_of_request(request), user=user, name=f"page{mark}.jpg", count=2
        ),
    )


def _helper(cast: Cast, request: Request) -> Helper:
    link, token = make_link(request=request, by=cast.bea, name="Hana Cole")
    target = documents.target_of_link(link)
    return Helper(
        link=link,
        token=token,
        session=documents.open_session(target=target, user=None, name="gift.pdf", size=1000),
        group=documents.open_group(target=target, user=None, name="page.jpg", count=2),
    )


def give_paper(party: Party, officer: User, title: str) -> HousePaper:
    paper = begin_house_paper(loan=party.loan, by=officer, kind="pre_approval", title=title, parties=[party])
    sent = documents.take_plain_upload(
        target=documents.target_of_house_paper(paper),
        user=officer,
        file=SimpleUploadedFile("letter.pdf", papers.plain_paper("Letter", party.name, "November 2026")),
    )
    documents.check_upload(sent.public_id)
    # Its first opening is noted as evidence; here it has been, so that looking again changes nothing.
    openings.opened(Document.objects.get(session=sent), party.user, how="opened")
    return paper


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
    give_paper(cast.nils_party, cast.otto, MARKS["given"])
    _text(cast.nils_party, MARKS["text"])
    _wish(cast.nils_party, MARKS["wish"])
    _complaint(cast.nils_party, cast.otto, MARKS["complaint"])
    _visitor(cast.otto, MARKS["visitor"])
    write(loan=loan, by=cast.nils, body=MARKS["said"])
    note(loan=loan, by=cast.otto, body=MARKS["among_us"])
    answer(survey=ask(cast.nils_party), score=1, words=MARKS["answered"])
    sent.document.refresh_from_db()
    return sent


def _text(party: Party, body: str, **fields: Any) -> InboundText:
    told = {"reading": InboundText.Reading.MESSAGE, "acted_at": timezone.now(), **fields}
    return InboundText.objects.create(
        provider="local",
        provider_id=body,
        sender="+12075550101",
        body=body,
        party=party,
        loan=party.loan,
        **told,
    )


def _wish(party: Party, words: str) -> ServiceRequest:
    return make_service_request(loan=party.loan, party=party, words=words, channel="text", source=words)


def _letter(cast: Cast) -> Notification:
    loan = make_loan(officer=cast.olga, borrowers=[cast.bea], number="LN-1003", stage=Stage.CLOSING)
    change_stage(loan=loan, to=Stage.FUNDED, by=cast.olga, expected_version=loan.version)
    return Notification.objects.get(loan=loan, kind="thank_you")


def _letters_on_paper(cast: Cast) -> Notification:
    """One of them is printed, the other lies on the pile; signed by Olga."""
    accounts.set_officer_signature(
        profile=cast.olga.officer_profile,
        upload=SimpleUploadedFile("signature.png", _signature()),
        by=cast.olga,
    )
    _drafted_page(cast.olga)
    loan = Loan.objects.get(number="LN-1003")
    ready, printed = [_make_printable(loan, cast, f"pile:{number}") for number in range(2)]
    mark_printed(rows=[printed], by=cast.olga)
    return ready


def _drafted_page(officer: User) -> None:
    """Olga would like other words and a photo on her page."""
    profile = officer.officer_profile
    photo = SimpleUploadedFile("olga.png", picture(kind="PNG"))
    keep_draft(profile=profile, facts={**facts_of(profile), "bio": "New words."}, photo=photo, by=officer)


def _make_printable(loan: Loan, cast: Cast, key: str) -> Notification:
    queued = queue(
        kind="closing_binder",
        event_key=key,
        recipient=loan.parties.get(user=cast.bea),
        loan=loan,
        channel="letter",
    )
    row = Notification.objects.select_related("loan__officer").get(pk=queued.pk)
    letters.make_printable(row)
    row.state = Notification.State.READY_TO_PRINT
    row.save()
    return row


def _signature() -> bytes:
    picture, written = Image.new("L", (300, 120), 255), BytesIO()
    ImageDraw.Draw(picture).line([(20, 80), (90, 20), (160, 90), (280, 40)], fill=0, width=4)
    picture.save(written, "PNG")
    return written.getvalue()
