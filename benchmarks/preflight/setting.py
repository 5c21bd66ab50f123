"""Sheets become a PDF with words in it, set by typst in one of several layouts."""

import typst

from benchmarks.preflight.papers import Sheet

LAYOUTS = ("classic", "two columns", "boxes", "wide")
UNDATED = "#set document(date: none)\n"  # the same bytes each time
HEAD = {
    "classic": '#set page("us-letter", margin: 0.8in)\n#set text(size: 10.5pt, font: "Libertinus Serif")\n',
    "two columns": '#set page("us-letter", margin: 0.7in)\n#set text(size: 9.5pt, font: "New Computer Modern")\n',
    "boxes": '#set page("a4", margin: 0.9in)\n#set text(size: 10pt, font: "DejaVu Sans Mono")\n',
    "wide": '#set page("us-letter", flipped: true, margin: 0.8in)\n#set text(size: 11pt, font: "Libertinus Serif")\n',
}


def set_pdf(sheets: list[Sheet], layout: str = "classic") -> bytes:
    pages = [_page(sheet, layout) for sheet in sheets]
    return bytes(typst.compile((UNDATED + HEAD[layout] + "\n#pagebreak()\n".join(pages)).encode()))


def text(said: str) -> str:
    escaped = said.replace("\\", "\\\\").replace('"', '\\"')
    return f'#"{escaped}"'


def lines(said: tuple[str, ...]) -> str:
    return " \\\n".join(text(line) for line in said)


def _page(sheet: Sheet, layout: str) -> str:
    """A footer is placed by hand: each page of the benchmark has its own."""
    body = "\n\n".join(part for part in _parts(sheet, layout) if part)
    if layout == "two columns" and sheet.sentences:
        body = f"#columns(2)[{body}]"
    footer = f"#place(bottom + center, dy: 0.3in)[{text(sheet.footer)}]" if sheet.footer else ""
    return f"{footer}\n{body}\n"


def _parts(sheet: Sheet, layout: str) -> list[str]:
    title = f"#text(size: 15pt, weight: 700)[{text(sheet.title)}]" if sheet.title else ""
    facts = _boxes(sheet) if layout == "boxes" else _facts(sheet)
    owner = f"#v(0.25in)\n{lines(sheet.owner)}\n#v(0.25in)" if sheet.owner else ""
    sentences = "\n\n".join(text(sentence) for sentence in sheet.sentences)
    order = [lines(sheet.issuer), owner, title, facts, _rows(sheet), sentences]
    return [title, *order[:2], *order[3:]] if layout == "boxes" else order


def _facts(sheet: Sheet) -> str:
    if not sheet.facts:
        return ""
    cells = ", ".join(f"[{text(label)}], [{text(value)}]" for label, value in sheet.facts)
    return f"#table(columns: (auto, auto), stroke: none, inset: 3pt, {cells})"


def _boxes(sheet: Sheet) -> str:
    """Small print above, what is filled in below it: a form."""
    if not sheet.facts:
        return ""
    cells = ", ".join(f"[#text(size: 7pt)[{text(label)}] \\ {text(value)}]" for label, value in sheet.facts)
    return f"#table(columns: (1fr, 1fr), inset: 6pt, {cells})"


def _rows(sheet: Sheet) -> str:
    if not sheet.rows:
        return ""
    cells = ", ".join(f"[{text(cell)}]" for row in (sheet.head, *sheet.rows) for cell in row)
    return f"#table(columns: {len(sheet.head)}, stroke: 0.4pt + gray, inset: 4pt, {cells})"
