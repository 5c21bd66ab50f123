"""Photos as phones send them: one PDF, in order and upright, nothing of the camera in it, the originals beside it."""

import io
import uuid
from contextlib import nullcontext
from datetime import timedelta
from unittest import mock

import pikepdf
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image, ImageDraw

from audit.models import Entry
from documents import inspection, services, tasks
from documents.filetypes import type_for_name
from documents.models import Document, Request, UploadGroup, UploadLink, UploadSession
from documents.progress import upload_state
from documents.refusals import UploadRefused
from documents.services import composing, storing
from documents.spool import Spool
from documents.storage import file_store
from documents.storage.base import DOCUMENTS, StorageFailed
from tests.documents import files
from tests.documents.conftest import Browser, sent_and_checked, stored_bytes

pytestmark = pytest.mark.django_db
State = UploadSession.State


# --- Pictures to PDF -----------------------------------------------------------------------------------------


def composed(*pictures: tuple[str, bytes]) -> bytes:
    spools = []
    for name, data in pictures:
        spool = Spool(len(data))
        spool.write(data)
        spools.append((spool, type_for_name(name)))
    with composing.compose(spools) as made:
        return b"".join(made.chunks())


def images_of(data: bytes) -> list[pikepdf.Object]:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        found = [image for page in pdf.pages for image in page.get_images().values()]
        return [
            (int(image.Width), int(image.Height), str(image.Filter), int(image.BitsPerComponent))
            for image in found
        ]


def test_a_page_for_each_picture_in_order():
    made = composed(
        ("a.jpg", files.coloured("red")),
        ("b.png", files.coloured("green", "PNG")),
        ("c.tif", files.coloured("blue", "TIFF")),
        ("d.jpg", files.coloured("white")),
    )
    assert files.colours_of(made) == ["red", "green", "blue", "white"]


def test_every_page_of_a_tiff_in_order():
    frames = [Image.new("RGB", (64, 48), colour) for colour in ("red", "green", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "TIFF", save_all=True, append_images=frames[1:])
    made = composed(
        ("w.jpg", files.coloured("white")), ("scan.tif", out.getvalue()), ("w.jpg", files.coloured("white"))
    )
    assert files.colours_of(made) == ["white", "red", "green", "blue", "white"]


def test_heic_among_others():
    made = composed(("a.heic", files.heic()), ("b.jpg", files.coloured("blue")), ("c.heic", files.heic()))
    assert [size[:2] for size in images_of(made)] == [(64, 96), (320, 240), (64, 96)]
    assert b"Secret" in files.heic() and b"Secret" not in made
    assert files.colours_of(made)[1] == "blue"


def exif(orientation: int = 1) -> Image.Exif:
    """As a phone writes it: how it was held, who made it, and where."""
    noted = Image.Exif()
    noted[0x0112], noted[0x010F], noted[0x013B] = orientation, "SecretPhone", "SecretName"
    place = noted.get_ifd(0x8825)
    place[1], place[2] = "N", (45.0, 31.0, 22.0)
    return noted


def half(left: str, right: str, kind: str, **how: object) -> bytes:
    picture = Image.new("RGB", (400, 300), left)
    picture.paste(right, (200, 0, 400, 300))
    out = io.BytesIO()
    picture.save(out, kind, **how)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "orientation", "size", "top_left", "bottom_right"),
    [
        ("JPEG", 1, (400, 300), "red", "blue"),
        ("JPEG", 3, (400, 300), "blue", "red"),
        ("JPEG", 6, (300, 400), "red", "blue"),
        ("JPEG", 8, (300, 400), "blue", "red"),
        ("PNG", 6, (300, 400), "red", "blue"),
        ("TIFF", 6, (300, 400), "red", "blue"),
    ],
)
def test_upright_as_the_camera_was_held(kind, orientation, size, top_left, bottom_right):
    made = composed(("a", half("red", "blue", kind, exif=exif(orientation))))
    with pikepdf.open(io.BytesIO(made)) as pdf:
        page = pdf.pages[0]
        (image,) = page.get_images().values()
        seen = pikepdf.PdfImage(image).as_pil_image().convert("RGB")
        lies = page.mediabox[2] > page.mediabox[3]
    assert seen.size == size
    assert lies == (size[0] > size[1]), "the sheet lies as the picture does"
    points = {"red": (254, 0, 0), "blue": (0, 0, 254)}
    for place, name in (((2, 2), top_left), ((size[0] - 3, size[1] - 3), bottom_right)):
        assert all(abs(a - b) < 12 for a, b in zip(seen.getpixel(place), points[name], strict=True))


XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF>SecretPlace</rdf:RDF></x:xmpmeta>"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_nothing_of_the_camera_is_in_the_pdf(kind):
    how = {"exif": exif(), "xmp": XMP} if kind == "JPEG" else {"exif": exif()}
    if kind == "JPEG":
        how["comment"] = b"SecretComment"
    data = half("red", "blue", kind, **how)
    assert b"Secret" in data
    made = composed(("a", data))
    with pikepdf.open(io.BytesIO(made)) as pdf:
        (image,) = pdf.pages[0].get_images().values()
        raw = image.read_raw_bytes()
        everything = [made, raw, *(each.read_bytes() for each in pdf.objects if isinstance(each, pikepdf.Stream)
                                   and str(each.get("/Filter")) == "/FlateDecode")]  # fmt: skip
        assert list(pdf.docinfo.keys()) == []
    for piece in everything:
        assert b"Secret" not in piece
        assert b"Exif" not in piece


def test_the_same_pictures_make_the_same_bytes():
    pictures = [
        ("a.jpg", half("red", "blue", "JPEG")),
        ("b.png", files.picture("PNG")),
        ("c.heic", files.heic()),
    ]
    with time_machine.travel(timezone.now() - timedelta(days=400)):
        before = composed(*pictures)
    assert composed(*pictures) == before
    assert composed(*reversed(pictures)) != before


def test_line_art_stays_as_it_is_and_black_and_white_stays_so():
    drawing = Image.new("RGB", (800, 600), "white")
    ImageDraw.Draw(drawing).line((10, 10, 790, 590), fill="black")
    out, fax = io.BytesIO(), io.BytesIO()
    drawing.save(out, "PNG")
    drawing.convert("1").save(fax, "TIFF", compression="group4")
    made = composed(("art.png", out.getvalue()), ("fax.tif", fax.getvalue()))
    with pikepdf.open(io.BytesIO(made)) as pdf:
        images = [image for page in pdf.pages for image in page.get_images().values()]
        assert pikepdf.PdfImage(images[0]).as_pil_image().convert("RGB").tobytes() == drawing.tobytes()
        assert int(images[1].BitsPerComponent) == 1
    assert len(made) < 20_000


def test_a_large_photo_is_made_smaller_but_stays_sharp_enough_for_print():
    made = composed(("a.png", noise(4800, 400)))
    ((width, height, how, _bits),) = images_of(made)
    assert (width, height, how) == (3600, 300, "/DCTDecode")


def noise(width: int, height: int) -> bytes:
    out = io.BytesIO()
    small = Image.effect_noise((width // 8, height // 8), 60)
    Image.merge("RGB", [small, small.rotate(90), small]).resize((width, height)).save(
        out, "PNG", compress_level=1
    )
    return out.getvalue()


@pytest.mark.parametrize(
    "picture",
    [
        Image.new("RGBA", (40, 30), (255, 255, 255, 0)),
        Image.new("LA", (40, 30), (0, 0)),
        Image.new("P", (40, 30), 0),
        Image.new("I;16", (40, 30), 65535),
    ],
    ids=lambda picture: picture.mode,
)
def test_odd_colours(picture):
    """Nothing is transparent, and sixteen bits are not cut off."""
    out = io.BytesIO()
    picture.putpalette([255, 255, 255]) if picture.mode == "P" else None
    picture.save(out, "PNG")
    assert files.colours_of(composed(("a.png", out.getvalue()))) == ["white"]


@pytest.mark.parametrize("data", [b"", b"no picture", files.picture("PNG")[:-200], files.huge_png()])
def test_what_does_not_open_is_no_pdf(data):
    with pytest.raises(inspection.ChildFailed):
        composed(("a.png", data), ("b.jpg", files.coloured("red")))


# --- One photo -----------------------------------------------------------------------------------------------


def test_one_photo_becomes_a_pdf_and_stays_beside_it(asked, cast):
    photo = half("red", "blue", "JPEG", exif=exif(6))
    session = sent_and_checked(asked, cast.bea, "IMG_0001.jpg", photo)
    assert session.state == State.CLEAN
    paper = Document.objects.papers().get()
    assert (paper.name, paper.content_type, paper.pages) == ("IMG_0001.pdf", "application/pdf", 1)
    assert b"Secret" not in stored_bytes(paper.key)
    original = paper.originals.get()
    assert (original.name, original.is_original) == ("IMG_0001.jpg", True)
    assert stored_bytes(original.key) == photo
    asked.refresh_from_db()
    assert asked.state == Request.State.IN_REVIEW
    cast.loan.refresh_from_db()
    assert cast.loan.to_review == 1


# --- Several photos of one paper ------------------------------------------------------------------------------


@pytest.fixture
def target(asked):
    return services.target_of_request(asked)


def opened(target, user, count=3):
    return services.open_group(target=target, user=user, name="IMG_7.jpg", count=count)


def sent(group, target, user, *colours: str, check: bool = True) -> list[UploadSession]:
    sessions = []
    for position, colour in enumerate(colours):
        data = files.coloured(colour) if colour != "broken" else files.coloured("red")[:-400]
        session = services.take_plain_upload(
            target=target,
            user=user,
            file=SimpleUploadedFile(f"{colour}.jpg", data),
            group=group,
            position=position,
        )
        if check:
            _checked(session, looks_good=colour != "broken")
        session.refresh_from_db()
        sessions.append(session)
    return sessions


def _checked(session: UploadSession, *, looks_good: bool) -> None:
    """A good picture is not shown to the inspector once more: that takes a process each time."""
    good = inspection.Verdict("image/jpeg", 1)
    with mock.patch.object(inspection, "inspect", lambda *_said: good) if looks_good else nullcontext():
        services.check_upload(session.public_id)


def closed(group, sessions) -> UploadGroup:
    return services.close_group(group=group, order=[session.public_id for session in sessions])


def paper_of(group: UploadGroup) -> Document:
    return Document.objects.papers().get(group=group)


def test_photos_become_one_paper_in_the_order_of_the_borrower(asked, target, cast):
    group = opened(target, cast.bea)
    red, green, blue = sent(group, target, cast.bea, "red", "green", "blue")
    assert upload_state(red)["state"] == "scanning", "received only when the paper is there"
    closed(group, [blue, red, green])
    made = services.compose_group(group.public_id)
    assert made.state == UploadGroup.State.MADE
    paper = paper_of(group)
    assert files.colours_of(stored_bytes(paper.key)) == ["blue", "red", "green"]
    assert (paper.name, paper.pages, paper.review) == ("IMG_7.pdf", 3, Document.Review.PENDING)
    assert {original.name for original in paper.originals.all()} == {"red.jpg", "green.jpg", "blue.jpg"}
    assert Document.objects.papers().count() == 1
    asked.refresh_from_db()
    cast.loan.refresh_from_db()
    assert (asked.state, cast.loan.to_review) == (Request.State.IN_REVIEW, 1)
    assert Entry.objects.filter(action="document.received").count() == 1
    for session in (red, green, blue):
        session.refresh_from_db()
        assert upload_state(session)["document"] == reverse("documents:document", args=[paper.public_id])


def test_the_last_photo_wakes_the_worker(target, cast, monkeypatch):
    woken = []
    monkeypatch.setattr(composing.wake, "soon", lambda task, *said, **_more: woken.append((task, *said)))
    group = opened(target, cast.bea, 2)
    red, green = sent(group, target, cast.bea, "red", "green", check=False)
    services.check_upload(red.public_id)
    closed(group, [red, green])
    wanted = ("documents.compose", str(group.public_id))
    assert wanted not in woken
    assert services.compose_group(group.public_id) is None, "one is still missing"
    services.check_upload(green.public_id)
    assert wanted in woken
    tasks.compose(str(group.public_id))
    assert paper_of(group).pages == 2


def test_a_refused_photo_keeps_nobody_waiting_and_says_why(target, cast):
    group = opened(target, cast.bea)
    red, broken, blue = sent(group, target, cast.bea, "red", "broken", "blue")
    assert broken.state == State.REJECTED
    closed(group, [red, broken, blue])
    services.sweep()
    assert files.colours_of(stored_bytes(paper_of(group).key)) == ["red", "blue"]
    assert upload_state(broken)["refused"]["code"] == "broken"


def test_a_photo_that_opens_only_half_is_refused_when_the_paper_is_made(target, cast):
    """The check looks at the first page of a TIFF; the second one is cut off."""
    frames = [Image.new("RGB", (64, 48), colour) for colour in ("red", "green")]
    out = io.BytesIO()
    frames[0].save(out, "TIFF", save_all=True, append_images=frames[1:], compression="tiff_lzw")
    damaged = bytearray(out.getvalue())
    with Image.open(io.BytesIO(damaged)) as picture:
        picture.seek(1)
        at = picture.tag_v2[273][0]
    damaged[at : at + 12] = b"\xff" * 12
    group = opened(target, cast.bea)
    (red,) = sent(group, target, cast.bea, "red")
    scan = services.take_plain_upload(
        target=target,
        user=cast.bea,
        file=SimpleUploadedFile("scan.tif", bytes(damaged)),
        group=group,
        position=1,
    )
    services.check_upload(scan.public_id)
    closed(group, [red, scan])
    services.sweep()
    assert files.colours_of(stored_bytes(paper_of(group).key)) == ["red"]
    scan.refresh_from_db()
    assert (scan.state, upload_state(scan)["refused"]["code"]) == (State.REJECTED, "broken")
    assert not Document.objects.filter(name="scan.tif", bytes_destroyed_at=None).exists()


def test_nothing_good_is_no_paper(asked, target, cast):
    group = opened(target, cast.bea)
    closed(group, sent(group, target, cast.bea, "broken", "broken"))
    services.sweep()
    group.refresh_from_db()
    assert (group.state, Document.objects.count()) == (UploadGroup.State.APART, 0)
    asked.refresh_from_db()
    assert asked.state == Request.State.OWED


def test_photos_taken_back_are_not_waited_for(target, cast):
    group = opened(target, cast.bea)
    red, green = sent(group, target, cast.bea, "red", "green")
    gone = services.open_session(
        target=target, user=cast.bea, name="gone.jpg", size=9, group=group, position=2
    )
    closed(group, [red, green, gone])
    assert services.compose_group(group.public_id) is None
    services.abort(session=gone)
    services.sweep()
    assert paper_of(group).pages == 2


def test_an_open_group_that_nobody_closes_is_made_of_what_came(target, cast):
    group = opened(target, cast.bea)
    sent(group, target, cast.bea, "red", "green")
    services.sweep()
    assert not Document.objects.papers().exists()
    with time_machine.travel(timezone.now() + composing.OPEN_FOR + timedelta(minutes=1)):
        services.sweep()
    assert files.colours_of(stored_bytes(paper_of(group).key)) == ["red", "green"]


def test_a_photo_that_is_not_named_comes_last(target, cast):
    group = opened(target, cast.bea)
    red, green, blue = sent(group, target, cast.bea, "red", "green", "blue")
    services.close_group(group=group, order=[blue.public_id, uuid.uuid4()])
    closed(group, [red, green, blue])
    services.sweep()
    assert files.colours_of(stored_bytes(paper_of(group).key)) == ["blue", "red", "green"], (
        "the first order counts"
    )


# --- Workers that die, storage that fails ---------------------------------------------------------------------


def objects() -> int:
    return len(list(file_store().keys(DOCUMENTS)))


def test_a_worker_killed_in_the_middle_changes_nothing(target, cast):
    group = opened(target, cast.bea)
    closed(group, sent(group, target, cast.bea, "red", "green"))
    late = composing.claim(group.public_id)
    assert composing.claim(group.public_id) is None
    services.sweep()
    assert not Document.objects.papers().exists(), "somebody has it"
    with time_machine.travel(timezone.now() + composing.LEASE + timedelta(seconds=1)):
        services.sweep()
    assert paper_of(group).pages == 2
    kept = objects()
    with pytest.raises(composing.LeaseLost):
        composing._put_together(late)
    assert (Document.objects.papers().count(), objects()) == (1, kept)


def test_one_who_finishes_late_leaves_nothing_behind(target, cast, monkeypatch):
    group = opened(target, cast.bea)
    closed(group, sent(group, target, cast.bea, "red", "green"))
    kept, store_spool = objects(), storing.store_spool

    def slowly(**what):
        UploadGroup.objects.filter(pk=group.pk).update(claim=uuid.uuid4())
        return store_spool(**what)

    monkeypatch.setattr(storing, "store_spool", slowly)
    services.compose_group(group.public_id)
    assert (Document.objects.papers().count(), objects()) == (0, kept)


def test_trouble_with_the_storage_is_tried_again(target, cast, monkeypatch):
    group = opened(target, cast.bea)
    closed(group, sent(group, target, cast.bea, "red", "green"))
    with monkeypatch.context() as broken:
        broken.setattr(storing, "bytes_of", lambda row: (_ for _ in ()).throw(StorageFailed("down")))
        services.sweep()
    services.sweep()
    assert not Document.objects.papers().exists(), "not at once"
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        services.sweep()
    assert paper_of(group).pages == 2


def test_what_cannot_be_put_together_becomes_a_paper_each(target, cast, monkeypatch):
    group = opened(target, cast.bea)
    sessions = sent(group, target, cast.bea, "red", "green")
    closed(group, sessions)
    run = inspection.run

    def alone(job, spools, *said, **more):
        if len(spools) > 1:
            raise inspection.ChildFailed("too much together")
        return run(job, spools, *said, **more)

    monkeypatch.setattr(inspection, "run", alone)
    later = timezone.now()
    for _attempt in range(composing.MOST_ATTEMPTS):
        later += timedelta(minutes=5)
        with time_machine.travel(later):
            services.sweep()
    group.refresh_from_db()
    papers = Document.objects.papers().order_by("pk")
    assert group.state == UploadGroup.State.APART
    assert [paper.name for paper in papers] == ["red.pdf", "green.pdf"]
    assert [files.colours_of(stored_bytes(paper.key)) for paper in papers] == [["red"], ["green"]]


# --- Who may, and how many -----------------------------------------------------------------------------------


def test_the_browser_opens_sends_and_closes(sender: Browser, asked):
    answer = sender.post(
        reverse("uploads:group"), {"request": str(asked.public_id), "name": "a.heic", "count": 2}
    )
    assert answer.status_code == 201
    group, ids = answer.json(), []
    for position, colour in enumerate(["red", "green"]):
        data = files.coloured(colour)
        said = {
            "request": str(asked.public_id),
            "name": f"{colour}.jpg",
            "size": len(data),
            "group": group["id"],
        }
        session = sender.post(reverse("uploads:create"), {**said, "position": position}).json()
        ids.append(session["id"])
    first = sender.post(group["close"], {"order": ids[::-1]})
    assert (first.status_code, first.json()["state"]) == (200, "closed")
    assert sender.post(group["close"], {"order": ids}).status_code == 200
    order = UploadSession.objects.filter(group__public_id=group["id"]).order_by("position")
    assert [str(session.public_id) for session in order] == ids[::-1]
    assert sender.post(group["close"], {"order": ["x"]}).status_code == 404


def test_a_group_is_closed_to_everybody_else(target, cast, client_for):
    group = opened(target, cast.bea)
    for user in (cast.cole, cast.nils, cast.olga):
        other = Browser(client_for(user))
        said = {"request": str(target.request.public_id), "name": "a.jpg", "count": 2}
        assert other.post(reverse("uploads:group"), said).status_code == 404
        assert (
            other.post(reverse("uploads:close_group", args=[group.public_id]), {"order": []}).status_code
            == 404
        )
    group.refresh_from_db()
    assert group.state == UploadGroup.State.OPEN


@pytest.mark.parametrize(("count", "code"), [(0, "too_many_photos"), (101, "too_many_photos")])
def test_how_many(sender: Browser, asked, count, code):
    said = {"request": str(asked.public_id), "name": "a.jpg", "count": count}
    answer = sender.post(reverse("uploads:group"), said)
    assert (answer.status_code, answer.json()["refused"]["code"]) == (422, code)


def test_only_pictures_and_only_while_it_is_open(target, cast):
    group = opened(target, cast.bea)
    with pytest.raises(UploadRefused):
        services.open_session(target=target, user=cast.bea, name="a.pdf", size=9, group=group)
    closed(group, [])
    with pytest.raises(Exception, match="put together already"):
        services.open_session(target=target, user=cast.bea, name="a.jpg", size=9, group=group)


def test_too_many_groups_in_a_minute(target, cast, settings):
    settings.UPLOADS_PER_MINUTE = 2
    opened(target, cast.bea)
    opened(target, cast.bea)
    with pytest.raises(UploadRefused) as refused:
        opened(target, cast.bea)
    assert refused.value.refusal.code == "too_fast"


def test_a_helper_sends_photos_by_their_link(asked, cast):
    link = UploadLink.objects.create(
        request=asked,
        name="Dora",
        token_hash="x",
        made_by=cast.bea,
        expires_at=timezone.now() + timedelta(days=1),
    )
    target = services.target_of_link(link)
    group = opened(target, None, 2)
    closed(group, sent(group, target, None, "red", "green"))
    services.sweep()
    paper = paper_of(group)
    assert (group.link, paper.link, paper.uploader, paper.pages) == (link, link, None, 2)


def test_photos_of_a_paper_nobody_asked_for(cast, store):
    target = services.target_unasked(cast.loan, cast.bea_party, "My raise")
    group = opened(target, cast.bea, 2)
    closed(group, sent(group, target, cast.bea, "red", "green"))
    services.sweep()
    paper = paper_of(group)
    assert (paper.request, paper.party, paper.title) == (None, cast.bea_party, "My raise")
