"""Papers asked for, sent, refused, declined, sent back: who hears of it, once for several, and what is left out."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from documents import events as document_events
from documents import services as papers
from documents.models import Document, Request, UploadSession
from documents.services import checking
from documents.storage.base import QUARANTINE, new_key
from loans.services import assign_officer
from notifications import delivery
from notifications.models import MessageRules, Notification
from tests.cast import Cast
from tests.notifications.conftest import send_estimate

State = Notification.State
MakeRequest = Callable[..., Request]


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: Any) -> None:
    settings.PRIVATE_FILES_DIR = tmp_path


def kinds() -> list[tuple[str, str]]:
    return sorted(Notification.objects.values_list("kind", "recipient_name"))


def leave(minutes: float = 16) -> None:
    """What waits goes out."""
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
        delivery.deliver_due()


def text_of(kind: str) -> str:
    row = Notification.objects.get(kind=kind)
    assert row.state == State.SENT, row.error
    assert "None" not in row.text_body + row.html_body
    return row.text_body


def paper(request: Request, uploader: Any, **chosen: Any) -> Document:
    """A paper that came; the loan team has not looked at it."""
    told = {"loan": request.loan, "request": request, "uploader": uploader, "name": "a.pdf", "size": 10}
    told |= {"sha256": "0" * 64, "key": uuid.uuid4().hex, "content_type": "application/pdf"}
    document = Document.objects.create(**{**told, **chosen})
    Request.objects.filter(pk=request.pk).update(state=Request.State.IN_REVIEW)
    return document


def arrived(request: Request, uploader: Any) -> Document:
    document = paper(request, uploader)
    document_events.document_received.send(sender=Document, loan=request.loan, document=document)
    return document


def send_back(document: Document, by: Any, reason: str = "missing_pages", note: str = "") -> Document:
    return papers.return_document(
        document=document, by=by, reason=reason, note=note, expected_version=document.version
    )


def refuse(request: Request | None, uploader: Any, reason: str = "locked", **chosen: Any) -> UploadSession:
    """A file that was whole and that the check did not take."""
    session = UploadSession.objects.create(
        **{"request": request, "loan": request and request.loan, "uploader": uploader, "name": "secret.pdf"}
        | {"size": 10, "key": new_key(QUARANTINE), "expires_at": timezone.now() + timedelta(days=1)}
        | {"state": "received"}
        | chosen
    )
    claimed = checking.claim(session.public_id)
    assert claimed is not None and checking.reject(claimed, reason)
    return session


# --- Asked for -----------------------------------------------------------------------------------------------


def test_requests_are_told_once_and_list_what_is_open_when_it_leaves(cast: Cast) -> None:
    told = {"loan": cast.loan, "party": cast.bea_party, "kind": "other", "why": "Income.", "by": cast.olga}
    first = papers.add_request(title="Pay stubs", **told)
    papers.add_request(title="Bank statements", **told)
    assert kinds() == [("requests_added", "Bea Nguyen")]
    Request.objects.filter(pk=first.pk).update(state=Request.State.ACCEPTED)
    leave(14)
    assert not Notification.objects.filter(state=State.SENT).exists(), "a quarter of an hour to think of more"
    leave()
    text = text_of("requests_added")
    assert "Bank statements" in text and "Pay stubs" not in text


def test_staff_set_how_long_requests_are_gathered(cast: Cast, make_request: MakeRequest) -> None:
    MessageRules.objects.create(pk=1, requests_wait_minutes=60, officer_wait_minutes=30)
    papers.add_request(
        loan=cast.loan, party=cast.bea_party, kind="other", title="Pay stubs", why="Income.", by=cast.olga
    )
    arrived(make_request(), cast.bea)
    wait = {row.kind: round((row.due_at - timezone.now()).seconds / 60) for row in Notification.objects.all()}
    assert wait == {"requests_added": 60, "documents_received": 30}


def test_requests_that_are_settled_meanwhile_are_not_mentioned(cast: Cast) -> None:
    papers.add_request(
        loan=cast.loan, party=cast.bea_party, kind="other", title="Pay stubs", why="Income.", by=cast.olga
    )
    Request.objects.update(state=Request.State.ACCEPTED)
    leave()
    assert Notification.objects.get().state == State.CANCELLED


def test_silent_requests_say_nothing(cast: Cast, make_request: MakeRequest) -> None:
    document_events.requests_made.send(
        sender=Request, loan=cast.loan, requests=[make_request()], by=cast.olga, silent=True
    )
    assert not Notification.objects.exists()


# --- Sent back -----------------------------------------------------------------------------------------------


def test_a_returned_paper_says_what_was_wrong_and_how_to_mend_it(
    cast: Cast, make_request: MakeRequest
) -> None:
    request = make_request(title="Bank statements", kind="bank_statement")
    send_back(paper(request, cast.bea), cast.olga, note="Page 3 is the one.")
    leave()
    row = Notification.objects.get()
    assert row.subject == "Please send one paper again (LN-1001)"
    for words in (
        "Bank statements\n  Some pages are missing.",
        "Please send every page",
        "Olga Haddad writes: “Page 3 is the one.”",
    ):
        assert words in row.text_body


def test_papers_sent_back_one_after_the_other_leave_as_one_message(
    cast: Cast, make_request: MakeRequest
) -> None:
    titles = ("Bank statements", "Pay stubs", "Tax return", "Divorce decree")
    returned = [
        send_back(paper(make_request(title=title), cast.bea), cast.olga, reason=reason)
        for title, reason in zip(titles, ("missing_pages", "too_old", "unsigned", "unsigned"), strict=True)
    ]
    assert kinds() == [("document_returned", "Bea Nguyen")]
    Request.objects.filter(pk=returned[2].request_id).update(state=Request.State.IN_REVIEW)  # sent anew
    leave()
    row = Notification.objects.get()
    assert row.subject == "Please send 3 papers again (LN-1001)"
    assert "Bank statements\n  Some pages" in row.text_body and "Pay stubs\n  " in row.text_body
    assert "Tax return" not in row.text_body and "ivorce" not in row.text_body
    assert "One more paper, see your portal" in row.text_body


def test_what_was_sent_back_earlier_is_not_told_again(cast: Cast, make_request: MakeRequest) -> None:
    send_back(paper(make_request(title="Bank statements"), cast.bea), cast.olga)
    leave()
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        send_back(paper(make_request(title="Pay stubs"), cast.bea), cast.olga)
        leave()
    second = Notification.objects.order_by("id").last()
    assert second is not None and second.subject == "Please send one paper again (LN-1001)"
    assert "Pay stubs" in second.text_body and "Bank statements" not in second.text_body


def test_a_paper_that_was_sent_anew_meanwhile_is_not_asked_for(cast: Cast, make_request: MakeRequest) -> None:
    request = make_request()
    send_back(paper(request, cast.bea), cast.olga)
    Request.objects.filter(pk=request.pk).update(state=Request.State.IN_REVIEW)
    leave()
    assert Notification.objects.get().state == State.CANCELLED


def test_a_paper_that_came_unasked_may_go_back_too(cast: Cast) -> None:
    document = Document.objects.create(
        loan=cast.loan, party=cast.cole_party, name="a.jpg", size=1, sha256="0" * 64, key="k", content_type="x/y"
    )  # fmt: skip
    send_back(document, cast.olga, reason="illegible")
    leave()
    assert kinds() == [("document_returned", "Cole Nguyen")]
    assert "Sent without being asked for\n  We cannot read all of it." in text_of("document_returned")


@pytest.mark.parametrize("sent", [False, True])
def test_before_the_loan_estimate_a_returned_paper_is_optional(
    cast: Cast, make_request: MakeRequest, sent: bool
) -> None:
    if sent:
        send_estimate(cast.loan)
    send_back(paper(make_request(), cast.bea), cast.olga)
    leave()
    assert ("not needed for the Loan Estimate" in text_of("document_returned")) is not sent


@pytest.mark.parametrize(
    "words", ["Your divorce decree names it.", "It shows the child support.", "Asked since the bankruptcy."]
)
def test_own_words_of_the_officer_name_nothing_sensitive(
    cast: Cast, make_request: MakeRequest, words: str
) -> None:
    told = {"loan": cast.loan, "party": cast.bea_party, "kind": "bank_statement", "title": "Bank statements"}
    papers.add_request(why=words, by=cast.olga, **told)
    send_back(paper(make_request(title="Tax return"), cast.bea), cast.olga, note=words)
    leave()
    for row in Notification.objects.all():
        assert words not in row.text_body + row.html_body
    assert "Tax return" in text_of("document_returned")


# --- To the officer ------------------------------------------------------------------------------------------


def test_papers_are_told_to_the_officer_together_or_not_at_all(cast: Cast, make_request: MakeRequest) -> None:
    request = make_request()
    for _ in range(3):
        arrived(request, cast.bea)
    assert kinds() == [("documents_received", "Olga Haddad")]
    leave(11)
    row = Notification.objects.get()
    assert row.subject == "Papers for LN-1001: 3 to review" and "LN-1001: 3." in row.text_body
    arrived(request, cast.bea)
    Document.objects.update(review="accepted")
    leave(22)
    last = Notification.objects.order_by("id").last()
    assert last is not None and last.state == State.CANCELLED


def test_of_a_loan_given_away_meanwhile_the_new_officer_is_told(
    cast: Cast, make_request: MakeRequest
) -> None:
    arrived(make_request(), cast.bea)
    assign_officer(loan=cast.loan, officer=cast.otto, by=cast.mara, expected_version=cast.loan.version)
    leave(11)
    told = Notification.objects.get(kind="documents_received")
    assert (told.state, told.recipient_name) == (State.SENT, "Otto Weber")


def test_what_does_not_apply_is_told_with_the_papers(cast: Cast, make_request: MakeRequest) -> None:
    arrived(make_request(title="Pay stubs"), cast.bea)
    gift = make_request(title="Gift letter")
    papers.decline_request(
        request=gift, by=cast.bea, reason="My aunt has changed her mind; call 555-12-3456."
    )
    decree = make_request(title="Divorce decree", kind="divorce_decree")
    papers.decline_request(request=decree, by=cast.bea, reason="Never married.")
    assert kinds() == [("documents_received", "Olga Haddad")]
    leave(11)
    row = Notification.objects.get()
    assert row.subject == "Papers for LN-1001: 1 to review, 2 do not apply"
    assert "- Gift letter" in row.text_body and "One more paper" in row.text_body
    assert "aunt" not in row.text_body and "ivorce" not in row.text_body


def test_what_was_asked_for_again_meanwhile_is_left_out(cast: Cast, make_request: MakeRequest) -> None:
    gift = make_request(title="Gift letter")
    papers.decline_request(request=gift, by=cast.bea, reason="No gift.")
    papers.ask_again(request=gift, by=cast.olga, why="The account shows one.", expected_version=gift.version)
    leave()
    assert Notification.objects.get(kind="documents_received").state == State.CANCELLED


def test_nobody_is_told_of_what_they_did(cast: Cast, make_request: MakeRequest) -> None:
    request = make_request()
    document_events.requests_made.send(
        sender=Request, loan=cast.loan, requests=[request], by=cast.bea, silent=False
    )
    arrived(request, cast.olga)
    refuse(request, cast.olga)
    assert not Notification.objects.exists()


def test_what_a_manager_did_for_the_borrower_is_told_to_the_officer(
    cast: Cast, make_request: MakeRequest
) -> None:
    arrived(make_request(), cast.mara)
    assert kinds() == [("documents_received", "Olga Haddad")]


# --- Refused by the check ------------------------------------------------------------------------------------


def test_a_refused_file_is_told_to_whoever_had_left_the_page(cast: Cast, make_request: MakeRequest) -> None:
    send_estimate(cast.loan)
    request = make_request(title="Bank statements")
    refuse(request, cast.bea)
    refuse(make_request(title="Divorce decree", kind="divorce_decree"), cast.bea, "broken")
    assert kinds() == [("documents_received", "Olga Haddad"), ("upload_refused", "Bea Nguyen")]
    leave()
    text = text_of("upload_refused")
    assert "2 files could not be taken" in text and "Bank statements\n  This PDF is locked" in text
    assert "choose “Print”" in text and "One more paper, see your portal" in text
    assert "secret.pdf" not in text and "ivorce" not in text, "names of files may say anything"
    assert "2 could not be taken" in Notification.objects.get(kind="documents_received").subject


def test_whoever_saw_it_and_sent_another_gets_no_mail(cast: Cast, make_request: MakeRequest) -> None:
    request = make_request()
    refuse(request, cast.bea)
    UploadSession.objects.create(
        request=request, loan=cast.loan, uploader=cast.bea, name="better.pdf", size=10, key="k",
        expires_at=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    leave()
    assert set(Notification.objects.values_list("kind", "state")) == {
        ("upload_refused", State.CANCELLED), ("documents_received", State.CANCELLED),
    }  # fmt: skip


@pytest.mark.parametrize("state", ["accepted", "not_applicable", "withdrawn"])
def test_a_refused_file_of_a_paper_that_is_settled_is_nobodys_matter(
    cast: Cast, make_request: MakeRequest, state: str
) -> None:
    request = make_request()
    refuse(request, cast.bea)
    Request.objects.filter(pk=request.pk).update(state=state)
    leave()
    assert set(Notification.objects.values_list("state", flat=True)) == {State.CANCELLED}


def test_each_borrower_hears_of_their_own_files_alone(cast: Cast, make_request: MakeRequest) -> None:
    refuse(make_request(title="Bank statements"), cast.bea)
    refuse(make_request(title="Pay stubs", party=cast.cole_party), cast.cole)
    leave()
    told = dict(Notification.objects.filter(kind="upload_refused").values_list("recipient_name", "text_body"))
    assert "Bank statements" in told["Bea Nguyen"] and "Pay stubs" not in told["Bea Nguyen"]
    assert "Pay stubs" in told["Cole Nguyen"] and "Bank statements" not in told["Cole Nguyen"]


def test_a_picture_by_text_is_answered_by_text_and_has_no_name(cast: Cast) -> None:
    source = f"text:{uuid.uuid4()}:0"
    refuse(None, None, "broken", loan=cast.loan, party=cast.bea_party, source=source)
    assert kinds() == [("documents_received", "Olga Haddad")]
    leave()
    assert "Sent without being asked for\n  This file is damaged" in text_of("documents_received")
