"""What tests of texting share: people with telephones, and a text from one of them."""

from itertools import count
from typing import Any

from loans.models import Loan, Party
from loans.services import give_texting_consent
from notifications.delivery import deliver_due
from notifications.models import InboundText, Notification
from notifications.texting import inbound
from notifications.texting.providers import Incoming
from tests.cast import Cast

BEA, COLE, NILS, STRANGER = "+12075550101", "+12075550102", "+12075550103", "+12075550199"
TOKEN = "12345"
ACCOUNT = "AC00000000000000000000000000000000"
_numbers = count(1)


def with_telephone(party: Party, number: str, *, agrees: bool = True) -> Party:
    """The person has this number, and has agreed to texts there."""
    party.user.phone = number  # type: ignore[union-attr]
    party.user.save(update_fields=["phone"])  # type: ignore[union-attr]
    party = Party.objects.select_related("user", "loan").get(pk=party.pk)
    if agrees:
        give_texting_consent(person=party, by=party.user)
        Notification.objects.filter(kind="texting_confirmed").delete()
    return party


def text(number: str, body: str, **more: Any) -> InboundText:
    """A text from this number comes in."""
    incoming = Incoming(
        provider_id=f"t{next(_numbers)}", sender=number, sent_to="+12075550100", body=body, **more
    )
    return InboundText.objects.get(pk=inbound.receive(incoming, provider="local").pk)


def texts_to(number: str, **states: Any) -> list[str]:
    """The kinds of what was queued for it as a text, in order."""
    rows = Notification.objects.filter(channel="text", address=number, **states).order_by("id")
    return list(rows.values_list("kind", flat=True))


def sent_to(number: str) -> list[str]:
    """Send what is due; the words of every text that left for the number."""
    deliver_due("text")
    rows = Notification.objects.filter(channel="text", address=number, state__in=["sent", "delivered"])
    return list(rows.order_by("sent_at", "id").values_list("text_body", flat=True))


def place(loan: Loan, stage: str) -> None:
    """Stand the loan at a stage without a message."""
    Loan.objects.filter(pk=loan.pk).update(stage=stage)
    loan.refresh_from_db()


def make_bea_reachable(cast: Cast) -> Party:
    cast.bea_party = with_telephone(cast.bea_party, BEA)
    return cast.bea_party


def use_twilio(settings: Any) -> None:
    """As a house is set that sends through Twilio; nothing is reachable from the tests."""
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = ACCOUNT, TOKEN
    settings.TWILIO_FROM, settings.TEXTS_LEAVE_THE_HOUSE = "+12075550100", True
    settings.PUBLIC_URL, settings.HTTPS = "https://portal.example.com", True
