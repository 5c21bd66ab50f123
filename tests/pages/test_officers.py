"""The directory of officers, the page of each, the contact card and the code to scan."""

import base64
import re
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
import qrcode
import time_machine
import vobject
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from accounts import services
from accounts.models import Company, OfficerLicense, OfficerProfile, User
from portal import directory
from portal.opening import opening_at
from tests.cast import UserFactory, make_officer
from tests.documents.files import picture
from tests.pages.test_public import words

DIRECTORY, PAGE, CARD = "/officers/", "/officers/olga-haddad/", "/officers/olga-haddad/contact.vcf"


def say(user, **facts) -> OfficerProfile:
    OfficerProfile.objects.filter(user=user).update(**facts)
    return OfficerProfile.objects.get(user=user)


@pytest.fixture
def ines(cast) -> User:
    user = make_officer(
        states=["CA", "AZ"], slug="ines", nmls_id="1200009", name="Inés Calder", email="ines@lantern.example"
    )
    say(user, languages=["English", "Spanish"], specialities=["va", "first_time"])
    return user


def names(visitor, **asked) -> set[str]:
    text = words(visitor.get(DIRECTORY, asked))
    return {name for name in ("Olga Haddad", "Otto Weber", "Inés Calder") if f">{name}</a>" in text}


# --- The directory ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, {"Olga Haddad", "Otto Weber", "Inés Calder"}),
        ({"name": "ines"}, {"Inés Calder"}),
        ({"name": "  CALDER  iné "}, {"Inés Calder"}),
        ({"name": "1200001"}, {"Olga Haddad"}),
        ({"name": "lga"}, set()),
        ({"language": "Spanish"}, {"Inés Calder"}),
        ({"state": "NH"}, {"Olga Haddad"}),
        ({"state": "ME"}, {"Olga Haddad", "Otto Weber"}),
        ({"speciality": "va"}, {"Inés Calder"}),
        ({"speciality": "va", "state": "ME"}, set()),
        ({"language": "English", "state": "ME", "name": "o w"}, {"Otto Weber"}),
        ({"state": "<script>", "language": "Klingon"}, set()),
    ],
)
def test_found_by_name_language_state_and_speciality(visitor, ines, asked, expected):
    assert names(visitor, **asked) == expected


def test_what_is_asked_stays_in_the_form_and_only_what_somebody_has_is_offered(visitor, ines):
    text = words(visitor.get(DIRECTORY, {"state": "CA", "name": '"x'}))
    assert '<option value="CA" selected>California</option>' in text and 'value="&quot;x"' in text
    offered = re.findall(r'<option value="([^"]+)"', text.partition("</form>")[0])
    assert offered == ["AZ", "CA", "ME", "NH", "English", "Spanish", "first_time", "va"]


def test_who_finds_nobody_is_helped_on(visitor, cast):
    text = words(visitor.get(DIRECTORY, {"name": "zz"}))
    assert "Nobody fits all of that" in text and "0 loan officers fit" in text


def test_only_active_officers_licensed_somewhere_are_shown(visitor, cast, ines):
    OfficerLicense.objects.filter(officer__user=cast.otto).delete()
    User.objects.filter(pk=ines.pk).update(is_active=False)
    assert names(visitor) == {"Olga Haddad"}
    assert "Otto Weber" not in words(visitor.get("/"))
    assert "No state at the moment" in words(visitor.get("/officers/otto-weber/"))


def test_many_officers_are_pages_without_gaps_at_a_constant_price(
    visitor, cast, monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setattr(directory, "PAGE_SIZE", 4)
    for number in range(9):
        user = UserFactory(name=f"Ann {chr(75 - number)}", role=User.Role.OFFICER)
        profile = OfficerProfile.objects.create(user=user, slug=f"ann-{number}", nmls_id="5")
        OfficerLicense.objects.create(officer=profile, state="VT")
    seen, url = [], DIRECTORY + "?state=VT"
    while url:
        with django_assert_max_num_queries(6):
            found = visitor.get(url).context["found"]
        seen += [profile.user.name for profile in found.officers]
        url = found.next_url
    assert seen == sorted(seen) and len(seen) == 9 and "state=VT" in found.first_url


# --- The page --------------------------------------------------------------------------------------------------


def test_texts_are_offered_only_where_the_house_is_texted(visitor, cast, settings):
    say(cast.olga, text_number="+12075550162")
    assert "sms:" not in words(visitor.get(PAGE))
    settings.TEXTS_LEAVE_THE_HOUSE = True
    assert 'href="sms:+1-207-555-0162"' in words(visitor.get(PAGE))
    say(cast.olga, text_number="")
    assert "sms:" not in words(visitor.get(PAGE))


def test_the_licences_can_be_looked_up(visitor, cast):
    link = "https://www.nmlsconsumeraccess.org/EntityDetails.aspx/INDIVIDUAL/1200001"
    assert f'href="{link}"' in words(visitor.get(PAGE))


def test_specialities_are_shown_and_reviews_are_not_while_there_are_none(visitor, ines):
    text = words(visitor.get("/officers/ines/"))
    assert "<li>VA loans</li>" in text and "<li>First-time buyers</li>" in text
    assert "review" not in text.lower()


def test_a_manager_with_a_page_takes_no_applications(visitor, cast):
    User.objects.filter(pk=cast.olga.pk).update(role=User.Role.MANAGER)
    assert "Not taking new applications now" in words(visitor.get(PAGE))


EAST = -timedelta(hours=5)


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2026-11-23 10:00", "<strong>Open now</strong>, until 5:30 p.m. EST"),
        ("2026-11-23 08:29", "Open again Monday, November 23, 8:30 a.m. EST"),
        ("2026-11-23 17:30", "Open again Tuesday, November 24, 8:30 a.m. EST"),
        ("2026-11-25 18:00", "Open again Friday, November 27, 8:30 a.m. EST"),  # Thanksgiving between
    ],
)
def test_open_now_goes_by_the_clock_of_the_company(visitor, cast, moment, said):
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC) - EAST
    with time_machine.travel(at, tick=False):
        assert said in words(visitor.get(PAGE))


def test_open_again_on_the_hour_of_the_new_time_when_clocks_change_over_the_weekend(db, company):
    saturday = datetime(2026, 3, 7, 15, 0, tzinfo=UTC)  # clocks go forward in the night to Sunday
    opening = opening_at(saturday, company)
    assert (opening.is_open, opening.zone) == (False, "EDT")
    assert opening.until == datetime(2026, 3, 9, 12, 30, tzinfo=UTC)
    Company.objects.update(open_on_saturday=True)
    assert opening_at(saturday, Company.load()).is_open


# --- To take along ---------------------------------------------------------------------------------------------


def card_of(visitor):
    answer = visitor.get(CARD)
    assert answer["Content-Type"] == "text/vcard; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="olga-haddad.vcf"'
    return vobject.readOne(answer.content.decode())


def test_the_contact_card_is_read_by_address_books(visitor, cast, settings):
    say(cast.olga, text_number="+12075550162")
    settings.TEXTS_LEAVE_THE_HOUSE = True
    card = card_of(visitor)
    assert (card.fn.value, card.n.value.given, card.n.value.family) == ("Olga Haddad", "Olga", "Haddad")
    assert [line.value for line in card.contents["tel"]] == ["+12075550161", "+12075550162"]
    assert card.tel.params["TYPE"] == ["WORK", "VOICE"]
    assert card.email.value == "olga@lantern.example" and card.org.value == ["Lantern Home Loans"]
    assert card.url.value == settings.PUBLIC_URL + PAGE and "NMLS ID 1200001" in card.note.value
    assert "photo" not in card.contents


def test_without_a_number_of_their_own_the_card_has_that_of_the_company(visitor, cast):
    say(cast.olga, direct_phone="")
    assert [line.value for line in card_of(visitor).contents["tel"]] == ["+12075550148"]


def test_the_card_carries_the_small_photo(visitor, cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    upload = SimpleUploadedFile("face.jpg", picture())
    services.set_officer_photo(profile=cast.olga.officer_profile, upload=upload, by=cast.stef)
    photo = card_of(visitor).photo.value
    content = photo if isinstance(photo, bytes) else base64.b64decode(photo)
    assert Image.open(BytesIO(content)).size == (144, 144)
    assert "-small.jpg" in words(visitor.get(DIRECTORY)) and "-small.jpg" not in words(visitor.get(PAGE))


def test_a_name_adds_no_line_to_the_card(visitor, cast):
    User.objects.filter(pk=cast.olga.pk).update(name="Olga\nTEL:+666; Haddad, X")
    card = card_of(visitor)
    assert [line.value for line in card.contents["tel"]] == ["+12075550161"]
    assert card.fn.value == "Olga\nTEL:+666; Haddad, X"


def test_the_code_to_scan_is_the_address_of_the_page(visitor, cast, settings):
    drawing = re.search(r'<svg[^>]*class="scan-code".*?</svg>', visitor.get(PAGE).content.decode(), re.DOTALL)
    dark = {(int(y), int(x)) for x, y in re.findall(r"M(\d+),(\d+)H", drawing[0])}
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M)
    code.add_data(settings.PUBLIC_URL + PAGE)
    code.make()
    matrix = code.get_matrix()
    assert dark == {(y, x) for y, row in enumerate(matrix) for x, is_dark in enumerate(row) if is_dark}
    assert f'viewBox="0 0 {len(matrix)} {len(matrix)}"' in drawing[0]


# --- Hands -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_list_follows_what_is_typed_and_keeps_the_field(live_server, page, ines):
    page.goto(live_server.url + reverse("public:officers"))
    field = page.get_by_label("Name")
    field.press_sequentially("ines", delay=20)
    page.get_by_text("1 loan officer fits").wait_for()
    assert page.get_by_role("link", name="Otto Weber").count() == 0
    assert field.evaluate("field => document.activeElement === field") and "name=ines" in page.url
    page.get_by_label("State of the home").select_option("NH")
    page.get_by_text("Nobody fits all of that").wait_for()
