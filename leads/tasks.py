"""What the clock does to leads. Every run may be repeated, or run twice at once, without harm."""

from celery import shared_task

from leads import overdue


@shared_task(name="leads.run_clocks")
def run_clocks() -> None:
    overdue.settle_quiet_threads()
    overdue.escalate()
