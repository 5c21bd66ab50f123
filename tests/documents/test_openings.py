"""Who opened a document and when, as its borrower reads it; and reviews that are kept but not told."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from documents import openings
from documents.services.sharing import share_document
from loans.models import Loan
from tests.documents.conftest import received

NOON = timezone.now().replace(hour=17, minute=0, second=0, microsecond=0)


@pytest.fixture
def document(asked, cast):
    return received(asked, cast.bea)


@pytest.fixture
def page(document):
    return reverse("documents:document", args=[document.public_id])


def download(client, page):
    """To the last byte; where files lie in a bucket the answer only leads there."""
    answer = client.get(page, {"download": "1"})
    if answer.streaming:
        b"".join(answer.streaming_content)


def read_by(document, person):
    return [(one.who, one.downloaded) for one in openings.openings_for(document, person)]


def test_the_team_and_borrowers_by_name_others_by_role(document, cast):
    for person in (cast.olga, cast.mara, cast.stef):
        openings.opened(document, person, how="opened")
    assert read_by(document, cast.bea) == [("Staff of Lantern Home Loans", False), (cast.olga.name, False)]


def test_once_a_person_and_day(document, cast):
    for days, how in ((0, "opened"), (0, "downloaded"), (0, "opened"), (1, "opened")):
        with time_machine.travel(NOON + timedelta(days=days, minutes=days), tick=False):
            openings.opened(document, cast.olga, how=how)
    assert read_by(document, cast.bea) == [(cast.olga.name, False), (cast.olga.name, True)]
    assert Entry.objects.filter(action__in=openings.ACTIONS).count() == 4, "the log keeps each"


def test_an_officer_who_left_the_loan_is_still_named(document, cast):
    openings.opened(document, cast.olga, how="opened")
    Loan.objects.filter(pk=cast.loan.pk).update(officer=cast.otto)
    assert read_by(document, cast.bea) == [(cast.olga.name, False)]


def test_what_the_other_borrower_opened_is_for_the_owner(document, cast):
    share_document(document=document, party=cast.cole_party, by=cast.bea)
    for person in (cast.bea, cast.cole, cast.olga):
        openings.opened(document, person, how="opened")
    assert [who for who, _down in read_by(document, cast.bea)] == [
        cast.olga.name,
        cast.cole.name,
        cast.bea.name,
    ]
    assert [who for who, _down in read_by(document, cast.cole)] == [cast.olga.name, cast.cole.name]


def test_the_page_and_the_download_are_openings_and_shown(document, page, cast, client_for):
    client_for(cast.olga).get(page)
    download(client_for(cast.mara), page)
    said = client_for(cast.bea).get(page).content.decode()
    assert "Who opened it and when" in said
    assert cast.olga.name in said
    assert "Staff of Lantern Home Loans" in said
    assert cast.mara.name not in said


# --- Compliance reviews --------------------------------------------------------------------------------------


@pytest.fixture
def begin(document):
    return reverse("documents:compliance", args=[document.public_id])


def test_a_review_is_kept_with_its_reason_and_not_shown(document, page, begin, cast, client_for):
    mara = client_for(cast.mara)
    assert mara.get(begin).status_code == 200
    assert not Entry.objects.filter(action__in=openings.ACTIONS).exists(), "asking why opens nothing"
    assert mara.post(begin, {"why": "Audit 2026-11"}).status_code == 302
    assert "Audit 2026-11" in mara.get(page).content.decode()
    download(mara, page)
    kept = Entry.objects.filter(action__in=openings.ACTIONS)
    assert {entry.action for entry in kept} == set(openings.ACTIONS)
    assert {entry.detail["review"] for entry in kept} == {"Audit 2026-11"}
    assert Entry.objects.get(action="document.review_begun").detail == {"why": "Audit 2026-11"}
    assert read_by(document, cast.bea) == []
    assert "Audit" not in client_for(cast.bea).get(page).content.decode()


def test_a_review_is_of_one_document_and_one_session(document, page, begin, cast, client_for, asked):
    other = received(asked, cast.bea, "other.pdf")
    mara = client_for(cast.mara)
    mara.post(begin, {"why": "Audit"})
    mara.get(reverse("documents:document", args=[other.public_id]))
    client_for(cast.mara).get(page)
    assert len(read_by(other, cast.bea)) == 1
    assert len(read_by(document, cast.bea)) == 1


def test_a_review_needs_a_reason_and_the_right_person(document, begin, cast, client_for):
    assert client_for(cast.mara).post(begin, {"why": " "}).status_code == 422
    for person in (cast.olga, cast.bea, cast.cole, cast.nils, cast.stef, cast.otto):
        assert client_for(person).post(begin, {"why": "Audit"}).status_code == 404
    with pytest.raises(PermissionError):
        openings.begin_review(document, by=cast.olga, why="Audit")


def test_the_way_to_a_review_opens_nothing(document, begin, cast, client_for):
    """From the loan's page, so that nobody has to open the paper first; for those alone who may."""
    loan = reverse("desk:loan", args=[cast.loan.public_id])
    assert begin in client_for(cast.mara).get(loan).content.decode()
    assert begin not in client_for(cast.olga).get(loan).content.decode()
    assert read_by(document, cast.bea) == []
