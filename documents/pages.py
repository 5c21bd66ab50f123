"""Numbers of pages as people type and read them: "1-4, 6" is pages 1 to 4 and 6."""

import re

from django.utils.translation import gettext as _

from loans.errors import Refused

ONE = re.compile(r"(\d{1,5})(?:\s*(?:-|–|to)\s*(\d{1,5}))?", re.IGNORECASE)
Spans = list[tuple[int, int]]


def read_pages(text: str, count: int) -> list[int]:
    """The pages in order, each once; Refused when it is no such list or names a page the paper (`count`) has not."""
    pages: set[int] = set()
    for part in filter(None, (piece.strip() for piece in re.split(r"[,;]", text))):
        found = ONE.fullmatch(part)
        if found is None:
            raise Refused(
                _("“%(part)s” is no page number. Write pages like this: 1-4, 6.") % {"part": part[:20]}
            )
        first, last = int(found[1]), int(found[2] or found[1])
        if not 1 <= first <= last <= count:
            raise Refused(
                _("“%(part)s” does not fit: the paper has pages 1 to %(count)d.")
                % {"part": part, "count": count}
            )
        pages.update(range(first, last + 1))
    return sorted(pages)


def spans_of(pages: list[int]) -> Spans:
    """Neighbours together: 1, 2, 3, 6 is (1, 3), (6, 6)."""
    spans: Spans = []
    for page in pages:
        if spans and spans[-1][1] == page - 1:
            spans[-1] = (spans[-1][0], page)
        else:
            spans.append((page, page))
    return spans


def written(pages: list[int]) -> str:
    """As it is kept and typed: 1-4, 6."""
    return ", ".join(f"{first}-{last}" if first != last else f"{first}" for first, last in spans_of(pages))


def in_words(pages: list[int]) -> str:
    """For a sentence: 1 to 4 and 6."""
    parts = [part for span in spans_of(pages) for part in _span_in_words(*span)]
    if len(parts) < 2:
        return "".join(parts)
    return _("%(some)s and %(last)s") % {"some": ", ".join(parts[:-1]), "last": parts[-1]}


def _span_in_words(first: int, last: int) -> list[str]:
    if last - first < 2:
        return [str(page) for page in range(first, last + 1)]
    return [_("%(first)d to %(last)d") % {"first": first, "last": last}]
