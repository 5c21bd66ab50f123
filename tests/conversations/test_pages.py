"""The thread on its pages: what a borrower reads and writes, what the desk does, and what a page that is open hears."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conversations import services
from conversations.models import Attachment, Draft, Message, Reading
from documents.models import Document
from documents.services import check_upload
from portal.demo import papers
from tests.cast import Cast

SOURCE = "6c1f0b0e-2f57-4a41-9f1f-0a6f7f7d0c11"


@pytest.fixture
def bea(cast: Cast, client_for: Any) -> Any:
    return client_for(cast.bea)


@pytest.fixture
def olga(cast: Cast, client_for: Any) -> Any:
    return client_for(cast.olga)


def at(name: str, cast: Cast, *more: object) -> str:
    return reverse(name, args=[cast.loan.public_id, *more])


def typed(body: str, seen: int = 0, **more: object) -> dict[str, object]:
    return {"body": body, "source": SOURCE, "seen": seen, **more}


def queries(client: Any, address: str) -> list[dict[str, str]]:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return captured.captured_queries


def ask(cast: Cast, body: str = "When do we close?") -> Message:
    return services.write(loan=cast.loan, by=cast.bea, body=body)


def test_a_borrower_writes_and_the_desk_reads_and_answers(cast: Cast, bea: Any, olga: Any) -> None:
    for _press in range(2):
        answer = bea.post(at("loans:messages_write", cast), typed("When do we close?"), follow=True)
    assert "When do we close?" in answer.text
    asked = Message.objects.get()
    page = olga.get(at("desk:thread", cast)).text
    assert "When do we close?" in page and "Waits for an answer" in page
    answer = olga.post(
        at("desk:thread_write", cast), typed("On Friday.", asked.pk, source=uuid4()), follow=True
    )
    assert "On Friday." in answer.text and "Waits for an answer" not in answer.text
    assert "On Friday." in bea.get(at("loans:messages", cast)).text


def test_the_other_borrower_reads_it_and_a_stranger_finds_nothing(cast: Cast, client_for: Any) -> None:
    ask(cast)
    assert "When do we close?" in client_for(cast.cole).get(at("loans:messages", cast)).text
    for stranger in (cast.nils, cast.otto):
        for name in ("loans:messages", "loans:messages_new", "desk:thread", "desk:thread_new"):
            assert client_for(stranger).get(at(name, cast)).status_code == 404
        for name in (
            "loans:messages_write",
            "loans:messages_read",
            "loans:messages_draft",
            "desk:thread_write",
        ):
            assert client_for(stranger).post(at(name, cast), typed("Hello")).status_code == 404
    assert Message.objects.count() == 1


def test_more_than_anybody_writes_is_not_taken_and_what_was_typed_is_not_lost(
    cast: Cast, bea: Any, client_for: Any, settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "thread": "2/h/user", "draft": "1/h/user"}
    said = [typed(f"Message {number}.", source=uuid4()) for number in range(3)]
    answers = [bea.post(at("loans:messages_write", cast), one) for one in said]
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert "Message 2." in answers[-1].text and "wait" in answers[-1].text
    assert Message.objects.count() == 2
    drafts = [bea.post(at("loans:messages_draft", cast), {"body": f"Word {n}"}).status_code for n in (1, 2)]
    assert drafts == [204, 429] and Draft.objects.get().words == "Word 1"
    cole = client_for(cast.cole).post(at("loans:messages_write", cast), typed("Me too.", source=uuid4()))
    assert cole.status_code == 302, "each for themselves"


def test_no_note_and_no_call_reaches_a_borrower(cast: Cast, bea: Any, olga: Any) -> None:
    ask(cast)
    olga.post(at("desk:thread_note", cast), {"body": "zqnotezq"})
    call = {"party": str(cast.bea_party.public_id), "minutes": 3, "body": "zqcallzq"}
    olga.post(at("desk:thread_call", cast), call)
    services.keep_unknown_mail(
        thread=services.thread_of(cast.loan), sender="x@y.example", subject="zqsubjectzq", body="zqmailzq",
        source="mail:1", at=cast.loan.created_at,
    )  # fmt: skip
    ours = olga.get(at("desk:thread", cast)).text
    for word in ("zqnotezq", "zqcallzq", "zqmailzq"):
        assert word in ours
    for name in ("loans:messages", "loans:messages_new", "loans:detail"):
        page = bea.get(at(name, cast)).text
        for word in ("zqnotezq", "zqcallzq", "zqsubjectzq", "zqmailzq", "x@y.example"):
            assert word not in page, name


def test_a_page_that_is_open_hears_only_what_is_new(cast: Cast, bea: Any, olga: Any) -> None:
    ask(cast)
    for client, name in ((bea, "loans:messages_new"), (olga, "desk:thread_new")):
        first = client.get(at(name, cast))
        known = {"If-None-Match": first.headers["ETag"]}
        assert first.status_code == 200 and "When do we close?" in first.text
        again = client.get(at(name, cast), headers=known)
        assert (again.status_code, again.content) == (304, b"")
        services.write(loan=cast.loan, by=cast.mara, body="We look into it.")
        assert "We look into it." in client.get(at(name, cast), headers=known).text
    before = bea.get(at("loans:messages_new", cast)).headers["ETag"]
    services.note(loan=cast.loan, by=cast.olga, body="Only for us")
    assert bea.get(at("loans:messages_new", cast), headers={"If-None-Match": before}).status_code == 304


def test_reading_is_told_by_a_press_and_changes_nothing_by_looking(cast: Cast, bea: Any, olga: Any) -> None:
    asked = ask(cast)
    unread = reverse("unread")
    olga.get(at("desk:thread", cast))
    assert not Reading.objects.filter(user=cast.olga).exists()
    assert olga.get(unread).json() == {"loans": [str(cast.loan.public_id)]}
    olga.post(at("loans:messages_read", cast), {"upto": asked.pk})
    assert olga.get(unread).json() == {"loans": []} == bea.get(unread).json()
    services.write(loan=cast.loan, by=cast.olga, body="On Friday.")
    assert bea.get(unread).json() == {"loans": [str(cast.loan.public_id)]}
    assert "read by Bea" not in olga.get(at("desk:thread", cast)).text
    bea.post(at("loans:messages_read", cast), {"upto": Message.objects.latest("pk").pk})
    assert bea.get(unread).json() == {"loans": []}
    assert "read by Bea" in olga.get(at("desk:thread", cast)).text


def test_what_is_typed_is_there_on_the_next_device(cast: Cast, bea: Any, client_for: Any) -> None:
    bea.post(at("loans:messages_draft", cast), {"body": "zqhalf a sentence"})
    assert "zqhalf a sentence" in client_for(cast.bea).get(at("loans:messages", cast)).text
    assert "zqhalf" not in client_for(cast.cole).get(at("loans:messages", cast)).text
    bea.post(at("loans:messages_write", cast), typed("A whole sentence"))
    assert not Draft.objects.exists()


def test_one_form_is_one_message_and_other_words_on_it_are_another(cast: Cast, bea: Any) -> None:
    """Pressed twice; and written on after going back to the page as it was."""
    source = uuid4()
    for body in ("When do we close?", "When do we close?", "When do we close, and where?"):
        assert bea.post(at("loans:messages_write", cast), typed(body, source=source)).status_code == 302
    said = list(Message.objects.order_by("pk").values_list("body", flat=True))
    assert said == ["When do we close?", "When do we close, and where?"]


def test_words_survive_a_refusal(cast: Cast, bea: Any, olga: Any) -> None:
    long = "x" * 4001
    answer = bea.post(at("loans:messages_write", cast), typed(long))
    assert answer.status_code == 422 and long in answer.text
    asked = ask(cast)
    services.write(loan=cast.loan, by=cast.mara, body="On Friday, says Mara.", seen=asked.pk)
    answer = olga.post(at("desk:thread_write", cast), typed("On Monday, says Olga.", asked.pk))
    assert answer.status_code == 409
    assert "On Friday, says Mara." in answer.text and "On Monday, says Olga." in answer.text
    newest = Message.objects.latest("pk").pk
    assert f'name="seen" value="{newest}"' in answer.text


def test_files_come_with_a_message_and_become_papers_of_who_sent_them(
    cast: Cast, bea: Any, olga: Any, client_for: Any
) -> None:
    file = SimpleUploadedFile("zqfilezq.pdf", papers.bank_statement("Bea", "October 2026"))
    bad = SimpleUploadedFile("virus.exe", b"MZ")
    said = typed("", file=[file, bad])
    answer = bea.post(at("loans:messages_write", cast), said, follow=True).text
    assert "zqfilezq.pdf" in answer and "Sent a file." in answer and "virus.exe" in answer
    attached = Attachment.objects.select_related("session").get()
    known = bea.get(at("loans:messages_new", cast)).headers["ETag"]
    check_upload(attached.session.public_id)
    assert bea.get(at("loans:messages_new", cast), headers={"If-None-Match": known}).status_code == 200
    document = attached.session.__class__.objects.get(pk=attached.session.pk).document
    assert document.party == cast.bea_party
    assert (
        reverse("documents:document", args=[document.public_id]) in bea.get(at("loans:messages", cast)).text
    )
    assert reverse("desk:review", args=[document.public_id]) in olga.get(at("desk:thread", cast)).text
    coles = client_for(cast.cole).get(at("loans:messages", cast)).text
    assert "zqfilezq" not in coles and str(document.public_id) not in coles
    here = Document.objects.filter(pk=document.pk)
    for moved, bea_opens, olga_opens in (
        ({"party": cast.cole_party}, False, True),
        ({"party": cast.nils_party, "loan": cast.other_loan}, False, False),
    ):
        here.update(**moved)
        for client, name, opens in ((bea, "loans:messages", bea_opens), (olga, "desk:thread", olga_opens)):
            page = client.get(at(name, cast)).text
            assert "zqfilezq.pdf" in page and (str(document.public_id) in page) is opens, (moved, name)


def test_older_messages_are_on_pages_before(cast: Cast, bea: Any, olga: Any) -> None:
    thread = ask(cast, "zqfirstzq").conversation
    Message.objects.bulk_create(
        Message(
            conversation=thread, channel="portal", body=f"No. {n}", source=f"bulk:{n}", party=cast.bea_party
        )
        for n in range(60)
    )
    for client, name in ((bea, "loans:messages"), (olga, "desk:thread")):
        page = client.get(at(name, cast))
        assert "zqfirstzq" not in page.text
        assert "zqfirstzq" in client.get(at(name, cast), {"before": page.context["thread"].earlier}).text


@pytest.mark.parametrize("name", ["loans:messages", "loans:messages_new", "desk:thread", "desk:thread_new"])
def test_a_long_thread_costs_as_many_queries_as_a_short_one(cast: Cast, client_for: Any, name: str) -> None:
    client = client_for(cast.olga if name.startswith("desk") else cast.bea)
    thread = ask(cast).conversation
    services.write(loan=cast.loan, by=cast.mara, body="We look into it.")
    few = len(queries(client, at(name, cast)))
    Message.objects.bulk_create(
        Message(conversation=thread, channel="portal", body=f"No. {n}", source=f"bulk:{n}", by=cast.mara)
        for n in range(45)
    )
    assert len(queries(client, at(name, cast))) == few <= 12


def test_the_team_says_whose_an_unknown_mail_is(cast: Cast, bea: Any, olga: Any) -> None:
    mail = services.keep_unknown_mail(
        thread=services.thread_of(cast.loan), sender="bea.work@example.org", subject="Re: a message",
        body="It is me, from work.", source="mail:1", at=cast.loan.created_at,
    )  # fmt: skip
    assert "bea.work@example.org" in olga.get(at("desk:thread", cast)).text
    for _press in range(2):
        olga.post(at("desk:thread_adopt", cast, mail.public_id), {"party": str(cast.bea_party.public_id)})
    assert "It is me, from work." in bea.get(at("loans:messages", cast)).text
    assert Message.objects.for_borrower().get().party == cast.bea_party
