"""
The places in quick replies, `{{ first_name }}`, and what stands in them on a thread.

A thread is read by every borrower of the loan, so papers are named only where one person owes them all, and never those
of a kind that tells about somebody's life.
"""

import re
from collections.abc import Callable

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from conversations.models import Conversation
from documents.kinds import SENSITIVE
from documents.models import Request
from loans.errors import Refused
from loans.models import Loan

PLACE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
LEFT_OVER = re.compile(r"\{\{.*?\}\}|\{\{|\}\}", re.DOTALL)
PLACES: dict[str, Promise] = {
    "first_name": gettext_lazy("First name of whoever wrote last"),
    "officer": gettext_lazy("Officer"),
    "loan_number": gettext_lazy("Loan number"),
    "next_update": gettext_lazy("Day of the next update"),
    "owed_papers": gettext_lazy("Papers that are open"),
    "link": gettext_lazy("Link to the list of papers"),
}


def problems(words: str) -> list[str]:
    """What is wrong with the places in these words, a sentence each; nothing when all are known."""
    unknown = [name for name in dict.fromkeys(PLACE.findall(words)) if name not in PLACES]
    found = [_("There is no place called “%(name)s”.") % {"name": name} for name in unknown]
    if not found and LEFT_OVER.search(PLACE.sub("", words)):
        found.append(_("A place is written {{ name }}, with the name of one of the list."))
    return found


def fill(words: str, *, conversation: Conversation, by: User) -> str:
    """The words with every place filled in for this thread; Refused with the name of the one that has nothing."""
    if wrong := problems(words):
        raise Refused(" ".join(wrong))
    values = {name: _FACTS[name](conversation, by) for name in dict.fromkeys(PLACE.findall(words))}
    for name, value in values.items():
        if not value:
            raise Refused(
                _("There is nothing to put in for “%(place)s” on this loan.") % {"place": PLACES[name]}
            )
    return PLACE.sub(lambda match: values[match[1]], words)


def must_be_filled(words: str) -> None:
    """Refused when a place is still open in what is about to be sent."""
    if left := LEFT_OVER.search(words):
        raise Refused(_("Fill in “%(place)s” before you send it.") % {"place": left[0]})


def _first_name(conversation: Conversation, by: User) -> str:
    if conversation.loan is None:
        return conversation.name.split()[0] if conversation.name.split() else ""
    said = conversation.messages.filter(party__isnull=False, by__isnull=True).select_related("party")
    last = said.order_by("-at", "-id").first()
    party = last.party if last else conversation.loan.parties.borrowers().order_by("id").first()
    return party.first_name if party else ""


def _officer(conversation: Conversation, by: User) -> str:
    return conversation.loan.officer.name if conversation.loan else by.name


def _loan_number(conversation: Conversation, by: User) -> str:
    return conversation.loan.number if conversation.loan else ""


def _next_update(conversation: Conversation, by: User) -> str:
    on = conversation.loan.next_update_on if conversation.loan else None
    return date_format(on, "l, F j") if on else ""


def _owed_papers(conversation: Conversation, by: User) -> str:
    if conversation.loan is None:
        return ""
    owed = list(Request.objects.filter(loan=conversation.loan).waiting_for_borrower().order_by("id"))
    named = (
        [] if _are_several(conversation.loan) else [one.title for one in owed if one.kind not in SENSITIVE]
    )
    rest = len(owed) - len(named)
    if rest and named:
        named.append(ngettext("one more paper", "%(count)d more papers", rest) % {"count": rest})
    elif rest:
        named.append(
            ngettext("one paper on your list", "%(count)d papers on your list", rest) % {"count": rest}
        )
    return get_text_list(named, _("and"))


def _are_several(loan: Loan) -> bool:
    return loan.parties.borrowers().count() > 1


def _link(conversation: Conversation, by: User) -> str:
    loan = conversation.loan
    return settings.PUBLIC_URL + reverse("loans:documents", args=[loan.public_id]) if loan else ""


_FACTS: dict[str, Callable[[Conversation, User], str]] = {
    "first_name": _first_name,
    "officer": _officer,
    "loan_number": _loan_number,
    "next_update": _next_update,
    "owed_papers": _owed_papers,
    "link": _link,
}
