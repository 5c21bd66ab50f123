"""What is asked and when, as staff set it. What waits follows from the next look at it on."""

from collections.abc import Iterable

from django.db import transaction

from accounts.models import User
from audit import log
from feedback.models import FeedbackRules


@transaction.atomic
def change_rules(*, rules: FeedbackRules, by: User, changed: Iterable[str]) -> FeedbackRules:
    """Keep these rules; the audit log learns which of them changed, and to what."""
    rules.pk = 1
    rules.save()
    said = {name: str(getattr(rules, name)) for name in sorted(changed)}
    log.record(action="feedback_rules.changed", about=rules, by=by, detail=said)
    return rules
