"""
What a visitor seems to have told of the six items that make an application (12 CFR 1026.2(a)(3)(ii)).

Read from English words by rule. It may see too much and miss what is said in another way, so it is a hint to whoever
answers, who reads the words themselves; nothing is decided by it.
"""

import re
from collections.abc import Iterator

from conversations.private_numbers import SOCIAL_SECURITY
from loans.models import ReceivedItem

Item = ReceivedItem.Item

REAL_MONEY = re.compile(r"\$\s?\d|\d[\d,]{3,}|\d\s?(?:k|m|thousand|million)\b", re.IGNORECASE)
TELEPHONE = re.compile(r"(?:\+?1[ .-]?)?(?:\(\d{3}\)|\b\d{3})[ .-]*\d{3}[ .-]?\d{4}\b")
NAME = re.compile(r"\b(?i:my name is|my name's|this is|i am|i'm) [A-Z][\w'’-]+ [A-Z][\w'’-]+")
ADDRESS = re.compile(
    r"\b\d{1,6} (?:[NSEW]\.? )?(?:[A-Z0-9][\w'’-]* ){1,4}"
    r"(?:st|street|ave|avenue|rd|road|dr|drive|ln|lane|blvd|boulevard|ct|court|way|pl|place|ter|terrace|cir|circle|hwy"
    r"|highway|pkwy|parkway|trl|trail)\b",
    re.IGNORECASE,
)
# Beside an amount of money in the same sentence.
BESIDE_MONEY = {
    Item.INCOME: re.compile(
        r"\b(?:incomes?|salar\w+|earn\w*|wages?|paid|(?:i|we) (?:make|bring home)|makes?)\b", re.IGNORECASE
    ),
    Item.VALUE: re.compile(
        r"\b(?:worth|valued?|pric\w+|asking|listed|apprais\w+|costs?|offer\w*|purchase)\b", re.IGNORECASE
    ),
    Item.AMOUNT: re.compile(r"\b(?:borrow\w*|loan|mortgage|financ\w+|amount)\b", re.IGNORECASE),
}
SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+|, (?=(?:and|i|we|my|our|the|it|need|want)\b)", re.IGNORECASE)


def items_told(words: str, *, name: str = "") -> set[str]:
    """The items in these words, as they were typed; `name` is what was typed as theirs."""
    return set(_found(words, name))


def _found(words: str, name: str) -> Iterator[str]:
    if name.strip() or NAME.search(words):
        yield Item.NAME
    if SOCIAL_SECURITY.search(words):
        yield Item.SSN
    if ADDRESS.search(words):
        yield Item.ADDRESS
    for sentence in SENTENCE.split(TELEPHONE.sub("", SOCIAL_SECURITY.sub("", words))):
        if REAL_MONEY.search(ADDRESS.sub("", sentence)):
            yield from (item for item, beside in BESIDE_MONEY.items() if beside.search(sentence))
