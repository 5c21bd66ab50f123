"""
The consents people give, in their exact wording, stored with their version when given or left; and which one holds.

Consent to texts is between a person and one telephone number. The newest word about that number counts, on whichever
loan of theirs it was said; a number they change to later was never agreed to, so it gets no texts until they are asked
again.

Consent to receive disclosures electronically (`loans/e_delivery.py` has its words) is between a person and one loan.
"""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from phonenumber_field.phonenumber import PhoneNumber

from accounts.models import Company
from loans.models import Consent, Party


@dataclass(frozen=True)
class Wording:
    version: str
    text: str


def wording(kind: str, company: Company, *, number: str = "") -> Wording:
    """
    What the box says today, and which version that is (kept on the company's page in the admin). `number` (E.164)
    where it is known already; otherwise it stands in the same form.
    """
    if kind == Consent.Kind.PRIVACY_SEEN:
        return Wording(
            company.privacy_version,
            _("I have seen the privacy notice of %(company)s.") % {"company": company.name},
        )
    return Wording(
        company.texting_version,
        _(
            "%(company)s may send me text messages about my loan to %(number)s, some of them automatic, usually a "
            "few a month. I do not have to agree to get a loan. Message and data rates may apply; I can stop them at "
            "any time by answering STOP, and HELP brings help."
        )
        % {"company": company.name, "number": _as_written(number) if number else _("this number")},
    )


def _as_written(number: str) -> str:
    return str(PhoneNumber.from_string(number).as_national)


def texting_consent(party: Party, number: str = "") -> Consent | None:
    """The consent under which this person may be texted at `number` (theirs of today by default); None without one."""
    number = number or party.text_number
    if not number:
        return None
    newest = texting_words(party).filter(number=number).first()
    return newest if newest and newest.given else None


def texting_words(party: Party) -> QuerySet[Consent]:
    """All this person ever said about texts, on any loan of theirs, the newest first."""
    person = Q(party__user_id=party.user_id) if party.user_id else Q(party_id=party.pk)
    return Consent.objects.filter(person, kind=Consent.Kind.TEXTING).order_by("-id")


def e_delivery_consent(party: Party) -> Consent | None:
    """The consent under which disclosures may be given to this party electronically; None without one."""
    newest = Consent.objects.filter(party=party, kind=Consent.Kind.E_DELIVERY).order_by("-id").first()
    return newest if newest and newest.given else None
