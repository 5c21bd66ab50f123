"""Every refusal with a real file, through the real child process; what breaks it breaks only the child."""

import time

import pytest

from documents import inspection
from documents.filetypes import type_for_name
from tests.documents import files


@pytest.fixture
def look(tmp_path):
    def look(name: str, data: bytes) -> inspection.Verdict:
        path = tmp_path / "file"
        path.write_bytes(data)
        with path.open("rb") as file:
            return inspection.inspect(file, type_for_name(name))

    return look


TAKEN = [
    ("one.pdf", files.pdf(), "application/pdf", 1),
    ("forty.pdf", files.pdf(40), "application/pdf", 40),
    ("upper.PDF", files.pdf(), "application/pdf", 1),
    ("printing-forbidden.pdf", files.owner_locked_pdf(), "application/pdf", 1),
    ("after-a-mark.pdf", b"\xef\xbb\xbf" + files.pdf(), "application/pdf", 1),
    ("after-white-space.pdf", b"\r\n  " + files.pdf(), "application/pdf", 1),
    ("id.jpg", files.picture("JPEG"), "image/jpeg", 1),
    ("id.jpeg", files.picture("JPEG"), "image/jpeg", 1),
    ("id.png", files.picture("PNG"), "image/png", 1),
    ("scan.tif", files.many_page_tiff(3), "image/tiff", 3),
]


@pytest.mark.parametrize(("name", "data", "content_type", "pages"), TAKEN, ids=[entry[0] for entry in TAKEN])
def test_what_is_taken(look, name, data, content_type, pages):
    verdict = look(name, data)
    assert verdict.refused == ""
    assert (verdict.content_type, verdict.pages) == (content_type, pages)


REFUSED = [
    ("locked", "locked.pdf", files.locked_pdf()),
    ("broken", "broken.pdf", files.broken_pdf()),
    ("broken", "cut.jpg", files.picture("JPEG")[:-400]),
    ("broken", "cut.png", files.picture("PNG")[:-200]),
    ("lying_name", "program.pdf", files.program()),
    ("lying_name", "page.pdf", files.html_polyglot()),
    ("lying_name", "late.pdf", files.late_pdf()),
    ("lying_name", "photo.jpg", files.picture("PNG")),
    ("lying_name", "drawing.png", b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'),
    ("lying_name", "statement.pdf", files.picture("JPEG")),
    ("too_many_pages", "long.pdf", files.pdf(501)),
    ("too_many_pages", "long.tiff", files.many_page_tiff(501)),
    ("too_many_pixels", "huge.png", files.huge_png()),
    ("wrong_type", "budget.xlsx", b"PK\x03\x04"),
]


@pytest.mark.parametrize(
    ("code", "name", "data"), REFUSED, ids=[f"{entry[0]}-{entry[1]}" for entry in REFUSED]
)
def test_what_is_refused(look, code, name, data):
    assert look(name, data).refused == code


def test_a_lying_name_says_what_the_file_is(look):
    assert look("photo.jpg", files.picture("PNG")).content_type == "image/png"


@pytest.mark.parametrize("make", [files.flate_bomb, files.nested_forms_bomb], ids=["flate", "nested"])
def test_a_bomb_kills_only_the_child(look, make):
    data = make()
    assert len(data) < 4_000_000
    began = time.monotonic()
    assert look("bomb.pdf", data).refused == "unsafe_structure"
    assert time.monotonic() - began < inspection.WALL_SECONDS + 5


def test_a_child_that_hangs_is_ended(look, tmp_path, monkeypatch):
    sleeper = tmp_path / "sleeper.py"
    sleeper.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(inspection, "CHILD", sleeper)
    monkeypatch.setattr(inspection, "WALL_SECONDS", 1)
    assert look("one.pdf", files.pdf()).refused == "unsafe_structure"


@pytest.mark.parametrize(
    "said", ["", "[]", '{"refused": "<script>", "type": ""}', '{"type": 1}', "x" * 99999]
)
def test_nonsense_from_the_child_is_a_refusal(look, tmp_path, monkeypatch, said):
    talker = tmp_path / "talker.py"
    talker.write_text(f"print({said!r})")
    monkeypatch.setattr(inspection, "CHILD", talker)
    assert look("one.pdf", files.pdf()).refused == "unsafe_structure"


def test_the_child_has_no_secrets_and_limits(look, tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "hidden")
    teller = tmp_path / "teller.py"
    teller.write_text(
        "import os, sys, json\n"
        "hint = {'env': sorted(os.environ), 'django': 'django' in sys.modules, 'path': sys.path[0]}\n"
        "print(json.dumps({'type': 'application/pdf', 'pages': 1, 'hints': [hint]}))"
    )
    monkeypatch.setattr(inspection, "CHILD", teller)
    hint = look("one.pdf", files.pdf()).hints[0]
    assert set(hint["env"]) <= {"PATH", "LANG", "LC_CTYPE"}
    assert hint["django"] is False
    assert hint["path"] != str(tmp_path)
