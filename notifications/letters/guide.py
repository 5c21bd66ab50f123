"""A guide as a tagged PDF, set by the same engine as the letters. It names nobody and is the same for everybody."""

import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Company
from leads.guides import Guide
from notifications import words
from notifications.letters import markdown
from notifications.letters.paper import set_page

BOOKLET = Path(__file__).with_name("guide.typ")


def guide_pdf(guide: Guide) -> bytes:
    """The PDF/UA-1 of this guide as it reads today. The same words are set once in a process."""
    company = Company.load()
    said = {
        "language": (get_language() or settings.LANGUAGE_CODE)[:2],
        "title": str(guide.title),
        "summary": str(guide.summary),
        "about": _("Facts checked on %(date)s. Read it on the web: %(address)s")
        % {
            "date": words.long_date(guide.checked_on),
            "address": f"{settings.PUBLIC_URL}/guides/{guide.slug}/",
        },
        "company": company.name,
        "sections": [
            {"heading": section.heading, "body": markdown.tree(section.words, {})}
            for section in guide.sections
        ],
        "footer": _footer(company),
    }
    return _set(json.dumps(said, sort_keys=True))


def _footer(company: Company) -> list[str]:
    lines = [
        _("%(company)s, NMLS ID %(id)s")
        % {"company": company.legal_name or company.name, "id": company.nmls_id},
        *company.licence_lines.splitlines(),
        company.equal_housing_statement,
        _(
            "This guide is general; your own loan is decided on its own. Nothing here is a commitment to lend."
        ),
    ]
    return [line for line in lines if line]


@lru_cache(maxsize=16)
def _set(said: str) -> bytes:
    return set_page(BOOKLET, json.loads(said))
