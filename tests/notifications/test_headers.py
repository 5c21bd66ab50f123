"""Whatever people are called and whatever they typed: one recipient, our headers and no other."""

import string
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as default_policy
from email.utils import parseaddr
from typing import Any

import pytest
from django.core.mail.message import sanitize_address
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from notifications import rendering
from notifications.catalog import KINDS
from notifications.catalog.shape import Field
from notifications.models import Notification
from notifications.outlets.writing import MOST_HTML_BYTES, compose
from notifications.rendering import Rendered, RenderError
from tests.cast import Cast

OURS = {
    "message-id", "date", "auto-submitted", "x-auto-response-suppress", "subject", "from", "to", "reply-to",
    "mime-version", "content-type",
}  # fmt: skip
quickly = hypothesis_settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
# Line ends of every kind, what looks like a header, marks that turn the reading direction.
NASTY = [
    "\r", "\n", "\r\n", "\x00", "\x0b", "\x85", "\u2028", "\u202e", "\ufeff", "\r\nBcc: evil@example.com", "<", ">",
    '"', ",", ";", ":", "@", "\\", "=?utf-8?q?=0ABcc:_evil=40example.com?=", "%0a", "(", ")",
]  # fmt: skip
SCRIPTS = [
    "Nguyễn Thị Ánh Øystein Žofia Łukasz",
    "王小明李华",
    "Иван Пётр",
    "محمد علي",
    "שרה",
    "अनीता",
    string.ascii_letters,
]
words = st.lists(
    st.one_of(
        st.sampled_from(NASTY),
        *(st.text(alphabet=script, max_size=8) for script in SCRIPTS),
        st.text(max_size=12),
    ),
    max_size=6,
).map("".join)


@pytest.fixture
def row(cast: Cast) -> Notification:
    return Notification(
        kind="application_received", recipient="user:x", recipient_name="Bea", address="bea@example.com",
        loan=cast.loan, message_id="<abc@localhost>", date_header="Wed, 18 Nov 2026 17:00:00 +0000",
    )  # fmt: skip


def on_the_wire(
    row: Notification, subject: str = "Hello", html: str = "<p>Hello</p>"
) -> tuple[Any, EmailMessage]:
    message = compose(row, Rendered(subject, "Hello", html), None)
    raw = message.message().as_bytes(linesep="\r\n")
    return message, message_from_bytes(raw, policy=default_policy)  # type: ignore[return-value]


def must_be_ours(mail: EmailMessage) -> None:
    found = [name.lower() for name, _value in mail.items()]
    assert set(found) <= OURS and len(found) == len(set(found)), found
    assert not mail.defects


@quickly
@given(name=words)
@example(name="Bea\r\nBcc: evil@example.com")
@example(name="")
def test_a_name_adds_no_header_and_no_recipient(row: Notification, name: str) -> None:
    row.recipient_name = name[:120]
    message, mail = on_the_wire(row)
    must_be_ours(mail)
    assert [address.addr_spec for address in mail["To"].addresses] == ["bea@example.com"]
    assert len(message.recipients()) == 1
    carried = parseaddr(sanitize_address(message.recipients()[0], "utf-8"))
    assert carried[1] == "bea@example.com" and not set("".join(carried)) & set("\r\n\x00")


@pytest.mark.parametrize(
    "name", ["Nguyễn Thị Ánh", "王小明", "Иван Петров", "محمد علي", "שרה לוי", "Zoë O'Brien"]
)
def test_a_name_of_any_script_arrives_as_it_is_written(row: Notification, name: str) -> None:
    row.recipient_name = name
    _message, mail = on_the_wire(row)
    assert mail["To"].addresses[0].display_name == name


@quickly
@given(subject=words)
@example(subject="Hello\r\nBcc: evil@example.com\r\n\r\nbody")
def test_a_subject_adds_no_header(row: Notification, subject: str) -> None:
    _message, mail = on_the_wire(row, subject=subject)
    must_be_ours(mail)
    assert mail["Subject"] is not None and len(mail.get_payload()) == 2


@quickly
@given(address=st.one_of(words, st.emails(), words.map(lambda text: f"bea{text}@example.com")))
@example(address="a@example.com, b@example.com")
@example(address="a@example.com\nBcc: b@example.com")
@example(address="<a@example.com> <b@example.com>")
@example(address='"a\r\nBcc: b@example.com"@example.com')
@example(address="a@exam\u2028ple.com")
def test_an_address_is_one_mailbox_or_the_message_is_not_made(row: Notification, address: str) -> None:
    row.address = address
    try:
        message, mail = on_the_wire(row)
    except RenderError:
        return
    must_be_ours(mail)
    assert len(mail["To"].addresses) == 1 and len(message.recipients()) == 1
    carried = sanitize_address(message.recipients()[0], "utf-8")
    assert carried.isascii() and not set(carried) & set("\r\n\x00")


@pytest.mark.parametrize(
    ("address", "carried"),
    [
        ("bea@bücher.example", "bea@xn--bcher-kva.example"),
        ("bea@пример.example", "bea@xn--e1afmkfd.example"),
        ("bea@例え.example", "bea@xn--r8jz45g.example"),
        ("bea+loan@example.com", "bea+loan@example.com"),
    ],
)
def test_domains_of_many_scripts_are_carried(row: Notification, address: str, carried: str) -> None:
    row.address, row.recipient_name = address, ""
    message, _mail = on_the_wire(row)
    assert sanitize_address(message.recipients()[0], "utf-8") == carried


@pytest.mark.parametrize(
    "address", ["беа@example.com", "bea@", "@example.com", "bea", "bea@@example.com", "  "]
)
def test_what_no_mail_server_carries_is_not_handed_to_one(row: Notification, address: str) -> None:
    row.address = address
    with pytest.raises(RenderError):
        on_the_wire(row)


@quickly
@given(address=words)
def test_an_officers_address_adds_no_header_either(row: Notification, address: str) -> None:
    assert row.loan is not None
    row.loan.officer.email = row.loan.officer.contact_email = f"{address}@example.com"
    try:
        _message, mail = on_the_wire(row)
    except RenderError:
        return
    must_be_ours(mail)


# --- Size ----------------------------------------------------------------------------------------------------


def test_a_message_that_mail_programs_cut_off_is_not_made(row: Notification) -> None:
    on_the_wire(row, html="x" * MOST_HTML_BYTES)
    with pytest.raises(RenderError, match="long"):
        on_the_wire(row, html="x" * (MOST_HTML_BYTES + 1))


def longest(field: Field) -> Any:
    """The example, and a hundred of it where it is a list."""
    return field.example * 100 if isinstance(field.example, list) else field.example


@pytest.mark.parametrize("key", sorted(KINDS))
def test_every_kind_stays_below_what_mail_programs_cut_off(key: str, cast: Cast, row: Notification) -> None:
    kind = KINDS[key]
    row.kind = key
    found = {name: longest(field) for name, field in kind.fields.items()}
    html = rendering.draw(kind, row, found).html
    assert len(html.encode()) < MOST_HTML_BYTES, f"{key}: {len(html.encode())} bytes of HTML"
