"""The page of a paper: who sees its pictures, what is written down of it, and the viewer in a person's hands."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from audit.models import Entry
from documents import openings
from documents.models import Document, Look
from documents.storage import file_store
from tests.cast import sign_in
from tests.documents import files
from tests.documents.kept import keep, looked_at, original_of, quick_child

State = Look.State


@pytest.fixture(autouse=True)
def drawn(monkeypatch):
    quick_child(monkeypatch)


def page(document):
    return reverse("documents:document", args=[document.public_id])


def picture(document, number=1):
    return reverse("documents:page", args=[document.public_id, number])


def text_of(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def opened():
    return Entry.objects.filter(action="document.opened").count()


def put_look(document, **values):
    Look.objects.filter(document=document).update(**values)


# --- Pictures of pages ---------------------------------------------------------------------------------------


@pytest.mark.embedded("a bucket hands out page images by itself")
def test_a_page_image_and_its_headers(asked, cast, client_for):
    answer = client_for(cast.bea).get(picture(looked_at(asked, cast.bea)))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert answer.content.startswith(b"RIFF")
    assert answer["Content-Disposition"].startswith("inline")
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("what", ["page", "viewer", "original"])
def test_strangers_are_told_nothing(asked, cast, client_for, what):
    document = looked_at(asked, cast.bea)
    photo = original_of(document, files.picture())
    arguments = {"page": [1], "viewer": [], "original": [photo.public_id]}[what]
    address = reverse(f"documents:{what}", args=[document.public_id, *arguments])
    for name, person in cast.everybody().items():
        code = client_for(person).get(address).status_code
        assert (code in (200, 302)) == (name in {"bea", "olga", "mara"}), name
        assert code in (200, 302, 404), name
    assert client_for(None).get(address)["Location"].startswith(reverse("account_login"))


def test_only_pages_that_were_drawn_are_there(asked, cast, client_for):
    client, document = client_for(cast.bea), looked_at(asked, cast.bea, pages=2)
    put_look(document, sheets=[[1200, 1553], None])
    for number, code in ((1, 200), (2, 404), (3, 404), (0, 404), (10**30, 404)):
        assert client.get(picture(document, number)).status_code in (code, 302 if code == 200 else 404), (
            number
        )
    put_look(document, pages=0, sheets=[])
    assert client.get(picture(document)).status_code == 404


@pytest.mark.embedded("changes a file of the local folder")
@pytest.mark.parametrize("fault", ["gone", "changed", "of another page"])
def test_a_page_image_that_is_not_ours_is_not_shown(asked, cast, client_for, store, fault):
    document = looked_at(asked, cast.bea, pages=2)
    first, second = (store.root / document.look.key_of(number) for number in (1, 2))
    if fault == "gone":
        store.delete(document.look.key_of(1))
    else:
        first.write_bytes(
            second.read_bytes() if fault == "of another page" else first.read_bytes()[:-9] + bytes(9)
        )
    assert client_for(cast.bea).get(picture(document)).status_code == 404
    assert opened() == 0


def test_a_bucket_is_asked_to_show_the_picture_by_itself(asked, cast, client_for, monkeypatch):
    document = looked_at(asked, cast.bea)
    asked_for = []

    def address(self, key, **how):
        asked_for.append((key, how))
        return "https://bucket.example/signed"

    monkeypatch.setattr(type(file_store()), "address", address)
    answer = client_for(cast.bea).get(picture(document))
    assert (answer.status_code, answer["Location"]) == (302, "https://bucket.example/signed")
    assert (answer["Cache-Control"], answer["Referrer-Policy"]) == ("private, no-store", "no-referrer")
    how = {"name": "page-1.webp", "content_type": "image/webp", "inline": True}
    assert asked_for == [(document.look.key_of(1), how)]


def test_opening_the_viewer_is_one_entry_however_many_pages(asked, cast, client_for):
    document, client = looked_at(asked, cast.bea, pages=2), client_for(cast.olga)
    client.get(page(document))
    for number in (1, 2, 1):
        client.get(picture(document, number))
    client.get(reverse("documents:viewer", args=[document.public_id]))
    entry = Entry.objects.get(action="document.opened")
    assert (entry.actor, entry.object_id) == (f"user:{cast.olga.public_id}", str(document.public_id))


def test_pictures_asked_for_by_their_bare_address_are_an_opening(asked, cast, client_for):
    document = looked_at(asked, cast.bea, pages=2)
    for person in (cast.olga, cast.mara):
        for number in (1, 2):
            client_for(person).get(picture(document, number))
    assert opened() == 2


# --- The page around them ------------------------------------------------------------------------------------


def test_without_a_script_the_pages_are_a_column_of_pictures(asked, cast, client_for):
    document = looked_at(asked, cast.bea, pages=3, name="<march>.pdf")
    text = text_of(client_for(cast.bea), page(document))
    for number in (1, 2, 3):
        assert f'id="page-{number}"' in text and f'href="#page-{number}"' in text
        assert text.count(f'src="{picture(document, number)}"') == 2
        assert f'alt="Page {number} of 3 of &lt;march&gt;.pdf"' in text
    assert f"{page(document)}?download=1" in text
    assert "<march>" not in text


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"state": State.WAITING, "pages": 0}, "The pages are being prepared."),
        ({"state": State.LOOKING, "pages": 1}, "The other pages are being prepared."),
        ({"state": State.FAILED, "pages": 0}, "This paper cannot be shown here."),
        ({"state": State.FAILED, "pages": 1}, "The other pages cannot be shown here."),
        ({"sheets": [[1200, 1553], None]}, "Page 2 could not be drawn."),
    ],
)
def test_it_says_what_is_not_there(asked, cast, client_for, values, said):
    document = looked_at(asked, cast.bea, pages=2)
    put_look(document, **values)
    text = text_of(client_for(cast.bea), page(document))
    assert said in text
    assert ("data-viewer-waits" in text) == ("prepared" in said)
    assert said in text_of(client_for(cast.bea), reverse("documents:viewer", args=[document.public_id]))


def test_a_paper_that_nobody_will_look_at_can_be_downloaded(asked, cast, client_for):
    document = looked_at(asked, cast.bea)
    Look.objects.all().delete()
    assert "This paper cannot be shown here." in text_of(client_for(cast.bea), page(document))


def test_the_photos_that_it_was_made_of(asked, cast, client_for):
    document, data = looked_at(asked, cast.bea), files.picture()
    photo = original_of(document, data)
    client = client_for(cast.bea)
    address = reverse("documents:original", args=[document.public_id, photo.public_id])
    assert address in text_of(client, page(document))
    assert client.get(page(photo)).status_code == 404  # only by way of its paper
    answer = client.get(address)
    if answer.status_code == 200:  # a bucket hands it out by itself
        assert b"".join(answer.streaming_content) == data
        assert answer["Content-Disposition"].startswith("attachment")
    other = looked_at(asked, cast.bea)
    assert (
        client.get(reverse("documents:original", args=[other.public_id, photo.public_id])).status_code == 404
    )
    Document.objects.filter(pk=photo.pk).update(disposed_at=timezone.now())
    assert client.get(address).status_code == 404
    assert address not in text_of(client, page(document))


def test_the_desk_sees_the_pages_beside_what_it_decides(asked, cast, client_for):
    document = looked_at(asked, cast.bea, pages=2)
    text = text_of(client_for(cast.olga), reverse("desk:review", args=[document.public_id]))
    assert picture(document, 2) in text
    assert openings.openings_for(document, cast.bea)[0].who == cast.olga.name


# --- In a person's hands -------------------------------------------------------------------------------------


@pytest.fixture
def reading(live_server, cast, open_page):
    """`reading(document, size=…)`: Bea with the paper open."""

    def open_paper(document, **how):
        browser = open_page(**how)
        cookie = sign_in(Client(), cast.bea).cookies["sessionid"].value
        browser.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        browser.goto(live_server.url + page(document))
        return browser

    return open_paper


@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("browser")
def test_pages_by_keyboard_by_hand_and_as_they_come(asked, cast, reading, axe):
    from documents.services import looking

    document = keep(asked, cast.bea, pages=7)
    browser = reading(document)
    browser.get_by_text("The pages are being prepared.").wait_for()
    axe(browser)
    looking.look_through(document.public_id)
    box = browser.get_by_role("region", name="Pages of statement.pdf")
    box.locator("img").nth(6).wait_for(state="attached")  # by itself, perhaps the first two before the others

    box.focus()
    field, size = browser.get_by_label("Page", exact=True), browser.locator("[data-viewer-size]")
    strip = browser.get_by_role("navigation", name="Page strip")

    def marked():
        return strip.locator("[aria-current]").get_attribute("href")

    for key, number in (
        ("PageDown", 2), ("ArrowRight", 3), ("End", 7), ("PageUp", 6), ("ArrowLeft", 5), ("Home", 1),
    ):  # fmt: skip
        box.press(key)
        assert (field.input_value(), marked()) == (str(number), f"#page-{number}")
    fits = box.locator("img").first.bounding_box()["width"]
    box.press("+")
    assert size.inner_text() != "Fit width"
    assert box.locator("img").first.bounding_box()["width"] > fits
    browser.get_by_role("button", name="100 %").click()
    assert (size.inner_text(), round(box.locator("img").first.bounding_box()["width"])) == ("100 %", 1200)
    before = box.evaluate("box => box.scrollLeft")
    box.press("ArrowRight")
    browser.wait_for_function(
        "([box, before]) => box.scrollLeft > before", arg=[box.element_handle(), before]
    )
    box.press("0")
    assert box.locator("img").first.bounding_box()["width"] == pytest.approx(fits, abs=1)

    field.fill("4")
    field.press("Enter")
    assert marked() == "#page-4"
    strip.get_by_role("link", name="Page 6").click()
    assert field.input_value() == "6"
    image = box.get_by_alt_text("Page 6 of 7 of statement.pdf")
    browser.wait_for_function(
        "image => image.complete && image.naturalWidth === 1200", arg=image.element_handle()
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("browser")
def test_on_a_phone_and_without_a_script(asked, cast, reading, axe):
    document = looked_at(asked, cast.bea, pages=3)
    browser = reading(document, size="phone", scheme="dark")
    axe(browser)
    assert browser.evaluate("document.documentElement.scrollWidth <= innerWidth")
    browser.get_by_role("button", name="Larger").click()
    assert browser.evaluate("document.documentElement.scrollWidth <= innerWidth")
    plain = reading(document, java_script_enabled=False)
    plain.get_by_role("navigation", name="Page strip").get_by_role("link", name="Page 3").click()
    assert plain.url.endswith("#page-3")
    expect(plain.get_by_alt_text("Page 3 of 3 of statement.pdf")).to_be_in_viewport(ratio=0.5)
    assert plain.get_by_role("button", name="Larger").count() == 0
