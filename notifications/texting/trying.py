"""
Answer as the borrower, while nobody carries texts: the whole menu can be tried without an account anywhere.

Never where real borrowers are: consent that a borrower did not give is no consent. So it takes the local provider and a
house on one's own machine.
"""

import uuid
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit import log
from loans.errors import Refused
from loans.models import Party
from loans.services import must_work_on
from notifications.models import InboundText
from notifications.texting import inbound, pictures
from notifications.texting.providers import LOCAL, Incoming, Media, provider
from notifications.texting.senders import sender_of

AT_HOME = {"localhost", "127.0.0.1", "::1"}


def may_be_tried() -> bool:
    at_home = settings.DEMO or urlsplit(settings.PUBLIC_URL).hostname in AT_HOME
    return bool(at_home and provider().name == LOCAL)


def answer_as_borrower(*, party: Party, body: str, by: User, file: UploadedFile | None = None) -> InboundText:
    """
    A text of this borrower, as if it had come from their telephone. Refused where texts are real, for people who do
    not work on the loan, without a number, and for a file we do not take.
    """
    must_work_on(party.loan, by)
    if not may_be_tried():
        raise Refused(_("Texts are real here: only the borrower can answer."))
    if not party.text_number:
        raise Refused(_("%(name)s has no telephone number.") % {"name": party.name})
    media = (Media("", file.content_type or ""),) if file else ()
    incoming = Incoming(
        provider_id=uuid.uuid4().hex, sender=party.text_number, sent_to="", body=body, media=media
    )
    text = inbound.receive(incoming, provider=LOCAL)
    with transaction.atomic():
        log.record(action="text.tried", about=text, by=by, loan=party.loan)
    if file is not None and text.loan is not None and sender_of(text.sender).is_of_one_loan:
        pictures.take_in(text, 0, file.content_type or "", file.size or 0, file.chunks())
        InboundText.objects.filter(pk=text.pk).update(media_taken_at=timezone.now())
    return text
