"""
Consent to text messages, given and taken back: by the person on their own page, or by a text that says START or STOP.

A row is written for every loan of the person, so that each file shows it; rows are never changed. Whoever hears of it
(`events.texting_agreed`, `events.texting_withdrawn`) confirms with one text.
"""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from accounts import services as accounts
from accounts.models import Company, User
from audit import log
from audit.log import Origin
from loans import consents, events
from loans.consents import Wording
from loans.errors import Refused
from loans.models import Consent, Party

WITHDRAWN = Wording("", noop("Text messages must end."))


@transaction.atomic
def give_texting_consent(
    *,
    person: User | Party,
    by: User | None,
    number: str = "",
    wording: Wording | None = None,
    origin: Origin | None = None,
) -> Consent:
    """
    Texts may go to the person's number; `number` (E.164) is the one they were shown. Again while it holds writes
    nothing. `wording` where it was not the box on their page they agreed to, say a text that said START.

    Refused without a number, with another one than theirs of today, and for somebody who is on no loan.
    """
    parties = _parties_of(person)
    if not parties:
        raise Refused(_("Text messages are about a loan; there is none yet."))
    party = parties[-1]
    own = party.text_number
    if not own:
        raise Refused(_("Please give us your mobile number first, under “About you”."))
    if number and number != own:
        raise Refused(_("Your telephone number was changed in the meantime. Please look at it again."))
    if standing := consents.texting_consent(party, own):
        return standing
    if party.user and not party.user.phone:  # known from one loan alone: from now on it holds for all of them
        accounts.change_profile(user=party.user, by=by or party.user, phone=own)
    said = wording or consents.wording(Consent.Kind.TEXTING, Company.load(), number=own)
    consent = _write(parties, number=own, given=True, said=said, origin=origin, by=by)
    events.texting_agreed.send(sender=Consent, consent=consent, by=by)
    return consent


@transaction.atomic
def withdraw_texting_consent(
    *, person: User | Party, by: User | None, wording: Wording | None = None, origin: Origin | None = None
) -> list[Consent]:
    """
    Texts to the person end at once, on every loan and at every number they ever agreed to; one row a number is
    answered. Empty, and nothing is written or sent, when no consent was in force. A number that is no longer theirs
    is not told: it may be somebody else's by now.
    """
    parties = _parties_of(person)
    if not parties:
        return []
    newest: dict[str, bool] = {}
    for word in consents.texting_words(parties[-1]):
        newest.setdefault(word.number, word.given)
    ended = [
        _write(parties, number=number, given=False, said=wording or WITHDRAWN, origin=origin, by=by)
        for number, given in newest.items()
        if given
    ]
    theirs = {party.text_number for party in parties}
    for consent in ended:
        if consent.number in theirs:
            events.texting_withdrawn.send(sender=Consent, consent=consent, by=by)
    return ended


def _parties_of(person: User | Party) -> list[Party]:
    """Every loan of this person, the newest last; held, so that two clicks at once are one consent."""
    rows = Party.objects.borrowers().select_for_update(of=("self",)).select_related("user", "loan")
    if isinstance(person, User):
        rows = rows.filter(user=person)
    elif person.user_id:
        rows = rows.filter(user_id=person.user_id)
    else:
        rows = rows.filter(pk=person.pk)
    return list(rows.order_by("id"))


def _write(
    parties: list[Party], *, number: str, given: bool, said: Wording, origin: Origin | None, by: User | None
) -> Consent:
    """The row of the newest loan; the others get theirs as well."""
    here = origin or log.origin.get()
    for party in parties:
        consent = Consent.objects.create(
            party=party,
            kind=Consent.Kind.TEXTING,
            given=given,
            number=number,
            wording_version=said.version,
            wording=said.text,
            address=here.address,
            agent=here.agent[:300],
        )
        log.record(
            action="consent.texting_given" if given else "consent.texting_withdrawn",
            about=party,
            by=by,
            task="" if by else "texting",
            loan=party.loan,
            detail={"number": number},
        )
    return consent
