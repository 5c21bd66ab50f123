"""The shared templates: navigation by role, badges for every state, pages for what went wrong, the gallery."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import resolve, reverse
from heroicons import _load_icon

from accounts.models import Company, User
from documents.models import Document, Request, UploadSession
from loans.models import Loan
from loans.stages import Stage
from notifications.models import Notification
from portal.badges import BADGES
from portal.navigation import main_links
from portal.templatetags.doorstep import step_summary
from portal.views.gallery import gallery, sample_steps


def asked_by(user, path="/"):
    request = RequestFactory().get(path)
    request.user, request.htmx, request.resolver_match = user, False, resolve(path)
    return request


def somebody(**facts):
    return User(name="Olga Ortiz", email="olga@example.com", **facts)


@pytest.mark.parametrize(
    "choices",
    [Request.State, UploadSession.State, Document.Review, Notification.State, Loan.WaitingOn, Stage],
    ids=lambda choices: choices.__qualname__,
)
def test_every_state_has_a_badge(choices):
    assert [value for value in choices.values if value not in BADGES] == []


@pytest.mark.parametrize("state", BADGES)
def test_every_badge_has_its_icon_and_shows_the_word(state):
    for style in ("mini", "outline"):
        assert _load_icon(style, BADGES[state][1]) is not None
    html = render_to_string("components/badge.html", {"state": state, "label": "The word"})
    assert "The word" in html and "<svg" in html and f"tone-{BADGES[state][0]}" in html


@pytest.mark.parametrize(
    ("user", "titles"),
    [
        (AnonymousUser(), ["How it works", "Guides", "Rates", "Our officers"]),
        (somebody(role="borrower"), ["Home", "Profile"]),
        (
            somebody(role="officer"),
            ["Today", "Desk", "Documents", "Messages", "Texts", "Outbox", "Letters", "Experience", "Profile"],
        ),
        (
            somebody(role="processor"),
            ["Today", "Desk", "Documents", "Messages", "Texts", "Outbox", "Letters", "Experience", "Profile"],
        ),
        (
            somebody(role="manager", is_staff=True),
            [
                "Today",
                "Desk",
                "Documents",
                "Messages",
                "Texts",
                "Outbox",
                "Letters",
                "Experience",
                "Rates",
                "Admin",
                "Profile",
            ],
        ),
    ],
    ids=["nobody", "borrower", "officer", "processor", "staff"],
)
def test_navigation_by_role(user, titles):
    assert [str(link.title) for link in main_links(asked_by(user))] == titles


def test_a_borrower_on_a_loan_page_finds_that_loan_in_the_navigation():
    loan = Loan()
    address = reverse("loans:documents", args=[loan.public_id])
    links = main_links(asked_by(somebody(role="borrower"), address), loan)
    assert [str(link.title) for link in links] == [
        "Home",
        "My loan",
        "Documents",
        "Messages",
        "People",
        "Profile",
    ]
    assert [str(link.title) for link in links if link.here] == ["Documents"]


@pytest.mark.parametrize("page", ["400.html", "500.html"])
def test_the_last_pages_need_neither_database_nor_request(page):
    html = render_to_string(page)
    assert html.count("<h1>") == 1 and 'href="/"' in html


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["403.html", "403_csrf.html", "404.html", "410.html", "429.html"])
def test_other_error_pages_say_whom_to_call(page):
    Company.objects.update_or_create(
        pk=1,
        defaults={"name": "Harbor", "nmls_id": "1", "phone": "+15125550100", "time_zone": "America/Chicago"},
    )
    html = render_to_string(page, request=asked_by(AnonymousUser()))
    assert html.count("<h1>") == 1
    assert "tel:+1-512-555-0100" in html


@pytest.mark.django_db
def test_an_htmx_request_gets_a_piece_of_a_page_when_something_is_missing():
    request = asked_by(AnonymousUser())
    request.htmx = True
    html = render_to_string("404.html", request=request)
    assert "<html" not in html and 'role="alert"' in html


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (1, {"number": 1, "total": 7, "title": "Applied", "next": "Documents"}),
        (7, {"number": 7, "total": 7, "title": "Funded", "next": ""}),
        (8, {"number": 7, "total": 7, "title": "Funded", "next": ""}),
    ],
)
def test_the_phone_reads_where_the_loan_is(now, expected):
    summary = step_summary(sample_steps(now))
    assert {
        key: str(value) if isinstance(expected[key], str) else value for key, value in summary.items()
    } == expected


@pytest.mark.django_db
def test_steps_ahead_promise_nothing():
    html = render_to_string("components/stepper.html", {"steps": sample_steps(3)})
    assert html.count("if all goes well") == 2 * 4 + 1  # wide, narrow, and the phone's one sentence
    assert "<details" in html and "<details open" not in html


@pytest.mark.django_db
def test_the_gallery_shows_every_stage_to_those_who_work_here():
    html = gallery(asked_by(somebody(role="officer"))).content.decode()
    for stage in Stage:
        assert f">{stage.label}<" in html


def test_the_gallery_is_nothing_to_a_borrower():
    with pytest.raises(Http404):
        gallery(asked_by(somebody(role="borrower")))


def test_an_officer_without_photo_or_page_still_has_a_card():
    profile = SimpleNamespace(
        photo=None,
        title="Loan officer",
        nmls_id="77",
        direct_phone="",
        text_number="",
        hours="",
        is_public=False,
        slug="",
    )
    officer = SimpleNamespace(
        name="Ana Ruiz", phone="+15125550142", mail_address="ana@example.com", officer_profile=profile
    )
    html = render_to_string("components/officer_card.html", {"officer": officer})
    assert ">AR<" in html and "mailto:ana@example.com" in html and "tel:+1-512-555-0142" in html
