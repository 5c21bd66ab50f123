"""Who may see a document: closed to the other borrower until its owner opens it, everywhere, and again once closed."""

import pytest
from django.urls import reverse

from audit.models import Entry
from documents.models import Document, Share
from documents.services.sharing import close_document, share_document
from loans.errors import Refused
from tests.cast import make_loan
from tests.documents.conftest import received


@pytest.fixture
def document(asked, cast):
    return received(asked, cast.bea)


def pages(document):
    """Every address that gives the document away, in whole or in part."""
    page = reverse("documents:document", args=[document.public_id])
    return [page, f"{page}?download=1", reverse("documents:viewer", args=[document.public_id])]


def share(client, document, party, action="open"):
    address = reverse("documents:share", args=[document.public_id])
    return client.post(address, {"party": party.public_id, "action": action})


def test_a_co_borrowers_papers_are_closed_by_default(document, cast, client_for):
    cole = client_for(cast.cole)
    assert {cole.get(page).status_code for page in pages(document)} == {404}
    assert document not in Document.objects.visible_to(cast.cole)
    said = cole.get(reverse("loans:documents", args=[cast.loan.public_id])).content.decode()
    assert document.name not in said
    assert "Shared with you" not in said


def test_the_owner_opens_a_paper_and_closes_it_again(document, cast, client_for):
    bea, cole = client_for(cast.bea), client_for(cast.cole)
    assert share(bea, document, cast.cole_party).status_code == 302
    assert {cole.get(page).status_code for page in pages(document)} <= {200, 302}, (
        "302: a bucket's own address"
    )
    said = cole.get(reverse("loans:documents", args=[cast.loan.public_id])).content.decode()
    assert "Shared with you" in said
    assert document.name in said
    assert Share.objects.get().first_opened_at is not None
    assert list(Document.objects.visible_to(cast.cole)) == [document], "once, however it became visible"
    share(bea, document, cast.cole_party, "close")
    assert {cole.get(page).status_code for page in pages(document)} == {404}
    assert list(
        Entry.objects.filter(action__startswith="document.share").values_list("action", flat=True)
    ) == [
        "document.share_ended",
        "document.shared",
    ]


def test_opening_twice_is_one_share_and_it_can_be_opened_anew(document, cast):
    for _again in range(2):
        share_document(document=document, party=cast.cole_party, by=cast.bea)
    assert Share.objects.count() == 1
    assert close_document(document=document, party=cast.cole_party, by=cast.bea)
    assert not close_document(document=document, party=cast.cole_party, by=cast.bea)
    share_document(document=document, party=cast.cole_party, by=cast.bea)
    assert Share.objects.in_force().count() == 1


@pytest.mark.parametrize("who", ["cole", "nils", "olga", "mara", "stef"])
def test_only_the_owner_can_open_it_to_others(document, cast, client_for, who):
    person = cast.everybody()[who]
    assert share(client_for(person), document, cast.cole_party).status_code == 404
    with pytest.raises(Refused):
        share_document(document=document, party=cast.cole_party, by=person)
    assert not Share.objects.exists()


def test_what_is_shared_cannot_be_passed_on(document, cast, client_for):
    share_document(document=document, party=cast.cole_party, by=cast.bea)
    assert share(client_for(cast.cole), document, cast.bea_party, "close").status_code == 404
    assert Share.objects.in_force().count() == 1


def test_nobody_outside_the_loan_gets_it(document, cast, client_for):
    share(client_for(cast.bea), document, cast.nils_party)
    assert not Share.objects.exists()
    for party in (cast.nils_party, cast.bea_party):
        with pytest.raises(Refused):
            share_document(document=document, party=party, by=cast.bea)


def test_a_share_follows_the_person_on_that_loan_alone(document, cast):
    share_document(document=document, party=cast.cole_party, by=cast.bea)
    other = make_loan(officer=cast.otto, borrowers=[cast.cole], number="LN-2001")
    assert list(Document.objects.visible_to(cast.cole).filter(loan=other)) == []
    Share.objects.update(party=cast.nils_party)
    assert document not in Document.objects.visible_to(cast.cole)


def test_the_page_says_who_may_see_it(document, cast, client_for):
    page = reverse("documents:document", args=[document.public_id])
    said = client_for(cast.bea).get(page).content.decode()
    assert "Who may see it" in said
    assert "Closed" in said
    share_document(document=document, party=cast.cole_party, by=cast.bea)
    said = client_for(cast.cole).get(page).content.decode()
    assert "Close it" not in said
    assert cast.bea.name in said
