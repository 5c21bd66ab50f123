"""
Letters: when they are due, what they say, the paper they are set on, how they are posted.

Words are Markdown with declared fields (`notifications/wording/`), parsed into a small tree of paragraphs that the
fixed letterhead walks; fields are put into the parsed text, so a name with code or Markdown in it stays a name. typst
makes a tagged PDF/UA-1 with the fonts it brings along, and refuses a character it has no shape for: such a letter waits
for somebody to look, never goes out with a box in it.

`kinds` says what is a letter and which loans get none, `days` when; `markdown`, `addresses` and `paper` make the PDF,
`keeping` is what went out (`ahead` makes a batch of it), `printing` a day's letters as one PDF with address sheets.
"""

from notifications.letters.addresses import postal_lines
from notifications.letters.ahead import one_ahead
from notifications.letters.days import anniversary, binder_day, due_at, event_key
from notifications.letters.keeping import attach, file_name, kept, make_printable
from notifications.letters.kinds import KIND, KINDS, YEARLY, NeedsALook, is_letter, is_stopped
from notifications.letters.paper import letter_data, pdf_for, render_letter, usual_line, wording_now
from notifications.letters.printing import pile_pdf

__all__ = [
    "KIND",
    "KINDS",
    "YEARLY",
    "NeedsALook",
    "anniversary",
    "attach",
    "binder_day",
    "due_at",
    "event_key",
    "file_name",
    "is_letter",
    "is_stopped",
    "kept",
    "letter_data",
    "make_printable",
    "one_ahead",
    "pdf_for",
    "pile_pdf",
    "postal_lines",
    "render_letter",
    "usual_line",
    "wording_now",
]
