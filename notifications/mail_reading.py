"""What somebody wrote in an answered mail: its own words, without what they quote."""

import hashlib
import re
from html import unescape

import nh3
from anymail.inbound import AnymailInboundMessage
from mailparser_reply import EmailReplyParser

# What is longer than we keep is quoted below; the library's patterns also take long over very long texts.
MOST_CHARACTERS = 4000
EMPTY_LINES = re.compile(r"\n\s*\n\s*")
LINE_ENDS = re.compile(r"<(?:br|/p|/div|/li|/tr|/h\d)\b[^>]*>", re.IGNORECASE)
QUOTES = re.compile(r"<blockquote\b.*", re.IGNORECASE | re.DOTALL)
_parser = EmailReplyParser(languages=["en"])


def what_is_new(mail: AnymailInboundMessage) -> str:
    """Plain words; of a mail in HTML alone its text."""
    text = mail.text if (mail.text or "").strip() else _text_of(mail.html or "")
    lines = "\n".join(line.rstrip() for line in (text or "").splitlines())
    short = EMPTY_LINES.sub("\n\n", lines).strip()[:MOST_CHARACTERS]
    return str(_parser.parse_reply(text=short) or "").strip()


def digest(text: str) -> str:
    """A name for something, of a length that fits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _text_of(html: str) -> str:
    """Without markup, scripts and the quoted end."""
    lines = LINE_ENDS.sub("\n", QUOTES.sub("", html))
    return unescape(nh3.clean(lines, tags=set()))
