"""The house's own rule for a kind of paper: how many days it is good for (documents/freshness.py has the defaults)."""

from django.db import transaction

from accounts.models import User
from audit import log
from documents.models import KindRule


@transaction.atomic
def save_rule(*, rule: KindRule, by: User) -> KindRule:
    """Keep the house's rule for one kind."""
    rule.save()
    log.record(
        action="kind_rule.changed", about=rule, by=by, detail={"kind": rule.kind, "days": rule.good_for_days}
    )
    return rule


@transaction.atomic
def forget_rule(*, rule: KindRule, by: User) -> None:
    """Back to the portal's default."""
    log.record(action="kind_rule.removed", about=rule, by=by, detail={"kind": rule.kind})
    rule.delete()
