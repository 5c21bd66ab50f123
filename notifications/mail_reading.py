"""What somebody wrote in an answered mail: its own words, without what they quote."""

import hashlib
import logging
import re
from html import unescape

import nh3
from anymail.inbound import AnymailInboundMessage
from mailparser_reply import EmailReplyParser

from notifications.words import storable

logger = logging.getLogger(__name__)
# What is longer than we keep is quoted below; the library's patterns also take long over very long texts.
MOST_CHARACTERS = 4000
MOST_READ = 60_000  # of what a mail brings; elements within elements take a time that grows with the square
EMPTY_LINES = re.compile(r"\n\s*\n\s*")
LINE_ENDS = re.compile(r"<(?:br|/p|/div|/li|/tr|/h\d)\b[^<>]*>", re.IGNORECASE)
QUOTES = re.compile(r"<blockquote\b.*", re.IGNORECASE | re.DOTALL)
DENIED = re.compile(r"\bdmarc\s*=\s*fail\b", re.IGNORECASE)
_parser = EmailReplyParser(languages=["en"])


def what_is_new(text: str, html: str = "") -> str:
    """Plain words; of a mail in HTML alone its text. Neither may be longer than MOST_READ."""
    if not text.strip():
        text = _text_of(html)
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    short = EMPTY_LINES.sub("\n\n", lines).strip()[:MOST_CHARACTERS]
    return str(_parser.parse_reply(text=short) or "").strip()


def digest(text: str) -> str:
    """A name for something, of a length that fits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def may_be_forged(mail: AnymailInboundMessage) -> bool:
    """Whether whoever brought it says that its sender is not who it names, or that nobody should read it."""
    verdict = str(
        mail.get("Authentication-Results", "")
    )  # the topmost: those below it the sender may have written
    return bool(mail.spam_detected or DENIED.search(verdict))


def addresses_in(mail: AnymailInboundMessage, *headers: str) -> list[str]:
    """Those that these headers name; none of a header that cannot be read, such as `To: Undisclosed:;`."""
    found: list[str] = []
    for header in headers:
        try:
            found += [storable(address.addr_spec) for address in mail.get_address_header(header)]
        except (ValueError, LookupError, AttributeError):
            logger.info("A mail's %s names nobody.", header)
    return found


def part(mail: AnymailInboundMessage, content_type: str) -> str:
    """The beginning of the first part of this type, also where it claims a character set that nobody knows."""
    for part in mail.walk():
        if part.get_content_type() == content_type and not part.is_attachment():
            content = part.get_content_bytes() or b""
            return storable(_decoded(content, part.get_content_charset("utf-8")))[:MOST_READ]
    return ""


def _decoded(content: bytes, charset: str) -> str:
    try:
        text = content.decode(charset, "replace")
    except LookupError:
        text = content.decode("utf-8", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _text_of(html: str) -> str:
    """Without markup, scripts and the quoted end."""
    lines = LINE_ENDS.sub("\n", QUOTES.sub("", html))
    return unescape(nh3.clean(lines, tags=set()))
