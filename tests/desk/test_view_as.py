"""See what the borrower sees: their pages and words, noted, and nothing done or noted in their name."""

from uuid import uuid4

import pytest
from django.http import Http404, HttpResponse
from django.urls import NoReverseMatch, reverse

from audit.models import Entry
from conversations.services import save_draft, thread_of, write
from documents.models import Share
from loans.models import Consent
from portal.views.desk import seeing
from tests.cast import make_loan
from tests.desk.helpers import make_document, make_request, words
from tests.guards.urls import every_address

pytestmark = pytest.mark.django_db


def under(cast, path=""):
    return reverse("desk:seeing", args=[cast.loan.public_id, cast.bea_party.public_id]) + path


def test_the_page_is_the_borrowers_own_with_a_banner_and_a_way_back(cast, client_for):
    make_request(cast.bea_party, cast.olga, title="Pay stubs")
    olga = client_for(cast.olga)
    page = olga.get(under(cast))
    theirs = client_for(cast.bea).get(reverse("loans:detail", args=[cast.loan.public_id]))
    assert words(page) == words(theirs).removesuffix(" Ask us"), "who only looks asks nothing in their place"
    said = page.content.decode()
    assert "You see what Bea Nguyen sees" in said
    assert reverse("desk:loan", args=[cast.loan.public_id]) in said
    assert under(cast, f"loans/{cast.loan.public_id}/documents/") in said, "links stay under the address"
    assert "You see what" not in theirs.content.decode()


def test_each_page_looked_at_is_noted(cast, client_for):
    olga = client_for(cast.olga)
    olga.get(under(cast))
    olga.get(under(cast, f"loans/{cast.loan.public_id}/documents/"))
    seen = Entry.objects.filter(action="loan.seen_as_borrower", loan_id=str(cast.loan.public_id))
    assert [entry.detail["page"] for entry in seen.order_by("id")] == ["loans:detail", "loans:documents"]
    assert {entry.actor_name for entry in seen} == {"Olga Haddad"}


def test_what_one_borrower_sees_is_not_what_the_other_sees(cast, client_for):
    make_request(cast.bea_party, cast.olga, title="Only for Bea")
    olga = client_for(cast.olga)
    assert "Only for Bea" in words(olga.get(under(cast, f"loans/{cast.loan.public_id}/documents/")))
    coles = reverse("desk:seeing", args=[cast.loan.public_id, cast.cole_party.public_id])
    page = olga.get(f"{coles}loans/{cast.loan.public_id}/documents/")
    assert page.status_code == 200 and "Only for Bea" not in words(page)


def test_nobody_but_the_loan_team_looks(cast, client_for):
    for who in (cast.bea, cast.cole, cast.nils, cast.otto):
        assert client_for(who).get(under(cast)).status_code == 404
        assert client_for(who).post(under(cast)).status_code == 404
    elsewhere = under(cast, f"loans/{cast.other_loan.public_id}/")
    assert client_for(cast.mara).get(elsewhere).status_code == 404
    cast.cole_party.user = None
    cast.cole_party.save()
    coles = reverse("desk:seeing", args=[cast.loan.public_id, cast.cole_party.public_id])
    assert client_for(cast.olga).get(coles).status_code == 404


def test_no_other_address_answers_and_nothing_changes(cast, rf, monkeypatch):
    """Every address of the house but those few pages, and every method but looking, is refused before it is asked."""
    monkeypatch.setattr(seeing, "_refused", lambda *_asked: HttpResponse(status=403))
    monkeypatch.setattr(seeing, "_drawn_for", lambda *_asked: HttpResponse("drawn"))
    drawn, tried = set(), 0
    for address in every_address():
        ids = {"public_id": cast.loan.public_id, "party_id": cast.bea_party.public_id}
        named = {
            name: ids.get(name, "made-up" if "token" in name else uuid4()) for name in address.parameters
        }
        try:
            path = reverse(address.name, kwargs=named).lstrip("/")
        except NoReverseMatch:  # it takes something else than a name
            continue
        tried += 1
        methods = ["get", "post", *(["put", "patch", "delete"] if address.name in seeing.PAGES else [])]
        for method in methods if path else ():  # nothing more is the loan's own page
            asked = getattr(rf, method)(under(cast, path))
            asked.user = cast.olga
            try:
                code = seeing.seeing(asked, cast.loan.public_id, cast.bea_party.public_id, path).status_code
            except Http404:
                code = 404
            if code not in (403, 404):
                drawn.add((method, address.name))
    assert tried > 150
    assert drawn == {("get", name) for name in seeing.PAGES}


def test_a_refusal_says_so_and_changes_nothing(cast, client_for):
    request = make_request(cast.bea_party, cast.olga)
    document = make_document(request)
    olga, loan = client_for(cast.olga), cast.loan.public_id
    before = Entry.objects.filter(loan_id=str(loan)).count()
    for answer in (
        olga.post(under(cast, f"loans/{loan}/documents/{request.public_id}/"), {"reason": "Never had one"}),
        olga.post(under(cast, f"loans/{loan}/electronic/"), {"agree": "on"}),
        olga.get(under(cast, f"documents/{document.public_id}/?download=1")),
    ):
        assert answer.status_code == 403 and "You are only looking" in words(answer)
    request.refresh_from_db()
    assert request.state == "in_review"
    assert not Share.objects.exists() and not Consent.objects.exists()
    assert Entry.objects.filter(loan_id=str(loan)).count() == before


def test_what_they_typed_and_did_not_send_is_their_own(cast, client_for):
    thread = thread_of(cast.loan)
    write(loan=cast.loan, by=cast.bea, body="When do we close?")
    save_draft(conversation=thread, user=cast.bea, words="zqdraftzq")
    path = f"loans/{cast.loan.public_id}/messages/"
    assert "zqdraftzq" in client_for(cast.bea).get(f"/{path}").content.decode()
    page = client_for(cast.olga).get(under(cast, path)).content.decode()
    assert "When do we close?" in page and "zqdraftzq" not in page


def test_what_a_page_would_note_about_its_reader_is_not_kept(cast, client_for, monkeypatch):
    """A page that marks something as read does so for the borrower alone."""
    from loans.models import Loan
    from portal.views import loan as pages

    def marks_it(loan, rows):
        Loan.objects.filter(pk=loan.pk).update(city="Marked")
        return real(loan, rows)

    real = pages._papers
    monkeypatch.setattr(pages, "_papers", marks_it)
    assert client_for(cast.olga).get(under(cast)).status_code == 200
    assert Loan.objects.get(pk=cast.loan.pk).city == "Portland"
    client_for(cast.bea).get(reverse("loans:detail", args=[cast.loan.public_id]))
    assert Loan.objects.get(pk=cast.loan.pk).city == "Marked"


def test_the_home_of_somebody_who_has_a_loan_with_another_officer_too_is_not_drawn(cast, client_for):
    olga, mara = client_for(cast.olga), client_for(cast.mara)
    assert "12 Harbor Lane" in words(olga.get(under(cast, "home/")))
    make_loan(officer=cast.otto, borrowers=[cast.bea], number="LN-2001", street="5 Secret Road")
    refused = olga.get(under(cast, "home/"))
    assert refused.status_code == 403 and "5 Secret Road" not in refused.content.decode()
    assert olga.get(under(cast)).status_code == 200, "her own loan still opens"
    assert mara.get(under(cast, "home/")).status_code == 200
