"""Providers of django-anymail: by configuration alone, and what their answers do to the row."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from anymail.exceptions import AnymailAPIError
from botocore import exceptions as boto
from django.core.mail import get_connection
from django.utils import timezone

from notifications import delivery, outlets
from notifications.models import Notification, Suppression
from notifications.outlets.mail import judge
from portal import mail_providers
from portal.checks import check_settings
from portal.mail_providers import anymail_settings
from tests.cast import Cast
from tests.notifications.conftest import fresh
from tests.running import free_port

State = Notification.State
Make = Callable[..., Notification]
SECRET = "postman:8d1f0c6b2a7e4f53"
# What each asks for to begin with.
KEYS: dict[str, dict[str, str]] = {
    "amazon_ses": {},
    "brevo": {"BREVO_API_KEY": "k"},
    "mailersend": {"MAILERSEND_API_TOKEN": "k", "MAILERSEND_SIGNING_SECRET": "s"},
    "mailgun": {"MAILGUN_API_KEY": "k", "MAILGUN_SENDER_DOMAIN": "mg.example.com"},
    "mailjet": {"MAILJET_API_KEY": "k", "MAILJET_SECRET_KEY": "s"},
    "mailtrap": {"MAILTRAP_API_TOKEN": "k"},
    "mandrill": {"MANDRILL_API_KEY": "k", "MANDRILL_WEBHOOK_KEY": "w"},
    "postal": {
        "POSTAL_API_KEY": "k",
        "POSTAL_API_URL": "https://postal.example.com",
        "POSTAL_WEBHOOK_KEY": "w",
    },
    "postmark": {"POSTMARK_SERVER_TOKEN": "k"},
    "resend": {"RESEND_API_KEY": "k"},
    "scaleway": {"SCALEWAY_SECRET_KEY": "k", "SCALEWAY_PROJECT_ID": "p"},
    "sendgrid": {"SENDGRID_API_KEY": "k"},
    "sendinblue": {"SENDINBLUE_API_KEY": "k"},
    "sparkpost": {"SPARKPOST_API_KEY": "k"},
    "unisender_go": {"UNISENDER_GO_API_KEY": "k", "UNISENDER_GO_API_URL": "https://go.example.com"},
}
pytestmark = pytest.mark.filterwarnings("ignore::anymail.exceptions.AnymailNotSupportedWarning")


def environment(provider: str, **more: str) -> dict[str, str]:
    return {f"ANYMAIL_{name}": value for name, value in {**KEYS[provider], **more}.items()}


def use(settings: Any, provider: str, **more: str) -> None:
    settings.EMAIL_PROVIDER, settings.MAIL_LEAVES_THE_HOUSE = provider, True
    settings.EMAIL_BACKEND = f"anymail.backends.{provider}.EmailBackend"
    settings.ANYMAIL = anymail_settings(environment(provider, **more), timeout=2)


class Provider:
    """An HTTP server of the test's own, which answers as it is told and keeps what it is given."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, Any] | None] = []
        self.asked: list[tuple[dict[str, str], dict[str, Any]]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(handler) -> None:  # noqa: N805 - `self` is the provider
                body = handler.rfile.read(int(handler.headers["Content-Length"]))
                self.asked.append((dict(handler.headers), json.loads(body)))
                answer = self.answers.pop(0) if self.answers else (200, self.taken)
                if answer is None:  # hangs up without a word
                    handler.close_connection = True
                    return
                told = json.dumps(answer[1]).encode()
                handler.send_response(answer[0])
                handler.send_header("Content-Length", str(len(told)))
                handler.end_headers()
                handler.wfile.write(told)

            def log_message(self, *args: Any) -> None:
                pass

        self.taken: Any = {}
        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    mine = Provider()
    threading.Thread(target=mine.server.serve_forever, daemon=True).start()
    yield mine
    mine.server.shutdown()
    mine.server.server_close()


@pytest.fixture
def postmark(provider: Provider, settings: Any) -> Provider:
    use(settings, "postmark", POSTMARK_API_URL=provider.url)
    provider.taken = {"To": "bea@example.com", "ErrorCode": 0, "Message": "OK", "MessageID": "their-1"}
    return provider


@pytest.fixture
def resend(provider: Provider, settings: Any) -> Provider:
    use(settings, "resend", RESEND_API_URL=provider.url)
    provider.taken = {"id": "their-1"}
    return provider


@pytest.fixture
def mail(make_row: Make, cast: Cast) -> Notification:
    return make_row(kind="application_received", recipient=cast.bea_party)


# --- Sending -------------------------------------------------------------------------------------------------


def test_a_message_carries_our_marks_and_the_providers_id_is_kept(
    postmark: Provider, mail: Notification
) -> None:
    delivery.deliver_due()
    row = fresh(mail)
    assert (row.state, row.provider, row.provider_id) == (State.SENT, "postmark", "their-1")
    _headers, said = postmark.asked[0]
    headers = {header["Name"]: header["Value"] for header in said["Headers"]}
    assert (headers["Message-ID"], headers["Date"]) == (row.message_id, row.date_header)
    assert headers["X-PM-KeepID"] == "true"
    assert said["Metadata"] == {"notification": str(row.public_id)}
    assert said["To"] == "Bea Nguyen <bea@example.com>" and said["TextBody"] and said["HtmlBody"]


def test_a_second_try_has_the_same_marks_and_the_same_key(resend: Provider, mail: Notification) -> None:
    resend.answers = [None]  # taken, and the line broke
    delivery.deliver_due()
    assert (fresh(mail).state, fresh(mail).attempts) == (State.QUEUED, 1)
    Notification.objects.update(due_at=timezone.now())
    delivery.deliver_due()
    assert fresh(mail).state == State.SENT
    (first, said_first), (second, said_second) = resend.asked
    assert first["Idempotency-Key"] == second["Idempotency-Key"] == str(mail.public_id)
    for name in ("Message-ID", "Date"):
        assert said_first["headers"][name] == said_second["headers"][name]


def test_a_key_that_is_known_with_other_words_means_that_the_first_copy_arrived(
    resend: Provider, mail: Notification
) -> None:
    resend.answers = [(409, {"name": "invalid_idempotent_request", "statusCode": 409, "message": "…"})]
    delivery.deliver_due()
    assert fresh(mail).state == State.SENT


def test_each_message_has_a_key_of_its_own(resend: Provider, make_row: Make) -> None:
    for _ in range(3):
        make_row()
    delivery.deliver_due()
    assert len({headers["Idempotency-Key"] for headers, _said in resend.asked}) == 3


def test_brevo_has_its_key_in_the_message(mail: Notification, settings: Any) -> None:
    use(settings, "brevo")
    headers = outlets.write(mail).extra_headers  # type: ignore[union-attr]
    assert headers["idempotencyKey"] == str(mail.public_id)


@pytest.mark.parametrize("provider", sorted(KEYS))
def test_every_provider_can_carry_what_we_send(provider: str, mail: Notification, settings: Any) -> None:
    """All but two know our mark; those two are found by their own id."""
    use(settings, provider)
    message: Any = outlets.write(mail)
    message.attach("letter.pdf", b"%PDF-", "application/pdf")
    connection = get_connection()
    payload = connection.build_message_payload(message, connection.send_defaults)
    said = str(payload.serialize_data() if hasattr(payload, "serialize_data") else payload.mime_message)
    assert "bea@example.com" in said and mail.message_id.strip("<>") in said
    assert "letter.pdf" in said or payload.files
    assert (str(mail.public_id) in said) == (provider not in ("mailersend", "postal"))


def test_every_provider_that_anymail_ships_is_tried() -> None:
    assert mail_providers.known_providers() == sorted(KEYS)


# --- What answers and errors mean ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "state", "attempts"),
    [
        (401, State.QUEUED, 0),  # our key: nobody's fault, nobody is charged
        (403, State.QUEUED, 0),
        (422, State.FAILED, 1),
        (429, State.QUEUED, 1),
        (503, State.QUEUED, 1),
        (500, State.QUEUED, 1),
    ],
)
def test_what_a_status_means(
    postmark: Provider, mail: Notification, status: int, state: str, attempts: int
) -> None:
    postmark.answers = [(status, {"ErrorCode": 1, "Message": "no"})]
    delivery.deliver_due()
    row = fresh(mail)
    assert (row.state, row.attempts) == (state, attempts) and str(status) in row.error
    assert not Suppression.objects.exists()


def test_an_address_on_the_providers_own_list_is_switched_off(postmark: Provider, mail: Notification) -> None:
    said = (
        "You tried to send to a recipient that has been marked as inactive.\nFound inactive addresses: "
        "bea@example.com.\nInactive recipients are ones that have generated a hard bounce or a spam complaint. "
    )
    postmark.answers = [(422, {"ErrorCode": 406, "Message": said})]
    delivery.deliver_due()
    assert fresh(mail).state == State.FAILED
    assert Suppression.objects.get().address == "bea@example.com"


@pytest.mark.parametrize("answer", [None, (502, {}), (504, {}), (200, {"nonsense": 1})])
def test_without_a_clear_answer_a_kind_that_holds_waits_for_a_person(
    postmark: Provider, mail: Notification, answer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifications.delivery.ending.on_uncertain", lambda row: "hold")
    monkeypatch.setattr("notifications.delivery.sending.ending.on_uncertain", lambda row: "hold")
    postmark.answers = [answer]
    delivery.deliver_due()
    assert fresh(mail).state == State.UNKNOWN


def test_a_provider_that_nobody_reaches_costs_nobody_a_try(
    settings: Any, make_row: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    use(settings, "postmark", POSTMARK_API_URL=f"http://127.0.0.1:{free_port()}/")
    rows = [make_row(), make_row()]
    delivery.deliver_due()
    assert [(fresh(row).state, fresh(row).attempts) for row in rows] == [(State.QUEUED, 0)] * 2
    assert all("ConnectionError" in fresh(row).error or "refused" in fresh(row).error for row in rows)


def test_a_key_that_is_missing_costs_nobody_a_try(settings: Any, mail: Notification) -> None:
    use(settings, "postmark")
    settings.ANYMAIL = {}
    delivery.deliver_due()
    assert (fresh(mail).state, fresh(mail).attempts) == (State.QUEUED, 0)
    assert "POSTMARK_SERVER_TOKEN" in fresh(mail).error


def amazon(code: str, status: int) -> boto.ClientError:
    answer: Any = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return boto.ClientError(answer, "SendEmail")


@pytest.mark.parametrize(
    ("cause", "what"),
    [
        (amazon("MessageRejected", 400), outlets.REFUSED),
        (amazon("TooManyRequestsException", 429), outlets.RETRY),
        (amazon("AccessDeniedException", 403), outlets.NO_LINE),
        (amazon("InternalFailure", 500), outlets.UNCERTAIN),
        (boto.EndpointConnectionError(endpoint_url="https://x"), outlets.NO_LINE),
        (boto.NoCredentialsError(), outlets.NO_LINE),
        (boto.ReadTimeoutError(endpoint_url="https://x"), outlets.UNCERTAIN),
        (boto.ConnectionClosedError(endpoint_url="https://x"), outlets.UNCERTAIN),
    ],
)
def test_what_amazons_errors_mean(cause: Exception, what: str) -> None:
    error = AnymailAPIError(str(cause), response=getattr(cause, "response", None))
    error.__cause__ = cause
    assert judge(error).what == what


def test_amazon_is_given_no_longer_than_we_can_vouch_for(settings: Any) -> None:
    use(settings, "amazon_ses", AMAZON_SES_CLIENT_PARAMS='{"region_name": "us-east-1"}')
    params = get_connection().client_params
    assert params["region_name"] == "us-east-1"
    assert (params["config"].connect_timeout, params["config"].read_timeout) == (2, 2)
    assert params["config"].retries["total_max_attempts"] == 1


# --- Settings ------------------------------------------------------------------------------------------------


def test_variables_become_settings_of_anymail() -> None:
    found = anymail_settings(
        {
            "ANYMAIL_WEBHOOK_SECRET": '["a:b", "c:d"]', "ANYMAIL_MAILGUN_API_KEY": "{not json",
            "ANYMAIL_MAILGUN_SENDER_DOMAIN": "mg.example.com", "ANYMAIL_DEBUG_API_REQUESTS": "false", "OTHER": "x",
        },
        timeout=10,
    )  # fmt: skip
    assert found["WEBHOOK_SECRET"] == ["a:b", "c:d"] and found["MAILGUN_API_KEY"] == "{not json"
    assert found["DEBUG_API_REQUESTS"] is False and found["REQUESTS_TIMEOUT"] == 10 and "OTHER" not in found


def faults(settings: Any, provider: str, **more: str) -> set[str]:
    settings.EMAIL_PROVIDER = provider
    settings.ANYMAIL = anymail_settings(
        {f"ANYMAIL_{name}": value for name, value in more.items()}, timeout=10
    )
    found = check_settings()
    assert all(fault.hint for fault in found)
    return {str(fault.id).removeprefix("doorstep.") for fault in found}


@pytest.mark.parametrize("provider", sorted(KEYS))
def test_a_provider_starts_with_its_keys_and_a_password_for_its_webhooks(
    provider: str, settings: Any
) -> None:
    assert faults(settings, provider, WEBHOOK_SECRET=SECRET, **KEYS[provider]) == set()
    without = faults(settings, provider, **KEYS[provider])
    assert without == ({"E018"} if provider != "scaleway" else set())


@pytest.mark.parametrize("provider", sorted(set(KEYS) - {"amazon_ses"}))
def test_a_provider_without_its_keys_does_not_start(provider: str, settings: Any) -> None:
    assert "E017" in faults(settings, provider, WEBHOOK_SECRET=SECRET)


@pytest.mark.parametrize(
    "secret", ["short:one", "no-colon-in-all-of-this-text", ":no-name-before-the-colon", "[]"]
)
def test_a_weak_password_for_webhooks_does_not_start(settings: Any, secret: str) -> None:
    assert "E018" in faults(settings, "postmark", POSTMARK_SERVER_TOKEN="k", WEBHOOK_SECRET=secret)


@pytest.mark.parametrize("provider", ["base", "console", "test", "smtp", "no-such"])
def test_only_real_providers(settings: Any, provider: str) -> None:
    assert "E016" in faults(settings, provider)


def test_a_server_and_a_provider_at_once_do_not_start(settings: Any) -> None:
    settings.EMAIL_URL = "smtp+tls://user:secret@mail.example.com:587"
    assert "E015" in faults(settings, "postmark", POSTMARK_SERVER_TOKEN="k", WEBHOOK_SECRET=SECRET)
