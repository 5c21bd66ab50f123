"""Posting rates for everybody to see, and taking them off the page."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Company, User
from audit import log
from loans.advertising import as_kept, missing
from loans.errors import Refused
from loans.models import RatePost, RateWithdrawal
from loans.pricing import price


def may_post_rates(by: User) -> bool:
    """Managers, and staff of the admin."""
    return by.is_active and (by.sees_every_loan or by.is_staff)


def complete(post: RatePost) -> RatePost:
    """Sets product, payments, APR and hour from the terms. `Refused` says what the advertising rules still ask for."""
    post.product = f"{post.kind}-{post.purpose}-{post.term_months}-{post.first_months}"
    post.posted_at = timezone.now()
    try:
        priced = price(post)
        post.apr, post.payments = priced.apr, as_kept(priced.payments)
    except (
        TypeError,
        ValueError,
        ArithmeticError,
    ):  # terms are missing or make no sense; the sentences say which
        post.apr, post.payments = None, []
    if sentences := missing(post, Company.load(), post.posted_at):
        raise Refused(" ".join(str(sentence) for sentence in sentences))
    return post


@transaction.atomic
def post_rates(*, posts: Sequence[RatePost], by: User) -> list[RatePost]:
    """
    All of these products, at one hour; each supersedes the product's last post. Nothing is posted when one of them
    lacks what has to stand beside a rate (`loans/advertising.py`), or when `by` may not post.
    """
    _must(by)
    if len({complete(post).product for post in posts}) < len(posts):
        raise Refused(_("The same product is there twice."))
    hour = timezone.now()
    for post in posts:
        post.posted_at, post.posted_by = hour, by
        post.save()
        log.record(
            action="rate.posted",
            about=post,
            by=by,
            detail={
                "product": post.product,
                "rate": str(post.rate),
                "points": str(post.points),
                "apr": str(post.apr),
            },
        )
    return list(posts)


@transaction.atomic
def withdraw_rate(*, post: RatePost, why: str, by: User) -> RateWithdrawal:
    """Off the page at once; what was posted before it does not come back. Refused when it was withdrawn before."""
    _must(by)
    try:
        with transaction.atomic():
            withdrawal = RateWithdrawal(post=post, why=why, by=by)
            withdrawal.save()
    except IntegrityError as error:
        raise Refused(_("It was taken off the page already.")) from error
    log.record(action="rate.withdrawn", about=post, by=by, detail={"product": post.product, "why": why})
    return withdrawal


def _must(by: User) -> None:
    if not may_post_rates(by):
        raise Refused(_("Rates are posted by managers and staff."))
