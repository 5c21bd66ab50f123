"""Facts of answers and notices about text messages."""

from collections.abc import Callable

from notifications.facts.shared import Facts
from notifications.models import Notification

GATHERERS: tuple[Callable[[Notification], Facts], ...] = ()
