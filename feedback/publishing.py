"""
What a reply in public may say. It must not tell that somebody has or had a loan here: thanks, and a way to talk.

The words they agree to when they publish are here as well; a copy is kept with each consent.
"""

import re
import unicodedata

from django.utils.translation import gettext_lazy as _

from accounts.models import Company
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
# Each of these says, or lets one guess, that the writer is a customer or what their loan is like; without accents,
# and in Spanish as well, since officers reply as they were written to.
_CONFIRMS = re.compile(
    r"\b(your|his|her|their|the|new)\s+(\w+\s+)?(application|file|rate|closing|home|house|condo|purchase|credit|"
    r"income|down\s*payment|appraisal|documents?|papers?|keys)\b"
    r"|\bloans?\b(?!\s+officer)|\b(mortgages?|refi|refinanc\w*|financ\w*|borrow\w*|escrow|homeowners?|homebuyers?)\b"
    r"|\b(file)\s*(number|no\.?|#)|\bLN-|\b(customer|client)s?\b"
    r"|\b(working|worked)\s+with\s+(you|him|her|them)\b"
    r"|\b(approved|pre-?approv\w*|denied|declined|funded|closed|underwr\w+)\b"
    r"|\b(hipotec\w*|prestamos?|creditos?|casas?|vivienda|hogar|solicitud|cierre|expediente|tasas?|clientes?)\b",
    re.IGNORECASE,
)
_NUMBERS = re.compile(r"\$|%|\d{4,}|\b\d{3}[- ]\d{2}[- ]\d{4}\b")
# Shorter ones are looked for as they are written, and in names alone: "Bo", not "bo" or "us".
_SHORTEST_WORD = 3


def what_is_wrong(words: str, review: Review) -> str:
    """Why these words must not be the reply to this review, in a sentence; empty when they may."""
    said = _plain(words)
    if _CONFIRMS.search(_without_our_name(said)):
        return str(_("A reply must not tell that somebody has or had a loan here, or anything about it."))
    if _NUMBERS.search(said):
        return str(_("A reply has no amounts, rates or long numbers."))
    if _told(review) & {word.casefold() for word in _words(said)} or _short_names(review) & _words(said):
        return str(_("A reply does not name who wrote, who else was there, or where they live."))
    return ""


def _without_our_name(said: str) -> str:
    """A house may be called a mortgage company."""
    house = Company.load()
    for name in (house.legal_name, house.name):
        said = re.sub(re.escape(_plain(name)), " ", said, flags=re.IGNORECASE) if name else said
    return said


def _told(review: Review) -> set[str]:
    """Every word by which somebody would know who it is: names on the loan, the street, the town."""
    loan = review.loan
    told = [loan.number, loan.street, loan.city, *_names(review)]
    told += [str(part) for part in loan.parties.values_list("email", flat=True)]
    words = {word.casefold() for word in _words(" ".join(told))} - _COMMON
    of_us = {word.casefold() for word in _words(review.officer.name)}
    return {word for word in words - of_us if len(word) >= _SHORTEST_WORD}


def _short_names(review: Review) -> set[str]:
    short = {word for word in _words(" ".join(_names(review))) if 1 < len(word) < _SHORTEST_WORD}
    return short - _words(review.officer.name)


def _names(review: Review) -> list[str]:
    return list(review.loan.parties.values_list("name", flat=True))


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]+", _plain(text)))


def _plain(text: str) -> str:
    """Without accents: "José" is known as "Jose" too."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))


# Words of addresses that are words of every sentence too.
_COMMON = {
    "com", "net", "org", "the", "and", "example", "gmail", "outlook", "mail", "lane", "street", "road", "avenue",
    "drive", "way", "court",
}  # fmt: skip
