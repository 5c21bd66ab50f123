"""The picture of an officer's signature: made anew, kept out of sight, shown to its owner and staff alone."""

from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image, ImageDraw

from accounts import private_files, services
from accounts.errors import Refused
from accounts.models import OfficerProfile
from accounts.photos import SIGNATURE_SIZE, clean_signature
from audit.models import Entry
from tests.accounts.test_admin import form_of

PAGE = "/profile/signature/"


@pytest.fixture(autouse=True)
def files(settings, tmp_path) -> Path:
    settings.PRIVATE_FILES_DIR = tmp_path / "files"
    return settings.PRIVATE_FILES_DIR


def written(
    ground="#e4e0d6", ink="#1e286e", size=(1600, 900), kind="JPEG", mode="RGB", width=16
) -> SimpleUploadedFile:
    picture = Image.new(mode, size, ground)
    across, down = size
    points = [(across * x, down * y) for x, y in ((0.2, 0.5), (0.35, 0.3), (0.5, 0.7), (0.75, 0.4))]
    ImageDraw.Draw(picture).line(points, fill=ink, width=width)
    buffer = BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    picture.save(buffer, kind, exif=exif)
    return SimpleUploadedFile(f"signature.{kind.lower()}", buffer.getvalue())


def send(client, upload):
    return client.post(PAGE, {"picture": upload})


def profile_of(user) -> OfficerProfile:
    return OfficerProfile.objects.get(user=user)


# --- The picture ---------------------------------------------------------------------------------------------


def test_a_photo_of_ink_on_grey_paper_becomes_ink_on_white():
    made = clean_signature(written())
    picture = Image.open(BytesIO(made))
    assert (picture.format, picture.mode) == ("PNG", "L") and b"secret place" not in made
    assert picture.width <= SIGNATURE_SIZE[0] and picture.height <= SIGNATURE_SIZE[1]
    assert picture.width / picture.height == pytest.approx(0.55 * 16 / (0.4 * 9), rel=0.15)  # cut to the ink
    shades = picture.histogram()
    assert shades[255] > sum(shades) / 2 and sum(shades[:120]) > 0
    assert len(made) < 60_000


def test_a_drawing_on_a_transparent_ground_is_ink_on_white():
    made = clean_signature(written(ground=(0, 0, 0, 0), ink=(0, 0, 0, 255), kind="PNG", mode="RGBA"))
    assert Image.open(BytesIO(made)).getextrema() == (0, 255)


@pytest.mark.parametrize(
    ("upload", "why"),
    [
        (SimpleUploadedFile("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "not a picture"),
        (SimpleUploadedFile("a.pdf", b"%PDF-1.7"), "not a picture"),
        (written(ink="#e4e0d6"), "Nothing is written"),
        (written(ground="black", ink="white"), "does not look like a signature"),
        (SimpleUploadedFile("big.png", b"x" * (5 * 1024 * 1024 + 1)), "larger than 5 MB"),
    ],
    ids=["svg", "pdf", "empty", "white on black", "too large"],
)
def test_what_is_no_signature_is_refused_in_words(upload, why):
    with pytest.raises(Refused, match=why):
        clean_signature(upload)


# --- One's own -----------------------------------------------------------------------------------------------


def test_an_officer_adds_replaces_and_removes_it(cast, client_for, files, django_capture_on_commit_callbacks):
    client = client_for(cast.olga)
    assert "your letters end with your name" in client.get(PAGE).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert send(client, written()).status_code == 302
    first = profile_of(cast.olga).signature_key
    path = files / first
    assert path.is_file() and path.stat().st_mode & 0o777 == 0o600
    with django_capture_on_commit_callbacks(execute=True):
        send(client, written(ink="black"))
    assert not path.exists() and profile_of(cast.olga).signature_key != first
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(reverse("accounts:signature_remove")).status_code == 302
    assert profile_of(cast.olga).signature_key == ""
    assert list((files / "signatures").iterdir()) == []
    actions = list(
        Entry.objects.filter(action__startswith="officer.").order_by("id").values_list("action", flat=True)
    )
    assert actions == ["officer.signature_changed"] * 2 + ["officer.signature_removed"]


def test_a_picture_that_cannot_be_used_says_so_and_the_old_one_stays(cast, client_for):
    client = client_for(cast.olga)
    send(client, written())
    before = profile_of(cast.olga).signature_key
    for upload, why in (
        (SimpleUploadedFile("a.png", b"nothing"), "not a picture we can read"),
        (written(ink="#e4e0d6"), "Nothing is written on this picture"),
        ("", "Choose a picture first"),
    ):
        answer = send(client, upload)
        assert answer.status_code == 422 and why in answer.content.decode(), why
    assert profile_of(cast.olga).signature_key == before


def test_only_its_owner_and_staff_see_it_and_each_look_is_written_down(cast, client_for, files):
    services.set_officer_signature(profile=cast.olga.officer_profile, upload=written(), by=cast.olga)
    address = reverse("accounts:signature_picture", args=[cast.olga.public_id])
    for person in (cast.olga, cast.stef):
        answer = client_for(person).get(address)
        assert answer.status_code == 200 and answer["Content-Type"] == "image/png"
        assert (
            answer["Cache-Control"] == "private, no-store" and answer["X-Content-Type-Options"] == "nosniff"
        )
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
        entry = Entry.objects.get(action="officer.signature_viewed", actor_name=person.name)
        assert entry.object_id == str(cast.olga.public_id)
    for person in (cast.otto, cast.mara, cast.bea):
        assert client_for(person).get(address).status_code == 404
    key = profile_of(cast.olga).signature_key
    assert client_for(cast.stef).get(f"/media/{key}").status_code == 404


@pytest.mark.parametrize("name", ["bea", "nils", "mara", "stef"])
def test_who_has_no_page_as_officer_has_no_signature(cast, client_for, name):
    client = client_for(getattr(cast, name))
    assert client.get(PAGE).status_code == 404
    assert send(client, written()).status_code == 404
    assert "Signature" not in client.get("/profile/").content.decode()


def test_a_file_that_is_gone_is_not_found(cast, client_for):
    services.set_officer_signature(profile=cast.olga.officer_profile, upload=written(), by=cast.olga)
    private_files.remove(profile_of(cast.olga).signature_key)
    address = reverse("accounts:signature_picture", args=[cast.olga.public_id])
    assert client_for(cast.olga).get(address).status_code == 404


# --- By staff ------------------------------------------------------------------------------------------------


def test_staff_add_and_remove_it_in_the_admin(cast, client_for, django_capture_on_commit_callbacks):
    stef = client_for(cast.stef)
    address = f"/admin/accounts/officerprofile/{cast.olga.officer_profile.pk}/change/"
    inline = {"licenses-TOTAL_FORMS": 0, "licenses-INITIAL_FORMS": 0, "languages": "English"}
    said = {**form_of(stef, address), **inline}
    assert stef.post(address, {**said, "signature": written()}).status_code == 302
    assert profile_of(cast.olga).signature_key
    page = stef.get(address).content.decode()
    assert reverse("accounts:signature_picture", args=[cast.olga.public_id]) in page
    assert "remove_signature" in page
    refused = stef.post(address, {**said, "signature": SimpleUploadedFile("a.png", b"x")})
    assert refused.status_code == 200 and "not a picture" in refused.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert stef.post(address, {**said, "remove_signature": "on"}).status_code == 302
    assert profile_of(cast.olga).signature_key == ""


def test_a_page_that_staff_delete_takes_its_signature_along(
    cast, client_for, files, django_capture_on_commit_callbacks
):
    services.set_officer_signature(profile=cast.olga.officer_profile, upload=written(), by=cast.olga)
    address = f"/admin/accounts/officerprofile/{cast.olga.officer_profile.pk}/delete/"
    with django_capture_on_commit_callbacks(execute=True):
        assert client_for(cast.stef).post(address, {"post": "yes"}).status_code == 302
    assert not OfficerProfile.objects.filter(user=cast.olga).exists()
    assert list((files / "signatures").iterdir()) == []
