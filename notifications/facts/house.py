"""Facts of what the house sends to those who look after its words."""

from notifications.facts.shared import Facts
from notifications.models import Notification


def wording_test(row: Notification) -> Facts:
    return {"about": row.context["about"], "subject": row.context["subject"]}


GATHERERS = (wording_test,)
