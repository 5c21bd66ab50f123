"""What mail providers post, in their own words: believed only with the password, and heard once."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from notifications.models import DeliveryEvent, Notification, Suppression
from tests.notifications.conftest import fresh

State = Notification.State
SECRET = "postman:8d1f0c6b2a7e4f53"
pytestmark = pytest.mark.filterwarnings("ignore::anymail.exceptions.AnymailNotSupportedWarning")


def use(settings: Any, provider: str, **more: Any) -> None:
    settings.EMAIL_PROVIDER = provider
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET, **more}


def post(provider: str, event: Any, secret: str = SECRET, **headers: str) -> int:
    if secret:
        headers["Authorization"] = "Basic " + base64.b64encode(secret.encode()).decode()
    answer = Client().post(
        f"/webhooks/email/{provider}/", json.dumps(event), content_type="application/json", headers=headers
    )
    return answer.status_code


def postmark(row: Notification, **said: Any) -> dict[str, Any]:
    """As in anymail's tests and Postmark's own documentation."""
    return {
        "RecordType": "Bounce", "ID": 901542550, "Type": "HardBounce", "TypeCode": 1, "Name": "Hard bounce",
        "Tag": "", "MessageID": "their-1", "Metadata": {"notification": str(row.public_id)}, "ServerID": 23,
        "MessageStream": "outbound", "Description": "The server was unable to deliver your message",
        "Details": "smtp;550 5.1.1 The email account that you tried to reach does not exist.",
        "Email": "bea@example.com", "From": "portal@localhost", "BouncedAt": "2026-11-18T17:05:01-05:00",
        "Inactive": True, "CanActivate": True, "Subject": "…", **said,
    }  # fmt: skip


def postmark_delivery(row: Notification) -> dict[str, Any]:
    return {
        "RecordType": "Delivery", "ServerId": 23, "MessageID": "their-1", "Recipient": "bea@example.com",
        "Metadata": {"notification": str(row.public_id)}, "Tag": "", "MessageStream": "outbound",
        "DeliveredAt": "2026-11-18T17:04:30-05:00", "Details": "Test Postmark Delivery Event",
    }  # fmt: skip


def test_postmark(sent: Notification, settings: Any) -> None:
    use(settings, "postmark")
    assert post("postmark", postmark_delivery(sent)) == 200
    assert fresh(sent).state == State.DELIVERED
    for _ in range(2):  # they repeat
        assert post("postmark", postmark(sent)) == 200
        assert post("postmark", postmark_delivery(sent)) == 200
    row = fresh(sent)
    assert row.state == State.BOUNCED and "5.1.1" in row.error
    assert [(event.kind, event.event_id) for event in row.delivery_events.all()] == [
        ("delivered", ""), ("bounced", "901542550"),
    ]  # fmt: skip
    assert Suppression.objects.get().address == "bea@example.com"


def test_a_full_mailbox_is_no_dead_one(sent: Notification, settings: Any) -> None:
    use(settings, "postmark")
    full = postmark(
        sent, Type="SoftBounce", TypeCode=4096, Details="smtp;552 5.2.2 mailbox full", Inactive=False
    )
    assert post("postmark", full) == 200
    assert fresh(sent).state == State.FAILED and not Suppression.objects.exists()


def test_a_complaint(sent: Notification, settings: Any) -> None:
    use(settings, "postmark")
    assert (
        post("postmark", postmark(sent, RecordType="SpamComplaint", Type="SpamComplaint", TypeCode=512))
        == 200
    )
    assert fresh(sent).state == State.COMPLAINED
    assert Suppression.objects.get().reason == "complained"


def test_what_somebody_opened_or_pressed_is_not_kept(sent: Notification, settings: Any) -> None:
    use(settings, "postmark")
    opened = {"RecordType": "Open", "MessageID": "their-1", "Recipient": "bea@example.com", "FirstOpen": True}
    assert post("postmark", opened) == 200
    assert not DeliveryEvent.objects.exists()


def sendgrid(row: Notification, event: str, **said: Any) -> dict[str, Any]:
    return {
        "email": "bea@example.com", "timestamp": 1795021200, "smtp-id": "<14c5d75ce93.dfd.64b469@ismtpd-555>",
        "event": event, "category": [], "sg_event_id": f"ZGVsaXZlcmVkLTA{event}", "sg_message_id": "14c5d75ce93",
        "notification": str(row.public_id), "anymail_id": "their-1", **said,
    }  # fmt: skip


def test_sendgrid_sends_several_at_once(sent: Notification, settings: Any) -> None:
    use(settings, "sendgrid")
    dead = {"reason": "550 5.1.1 unknown user", "status": "5.1.1", "type": "bounce"}
    events = [sendgrid(sent, "processed"), sendgrid(sent, "bounce", **dead), sendgrid(sent, "delivered")]
    assert post("sendgrid", events) == 200
    assert fresh(sent).state == State.BOUNCED and Suppression.objects.count() == 1
    assert sent.delivery_events.count() == 3


def test_sendgrid_blocked_is_no_dead_address(sent: Notification, settings: Any) -> None:
    use(settings, "sendgrid")
    assert (
        post(
            "sendgrid", [sendgrid(sent, "bounce", type="blocked", reason="550 5.7.1 blocked", status="5.7.1")]
        )
        == 200
    )
    assert fresh(sent).state == State.FAILED and not Suppression.objects.exists()


def mailgun(row: Notification, event: str, key: str = "mg-key", **said: Any) -> dict[str, Any]:
    signed = {"timestamp": "1795021200", "token": f"{event:0>50}"}
    mark = hmac.new(key.encode(), f"{signed['timestamp']}{signed['token']}".encode(), hashlib.sha256)
    return {
        "signature": {**signed, "signature": mark.hexdigest()},
        "event-data": {
            "event": event, "id": "CPgfbmQMTCKtHW6uIWtuVe", "timestamp": 1795021200.5, "recipient": "bea@example.com",
            "message": {"headers": {"to": "bea@example.com", "message-id": row.message_id.strip("<>")}},
            "user-variables": {"notification": str(row.public_id)}, "tags": [], **said,
        },
    }  # fmt: skip


def test_mailgun_signs(sent: Notification, settings: Any) -> None:
    use(settings, "mailgun", MAILGUN_WEBHOOK_SIGNING_KEY="mg-key")
    failed = {
        "severity": "permanent",
        "reason": "bounce",
        "delivery-status": {"code": 550, "message": "5.1.1 unknown"},
    }
    assert post("mailgun", mailgun(sent, "failed", key="guessed", **failed)) == 400
    assert fresh(sent).state == State.SENT
    assert post("mailgun", mailgun(sent, "failed", severity="temporary", reason="generic")) == 200
    assert fresh(sent).state == State.SENT and not Suppression.objects.exists()
    permanent = mailgun(sent, "failed", **failed)
    permanent["signature"] = mailgun(sent, "other")["signature"]
    assert post("mailgun", permanent) == 200
    assert fresh(sent).state == State.BOUNCED and Suppression.objects.count() == 1


def test_amazon_ses(sent: Notification, settings: Any) -> None:
    use(settings, "amazon_ses")
    Notification.objects.update(provider="amazon_ses")

    def say(kind: str, **bounce: Any) -> int:
        mail = {"messageId": "their-1", "destination": ["bea@example.com"], "headers": []}
        told = {
            "bouncedRecipients": [{"emailAddress": "bea@example.com"}],
            "bounceSubType": "General",
            **bounce,
        }
        message = {"eventType": "Bounce", "bounce": told, "mail": mail}
        event = {
            "Type": "Notification", "MessageId": kind, "TopicArn": "arn:aws:sns:us-east-1:1:t",
            "Message": json.dumps(message), "Timestamp": "2026-11-18T17:05:00.000Z",
        }  # fmt: skip
        headers = {"x-amz-sns-message-type": "Notification", "x-amz-sns-message-id": kind}
        return post("amazon_ses", event, **headers)

    assert say("1", bounceType="Transient") == 200
    assert fresh(sent).state == State.FAILED and not Suppression.objects.exists()
    assert say("2", bounceType="Permanent") == 200
    assert fresh(sent).state == State.BOUNCED and Suppression.objects.count() == 1


@pytest.mark.parametrize(
    ("provider", "event", "dead"),
    [
        ("brevo", {"event": "hard_bounce", "message-id": "their-1", "email": "bea@example.com"}, True),
        ("brevo", {"event": "soft_bounce", "message-id": "their-1", "email": "bea@example.com"}, False),
        ("mailjet", {"event": "bounce", "MessageID": "their-1", "hard_bounce": True, "error": "user unknown"}, True),
        ("mailjet", {"event": "bounce", "MessageID": "their-1", "hard_bounce": False, "error": "quota exceeded"},
         False),
        ("sparkpost", [{"msys": {"message_event": {"type": "bounce", "bounce_class": "10", "transmission_id": "their-1",
                                                   "event_id": "1", "timestamp": "1795021200"}}}], True),
        ("sparkpost", [{"msys": {"message_event": {"type": "bounce", "bounce_class": "22", "transmission_id": "their-1",
                                                   "event_id": "1", "timestamp": "1795021200"}}}], False),
        ("resend", {"type": "email.bounced", "created_at": "2026-11-18T17:05:00.000Z",
                    "data": {"email_id": "their-1", "to": ["bea@example.com"],
                             "bounce": {"type": "Permanent", "message": "sent a hard bounce message"}}}, True),
        ("resend", {"type": "email.bounced", "created_at": "2026-11-18T17:05:00.000Z",
                    "data": {"email_id": "their-1", "to": ["bea@example.com"],
                             "bounce": {"type": "Transient", "message": "sent a general bounce message"}}}, False),
    ],
)  # fmt: skip
def test_others_say_it_in_their_own_words(
    sent: Notification, settings: Any, provider: str, event: Any, dead: bool
) -> None:
    use(settings, provider)
    Notification.objects.update(provider=provider)
    assert post(provider, event) == 200
    assert fresh(sent).state == (State.BOUNCED if dead else State.FAILED)
    assert Suppression.objects.exists() == dead


@pytest.mark.parametrize("secret", ["", "postman:guessed", "8d1f0c6b2a7e4f53", "postman:8d1f0c6b2a7e4f53x"])
def test_who_does_not_know_the_password_is_not_heard(sent: Notification, settings: Any, secret: str) -> None:
    use(settings, "postmark")
    assert post("postmark", postmark(sent), secret=secret) == 400
    assert fresh(sent).state == State.SENT and not DeliveryEvent.objects.exists()


def test_an_old_password_holds_while_the_new_one_is_entered(sent: Notification, settings: Any) -> None:
    use(settings, "postmark")
    settings.ANYMAIL = {"WEBHOOK_SECRET": ["postman:the-new-one", SECRET]}
    assert (
        post("postmark", postmark(sent))
        == post("postmark", postmark(sent), secret="postman:the-new-one")
        == 200
    )


@pytest.mark.parametrize("provider", ["sendgrid", "scaleway", "nobody"])
def test_only_the_provider_that_is_set_has_an_address(
    sent: Notification, settings: Any, provider: str
) -> None:
    use(settings, "postmark")
    assert post(provider, postmark(sent)) == 404
    settings.EMAIL_PROVIDER = ""
    assert post("postmark", postmark(sent)) == 404


def test_a_provider_without_webhooks_has_no_address(sent: Notification, settings: Any) -> None:
    use(settings, "scaleway")
    assert post("scaleway", {}) == 404


@pytest.mark.parametrize("body", ["", "{", "\xff", "[]", '{"RecordType": "Inbound", "FromFull": {}}'])
def test_what_no_provider_sends_is_refused(sent: Notification, settings: Any, body: str) -> None:
    use(settings, "postmark")
    known = "Basic " + base64.b64encode(SECRET.encode()).decode()
    client = Client(raise_request_exception=False)
    answer = client.post(
        "/webhooks/email/postmark/", body, content_type="application/json", headers={"Authorization": known}
    )
    assert answer.status_code == 400
    assert not DeliveryEvent.objects.exists()


def test_strangers_make_no_noise_at_amazons_address(settings: Any) -> None:
    use(settings, "amazon_ses")
    client = Client(raise_request_exception=False)
    answer = client.post(
        "/webhooks/email/amazon_ses/",
        "{",
        content_type="application/json",
        headers={"Authorization": "Basic x"},
    )
    assert answer.status_code == 400


def test_an_event_without_a_time_is_still_heard_once(sent: Notification, settings: Any) -> None:
    use(settings, "brevo")
    event = {"event": "delivered", "message-id": "their-1", "email": "bea@example.com"}
    Notification.objects.update(provider="brevo")
    with time_machine.travel(timezone.now()):
        assert post("brevo", event) == 200
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        assert post("brevo", event) == 200
    assert DeliveryEvent.objects.count() == 1
