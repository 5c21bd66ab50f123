"""The uploader in a real browser: several files, refusals, a cut line, a page closed half way, a cancelled file."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from documents import services
from documents.models import Document, UploadSession
from tests.cast import sign_in
from tests.documents import files
from tests.documents.conftest import ask, stored_bytes
from tests.running import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]
State = UploadSession.State
CUT = r"net::ERR_|Failed to fetch|Failed to load resource"


@pytest.fixture
def worker(store: Any) -> Iterator[None]:
    """Sweeps until the test is over, as the worker does."""
    over = threading.Event()

    def work() -> None:
        while not over.wait(0.2):
            services.sweep()
        connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    yield
    over.set()
    thread.join()


@pytest.fixture
def at_home(live_server, cast, asked, open_page):
    """Bea on the page of her documents, the box of `asked` open."""

    def open_documents(**how: Any) -> Any:
        page = open_page(**how)
        session = sign_in(Client(), cast.bea).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page.goto(
            live_server.url
            + reverse("loans:documents", args=[cast.loan.public_id])
            + f"#request-{asked.public_id}"
        )
        if how.get("java_script_enabled", True):
            page.locator(f"#file-{asked.public_id}").wait_for()
        return page

    return open_documents


def on_disk(folder: Path, **named: bytes) -> list[str]:
    paths = []
    for name, data in named.items():
        path = folder / name.replace("__", ".")
        path.write_bytes(data)
        paths.append(str(path))
    return paths


def long_pdf(megabytes: float) -> bytes:
    """A real PDF with something heavy in it."""
    import io
    import os

    import pikepdf

    made = pikepdf.open(io.BytesIO(files.pdf(3)))
    made.Root.Ballast = made.make_stream(os.urandom(int(megabytes * 2**20)))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


@pytest.fixture
def axe_at_top(axe):
    """Axe cannot tell the contrast of what happens to lie under the bar at the top: look from the top."""

    def check(page: Any) -> None:
        page.evaluate("scrollTo(0, 0)")
        axe(page)

    return check


def need(page, asked):
    return page.locator(f"#request-{asked.public_id}")


def test_several_files_and_their_receipts(at_home, asked, worker, tmp_path, axe_at_top, view):
    page = at_home(size=view[0], scheme=view[1])
    line = need(page, asked)
    axe_at_top(page)
    page.set_input_files(
        f"#file-{asked.public_id}",
        on_disk(tmp_path, march__pdf=files.pdf(2), april__pdf=files.pdf(3, "april"), id__jpg=files.picture()),
    )
    line.get_by_role("link", name="march.pdf", exact=True).wait_for()
    line.get_by_role("link", name="april.pdf", exact=True).wait_for()
    line.get_by_role("link", name="id.pdf", exact=True).wait_for()
    line.locator("[data-upload-list]:not(:has(li))").wait_for(state="attached")
    assert line.locator(".upload-row--received").count() == 3
    assert re.search(r"2 pages · \d+ bytes · ", line.locator("li", has_text="march.pdf").inner_text())
    assert "In review" in line.locator(".doc-title").inner_text()
    axe_at_top(page)
    assert line.locator("[data-upload-list] li").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_refusals_say_how_to_mend(at_home, asked, worker, tmp_path, axe_at_top, size):
    page = at_home(size=size)
    line = need(page, asked)
    page.set_input_files(
        f"#file-{asked.public_id}",
        on_disk(
            tmp_path, empty__pdf=b"", budget__xlsx=b"PK", locked__pdf=files.locked_pdf(), liar__pdf=files.program(),
            broken__pdf=files.broken_pdf(),
        ),
    )  # fmt: skip
    for name, words in {
        "empty.pdf": "This file is empty.",
        "budget.xlsx": "We cannot take this kind of file.",
        "locked.pdf": "locked by a password",
        "liar.pdf": "The name of this file says one thing",
        "broken.pdf": "damaged and does not open",
    }.items():
        row = line.locator(".upload-row--refused", has_text=name)
        row.wait_for()
        assert words in row.inner_text()
    assert UploadSession.objects.count() == 3, "the two that can be seen from outside were never sent"
    assert Document.objects.count() == 0
    axe_at_top(page)
    line.locator("[data-upload-list] li", has_text="empty.pdf").get_by_role("button").click()
    assert line.locator("li", has_text="empty.pdf").count() == 0
    assert page.evaluate("document.activeElement.type") == "file"


@pytest.fixture
def slow(monkeypatch):
    """A line on which a file takes a while: pieces of a quarter of a megabyte, each with a pause."""
    import time

    from documents.views import objects

    body = objects._body

    def slowly(request):
        for chunk in body(request):
            time.sleep(0.05)
            yield chunk

    monkeypatch.setattr(objects, "_body", slowly)


def parts_arrived() -> int:
    from documents.storage import file_store

    session = UploadSession.objects.exclude(multipart_id="").first()
    return len(file_store().list_parts(session.key, session.multipart_id)) if session else 0


def test_a_cut_line_goes_on_by_itself(at_home, asked, worker, slow, tmp_path, watch):
    watch.expect(CUT)
    page = at_home()
    line = need(page, asked)
    data = long_pdf(16)
    page.set_input_files(f"#file-{asked.public_id}", on_disk(tmp_path, long__pdf=data))
    wait_until("the first part is here", lambda: parts_arrived() >= 1)
    page.context.set_offline(True)
    line.locator(".upload-row--paused").wait_for()
    assert "The line is cut" in line.inner_text()
    page.context.set_offline(False)
    line.get_by_role("link", name="long.pdf", exact=True).wait_for(timeout=60_000)
    session = UploadSession.objects.get()
    assert (session.state, session.document.size) == (State.CLEAN, len(data))


def test_a_closed_page_goes_on_with_the_same_file(at_home, asked, worker, slow, tmp_path):
    page = at_home()
    data = long_pdf(16)
    chosen = on_disk(tmp_path, long__pdf=data)
    page.set_input_files(f"#file-{asked.public_id}", chosen)
    wait_until("two parts are here", lambda: parts_arrived() >= 2)
    page.close()

    page = at_home()
    parts = []
    page.on("request", lambda request: request.method == "PUT" and parts.append(request.url))
    page.set_input_files(f"#file-{asked.public_id}", chosen)
    need(page, asked).get_by_role("link", name="long.pdf", exact=True).wait_for(timeout=60_000)
    assert len(parts) == 2, "of four parts two were here"
    session = UploadSession.objects.get()
    assert (session.state, session.document.size) == (State.CLEAN, len(data))


def test_cancelling_by_keyboard(at_home, asked, store, slow, tmp_path, watch):
    watch.expect(r"409 \(Conflict\).*/sign/")  # the next part may be asked for while it is cancelled
    page = at_home()
    line = need(page, asked)
    page.set_input_files(f"#file-{asked.public_id}", on_disk(tmp_path, long__pdf=long_pdf(12)))
    cancel = line.get_by_role("button", name=re.compile("Cancel.*long.pdf"))
    wait_until("it is on its way", lambda: UploadSession.objects.filter(state=State.UPLOADING).exists())
    line.locator(".upload-row--uploading").wait_for()
    assert line.locator("progress.upload-progress").is_visible()
    cancel.focus()
    page.keyboard.press("Enter")
    wait_until("it is cancelled", lambda: UploadSession.objects.get().state == State.ABORTED)
    assert line.locator("[data-upload-list] li").count() == 0
    assert page.evaluate("document.activeElement.type") == "file"
    wait_until("nothing is left", lambda: not list((store.root / "parts").iterdir()))


def test_dropping_files(at_home, asked, worker):
    page = at_home()
    drop = page.evaluate_handle(
        """text => { const data = new DataTransfer();
        data.items.add(new File([Uint8Array.from(atob(text), c => c.charCodeAt(0))], "dropped.pdf"));
        return data; }""",
        __import__("base64").b64encode(files.pdf()).decode(),
    )
    page.locator(f"#request-{asked.public_id} [data-dropzone]").dispatch_event("drop", {"dataTransfer": drop})
    need(page, asked).get_by_role("link", name="dropped.pdf", exact=True).wait_for()


def photos(folder: Path, **colours: str) -> list[str]:
    return on_disk(folder, **{f"{name}__jpg": files.coloured(colour) for name, colour in colours.items()})


def pages_sent(line: Any) -> list[str]:
    """The colours of the pages of the one paper that came of it."""
    line.locator("[data-row-part] .upload-row--received").wait_for()
    return files.colours_of(stored_bytes(Document.objects.papers().get().key))


def test_photos_are_put_in_order_by_keyboard(at_home, asked, worker, tmp_path, axe_at_top, view):
    page = at_home(size=view[0], scheme=view[1])
    line = need(page, asked)
    page.set_input_files(
        f"#file-{asked.public_id}", photos(tmp_path, a="red", b="green", c="blue", d="white")
    )
    panel = line.get_by_role("region", name="4 photos to send")
    panel.wait_for()
    assert page.evaluate("document.activeElement.textContent") == "4 photos to send"
    axe_at_top(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    panel.get_by_role("button", name="Earlier: c.jpg").focus()
    page.keyboard.press("Enter")
    assert "c.jpg is page 2 of 4." in line.locator("[data-upload-status]").inner_text()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.innerText.trim()") == "Later: c.jpg", (
        "the other way is still open"
    )
    panel.get_by_role("button", name="Remove: d.jpg").focus()
    page.keyboard.press("Enter")
    assert line.get_by_label("One paper with 3 pages").is_checked()
    assert UploadSession.objects.count() == 0, "nothing goes before it is sent"
    panel = line.get_by_role("region", name="3 photos to send")
    panel.get_by_role("button", name="Send", exact=True).press("Enter")
    assert pages_sent(line) == ["blue", "red", "green"]
    line.locator("[data-upload-list]:not(:has(li))").wait_for(state="attached")


def test_photos_are_dragged_into_order(at_home, asked, worker, tmp_path):
    page = at_home()
    line = need(page, asked)
    page.set_input_files(f"#file-{asked.public_id}", photos(tmp_path, a="red", b="green", c="blue"))
    thumbs = line.locator(".arranging-thumb")
    thumbs.nth(2).hover()
    page.mouse.down()
    thumbs.nth(0).hover()
    page.mouse.up()
    assert line.locator(".arranging-name").all_inner_texts() == ["c.jpg", "a.jpg", "b.jpg"]
    assert "c.jpg is page 1 of 3." in line.locator("[data-upload-status]").inner_text()
    line.get_by_role("button", name="Send", exact=True).click()
    assert pages_sent(line) == ["blue", "red", "green"]


def test_the_plain_form_without_javascript(at_home, asked, cast, tmp_path, store):
    page = at_home(java_script_enabled=False)
    need(page, asked).locator("summary", has_text="Send files").click()
    page.set_input_files(f"#file-{asked.public_id}", on_disk(tmp_path, plain__pdf=files.pdf()))
    need(page, asked).get_by_role("button", name="Send").click()
    assert "1 file received" in page.locator(".messages").inner_text()
    assert "Received, being checked" in need(page, asked).inner_text()
    services.sweep()
    page.reload()
    need(page, asked).get_by_role("link", name="plain.pdf", exact=True).click()
    page.get_by_role("heading", name="plain.pdf").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "plain.pdf"
    assert Path(download.value.path()).read_bytes() == files.pdf()


def test_the_other_borrower_sees_only_how_much_is_left(at_home, asked, cast):
    ask(cast.loan, cast.cole_party, title="A paper of Cole's own")
    services.recount(cast.loan)
    page = at_home()
    assert "A paper of Cole's own" not in page.content()
