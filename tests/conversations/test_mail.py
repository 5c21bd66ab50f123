"""A thread answered by mail: whose words they are, what is new in them, and what came with them."""

import base64
import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from conversations import services
from conversations.models import Attachment, Conversation, Message
from documents.models import UploadSession
from notifications.delivery import deliver_due
from notifications.models import Notification
from notifications.outlets.writing import reply_to
from portal.demo import papers
from tests.cast import Cast

SECRET = "postman:8d1f0c6b2a7e4f53"
DOMAIN = "answers.example.com"
QUOTED = (
    "\n\nOn Fri, Nov 20, 2026 at 10:02 AM Harborview Home Loans\n<portal@example.com> wrote:\n\n"
    "> Hello Bea, zqquotedzq\n"
)
pytestmark = pytest.mark.filterwarnings("ignore::anymail.exceptions.AnymailNotSupportedWarning")


@pytest.fixture
def thread(cast: Cast, settings: Any) -> Conversation:
    settings.EMAIL_PROVIDER, settings.INBOUND_MAIL_DOMAIN = "postmark", DOMAIN
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}
    return services.write(loan=cast.loan, by=cast.olga, body="Which day suits you?").conversation


def postmark(thread: Conversation, **said: Any) -> dict[str, Any]:
    """As in anymail's tests and Postmark's own documentation."""
    to = said.pop("to", None) or services.reply_address(thread)
    sender = said.pop("sender", "cole@example.com")
    headers = said.pop("headers", {})
    named = {"Message-ID": f"<{uuid4()}@mail.example>", **headers}
    return {
        "FromFull": {"Email": sender, "Name": "", "MailboxHash": ""}, "From": sender,
        "ToFull": [{"Email": to, "Name": "", "MailboxHash": ""}], "To": to, "CcFull": [], "Cc": "", "BccFull": [],
        "OriginalRecipient": to, "Subject": "Re: A message for you", "MessageID": "their-1",
        "Date": "Fri, 20 Nov 2026 10:05:01 -0500", "TextBody": f"Friday, please.{QUOTED}", "HtmlBody": "",
        "Headers": [{"Name": name, "Value": value} for name, value in named.items()], "Attachments": [], **said,
    }  # fmt: skip


def post(event: Any, secret: str = SECRET, provider: str = "postmark") -> int:
    proof = "Basic " + base64.b64encode(secret.encode()).decode()
    answer = Client().post(
        reverse("mail_webhooks:inbound", args=[provider]),
        json.dumps(event),
        content_type="application/json",
        headers={"Authorization": proof},
    )
    return answer.status_code


def pdf(name: str = "statement.pdf", content: bytes | None = None) -> dict[str, Any]:
    content = content or papers.bank_statement("Bea", "October 2026")
    return {
        "Name": name, "ContentType": "application/pdf", "Content": base64.b64encode(content).decode(),
        "ContentLength": len(content),
    }  # fmt: skip


def came(cast: Cast) -> list[Message]:
    return list(Message.objects.filter(conversation__loan=cast.loan, by=None).order_by("pk"))


def test_an_answer_by_mail_stands_on_the_thread_without_what_it_quotes(
    cast: Cast, thread: Conversation
) -> None:
    event = postmark(thread)
    for _ in range(2):  # they repeat
        assert post(event) == 200
    (message,) = came(cast)
    assert (message.body, message.party, message.channel) == ("Friday, please.", cast.cole_party, "email")
    thread.refresh_from_db()
    assert thread.unanswered_since == message.at
    assert Notification.objects.filter(kind="message_received_officer", loan=cast.loan).count() == 1


def test_only_the_provider_is_believed(cast: Cast, thread: Conversation, settings: Any) -> None:
    event = postmark(thread)
    assert post(event, secret="postman:guessed") == 400
    assert post(event, provider="mailgun") == 404
    assert Client().post(reverse("mail_webhooks:inbound", args=["postmark"]), event).status_code == 400
    settings.INBOUND_MAIL_DOMAIN = ""
    assert post(event) == 404
    assert came(cast) == []


def test_a_stranger_with_the_address_is_never_taken_for_a_borrower(
    cast: Cast, thread: Conversation, client_for: Any
) -> None:
    assert post(postmark(thread, sender="mallory@example.net", Attachments=[pdf()])) == 200
    (message,) = came(cast)
    assert (message.sender, message.party, message.is_internal) == ("mallory@example.net", None, True)
    assert not message.attachments.exists() and "A file was not taken" in message.body
    assert list(Message.objects.for_borrower().filter(by=None)) == []
    for person, sees in ((cast.olga, True), (cast.bea, False)):
        page = client_for(person).get(reverse("loans:messages", args=[cast.loan.public_id]), follow=True)
        assert ("mallory@example.net" in page.text) is sees


@pytest.mark.parametrize(
    "to", ["reply+made-up@answers.example.com", "reply+@answers.example.com", "x@y.example"]
)
def test_an_address_of_no_thread_is_nobodys(cast: Cast, thread: Conversation, to: str) -> None:
    assert post(postmark(thread, to=to)) == 200
    assert came(cast) == []


def test_the_thread_of_one_loan_never_takes_what_was_meant_for_another(
    cast: Cast, thread: Conversation
) -> None:
    other = services.thread_of(cast.other_loan)
    assert post(postmark(other)) == 200  # Bea has no part in it
    assert came(cast) == []
    assert Message.objects.get(conversation=other).is_from_unknown


def test_answering_machines_are_not_heard(cast: Cast, thread: Conversation) -> None:
    for headers in ({"Auto-Submitted": "auto-replied"}, {"Precedence": "bulk"}):
        assert post(postmark(thread, headers=headers)) == 200
    assert came(cast) == []


def test_files_become_papers_on_their_way_and_come_once(cast: Cast, thread: Conversation) -> None:
    event = postmark(thread, Attachments=[pdf(), pdf("virus.exe", b"MZ")])
    for _ in range(2):
        assert post(event) == 200
    attached = Attachment.objects.get()
    assert (attached.name, attached.session.party) == ("statement.pdf", cast.cole_party)
    assert attached.session.state == UploadSession.State.RECEIVED


def test_a_mail_longer_than_a_form_may_be_is_taken_from_the_provider_alone(
    cast: Cast, thread: Conversation, settings: Any
) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    event = postmark(thread, HtmlBody="x" * 2000)
    assert post(event, secret="postman:guessed") == 400
    assert post(event) == 200
    assert len(came(cast)) == 1


def test_a_mail_in_html_alone_is_read_as_text(cast: Cast, thread: Conversation) -> None:
    html = "<p>Friday, <b>please</b> &amp; thank you.</p><script>alert(1)</script><blockquote>zqquotedzq</blockquote>"
    assert post(postmark(thread, TextBody="", HtmlBody=html)) == 200
    assert came(cast)[0].body == "Friday, please & thank you."


def test_a_couple_with_one_address_is_not_guessed_apart(cast: Cast, thread: Conversation) -> None:
    assert cast.bea.mail_address == cast.cole.mail_address == "bea@example.com"
    assert post(postmark(thread, sender="Bea@Example.com")) == 200
    (message,) = came(cast)
    assert message.party is None and not message.is_internal


def test_who_has_not_read_it_is_told_and_may_answer_that_mail(
    cast: Cast, thread: Conversation, settings: Any
) -> None:
    rows = list(Notification.objects.filter(kind="new_message").order_by("pk"))
    assert [row.party for row in rows] == [cast.bea_party, cast.cole_party]
    services.mark_read(conversation=thread, user=cast.cole, upto=thread.messages.get().pk)
    services.write(loan=cast.loan, by=cast.olga, body="zqsecondzq")  # joins the one that waits
    services.mark_read(conversation=thread, user=cast.cole, upto=thread.messages.latest("pk").pk)
    assert Notification.objects.filter(kind="new_message").count() == 2
    settings.EMAIL_PROVIDER = ""
    Notification.objects.filter(kind="new_message").update(due_at=cast.loan.created_at)
    deliver_due()
    told, spared = (Notification.objects.get(pk=row.pk) for row in rows)
    assert (told.state, spared.state) == ("sent", "cancelled")
    assert reply_to(told) == services.reply_address(thread)
    assert "zqsecondzq" not in told.text_body and "Which day" not in told.text_body
    assert "answer this e-mail" in told.text_body
    settings.INBOUND_MAIL_DOMAIN = ""
    assert reply_to(told) == cast.olga.mail_address
