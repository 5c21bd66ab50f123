"""Numbers that stand in no mail and in no chat: Social Security and account numbers, as somebody typed them."""

import re

NUMBER = re.compile(r"(?<![\w-])\d(?:[ .-]?\d){8,}(?![\w-])")
SOCIAL_SECURITY = re.compile(r"(?<![\w-])\d{3}[ .-]?\d{2}[ .-]?\d{4}(?![\w-])")
TELEPHONE = (10, 11)  # digits
ZIP_CODE = re.compile(r"\d{5}-\d{4}")


def without_private_numbers(text: str) -> str:
    """Nine digits or more that are no telephone number are dots."""
    return NUMBER.sub(_as_dots, text)


def _as_dots(match: re.Match[str]) -> str:
    digits = sum(letter.isdigit() for letter in match[0])
    return match[0] if digits in TELEPHONE or ZIP_CODE.fullmatch(match[0]) else "•••"
