"""The two consents of an application, in their exact wording; stored with their version when given or left."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import Company
from loans.models import Consent


@dataclass(frozen=True)
class Wording:
    version: str
    text: str


def wording(kind: str, company: Company) -> Wording:
    """What the box says today, and which version that is (kept on the company's page in the admin)."""
    if kind == Consent.Kind.PRIVACY_SEEN:
        return Wording(
            company.privacy_version,
            _("I have seen the privacy notice of %(company)s.") % {"company": company.name},
        )
    return Wording(
        company.texting_version,
        _(
            "%(company)s may send me text messages about this loan. I do not have to agree to get a loan. "
            "Message and data rates may apply; I can stop them at any time by answering STOP."
        )
        % {"company": company.name},
    )
