"""What went out, or is ready to be printed: kept under a random key with its SHA-256 in the audit log."""

import hashlib

from accounts import private_files
from audit import log
from notifications.letters import markdown
from notifications.letters.ahead import page_of
from notifications.letters.paper import loan_of
from notifications.models import Notification


def attach(row: Notification) -> tuple[str, bytes]:
    """Make the PDF that goes out by mail and keep it; its name and bytes. NeedsALook, facts.NotWanted."""
    return file_name(row), _made(row)


def make_printable(row: Notification) -> None:
    """
    Make the PDF that is going to be printed and keep it; the row carries its words for whoever reads the outbox.
    NeedsALook, facts.NotWanted.
    """
    _made(row)


def _made(row: Notification) -> bytes:
    data, content = page_of(row)
    row.attachment_key = row.attachment_key or private_files.new_key("letters", "pdf")
    private_files.keep(row.attachment_key, content)
    if row.channel == Notification.Channel.LETTER:
        row.subject, row.text_body = data["title"], markdown.plain(data["body"])
    log.record(
        action="letter.made", about=row, task="notifications", loan=row.loan,
        detail={
            "key": row.attachment_key, "size": len(content), "sha256": hashlib.sha256(content).hexdigest(),
        },
    )  # fmt: skip
    return content


def kept(row: Notification) -> bytes | None:
    """The PDF that went out or is ready to; None before that."""
    return private_files.read(row.attachment_key)


def file_name(row: Notification) -> str:
    return f"{row.kind.replace('_', '-')}-{loan_of(row).number}.pdf"
