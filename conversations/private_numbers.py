"""Numbers that stand in no mail and in no chat: Social Security and account numbers, as somebody typed them."""

import re

_DASH = r"[.\-\u2010-\u2015\u2212]"
_GAP = rf"(?:[ \u00a0]?{_DASH}[ \u00a0]?|[ \u00a0])?"
_LABEL = rf"(?:ssn|acct|account|routing)(?: ?(?:number|no\.?|nr\.?|is|#|:|{_DASH}))* ?"
_END = rf"(?!\w|{_DASH}\w)"  # of a number, not of a part of some longer name
NUMBER = re.compile(rf"(?<![\w-])(?P<label>{_LABEL})?(?P<number>\d(?:{_GAP}\d){{8,}}){_END}", re.IGNORECASE)
SOCIAL_SECURITY = re.compile(
    rf"(?<![\w-])(?:{_LABEL})?\d{{3}}{_GAP}\d{{2}}{_GAP}\d{{4}}{_END}", re.IGNORECASE
)
TELEPHONE = (10, 11)  # digits
ZIP_CODE = re.compile(r"\d{5}-\d{4}")


def without_private_numbers(text: str) -> str:
    """Nine digits or more that are no telephone number are dots; after “account” or “SSN” no telephone number comes."""
    return NUMBER.sub(_as_dots, text)


def _as_dots(match: re.Match[str]) -> str:
    label, number = match["label"], match["number"]
    if not label:
        digits = sum(letter.isdigit() for letter in number)
        if digits in TELEPHONE or ZIP_CODE.fullmatch(number):
            return number
    return f"{label or ''}•••"
