"""What the clock does here. Every run may be repeated, or run twice at once, without harm."""

from celery import shared_task

from feedback.figures import counting


@shared_task(name="feedback.count_experience")
def count_experience() -> int:
    """The figures of experience of this hour's months; returns how many were kept."""
    return counting.count_lately()
