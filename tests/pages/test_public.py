"""What a visitor reads before anything else (story 1), and the written list of public addresses."""

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import OfficerProfile
from loans.models import StageWording
from portal.public_list import PUBLIC_ADDRESSES, PUBLIC_SIGN_IN

PAGES = ["/", "/process/", "/officers/", "/officers/olga-haddad/", "/privacy/", "/accessibility/"]


def words(response) -> str:
    return " ".join(response.content.decode().replace("&nbsp;", " ").replace("\u00a0", " ").split())


@pytest.fixture
def profile(cast) -> OfficerProfile:
    OfficerProfile.objects.filter(user=cast.olga).update(
        bio="Twenty years of first homes.\n\nAsk me anything.",
        direct_phone="+12075550161",
        languages=["English", "Arabic"],
        hours="Monday to Friday, 9 to 5",
    )
    return cast.olga.officer_profile


@pytest.mark.parametrize("address", PAGES)
def test_anybody_reads_it_and_it_carries_the_signature(cast, visitor, address):
    response = visitor.get(address)
    assert response.status_code == 200
    for part in ("NMLS ID", "1000048", "Equal Housing Lender", "not a commitment to lend"):
        assert part in words(response)


@pytest.mark.parametrize("address", PAGES)
def test_nothing_is_promised(cast, visitor, address):
    text = words(visitor.get(address)).lower().replace("conditionally approved", "")
    for word in ("approved", "guaranteed", "congratulations"):
        assert word not in text


@pytest.mark.parametrize("address", PAGES)
def test_it_is_cheap_and_may_be_kept_for_a_minute(cast, visitor, address, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        response = visitor.get(address)
    assert "max-age=60" in response["Cache-Control"]
    assert "Cookie" in response["Vary"]


def test_a_page_of_somebody_signed_in_is_not_shared(cast, client_for):
    assert "public" not in client_for(cast.bea).get("/").get("Cache-Control", "")


def test_front_leads_to_applying_and_shows_officers(cast, visitor):
    text = words(visitor.get("/"))
    assert 'href="/apply/"' in text
    assert "Olga Haddad" in text and "Otto Weber" in text


def test_front_stays_small_when_the_house_grows(cast, visitor):
    OfficerProfile.objects.filter(user=cast.otto).update(is_public=False)
    text = words(visitor.get("/"))
    assert "Otto Weber" not in text


def test_process_shows_seven_steps_in_plain_words(cast, visitor):
    text = words(visitor.get("/process/"))
    for title in (
        "Applied", "Documents", "Underwriting", "Conditional approval", "Clear to close", "Closing", "Funded",
    ):  # fmt: skip
        assert f"<h2>{title}</h2>" in text
    assert text.count("If all goes well") == 6  # every step but the first
    assert "you do not have to send any to get your Loan Estimate" in text


def test_usual_days_stay_hidden_until_the_house_supplies_them(cast, visitor):
    assert "Usually takes" not in words(visitor.get("/process/"))
    StageWording.objects.update_or_create(
        stage="underwriting", defaults={"usual_days": "3 to 5 business days"}
    )
    assert "Usually takes 3 to 5 business days" in words(visitor.get("/process/"))


def test_process_speaks_in_the_houses_own_words(cast, visitor):
    StageWording.objects.update_or_create(stage="processing", defaults={"meaning": "We read all you sent."})
    assert "We read all you sent." in words(visitor.get("/process/"))


def test_officer_page_has_all_that_one_needs(profile, visitor):
    text = words(visitor.get("/officers/olga-haddad/"))
    for part in (
        "Olga Haddad", "Twenty years of first homes.", "Ask me anything.", 'href="tel:+1-207-555-0161"',
        "(207) 555-0161", 'href="mailto:olga@lantern.example"', "NMLS ID 1200001", "Monday to Friday, 9 to 5",
        "English, Arabic", "Maine", "(ME-1200001)", "New Hampshire", "Apply with Olga", 'href="/apply/olga-haddad/"',
    ):  # fmt: skip
        assert part in text, part
    assert ">OH</span>" in text  # initials while there is no photo


def test_officer_with_a_photo_shows_it(profile, visitor):
    OfficerProfile.objects.filter(pk=profile.pk).update(photo="officers/olga.webp")
    assert 'src="/media/officers/olga.webp"' in words(visitor.get("/officers/olga-haddad/"))


def test_officer_not_taking_applications_says_so(profile, visitor):
    OfficerProfile.objects.filter(pk=profile.pk).update(is_taking_applications=False)
    for address in ("/officers/", "/officers/olga-haddad/"):
        text = words(visitor.get(address))
        assert "Not taking new applications now" in text
    assert "/apply/olga-haddad/" not in text


def test_officer_who_is_not_public_or_gone_is_not_found(cast, visitor):
    OfficerProfile.objects.filter(user=cast.olga).update(is_public=False)
    cast.otto.is_active = False
    cast.otto.save(update_fields=["is_active"])
    assert visitor.get("/officers/olga-haddad/").status_code == 404
    assert visitor.get("/officers/otto-weber/").status_code == 404
    text = words(visitor.get("/officers/"))
    assert "Olga Haddad" not in text and "Otto Weber" not in text


def test_officer_names_are_text_not_markup(cast, visitor):
    cast.olga.name = "<b>Olga</b> {{7*7}}"
    cast.olga.save(update_fields=["name"])
    text = words(visitor.get("/officers/olga-haddad/"))
    assert "<b>Olga" not in text and "&lt;b&gt;Olga" in text and "{{7*7}}" in text


def test_robots_are_kept_out_of_private_places(visitor, db):
    response = visitor.get("/robots.txt")
    assert response["Content-Type"].startswith("text/plain")
    for place in ("/home/", "/loans/", "/apply/", "/desk/"):
        assert f"Disallow: {place}" in response.content.decode()


def test_pictures_of_officers_are_public_and_nothing_else_is(visitor, db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "face.png").write_bytes(b"\x89PNG")
    (tmp_path / "secret.txt").write_text("no")
    answer = visitor.get("/media/face.png")
    assert answer.status_code == 200 and "max-age" in answer["Cache-Control"]
    assert visitor.get("/media/secret.txt").status_code == 404
    assert visitor.get("/media/../secret.png").status_code == 404


def _addresses(patterns, spaces=()):
    for entry in patterns:
        if isinstance(entry, URLResolver):
            yield from _addresses(
                entry.url_patterns, (*spaces, *([entry.namespace] if entry.namespace else []))
            )
        elif isinstance(entry, URLPattern):
            yield ":".join([*spaces, entry.name or str(entry.pattern)]), entry.callback


def test_the_written_list_is_what_answers_without_sign_in():
    """A view opened without a line in the list fails here, and so does a line without a view."""
    real = dict(_addresses(get_resolver().url_patterns))
    is_open = {name for name, view in real.items() if getattr(view, "login_required", True) is False}
    listed = {**PUBLIC_ADDRESSES, **PUBLIC_SIGN_IN}
    assert is_open - set(listed) == set()
    assert {name for name in listed if name in real} - is_open == set()
    assert set(listed) - set(real) == set()
