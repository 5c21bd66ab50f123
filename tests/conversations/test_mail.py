"""A thread answered by mail: whose words they are, what is new in them, and what came with them."""

import base64
import json
import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from anymail.inbound import AnymailInboundMessage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import private_files
from conversations import services
from conversations.models import Attachment, Conversation, Message
from documents.models import UploadSession
from loans.errors import Refused
from loans.models import Party
from notifications import mail_inbound, tasks
from notifications.delivery import deliver_due
from notifications.mail_reading import part, what_is_new
from notifications.models import InboundMail, Notification
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


def writer(thread: Conversation, sender: str) -> Party:
    """Whose address it is, and of what nobody has, the first borrower's, who handed theirs on."""
    assert thread.loan is not None
    borrowers = list(thread.loan.parties.borrowers().order_by("id"))
    return next((one for one in borrowers if services.is_address_of(one, sender)), borrowers[0])


def postmark(thread: Conversation, **said: Any) -> dict[str, Any]:
    """As in anymail's tests and Postmark's own documentation."""
    sender = said.pop("sender", "cole@example.com")
    to = said.pop("to", None) or services.reply_address(
        thread, said.pop("of", None) or writer(thread, sender)
    )
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
    answer = Client(raise_request_exception=False).post(
        reverse("mail_webhooks:inbound", args=[provider]),
        json.dumps(event),
        content_type="application/json",
        headers={"Authorization": proof},
    )
    tasks.read_mails()
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


def test_a_couple_with_one_mailbox_is_told_apart_by_whose_mail_was_answered(
    cast: Cast, thread: Conversation
) -> None:
    assert cast.bea.mail_address == cast.cole.mail_address == "bea@example.com"
    for party in (cast.bea_party, cast.cole_party):
        assert post(postmark(thread, sender="Bea@Example.com", of=party, Attachments=[pdf()])) == 200
    assert [(message.party, message.is_internal) for message in came(cast)] == [
        (cast.bea_party, False),
        (cast.cole_party, False),
    ]
    assert [one.session.party for one in Attachment.objects.order_by("id")] == [
        cast.bea_party,
        cast.cole_party,
    ]


def test_nobody_on_the_loan_writes_as_somebody_else_on_it(cast: Cast, thread: Conversation) -> None:
    """Cole says that he is Bea, with an address that is hers alone; hers to answer to he never got."""
    cast.bea_party.email = "bea.alone@example.com"
    cast.bea_party.save()
    event = postmark(thread, sender="bea.alone@example.com", of=cast.cole_party, Attachments=[pdf()])
    assert post(event) == 200
    (message,) = came(cast)
    assert message.is_from_unknown and message.party is None and not message.attachments.exists()


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
    assert reply_to(told) == services.reply_address(thread, cast.bea_party)
    assert "zqsecondzq" not in told.text_body and "Which day" not in told.text_body
    assert "answer this e-mail" in told.text_body
    settings.INBOUND_MAIL_DOMAIN = ""
    assert reply_to(told) == cast.olga.mail_address


@pytest.mark.parametrize(
    "hostile", ["<br " * 50_000, "<div>" * 40_000, "On " + "a " * 100_000, "\n \n" * 60_000]
)
@pytest.mark.parametrize("place", ["HtmlBody", "TextBody"])
def test_no_mail_takes_long_to_read(cast: Cast, thread: Conversation, place: str, hostile: str) -> None:
    mail = AnymailInboundMessage.construct(**{place.removesuffix("Body").lower(): hostile})
    began = time.process_time()
    what_is_new(part(mail, "text/plain"), part(mail, "text/html"))
    assert time.process_time() - began < 2


def test_what_databases_refuse_is_left_out(cast: Cast, thread: Conversation) -> None:
    file = pdf("state\0ment.pdf")
    event = postmark(thread, Subject="Re: \0Friday", TextBody="Fri\0day, please.", Attachments=[file])
    assert post(event) == 200
    (message,) = came(cast)
    assert (message.body, message.subject) == ("Friday, please.", "Re: Friday")
    assert message.attachments.get().name == "statement.pdf"


@pytest.mark.parametrize(
    "headers",
    [
        {"Authentication-Results": "mx.example.com; spf=pass; dmarc=fail (p=none) header.from=example.com"},
        {"X-Spam-Status": "Yes"},
    ],
)
def test_a_sender_whose_house_denies_the_mail_is_not_believed(
    cast: Cast, thread: Conversation, headers: dict[str, str]
) -> None:
    assert post(postmark(thread, headers=headers, Attachments=[pdf()])) == 200
    (message,) = came(cast)
    assert message.is_from_unknown and message.party is None and not message.attachments.exists()
    assert "may not be from" in message.body


def test_a_good_word_that_the_sender_wrote_themselves_counts_as_theirs_alone(
    cast: Cast, thread: Conversation
) -> None:
    """Whoever delivers puts its verdict on top."""
    event = postmark(thread)
    event["Headers"][:0] = [
        {"Name": "Authentication-Results", "Value": "mx.example.com; DMARC = FAIL"},
        {"Name": "Authentication-Results", "Value": "liar.example; dmarc=pass"},
    ]
    assert post(event) == 200
    assert came(cast)[0].is_from_unknown


def test_one_mail_to_two_threads_stands_on_each(cast: Cast, thread: Conversation) -> None:
    other = services.thread_of(cast.other_loan)
    headers = {"Message-ID": "<the-same@mail.example>"}
    for one, sender in ((thread, "cole@example.com"), (other, "nils@example.com")):
        assert post(postmark(one, headers=headers, sender=sender)) == 200
    assert [message.conversation for message in Message.objects.filter(by=None).order_by("pk")] == [
        thread,
        other,
    ]


def test_what_stands_on_another_thread_is_never_answered_as_ones_own(
    cast: Cast, thread: Conversation
) -> None:
    known = services.receive_message(
        loan=cast.other_loan, party=cast.nils_party, channel="portal", body="zqothersozq", source="form:1"
    )
    with pytest.raises(Refused):
        services.write(loan=cast.loan, by=cast.bea, body="Mine", source=known.source)
    with pytest.raises(Refused):
        services.write(loan=cast.loan, by=cast.olga, body="Mine", source=known.source)
    with pytest.raises(Refused):
        services.keep_unknown_mail(
            thread=thread, sender="x@example.net", subject="", body="Mine", source=known.source,
            at=timezone.now(),
        )  # fmt: skip


def test_strangers_write_twenty_mails_a_day_to_a_thread(cast: Cast, thread: Conversation) -> None:
    for number in range(22):
        event = postmark(thread, sender="mallory@example.net", TextBody=f"Number {number}")
        assert post(event) == 200
    assert len(came(cast)) == 20
    assert post(postmark(thread)) == 200
    assert came(cast)[-1].party == cast.cole_party, "who is known is heard"


def test_our_own_failure_is_not_called_theirs(
    cast: Cast, thread: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They bring it again, as after every 500."""
    event = postmark(thread)
    with monkeypatch.context() as for_now:
        for_now.setattr(mail_inbound, "keep", broken)
        assert post(event) == 500
    assert post(event) == 200 and len(came(cast)) == 1


def test_what_cannot_be_read_at_once_is_read_later_with_its_files(
    cast: Cast, thread: Conversation, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    event = postmark(thread, Attachments=[pdf()])
    with time_machine.travel("2026-11-20 10:00 -0500", tick=False) as clock:
        monkeypatch.setattr(services, "receive_message", broken)
        for _ in range(2):  # they repeat
            assert post(event) == 200
        kept = InboundMail.objects.get()
        (file,) = kept.files
        assert came(cast) == [] and kept.tries == 1
        assert b"%PDF" not in (private_files.read(file["key"]) or b"")
        monkeypatch.undo()
        tasks.read_mails()
        assert came(cast) == [], "not yet"
        clock.shift(timedelta(minutes=2))
        tasks.read_mails()
        tasks.read_mails()
    (message,) = came(cast)
    assert message.body == "Friday, please." and message.attachments.count() == 1
    assert message.at == kept.at
    assert not InboundMail.objects.exists() and private_files.read(file["key"]) is None


def test_what_cannot_be_read_at_all_leaves_a_line_and_holds_up_nobody(
    cast: Cast, thread: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    with time_machine.travel("2026-11-20 10:00 -0500", tick=False) as clock:
        event = postmark(thread)
        monkeypatch.setattr(services, "is_address_of", broken)
        assert post(event) == 200
        for _ in range(7):
            assert came(cast) == []
            clock.shift(timedelta(hours=2))
            tasks.read_mails()
        (message,) = came(cast)
        assert message.is_from_unknown and "could not read" in message.body
        assert not InboundMail.objects.exists()
        monkeypatch.undo()
        assert post(postmark(thread)) == 200
    assert came(cast)[-1].body == "Friday, please."


def broken(*_given: Any, **_named: Any) -> None:
    raise LookupError


@pytest.mark.parametrize(
    "sender", ["mallory@example.net, cole@example.com", "not an address", "Undisclosed:;", ""]
)
def test_a_sender_nobody_can_read_is_nobody(cast: Cast, thread: Conversation, sender: str) -> None:
    raw = (
        f"From: {sender}\r\nTo: Undisclosed:;\r\nMessage-ID: <1@mail.example>\r\n"
        "Content-Type: text/plain; charset=made-up\r\n\r\nHello\r\n"
    )
    assert post(postmark(thread, RawEmail=raw)) == 200
    (message,) = came(cast)
    assert message.is_from_unknown and message.body == "Hello"


def test_a_file_that_is_a_mail_itself_is_no_reason_to_lose_the_words(
    cast: Cast, thread: Conversation
) -> None:
    raw = (
        "From: cole@example.com\r\nMessage-ID: <2@mail.example>\r\n"
        "Content-Type: multipart/mixed; boundary=outer\r\n\r\n"
        "--outer\r\nContent-Type: text/plain\r\n\r\nHello\r\n"
        "--outer\r\nContent-Type: multipart/mixed; boundary=inner\r\nContent-Disposition: attachment\r\n\r\n"
        "--inner\r\nContent-Type: text/plain\r\n\r\nInner\r\n--inner--\r\n--outer--\r\n"
    )
    assert post(postmark(thread, RawEmail=raw)) == 200
    assert came(cast)[0].body.startswith("Hello")
