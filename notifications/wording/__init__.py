"""
Words that belong to the staff: Markdown with declared fields, no template language.

`export` writes the words of the catalog as staff would; `check` and `remarks` say what is wrong with theirs; `compose`
reads theirs into the catalog's blocks; `words_of` chooses what holds today. `guarded` drops the paragraphs of a letter
whose condition does not hold. Saving and publishing are `notifications/services/wording.py`.
"""

from notifications.wording.checking import (
    PARTS,
    Problem,
    check,
    known,
    letter_problems,
    remarks,
    tidied,
)
from notifications.wording.choosing import (
    Words,
    compose,
    default_words,
    parts_in,
    published,
    words_of,
)
from notifications.wording.exporting import Parts, export, parts_of
from notifications.wording.language import fields_of, guarded, guards_of, has_code, tidy

__all__ = [
    "PARTS",
    "Parts",
    "Problem",
    "Words",
    "check",
    "compose",
    "default_words",
    "export",
    "fields_of",
    "guarded",
    "guards_of",
    "has_code",
    "known",
    "letter_problems",
    "parts_in",
    "parts_of",
    "published",
    "remarks",
    "tidied",
    "tidy",
    "words_of",
]
