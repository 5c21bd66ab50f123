"""
Words that belong to the staff: Markdown with declared fields, no template language.

`export` writes the words of the catalog as staff would; `check` and `remarks` say what is wrong with theirs; `compose`
reads theirs into the catalog's blocks; `words_of` chooses what holds today. `guarded` drops the paragraphs of a letter
whose condition does not hold. `own_part` and its neighbours are for one message in its sender's words.
Saving and publishing are `notifications/services/wording.py`.
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
from notifications.wording.own import own_part, own_part_problems, with_own_part

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
    "own_part",
    "own_part_problems",
    "parts_in",
    "parts_of",
    "published",
    "remarks",
    "tidied",
    "tidy",
    "with_own_part",
    "words_of",
]
