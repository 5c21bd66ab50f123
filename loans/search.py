"""
How a loan is found by what somebody types: number, names, address, phone numbers, e-mail addresses.

`LoanWord` holds the words of each loan; `keep_words` is called by every service that changes what they come from, and
`keep_missing_words` fills loans that came in without (rows from before, rows written past the services).
`found` narrows a list to the loans that have, for each word typed, a word that begins with it.
"""

import re
import unicodedata
from collections.abc import Iterator

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from loans.models import Loan, LoanWord, Party

LONGEST = 60
MOST_TYPED = 6
# So many are fetched and sorted; where more fit, the list itself is walked and is soon full.
FEW = 500
LAST = "\U0010ffff"
# A phone number as people write it, not the tail of a loan number.
PHONE = re.compile(r"(?<![\w-])\+?[\d(][\d\s().-]{5,}\d(?!\w)")
PHONE_LENGTHS = (7, 10, 11)
AT_ONCE = 500


def plain(text: str) -> str:
    """Lower case, without accents and apostrophes: José and O’Brien are found by jose and obrien."""
    bare = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text.casefold())
        if not unicodedata.combining(letter)
    )
    return re.sub(r"['’`]", "", bare)


def pieces(text: str) -> Iterator[str]:
    """The words of a text, without the punctuation around them."""
    for word in plain(text).split():
        if word := word.strip('.,;:!?()[]"“”#'):
            yield word[:LONGEST]


def words_of(loan: Loan) -> set[str]:
    """Every word this loan is found by; reads its parties."""
    texts = [loan.number, loan.external_number, loan.street, loan.city, loan.zip_code]
    words = {word for text in texts for word in pieces(text)}
    words.add(
        _digits(loan.external_number)[:LONGEST]
    )  # a number like 555-0101 reads as a telephone number when it is typed
    for party in loan.parties.select_related("user"):
        words |= _words_of_party(party)
    return words - {""}


def _words_of_party(party: Party) -> set[str]:
    user = party.user
    words = set(pieces(party.name))
    words |= {part for word in words for part in word.split("-") if len(part) > 1}
    addresses = [party.email, *((user.email, user.contact_email) if user else ())]
    words |= {word for address in addresses for word in pieces(address)}
    for phone in (party.phone, user.phone if user else ""):
        words |= _phone_words(str(phone or ""))
    return words


def _phone_words(phone: str) -> set[str]:
    """The number whole, and without the area code: people type either."""
    digits = _digits(phone)
    return {digits, digits[-7:]} if len(digits) >= 7 else set()


def _digits(phone: str) -> str:
    digits = re.sub(r"\D", "", phone)
    return digits[1:] if len(digits) == 11 and digits.startswith("1") else digits


def typed_words(typed: str) -> list[str]:
    """What was typed, as words of a loan, the longest first: it is likely the rarest."""
    phones = []

    def take(match: re.Match[str]) -> str:
        if len(re.sub(r"\D", "", match[0])) not in PHONE_LENGTHS:
            return match[0]
        phones.append(_digits(match[0]))
        return " "

    rest = PHONE.sub(take, typed)
    words = dict.fromkeys([*phones, *pieces(rest)])
    return sorted(words, key=len, reverse=True)[:MOST_TYPED]


def found(loans: QuerySet[Loan], typed: str) -> QuerySet[Loan]:
    """
    The loans among these that fit what was typed; all of them when it says nothing.

    One query looks how many fit anywhere in the house. Few are named by their ids; with many, each row of the ordered
    list is asked, which fills a page soon. Either way the cost does not grow with the table.
    """
    words = typed_words(typed)
    if not words:
        return loans
    rarest = LoanWord.objects.filter(_begins(words[0]))
    for word in words[1:]:
        rarest = rarest.filter(Exists(LoanWord.objects.filter(_begins(word), loan=OuterRef("loan"))))
    ids = list(rarest.values_list("loan_id", flat=True)[: FEW + 1])
    if len(ids) <= FEW:
        return loans.filter(pk__in=set(ids))
    for word in words:
        loans = loans.filter(Exists(LoanWord.objects.filter(_begins(word), loan=OuterRef("pk"))))
    return loans


def _begins(word: str) -> Q:
    """Words that begin so, found by the index: SQLite reads a range of it, PostgreSQL its order by bytes."""
    if connection.vendor == "postgresql":
        return Q(word__startswith=word)
    return Q(word__gte=word, word__lt=word + LAST)


def keep_words(loan: Loan) -> bool:
    """Store the words of this loan; True when they had changed. Called in the write that changes names or places."""
    wanted = words_of(loan)
    stored = set(LoanWord.objects.filter(loan=loan).values_list("word", flat=True))
    if gone := stored - wanted:
        LoanWord.objects.filter(loan=loan, word__in=gone).delete()
    LoanWord.objects.bulk_create(
        (LoanWord(loan=loan, word=word) for word in sorted(wanted - stored)), ignore_conflicts=True
    )
    return stored != wanted


def keep_missing_words(limit: int = AT_ONCE) -> int:
    """Give words to loans that have none; returns how many it were. Twice is harmless."""
    bare = Loan.objects.filter(~Exists(LoanWord.objects.filter(loan=OuterRef("pk")))).order_by("pk")
    return sum(keep_words(loan) for loan in bare[:limit])
