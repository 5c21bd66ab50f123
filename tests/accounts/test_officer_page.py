"""An officer's page is changed by its owner and by staff, looked at first, and public only after the second press."""

import zlib
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts import officer_pages
from accounts.errors import Refused
from accounts.models import OfficerDraft, OfficerProfile, User
from audit.models import Entry
from tests.pages.test_public import words

PUBLIC = "/officers/olga-haddad/"
SAID = {
    "title": "Branch manager", "bio": "New words.\n\nAnd more.", "direct_phone": "(207) 555-0163", "text_number": "",
    "hours": "Always", "languages": ["Spanish", "English"], "specialities": ["va", "first_time"],
}  # fmt: skip


@pytest.fixture(autouse=True)
def folders(settings, tmp_path) -> Path:
    settings.PRIVATE_FILES_DIR, settings.MEDIA_ROOT = tmp_path / "files", tmp_path / "public"
    return tmp_path


@pytest.fixture
def olga(cast, client_for):
    return client_for(cast.olga)


def at(user: User, name: str = "") -> str:
    return f"/profile/page/{user.public_id}/{name}"


def photo(size=(900, 1200), kind="JPEG", colour="teal") -> SimpleUploadedFile:
    buffer, exif = BytesIO(), Image.Exif()
    exif[0x010E] = "secret place"
    Image.new("RGB", size, colour).save(buffer, kind, exif=exif)
    return SimpleUploadedFile(f"me.{kind.lower()}", buffer.getvalue())


def publish(client, user, **more):
    draft = OfficerDraft.objects.get(officer__user=user)
    return client.post(at(user, "publish/"), {"version": draft.version, **more})


def kept(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


# --- Draft, look, publish --------------------------------------------------------------------------------------


def test_the_draft_is_seen_first_and_public_only_after_the_second_press(olga, visitor, cast):
    before = words(visitor.get(PUBLIC))
    assert olga.post(at(cast.olga), SAID).url == at(cast.olga, "preview/")
    seen = words(olga.get(at(cast.olga, "preview/")))
    for part in (
        "Branch manager", "New words.", "And more.", "(207) 555-0163", "Always", "English, Spanish",
        "<li>VA loans</li>", "Apply with Olga", "Nobody else sees it yet",
    ):  # fmt: skip
        assert part in seen, part
    assert words(visitor.get(PUBLIC)) == before

    assert publish(olga, cast.olga).url == at(cast.olga)
    public = words(visitor.get(PUBLIC))
    assert "Branch manager" in public and "New words." in public and "(207) 555-0163" in public
    assert not OfficerDraft.objects.exists()
    entry = Entry.objects.get(action="officer.page_published")
    assert entry.detail == {"fields": ["bio", "direct_phone", "hours", "languages", "specialities", "title"]}


def test_the_form_goes_on_with_the_draft_and_it_can_be_thrown_away(olga, visitor, cast):
    olga.post(at(cast.olga), SAID)
    text = words(olga.get(at(cast.olga)))
    assert 'value="Branch manager"' in text and "waits to be published" in text
    assert 'value="(207) 555-0163"' in text
    olga.post(at(cast.olga, "discard/"))
    assert 'value="Loan officer"' in words(olga.get(at(cast.olga)))
    assert olga.get(at(cast.olga, "preview/")).url == at(cast.olga)
    assert "Branch manager" not in words(visitor.get(PUBLIC))


def test_what_changes_nothing_leaves_nothing_to_publish(olga, cast):
    facts = officer_pages.facts_of(cast.olga.officer_profile)
    olga.post(at(cast.olga), {**facts, "bio": "Other words."})
    assert OfficerDraft.objects.get().facts == {"bio": "Other words."}
    assert olga.post(at(cast.olga), facts).url == at(cast.olga)
    assert not OfficerDraft.objects.exists()


def test_only_what_was_looked_at_is_published(olga, visitor, cast):
    olga.post(at(cast.olga), SAID)
    looked_at = OfficerDraft.objects.get().version
    olga.post(at(cast.olga), {**SAID, "bio": "Typed in another window."})
    answer = olga.post(at(cast.olga, "publish/"), {"version": looked_at}, follow=True)
    assert "changed in another window" in words(answer) and "New words." not in words(visitor.get(PUBLIC))
    olga.post(at(cast.olga, "publish/"), {"version": "nonsense"})
    assert "Typed in another" not in words(visitor.get(PUBLIC))
    publish(olga, cast.olga)
    assert "nothing waits" in words(olga.post(at(cast.olga, "publish/"), {"version": 2}, follow=True)).lower()


def test_what_staff_change_meanwhile_stays(olga, visitor, cast):
    facts = officer_pages.facts_of(cast.olga.officer_profile)
    olga.post(at(cast.olga), {**facts, "hours": "Mornings"})
    OfficerProfile.objects.filter(user=cast.olga).update(bio="As the law asks.")
    publish(olga, cast.olga)
    text = words(visitor.get(PUBLIC))
    assert "As the law asks." in text and "Mornings" in text


def test_a_rate_has_no_place_among_an_officers_words(olga, cast):
    for words_of_theirs in ("From 5.9% today!", "six and 3 per cent", "APR 6 %"):
        answer = olga.post(at(cast.olga), {**SAID, "bio": words_of_theirs})
        assert answer.status_code == 422 and "leave percentages out" in words(answer)
    assert not OfficerDraft.objects.exists()


# --- Whose page ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["otto", "mara", "bea"])
def test_nobody_changes_the_page_of_another(cast, client_for, olga, visitor, who):
    olga.post(at(cast.olga), {**SAID, "photo": photo()})
    client = client_for(getattr(cast, who))
    for name in ("", "preview/", "photo/"):
        assert client.get(at(cast.olga, name)).status_code == 404
    assert client.post(at(cast.olga), SAID).status_code == 404
    assert publish(client, cast.olga).status_code == 404
    assert client.post(at(cast.olga, "discard/")).status_code == 404
    assert OfficerDraft.objects.count() == 1 and "New words." not in words(visitor.get(PUBLIC))
    profile = cast.olga.officer_profile
    for verb in (
        lambda by: officer_pages.keep_draft(profile=profile, facts=SAID, by=by),
        lambda by: officer_pages.publish_draft(profile=profile, version=1, by=by),
        lambda by: officer_pages.discard_draft(profile=profile, by=by),
    ):
        with pytest.raises(Refused, match="Only its owner"):
            verb(getattr(cast, who))


def test_staff_look_at_it_the_same_way(cast, client_for, visitor):
    stef = client_for(cast.stef)
    stef.post(at(cast.olga), SAID)
    assert "New words." in words(stef.get(at(cast.olga, "preview/")))
    publish(stef, cast.olga)
    assert "New words." in words(visitor.get(PUBLIC))
    assert stef.get(at(cast.mara)).status_code == 404  # she has no page


def test_what_is_not_theirs_to_say_is_not_taken(olga, cast):
    said = {**SAID, "nmls_id": "999", "slug": "boss", "is_public": "", "user": cast.mara.pk}
    olga.post(at(cast.olga), said)
    publish(olga, cast.olga, nmls_id="999")
    profile = OfficerProfile.objects.get(user=cast.olga)
    assert (profile.nmls_id, profile.slug, profile.is_public) == ("1200001", "olga-haddad", True)


# --- The photo -------------------------------------------------------------------------------------------------


def test_a_new_photo_is_private_until_it_is_published(
    olga, visitor, cast, folders, django_capture_on_commit_callbacks
):
    olga.post(at(cast.olga), {**SAID, "photo": photo()})
    assert f'src="{at(cast.olga, "photo/")}"' in words(olga.get(at(cast.olga, "preview/")))
    shown = olga.get(at(cast.olga, "photo/"))
    assert shown["Content-Type"] == "image/jpeg" and b"secret place" not in shown.content
    assert visitor.get(at(cast.olga, "photo/")).status_code == 302 and not kept(folders / "public")

    with django_capture_on_commit_callbacks(execute=True):
        publish(olga, cast.olga)
    profile = OfficerProfile.objects.get(user=cast.olga)
    sizes = {Image.open(path).size for path in kept(folders / "public")}
    assert sizes == {(480, 480), (144, 144)} and not kept(folders / "files")
    assert f'src="{profile.photo.url}"' in words(visitor.get(PUBLIC))

    olga.post(at(cast.olga), {**SAID, "drops_photo": "on"})
    assert ">OH</span>" in words(olga.get(at(cast.olga, "preview/")))
    assert profile.photo.url in words(visitor.get(PUBLIC))
    with django_capture_on_commit_callbacks(execute=True):
        publish(olga, cast.olga)
    assert ">OH</span>" in words(visitor.get(PUBLIC)) and not kept(folders / "public")


def test_the_photo_of_a_draft_stays_until_another_comes_or_it_is_thrown_away(
    olga, cast, folders, django_capture_on_commit_callbacks
):
    for upload in (photo(), None, photo(colour="navy")):
        with django_capture_on_commit_callbacks(execute=True):
            olga.post(at(cast.olga), {**SAID, **({"photo": upload} if upload else {})})
        [now] = kept(folders / "files")
        assert olga.get(at(cast.olga, "photo/")).content == now.read_bytes()
    with django_capture_on_commit_callbacks(execute=True):
        olga.post(at(cast.olga, "discard/"))
    assert not kept(folders / "files") and olga.get(at(cast.olga, "photo/")).status_code == 404


def enormous() -> bytes:
    """A PNG that says it has 900 million points."""
    header = b"IHDR" + (30_000).to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"
    return b"\x89PNG\r\n\x1a\n" + (13).to_bytes(4, "big") + header + zlib.crc32(header).to_bytes(4, "big")


@pytest.mark.parametrize(
    ("name", "content", "advice"),
    [
        ("me.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "choose a JPEG"),
        ("me.png", b"%PDF-1.7 not a face", "choose a JPEG"),
        ("me.jpg", photo().read()[:900], "choose a JPEG"),
        ("me.gif", b"GIF89a" + bytes(60), "choose a JPEG"),
        ("me.png", enormous(), "choose a"),
        ("me.jpg", b"", "This file is empty"),
        ("me.jpg", b"\xff\xd8" + bytes(10 * 1024 * 1024), "larger than 10 MB"),
    ],
    ids=["svg", "pdf", "half a jpeg", "gif", "pixel bomb", "empty", "too large"],
)
def test_a_hostile_photo_is_refused_with_advice_and_nothing_is_kept(
    olga, cast, folders, name, content, advice
):
    answer = olga.post(at(cast.olga), {**SAID, "photo": SimpleUploadedFile(name, content)})
    assert answer.status_code == 422 and advice in words(answer)
    assert "Branch manager" in words(answer)  # what was typed is still there
    assert not OfficerDraft.objects.exists() and not kept(folders)


def test_a_picture_with_a_page_hidden_behind_it_keeps_only_its_points(olga, cast):
    upload = SimpleUploadedFile("me.jpg", photo().read() + b"<script>alert(1)</script>")
    olga.post(at(cast.olga), {**SAID, "photo": upload})
    assert b"<script>" not in olga.get(at(cast.olga, "photo/")).content
