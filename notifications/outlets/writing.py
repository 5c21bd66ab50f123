"""What is carried for a row: a mail, the words of a text, or a letter on paper."""

from email.errors import MessageError
from email.headerregistry import Address

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from accounts.models import Company
from conversations.services import reply_address
from notifications import letters, rendering, unsubscribing
from notifications.catalog import KINDS
from notifications.catalog.talking import NEW_MESSAGE
from notifications.models import Notification
from notifications.outlets.providers import own_headers
from notifications.rendering import Rendered, RenderError

Channel = Notification.Channel
MOST_HTML_BYTES = 102 * 1024  # Gmail cuts off what is longer, and with it the signature


def write(row: Notification) -> EmailMultiAlternatives | str | None:
    """
    Written from today's facts; what may be kept of it is set on the row. RenderError, NotReady, facts.NotWanted or
    letters.NeedsALook when it cannot be written.
    """
    if row.channel == Channel.LETTER:
        letters.make_printable(row)
        return None
    rendered = rendering.render(row)
    row.subject, row.text_body, row.html_body = rendered.subject, rendered.text, rendered.html
    filled = rendering.fill(row, rendered)
    if row.channel == Channel.TEXT:
        return filled.text
    kind = KINDS[row.kind]
    return compose(row, filled, letters.attach(row) if kind.is_letter else None)


def compose(
    row: Notification, rendered: Rendered, attachment: tuple[str, bytes] | None
) -> EmailMultiAlternatives:
    """The message with the headers fixed when the row was made. RenderError when no mail can be made of it."""
    if (size := len(rendered.html.encode())) > MOST_HTML_BYTES:
        raise RenderError(
            f"The message is {size} bytes long; mail programs cut off what follows {MOST_HTML_BYTES}."
        )
    message = EmailMultiAlternatives(
        subject=printable(rendered.subject),
        body=rendered.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[mailbox(row.recipient_name, row.address)],
        reply_to=[mailbox("", reply_to(row))] if reply_to(row) else None,
        headers={
            "Message-ID": row.message_id,
            "Date": row.date_header,
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
            **own_headers(row),
            **unsubscribing.headers(row),
        },
    )
    message.attach_alternative(rendered.html, "text/html")
    if attachment:
        message.attach(attachment[0], attachment[1], "application/pdf")
    message.metadata = {"notification": str(row.public_id)}  # type: ignore[attr-defined] # comes back in webhooks
    return message


def mailbox(name: str, address: str) -> str:
    """One mailbox, whatever was typed as name or address. RenderError when no mail server could carry it."""
    address = address.strip()
    try:
        found = Address(display_name=printable(name), addr_spec=address)
    except (MessageError, ValueError, IndexError) as error:
        raise RenderError(f"“{address}” is not one mail address.") from error
    if not found.username or not found.domain or not found.username.isascii():
        raise RenderError(f"“{address}” is not an address that mail servers carry.")
    return str(found)


def printable(text: str) -> str:
    """Without line ends and other marks that nobody sees, and without what mail programs would decode into them."""
    return "".join(letter for letter in text if letter.isprintable()).replace("=?", "= ?")


def reply_to(row: Notification) -> str:
    """Answers to what tells of a message come back to its thread, where the house takes mail."""
    thread = getattr(row.loan, "conversation", None) if row.kind == NEW_MESSAGE else None
    if thread is not None and row.party is not None and (address := reply_address(thread, row.party)):
        return address
    return row.loan.officer.mail_address if row.loan else Company.load().email
