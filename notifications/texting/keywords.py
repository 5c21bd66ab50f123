"""
How a text is read: the whole message, in plain small letters, against a few words.

Only a message that is nothing but a word of the menu is taken as one. Whatever merely contains a word that ends texting
("Stop please", "End of month is fine") is neither a word of the menu nor a message: a person must look. Matching the
beginning alone, as others do, unsubscribes whoever writes "end of month works" and subscribes whoever writes
"yesterday".
"""

import re
import unicodedata
from dataclasses import dataclass
from itertools import groupby

from notifications.models import InboundText

Reading = InboundText.Reading

STOP = ("stop", "stopall", "quit", "end", "revoke", "opt out", "optout", "cancel", "unsubscribe")
YES = "yes"
START = ("start", "unstop", YES)
HELP = ("help", "info")
STATUS, DOCS, CALL, MENU, REQUEST = "status", "docs", "call", "menu", "request"
# "Any reasonable means" (47 CFR 64.1200(a)(10)) is more than the listed words: a person looks at these as well.
PHRASES = (
    "do not text", "dont text", "do not message", "dont message", "do not contact", "dont contact", "no more text",
    "no more texts", "no more messages", "opt me out", "opted out", "opting out", "unsubscribed", "unsubscribing",
    "stopping", "remove me", "take me off", "leave me alone", "wrong number",
)  # fmt: skip
# Nothing but the word, in a language we do not write in.
ELSEWHERE = (
    "alto", "parar", "pare", "basta", "cancelar", "arrêt", "стоп", "停止", "取消", "退订", "退訂", "그만", "중지",
    "dừng lại", "hủy", "itigil", "توقف",
)  # fmt: skip
SIGNS = ("\N{OCTAGONAL SIGN}", "\N{NO ENTRY}")
FIRST_WORD = re.compile(r"[\W_]*([^\W_]+)[\W_]*")


@dataclass(frozen=True)
class Read:
    """What a text says: how it is read, by which word, and the words that follow it."""

    reading: str
    keyword: str = ""
    words: str = ""


def read(body: str) -> Read:
    """The reading of a text; never raises, whatever it holds."""
    said = normalise(body)
    if word := _STOPS.get(said.replace(" ", "")):
        return Read(Reading.STOP, word)
    if may_say_stop(body):
        return Read(Reading.UNCLEAR)
    if said in START:
        return Read(Reading.START, said)
    if said in HELP:
        return Read(Reading.HELP, said)
    if said in (STATUS, DOCS, CALL, MENU):
        return Read(Reading.MENU, said)
    if said.partition(" ")[0] == REQUEST:
        return Read(Reading.MENU, REQUEST, after_first_word(body))
    return Read(Reading.MESSAGE, words=body.strip()) if body.strip() else Read(Reading.SILENT)


def may_say_stop(body: str) -> bool:
    """Whether a word that ends texting stands anywhere in it, or it says so in another way."""
    said = f" {spelled_out(normalise(body))} "
    if any(f" {word} " in said for word in (*STOP, *PHRASES)):
        return True
    return said.strip() in _ELSEWHERE or any(sign in body for sign in SIGNS)


def normalise(text: str) -> str:
    """Small plain letters and digits, one space between words; doing it again changes nothing."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return " ".join("".join(map(_plain, folded)).split())


def _plain(character: str) -> str:
    category = unicodedata.category(character)
    if category[0] in "LN":
        return character
    # Accents, joiners and apostrophes belong into a word ("don't"); all else ends it.
    return "" if category[0] == "M" or category == "Cf" or character in "'’‘`´" else " "


def spelled_out(said: str) -> str:
    """Letters that stand alone, one after the other ("s t o p"), as the word they spell."""
    runs = groupby(said.split(), key=lambda word: len(word) == 1)
    return " ".join("".join(run) if is_spelled else " ".join(run) for is_spelled, run in runs)


def after_first_word(body: str) -> str:
    """What follows the first word, as it was typed; all of it when the first word is not to be told apart."""
    first = FIRST_WORD.match(body)
    if first is None or normalise(first.group(1)) != REQUEST:
        return body.strip()
    return body[first.end() :].strip()


_STOPS = {word.replace(" ", ""): word for word in STOP}
_ELSEWHERE = frozenset(map(normalise, ELSEWHERE))
