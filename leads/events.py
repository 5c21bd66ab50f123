"""What happens to people who are not borrowers yet. Sent with `send()` inside the transaction of the service."""

from django.dispatch import Signal

# lead: Lead, by: User, key: str (of this one call), guide: str (its slug, or empty), with_link: bool. Somebody asked on
# the telephone to be sent a guide or the way to apply; the lead has an address.
sending_asked = Signal()

# lead: Lead. They applied, or somebody opened a loan for them; `lead.loan` is it.
lead_applied = Signal()

# lead: Lead, request: GuideRequest. A visitor asked on the site to be sent a guide, and agreed to it.
guide_asked = Signal()
