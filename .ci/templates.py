"""No inline script, style or event handler in any page template: the content security policy would refuse it."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FORBIDDEN = {
    "an inline style": re.compile(r"""\sstyle\s*=\s*["']""", re.IGNORECASE),
    "a style element": re.compile(r"<style[\s>]", re.IGNORECASE),
    "an event handler": re.compile(r"""\son[a-z]+\s*=\s*["']""", re.IGNORECASE),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "an inline script": re.compile(
        r"<script(?![^>]*\ssrc\s*=)(?![^>]*application/(ld\+)?json)[^>]*>", re.IGNORECASE
    ),
    "an address of another machine in a tag that loads": re.compile(
        r"""<(script|img|link(?!\srel="canonical")|iframe|source|video|audio)\b"""  # canonical is but a name
        r"""[^>]*\s(src|href)\s*=\s*["'](https?:)?//""",
        re.IGNORECASE,
    ),
}
# Mail readers know no style sheets of ours: mail templates carry a style element, made inline when sent.
MAIL = ROOT / "templates" / "emails"


def faults(text: str) -> list[tuple[int, str]]:
    """Line and fault; what stands in template comments does not count."""
    text = re.sub(r"{#.*?#}|{% comment.*?endcomment %}", blank, text, flags=re.DOTALL)
    return [
        (text.count("\n", 0, match.start()) + 1, what)
        for what, pattern in FORBIDDEN.items()
        for match in pattern.finditer(text)
    ]


def blank(match: re.Match[str]) -> str:
    return "\n" * match.group().count("\n")


def main() -> int:
    pages = [path for path in sorted(ROOT.glob("**/templates/**/*.html")) if "node_modules" not in path.parts]
    pages = [path for path in pages if ".venv" not in path.parts and MAIL not in path.parents]
    found = [
        f"{page.relative_to(ROOT)}:{line}: {what}"
        for page in pages
        for line, what in faults(page.read_text())
    ]
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
