"""What borrowers published about an officer, as everybody reads it: the average of all, and the latest."""

from typing import Any

from accounts.models import User
from feedback.models import Review

SHOWN = 5


def reviews_of(officer: User) -> dict[str, Any]:
    """For the officer's page; `review_count` and `review_average` are of all that were ever published and stand."""
    published = Review.objects.published().filter(officer=officer)
    figures = published.figures()
    return {
        "review_count": figures["count"],
        "review_average": figures["average"],
        "reviews": list(latest(officer)[:SHOWN]) if figures["count"] else [],
    }


def latest(officer: User) -> Any:
    """The latest first, low and high alike; those whose words are hidden too."""
    return Review.objects.published().filter(officer=officer).order_by("-published_at", "-pk")
