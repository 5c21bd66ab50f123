from django.conf import settings
from django.http import HttpRequest

from accounts.models import Company
from portal.found import canonical, may_be_found


def site(request: HttpRequest) -> dict[str, object]:
    """What every page shows: the company, whether this is the demo, and whether mail stays on the outbox screen."""
    return {
        "company": Company.load(),
        "demo": settings.DEMO,
        "mail_stays_here": not settings.MAIL_LEAVES_THE_HOUSE,
        "canonical": canonical(request) if may_be_found(request) else "",
    }
