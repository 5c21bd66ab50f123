"""Every refusal with a real file, through the real child process; what breaks it breaks only the child."""

import shutil
import socket
import subprocess
import textwrap
import time
from pathlib import Path

import pytest
from django.conf import settings

from documents import inspection
from documents.filetypes import type_for_name
from documents.refusals import REFUSALS
from tests.documents import files
from tests.running import wait_until


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


def test_a_bomb_kills_only_the_child(look):
    data = files.nested_forms_bomb()
    assert len(data) < 4_000_000
    began = time.monotonic()
    assert look("bomb.pdf", data).refused == "unsafe_structure"
    assert time.monotonic() - began < inspection.WALL_SECONDS + 5


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("first.pdf", files.flate_bomb(0.3)),
        ("last.pdf", files.flate_bomb(0.3, before=3)),
        ("scan.tif", files.tiff_bomb()),
    ],
    ids=["first page", "last page", "frames"],
)
def test_what_unpacks_to_more_than_we_open(look, name, data):
    """On whatever page it lies, and without ever being unpacked."""
    assert len(data) < 4_000_000
    assert look(name, data).refused == "unpacks_too_large"


def test_a_pdf_larger_than_the_memory_of_the_child(tmp_path):
    """It is read where it is needed. (The file has a hole: it takes no room on this disk.)"""
    with (tmp_path / "large.pdf").open("w+b") as file:
        files.write_large_pdf(file, 3 * 1024**3 // 2)
        verdict = inspection.inspect(file, type_for_name("large.pdf"))
    assert (verdict.refused, verdict.pages) == ("", 1)


def test_heic(look):
    assert look("photo.heic", files.heic()) == inspection.Verdict("image/heic", 1)
    assert look("photo.HEIF", files.heic()).refused == ""
    assert look("photo.jpg", files.heic()).refused == "lying_name"
    assert look("photo.heic", files.heic()[:300]).refused == "broken"


# --- The child itself ----------------------------------------------------------------------------------------


@pytest.fixture
def child(tmp_path, monkeypatch):
    """Another child instead: the same frame around a job of the test's."""

    def made(work: str, **limits: int) -> None:
        folder = tmp_path / "child"
        shutil.copytree(inspection.CHILD, folder)
        job = {"memory_mb": 512, "cpu_seconds": 5, **limits}
        main = (folder / "__main__.py").read_text()
        told = ", ".join(f"{name}={value}" for name, value in job.items())
        main = main.replace("JOBS = {", f'JOBS = {{\n    "try": Job("trying", {told}),', 1)
        (folder / "__main__.py").write_text(main)
        body = textwrap.indent(textwrap.dedent(work), "    ")
        (folder / "trying.py").write_text(f"def work(files, options, send):\n{body}\n")
        monkeypatch.setattr(inspection, "CHILD", folder)

    return made


def test_the_child_has_no_settings_no_secrets_and_one_file(child, tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "hidden")
    monkeypatch.setenv("DOCUMENTS_MASTER_KEY", "hidden")
    child("""
        import os, sys
        named = {os.readlink(f"/proc/self/fd/{name}") for name in os.listdir("/proc/self/fd") if int(name) > 2
                 and os.path.exists(f"/proc/self/fd/{name}")}
        return {"environment": dict(os.environ), "django": "django" in sys.modules, "files": sorted(named),
                "read": files[0].read_text(), "here": os.getcwd(), "path": sys.path, "options": options}
    """)
    paper = tmp_path / "paper"
    paper.write_text("what it says")
    with paper.open("rb") as file, (tmp_path / "other").open("w"):
        said = inspection.run("try", [file], {"page": 3})
    assert set(said["environment"]) <= {"PATH", "LANG", "LC_CTYPE"}
    assert "hidden" not in str(said["environment"])
    assert (said["django"], said["here"], said["read"]) == (False, "/", "what it says")
    assert said["options"] == {"page": 3}
    assert [name for name in said["files"] if not name.startswith("pipe:")] == [str(paper)]
    assert str(settings.BASE_DIR) not in said["path"]


@pytest.mark.parametrize(
    ("work", "limits"),
    [
        ("return {'it': len(bytearray(700 * 2**20))}", {}),
        ("while True: pass", {"cpu_seconds": 1}),
        ("import os; os.kill(os.getpid(), 11)", {}),
        ("import tempfile; tempfile.TemporaryFile().write(b'x' * 10**6)", {}),
        ("[open('/dev/null') for _ in range(1000)]; raise SystemExit(0)", {}),
        ("send(bytes(33 * 2**20)); return {}", {}),
        ("print('x' * 5_000_000); return {}", {}),
        ("import os; os.write(int(os.listdir('/proc/self/fd')[-2]), b'ab'); os._exit(0)", {}),
        ("return [1]", {}),
        ("raise SystemExit(0)", {}),
    ],
    ids=[
        "memory",
        "time",
        "signal",
        "disk",
        "files",
        "large piece",
        "long answer",
        "half a piece",
        "list",
        "nothing",
    ],
)
def test_each_limit_bites(child, work, limits):
    child(work, **limits)
    with pytest.raises(inspection.ChildFailed):
        inspection.run("try", [], on_blob=lambda blob: None, wall_seconds=20)


def test_no_network(child):
    child("""
        import os, socket
        try:
            socket.create_connection(("127.0.0.1", options["port"]), timeout=2)
        except OSError:
            return {"reached": False}
        return {"reached": True}
    """)
    if not _may_leave_the_network():
        pytest.skip("this machine lets nobody make a network of their own")
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert inspection.run("try", [], {"port": server.getsockname()[1]}) == {"reached": False}


def _may_leave_the_network() -> bool:
    return subprocess.run(["unshare", "--user", "--net", "true"], capture_output=True).returncode == 0


def test_a_child_that_hangs_is_ended_with_all_that_it_started(child):
    child("""
        import subprocess, time
        helper = subprocess.Popen(["sleep", "60"])
        send(str(helper.pid).encode())
        time.sleep(60)
    """)
    helpers: list[bytes] = []
    began = time.monotonic()
    with pytest.raises(inspection.ChildFailed):
        inspection.run("try", [], on_blob=helpers.append, wall_seconds=1)
    assert time.monotonic() - began < 10
    wait_until("the helper is gone", lambda: not _is_alive(int(helpers[0])))


def test_what_the_child_started_does_not_outlive_a_good_answer(child):
    child("""
        import subprocess
        helper = subprocess.Popen(["sleep", "60"], stdout=subprocess.DEVNULL, close_fds=True)
        return {"helper": helper.pid}
    """)
    answer = inspection.run("try", [])
    wait_until("the helper is gone", lambda: not _is_alive(answer["helper"]))


def _is_alive(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def test_pieces_arrive_as_they_were_sent(child):
    child("""
        for size in (0, 1, 300_000):
            send(bytes([size % 251]) * size)
        return {"sent": 3}
    """)
    pieces: list[bytes] = []
    assert inspection.run("try", [], on_blob=pieces.append) == {"sent": 3}
    assert [len(piece) for piece in pieces] == [0, 1, 300_000]
    assert set(pieces[2]) == {300_000 % 251}


@pytest.mark.parametrize("said", ["", "[]", '{"refused": "<script>", "type": ""}', '{"type": 1}'])
def test_nonsense_from_the_child_is_a_refusal(look, tmp_path, monkeypatch, said):
    talker = tmp_path / "talker.py"
    talker.write_text(f"print({said!r})")
    monkeypatch.setattr(inspection, "CHILD", talker)
    assert look("one.pdf", files.pdf()).refused == "unsafe_structure"


def test_every_reason_of_the_inspector_has_its_own_words():
    said = [(str(REFUSALS[code].wrong), str(REFUSALS[code].mend)) for code in sorted(inspection.REASONS)]
    assert len({wrong for wrong, _mend in said}) == len(said)
    assert all(wrong.endswith(".") and mend.endswith(".") for wrong, mend in said)
