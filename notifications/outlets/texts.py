"""Text messages, through whoever carries them (`notifications/texting/providers.py`)."""

import logging

from notifications.models import Notification
from notifications.outlets.outcome import REFUSED, RETRY, SENT, UNCERTAIN, Outcome, Outlet
from notifications.smtp import Uncertain
from notifications.texting import providers

logger = logging.getLogger(__name__)


class TextOutlet(Outlet):
    def __init__(self) -> None:
        self.provider = providers.provider()
        self.name = self.provider.name

    def send(self, row: Notification, parcel: str) -> Outcome:
        try:
            their_id = self.provider.send(to=row.address, body=parcel, reference=str(row.public_id))
        except providers.Refused as error:
            return Outcome(REFUSED, _said(error), for_good=error.number_is_dead)
        except providers.Busy as error:
            return Outcome(RETRY, _said(error), of_server=True)
        except Uncertain as error:
            return Outcome(UNCERTAIN, _said(error), of_server=True)
        except Exception as error:  # it may have left: a text is never sent twice
            logger.exception("Text %s (%s): no clear answer.", row.public_id, row.kind)
            return Outcome(UNCERTAIN, _said(error), of_server=True)
        return Outcome(SENT, provider_id=their_id[:200])


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:480]
