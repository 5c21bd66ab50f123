"""
What a reply in public may say. It must not tell that somebody has or had a loan here: thanks, and a way to talk.

The words they agree to when they publish are here as well; a copy is kept with each consent.
"""

import re

from django.utils.translation import gettext_lazy as _

from feedback.models import Review

CONSENT = _(
    "Publish my stars and my words on this site, on the page of the loan officer. Everybody can read them. I can take "
    "this back at any time with the link in the mail."
)
# For whoever replies to begin with; both say nothing about who wrote.
TEMPLATES = (
    _("Thank you for taking the time to write. We read every word."),
    _(
        "Thank you for saying so plainly. We would like to hear more: please call us at the number on this page and "
        "ask for a manager."
    ),
)
# Each of these says, or lets one guess, that the writer is a customer or what their loan is like.
_CONFIRMS = re.compile(
    r"\b(your|his|her|their|the)\s+(\w+\s+)?(loan|mortgage|refinance|refinancing|application|file|rate|closing|home|"
    r"house|condo|purchase|credit|income|down\s*payment|appraisal|documents?|papers?)\b"
    r"|\b(loan|file)\s*(number|no\.?|#)|\bLN-|\b(customer|client|borrower)s?\b"
    r"|\b(working|worked)\s+with\s+(you|him|her|them)\b|\b(approved|denied|declined|funded|closed|underwr\w+)\b",
    re.IGNORECASE,
)
_NUMBERS = re.compile(r"\$|%|\d{4,}|\b\d{3}[- ]\d{2}[- ]\d{4}\b")
_SHORTEST_NAME = 3


def what_is_wrong(words: str, review: Review) -> str:
    """Why these words must not be the reply to this review, in a sentence; empty when they may."""
    if _CONFIRMS.search(words):
        return str(_("A reply must not tell that somebody has or had a loan here, or anything about it."))
    if _NUMBERS.search(words):
        return str(_("A reply has no amounts, rates or long numbers."))
    if _names_of(review) & set(re.findall(r"\w+", words.casefold())):
        return str(_("A reply does not name who wrote, who else was there, or where they live."))
    return ""


def _names_of(review: Review) -> set[str]:
    """Every word by which somebody would know who it is: names on the loan, the street, the town."""
    loan = review.loan
    told = [loan.number, loan.street, loan.city, *loan.parties.values_list("name", flat=True)]
    told += [str(part) for part in loan.parties.values_list("email", flat=True)]
    of_us = set(re.findall(r"\w+", review.officer.name.casefold()))
    words = set(re.findall(r"[^\W\d_]+", " ".join(told).casefold())) - _COMMON - of_us
    return {word for word in words if len(word) >= _SHORTEST_NAME}


# Words of addresses that are words of every sentence too.
_COMMON = {
    "com",
    "the",
    "and",
    "example",
    "gmail",
    "mail",
    "lane",
    "street",
    "road",
    "avenue",
    "drive",
    "way",
    "court",
}
