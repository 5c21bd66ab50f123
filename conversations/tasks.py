"""What the clock does to conversations. Every run may be repeated, or run twice at once, without harm."""

from celery import shared_task

from conversations import figures
from conversations.services import overdue


@shared_task(name="conversations.run_clocks")
def run_clocks() -> None:
    """Replies that are overdue become tasks, and what was answered is ticked off."""
    overdue.mend_threads()
    overdue.close_answered()
    overdue.ask_for_replies()
    overdue.keep_complaint_flags()


@shared_task(name="conversations.keep_figures")
def keep_figures() -> None:
    """How long answers take, counted anew."""
    figures.keep_figures()
