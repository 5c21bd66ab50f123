"""Consent to receive disclosures electronically: given by the borrower on their own page, and taken back there."""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from accounts.models import Company, User
from audit import log
from loans import consents, e_delivery
from loans.errors import Refused
from loans.models import Consent, Party

PROOF = noop("Opened the test PDF and typed its word: %(word)s")
WITHDRAWN = noop("Disclosures must come on paper.")


@transaction.atomic
def give_e_delivery_consent(*, party: Party, by: User, typed: str, text_hash: str) -> Consent:
    """
    Disclosures of this loan may be given to this party electronically. `typed` is the word of their test PDF,
    `text_hash` the SHA-256 of the text they were shown. Again while it holds writes nothing.

    Refused for another word, and when the text changed since the page was made.
    """
    _hold(party, by)
    if standing := consents.e_delivery_consent(party):
        return standing
    text = e_delivery.full_text(Company.load())
    if text_hash != e_delivery.text_hash(text):
        raise Refused(_("These words were changed in the meantime. Please read them again."))
    if not e_delivery.is_proof(party, typed):
        raise Refused(_("That is not the word in the PDF. Please open it and look again."))
    return _write(
        party,
        by,
        given=True,
        version=e_delivery.VERSION,
        text=text,
        proof=PROOF % {"word": typed.strip().lower()},
    )


@transaction.atomic
def withdraw_e_delivery_consent(*, party: Party, by: User) -> Consent | None:
    """From now on disclosures come on paper; None, and nothing is written, when no consent was in force."""
    _hold(party, by)
    if consents.e_delivery_consent(party) is None:
        return None
    return _write(party, by, given=False, version="", text=WITHDRAWN)


def _hold(party: Party, by: User) -> None:
    """Two clicks at once are one consent. Nobody consents for somebody else."""
    Party.objects.select_for_update(of=("self",)).filter(pk=party.pk).first()
    if party.user_id != by.pk or party.role == Party.Role.HELPER:
        raise Refused(_("Only the borrower can say this, signed in as themselves."))


def _write(party: Party, by: User, *, given: bool, version: str, text: str, proof: str = "") -> Consent:
    here = log.origin.get()
    consent = Consent.objects.create(
        party=party, kind=Consent.Kind.E_DELIVERY, given=given, wording_version=version, wording=text,
        wording_hash=e_delivery.text_hash(text), proof=proof, address=here.address, agent=here.agent[:300],
    )  # fmt: skip
    log.record(
        action="consent.e_delivery_given" if given else "consent.e_delivery_withdrawn",
        about=party, by=by, loan=party.loan,
        detail={"version": version, "sha256": consent.wording_hash} if given else {},
    )  # fmt: skip
    return consent
