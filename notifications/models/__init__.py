"""
What the outbox keeps.

`outbox`: a message, its tries, what providers said of it, who was last seen at work. `people`: what each person wants
to hear and which addresses are switched off. `texts`: what came in by text. `mails`: what came in by mail, until it is
read. `wording`: the staff's own words, version by version. `rules`: when the house writes by itself.
"""

from notifications.models.mails import InboundMail
from notifications.models.outbox import Attempt, DeliveryEvent, Heartbeat, Notification, NotificationQuerySet
from notifications.models.people import Preference, Suppression
from notifications.models.rules import MessageRules
from notifications.models.texts import InboundText
from notifications.models.wording import Wording, WordingVersion

__all__ = [
    "Attempt",
    "DeliveryEvent",
    "Heartbeat",
    "InboundMail",
    "InboundText",
    "MessageRules",
    "Notification",
    "NotificationQuerySet",
    "Preference",
    "Suppression",
    "Wording",
    "WordingVersion",
]
