"""Hints on the paper line before "Done": who is told, what they may answer, what the desk reads of it."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from benchmarks.preflight import pictures
from benchmarks.preflight.making import joined, paper, rng_of
from benchmarks.preflight.people import TODAY
from documents import preflight
from documents.kinds import Kind
from documents.models import Document, Look, Share
from documents.services import hinting, looking
from tests.documents.conftest import ask
from tests.documents.kept import keep, looked_at

BLANK = {"code": "blank_page", "pages": [2]}
NOVEMBER = {"start": "2025-11-01", "end": "2025-11-30", "account": "a"}
DECEMBER = {"start": "2025-12-01", "end": "2025-12-31", "account": "a"}
JANUARY = {"start": "2026-01-01", "end": "2026-01-31", "account": "a"}
DONE = "Done: keep it as it is"
TOLD = "Nothing can be seen on page 2."


@pytest.fixture
def hinted(asked, cast):
    """Bea's paper, looked through, with a hint."""
    document = keep(asked, cast.bea, hints=[BLANK])
    Look.objects.filter(document=document).update(state=Look.State.DONE, read_at=timezone.now())
    return document


def line_of(client, document):
    return client.get(reverse("documents:row", args=[document.request.public_id])).content.decode()


def press_done(client, document):
    return client.post(reverse("documents:keep", args=[document.public_id]))


def test_the_borrower_reads_hints_with_two_ways(hinted, client_for, cast):
    page = line_of(client_for(cast.bea), hinted)
    assert TOLD in page
    assert DONE in page
    assert f"#upload-{hinted.request.public_id}" in page
    assert "is received either way" in page


def test_done_is_kept_with_who_and_when_and_stops_nothing(hinted, client_for, cast):
    bea = client_for(cast.bea)
    assert press_done(bea, hinted).status_code == 302
    hinted.refresh_from_db()
    assert (hinted.hints_kept_by, hinted.review) == (cast.bea, Document.Review.PENDING)
    assert hinted.hints == [BLANK]
    kept_at = hinted.hints_kept_at
    press_done(bea, hinted)
    hinted.refresh_from_db()
    assert hinted.hints_kept_at == kept_at
    entry = Entry.objects.get(action="document.hints_kept")
    assert (entry.actor, entry.detail) == (f"user:{cast.bea.public_id}", {"hints": ["blank_page"]})
    assert TOLD not in line_of(bea, hinted)


def test_the_desk_reads_what_the_borrower_was_told_and_whether_they_kept_it(hinted, client_for, cast):
    olga, review = client_for(cast.olga), reverse("desk:review", args=[hinted.public_id])
    page = olga.get(review).content.decode()
    assert TOLD in page
    assert "Not answered by the borrower." in page
    assert DONE not in page
    hinting.keep_as_it_is(document=hinted, by=cast.bea)
    assert "Bea" in (page := olga.get(review).content.decode())
    assert "read this and keeps it as it is" in page


def test_the_loan_page_of_the_desk_says_it_too(hinted, client_for, cast):
    page = client_for(cast.olga).get(reverse("desk:loan", args=[cast.loan.public_id])).content.decode()
    assert TOLD in page
    assert "Not answered by the borrower." in page


def test_hints_are_told_to_nobody_but_the_owner_and_the_desk(hinted, client_for, cast):
    Share.objects.create(document=hinted, party=cast.cole_party, made_by=cast.bea)
    cole = client_for(cast.cole)
    page = cole.get(reverse("documents:document", args=[hinted.public_id]))
    assert page.status_code == 200
    assert TOLD not in page.content.decode()
    assert press_done(cole, hinted).status_code == 404
    assert press_done(client_for(cast.olga), hinted).status_code == 404
    hinted.refresh_from_db()
    assert hinted.hints_kept_at is None


def test_a_reviewed_paper_asks_nothing_more(hinted, client_for, cast):
    Document.objects.filter(pk=hinted.pk).update(review=Document.Review.ACCEPTED)
    bea = client_for(cast.bea)
    assert TOLD not in line_of(bea, hinted)
    press_done(bea, hinted)
    hinted.refresh_from_db()
    assert hinted.hints_kept_at is None


def test_while_a_look_is_under_way_the_line_asks_to_be_refreshed(asked, client_for, cast):
    document = keep(asked, cast.bea)
    bea = client_for(cast.bea)
    assert "data-looking" in line_of(bea, document)
    looking.look_through(document.public_id)
    assert "data-looking" not in line_of(bea, document)


def test_a_list_of_papers_with_hints_costs_no_query_each(
    asked, client_for, cast, django_assert_max_num_queries
):
    address = reverse("documents:row", args=[asked.public_id])
    bea = client_for(cast.bea)
    keep(asked, cast.bea, hints=[BLANK])
    bea.get(address)
    with CaptureQueriesContext(connection) as one:
        bea.get(address)
    for _ in range(3):
        keep(asked, cast.bea, hints=[BLANK, {"code": "duplicate", "on": "2026-03-01T10:00:00+00:00"}])
    with django_assert_max_num_queries(len(one)):
        bea.get(address)


# --- From the file to the hint -------------------------------------------------------------------------------


def statement(whose, start, day):
    return paper("told", Kind.BANK_STATEMENT, who=whose.name, account="4821", start=start, day=day)


def test_a_file_with_a_missing_month_is_told_of_it(asked, cast, time_machine):
    time_machine.move_to(datetime(TODAY.year, TODAY.month, TODAY.day, 15, tzinfo=UTC))
    november = statement(cast.bea_party, date(2025, 11, 1), date(2025, 11, 30))
    january = statement(cast.bea_party, date(2026, 1, 1), date(2026, 1, 31))
    document = looked_at(asked, cast.bea, joined(november, january), pages=6)
    document.refresh_from_db()
    assert document.hints == [{"code": "months_missing", "pages": [1, 4], "months": ["2025-12"]}]
    assert document.dated_on == date(2026, 1, 31)
    facts = Look.objects.get(document=document).facts
    assert [span["end"] for span in facts["covered"]] == ["2025-11-30", "2026-01-31"]
    assert "4821" not in str(facts)


def with_facts(request, user, *spans, hints=()):
    document = keep(request, user, hints=list(hints))
    Look.objects.filter(document=document).update(facts={"covered": list(spans)}, state=Look.State.DONE)
    return document


def test_a_later_paper_closes_the_gap(asked, cast):
    gap = {"code": "months_missing", "pages": [1], "months": ["2025-12"]}
    with_facts(asked, cast.bea, NOVEMBER)
    january = with_facts(asked, cast.bea, JANUARY, hints=[BLANK, gap])
    december = with_facts(asked, cast.bea, DECEMBER)
    assert hinting.close_gaps(december) == 1
    january.refresh_from_db()
    assert january.hints == [BLANK]


def test_what_was_sent_back_closes_no_gap(asked, cast):
    gap = {"code": "months_missing", "pages": [1], "months": ["2025-12"]}
    with_facts(asked, cast.bea, NOVEMBER)
    january = with_facts(asked, cast.bea, JANUARY, hints=[gap])
    december = with_facts(asked, cast.bea, DECEMBER)
    Document.objects.filter(pk=december.pk).update(review=Document.Review.RETURNED)
    assert hinting.close_gaps(december) == 0
    january.refresh_from_db()
    assert january.hints == [gap]


def test_judging_knows_the_request_and_the_people_of_the_loan(asked, cast):
    document = keep(asked, cast.bea)
    about = preflight.about(document)
    assert set(about.names) == {cast.bea_party.name, cast.cole_party.name}
    assert about.good_for_days == 120
    gift = keep(ask(cast.loan, cast.bea_party, need="gift_source"), cast.bea)
    assert preflight.about(gift).names == ()
    stub = keep(ask(cast.loan, cast.bea_party, kind=Kind.PAY_STUB, period="2024 and 2025"), cast.bea)
    assert (preflight.about(stub).good_for_days, preflight.about(stub).years) == (45, (2024, 2025))


def test_without_a_reading_the_hints_of_the_check_stay(asked, cast):
    said = {"code": "may_be_damaged"}
    document = keep(asked, cast.bea, hints=[said, BLANK])
    assert preflight.hints_for(document, {}) == ([said], {})


def test_pictures_without_tesseract_are_told_to_the_desk(asked, cast, client_for, monkeypatch):
    monkeypatch.setattr(preflight, "readings_program", lambda: "")
    page = pictures.drawn(paper("unread", Kind.BANK_STATEMENT, layout="classic"), dpi=110, most=1)[0]
    scan = pictures.as_pdf([pictures.scanned(page, rng_of("unread"))])
    document = looked_at(asked, cast.bea, scan)
    assert Look.objects.get(document=document).facts["ocr"] == "missing"
    review = client_for(cast.olga).get(reverse("desk:review", args=[document.public_id])).content.decode()
    assert "Tesseract is not installed here" in review
