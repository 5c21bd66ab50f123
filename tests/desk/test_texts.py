"""Texts at the desk: what to decide, what to answer, the thread of a loan, and answering as the borrower."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from conversations.models import Message, ServiceRequest
from documents.models import Document, UploadSession
from documents.services import add_request, check_upload, take_in_file
from loans.models import Loan
from notifications.models import InboundText, Suppression
from portal.demo import papers
from tests.cast import Cast
from tests.notifications.texting import BEA, STRANGER, make_bea_reachable, sent_to, text, with_telephone

TEXTS = "/desk/texts/"
PDF = papers.bank_statement("Bea Nguyen", "May")
ClientFor = Callable[..., Client]


@pytest.fixture(autouse=True)
def reachable(cast: Cast) -> None:
    make_bea_reachable(cast)


@pytest.fixture
def olga(cast: Cast, client_for: ClientFor) -> Client:
    return client_for(cast.olga)


def thread(loan: Loan) -> str:
    return reverse("desk:loan_texts", args=[loan.public_id])


def page(client: Client, address: str = TEXTS) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_everybody_sees_the_texts_of_their_own_loans(cast: Cast, client_for: ClientFor) -> None:
    with_telephone(cast.nils_party, "+12075550177")
    text(BEA, "zqbeazq")
    text("+12075550177", "zqnilszq")
    text(STRANGER, "zqnobodyzq")
    marks = ("zqbeazq", "zqnilszq", "zqnobodyzq")
    seen = {
        name: [mark for mark in marks if mark in page(client_for(getattr(cast, name)))]
        for name in ("olga", "otto", "mara", "stef")
    }
    assert seen == {
        "olga": ["zqbeazq"],
        "otto": ["zqnilszq"],
        "mara": ["zqbeazq", "zqnilszq"],
        "stef": ["zqnobodyzq"],
    }


def test_deciding(cast: Cast, olga: Client) -> None:
    for body, decision, off in (("Stop please", "go_on", ""), ("Stop it please", "stop", "stop")):
        got = text(BEA, body)
        assert body in page(olga) and body in page(olga, thread(cast.loan))
        answer = olga.post(reverse("desk:text_decide", args=[got.public_id]), {"decision": decision})
        assert answer.status_code == 302 and answer.url == TEXTS
        got.refresh_from_db()
        assert (got.decision, got.decided_by) == (decision, cast.olga)
        assert list(Suppression.objects.values_list("reason", flat=True)) == ([off] if off else [])


def test_deciding_too_late_says_so_where_it_was_tried(cast: Cast, olga: Client) -> None:
    got = text(BEA, "Stop please")
    text(BEA, "STOP")
    address = reverse("desk:text_decide", args=[got.public_id])
    for back in ("", "loan"):
        answer = olga.post(address, {"decision": "go_on", "back": back})
        assert (
            answer.status_code == 422 and "settled in the meantime: It meant stop" in answer.content.decode()
        )
    assert olga.post(address, {"decision": "undecided"}).status_code == 422
    assert Suppression.objects.get().reason == "stop"


def test_answering_a_request(cast: Cast, olga: Client) -> None:
    text(BEA, "REQUEST a copy, please")
    asked = ServiceRequest.objects.get()
    address = reverse("desk:service_request_done", args=[asked.public_id])
    assert "a copy, please" in page(olga)
    came_back = olga.post(address, {"answer": " ", "back": "loan"})
    assert came_back.status_code == 422 and "the borrower is told" in came_back.content.decode()
    done = olga.post(address, {"answer": "It is in your portal.", "back": "loan"}, follow=True)
    assert done.redirect_chain == [(thread(cast.loan), 302)]
    assert "Bea Nguyen is told by mail" in done.content.decode()
    asked.refresh_from_db()
    assert asked.done_by == cast.olga
    assert "a copy, please" not in page(olga).partition("Texts that came in")[0]


def test_noting_an_answer_ends_the_wait(cast: Cast, olga: Client) -> None:
    text(BEA, "When do we close?")
    assert "Messages that wait for an answer" in page(olga)
    address = reverse("desk:said", args=[cast.loan.public_id])
    assert olga.post(address, {"channel": "call", "body": ""}).status_code == 422
    assert olga.post(address, {"channel": "text", "body": "by text"}).status_code == 422, (
        "nothing private by text"
    )
    assert olga.post(address, {"channel": "call", "body": "On Friday."}).status_code == 302
    assert Message.objects.filter(by=cast.olga).get().body == "On Friday."
    assert "On Friday." in page(olga, thread(cast.loan)), "what we said stands in the thread"
    assert "Messages that wait for an answer" not in page(olga)


def test_words_of_strangers_are_words(cast: Cast, olga: Client) -> None:
    text(BEA, "<script>alert(1)</script> {{ 7 }}")
    for address in (TEXTS, thread(cast.loan)):
        assert "<script>alert" not in page(olga, address) and "&lt;script&gt;" in page(olga, address)


def test_the_list_has_pages(cast: Cast, olga: Client) -> None:
    for number in range(27):
        text(BEA, f"zq{number}zq")
    first = page(olga)
    assert "zq26zq" in first and "zq2zq" in first and "zq1zq" not in first
    older = page(olga, f"{TEXTS}?before={InboundText.objects.get(body='zq2zq').pk}")
    assert "zq1zq" in older and "zq2zq" not in older
    assert "zq26zq" in page(olga, f"{TEXTS}?before=nonsense")


# --- Trying it out ---------------------------------------------------------------------------------------------


def try_it(client: Client, cast: Cast, body: str, **more: Any) -> Any:
    said = {"party": str(cast.bea_party.public_id), "body": body, **more}
    return client.post(reverse("desk:text_try", args=[cast.loan.public_id]), said, follow=True)


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ("STATUS", "step 1 of 7"),
        ("DOCS", "no papers are open"),
        ("CALL", "Olga Haddad calls you"),
        ("REQUEST a copy", "added to your file"),
        ("MENU", "Reply STATUS"),
        ("HELP", "texts about your loan"),
        ("STOP", "no more texts"),
        ("We found a house", "thank you"),
    ],
)
def test_the_whole_menu_can_be_tried_at_the_desk(body: str, answer: str, cast: Cast, olga: Client) -> None:
    assert body in try_it(olga, cast, body).content.decode()
    assert answer in sent_to(BEA)[0]
    assert answer in page(olga, thread(cast.loan)), "the answer stands in the thread"


def test_a_picture_can_be_tried_too(cast: Cast, olga: Client) -> None:
    file = SimpleUploadedFile("stub.pdf", papers.bank_statement("Bea", "May"), content_type="application/pdf")
    shown = try_it(olga, cast, "", file=file).content.decode()
    assert "Received, being checked" in shown
    session = UploadSession.objects.get()
    assert session.party == cast.bea_party and session.state == "received"
    check_upload(session.public_id)
    assert "/desk/documents/" in page(olga, thread(cast.loan))
    refused = try_it(olga, cast, "", file=SimpleUploadedFile("a.gif", b"GIF89a", content_type="image/gif"))
    assert refused.status_code == 422 and "cannot take this kind of file" in refused.content.decode()
    assert try_it(olga, cast, "  ").status_code == 422


def test_a_picture_of_a_number_on_two_loans_is_taken_on_neither(cast: Cast, olga: Client) -> None:
    with_telephone(cast.nils_party, BEA)
    try_it(olga, cast, "", file=SimpleUploadedFile("a.pdf", PDF, content_type="application/pdf"))
    assert InboundText.objects.exists() and not UploadSession.objects.exists()


def test_a_picture_is_filed_under_what_was_asked_for(cast: Cast, olga: Client) -> None:
    told = {"kind": "other", "title": "Pay stubs", "why": "Income."}
    asked = add_request(loan=cast.loan, party=cast.bea_party, by=cast.olga, **told)
    session = take_in_file(
        loan=cast.loan, party=cast.bea_party, name="a.pdf", size=len(PDF), chunks=[PDF], source="text:1:0"
    )
    check_upload(session.public_id)
    document = Document.objects.get()
    review, file = (reverse(f"desk:{name}", args=[document.public_id]) for name in ("review", "file"))
    assert "Sent unasked by Bea Nguyen" in page(olga, review) and "Pay stubs (Bea Nguyen)" in page(
        olga, review
    )
    assert "a.pdf" in page(olga, reverse("desk:loan", args=[cast.loan.public_id]))
    refused = olga.post(file, {"version": document.version, "request": ""})
    assert refused.status_code == 422 and "Choose what it answers" in refused.content.decode()
    olga.post(file, {"version": document.version, "request": str(asked.public_id)})
    shown = page(olga, review)
    assert "Sent for “Pay stubs” by Bea Nguyen" in shown and "File it first" not in shown


def test_where_texts_or_borrowers_are_real_nobody_answers_for_them(
    cast: Cast, olga: Client, settings: Any
) -> None:
    assert "Answer as the borrower" in page(olga, thread(cast.loan))
    for real in ({"TEXTS_LEAVE_THE_HOUSE": True}, {"PUBLIC_URL": "https://portal.example.com"}):
        with pytest.MonkeyPatch.context() as changed:
            for name, value in real.items():
                changed.setattr(settings, name, value)
            assert "Answer as the borrower" not in page(olga, thread(cast.loan))
            assert try_it(olga, cast, "STOP").status_code == 404
    assert not InboundText.objects.exists()


def test_of_another_loan_nobody_answers(cast: Cast, olga: Client) -> None:
    said = {"party": str(cast.nils_party.public_id), "body": "STOP"}
    assert olga.post(reverse("desk:text_try", args=[cast.loan.public_id]), said).status_code == 422
    assert olga.post(reverse("desk:text_try", args=[cast.other_loan.public_id]), said).status_code == 404
