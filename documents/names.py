"""File names as people's devices send them, made safe to keep, to show and to send back."""

import unicodedata

LONGEST_BYTES = 255
LONGEST_ENDING = 12
# Direction marks can turn "fdp.exe" around on the screen; zero-width ones hide in a name.
FORBIDDEN_CATEGORIES = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
UNNAMED = "document"


def clean_name(raw: str) -> str:
    """
    The last path part, without control, direction and invisible characters, at most 255 bytes of UTF-8.

    The ending survives the cut. A name of which nothing is left becomes "document".
    """
    seen = "".join(
        character for character in raw if unicodedata.category(character) not in FORBIDDEN_CATEGORIES
    )
    name = unicodedata.normalize("NFC", seen).replace("\\", "/").rpartition("/")[2]
    return _shortened(" ".join(name.split()).strip(". ")) or UNNAMED


def _shortened(name: str) -> str:
    if len(name.encode()) <= LONGEST_BYTES:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending.encode()) > LONGEST_ENDING:
        stem, dot, ending = name, "", ""
    room = LONGEST_BYTES - len(f"{dot}{ending}".encode())
    kept = stem.encode()[:room].decode(errors="ignore").rstrip(". ")
    return f"{kept}{dot}{ending}"
