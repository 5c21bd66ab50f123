"""A wrong file is taken back by whoever sent it, until somebody else has seen it."""

import pytest
from django.urls import reverse

from audit.models import Entry
from documents import openings, progress, services
from documents.models import Document, Request
from documents.services.storing import bytes_of
from documents.storage.base import NotThere
from loans.errors import Refused
from tests.documents.conftest import received
from tests.documents.files import pdf, picture

State = Request.State


def take_back(document, by):
    return services.take_back(document=document, by=by)


def test_bytes_are_destroyed_and_a_tombstone_stays(asked, cast):
    document = received(asked, cast.bea)
    take_back(document, cast.bea)
    assert document.disposed_at and document.disposed_why == "taken_back" and not document.wrapped_key
    with pytest.raises(NotThere):
        list(bytes_of(document))
    asked.refresh_from_db()
    cast.loan.refresh_from_db()
    assert (asked.state, cast.loan.to_review, cast.loan.open_requests) == (State.OWED, 0, 1)
    assert Entry.objects.get(action="document.taken_back").actor == f"user:{cast.bea.public_id}"
    with pytest.raises(Refused):
        take_back(document, cast.bea)


def test_the_photo_that_it_was_made_of_goes_with_it(asked, cast):
    document = received(asked, cast.bea, "id.jpg", picture())
    original = document.originals.get()
    take_back(document, cast.bea)
    original.refresh_from_db()
    assert original.disposed_why == "taken_back" and not original.wrapped_key
    with pytest.raises(NotThere):
        list(bytes_of(original))


def test_what_was_returned_before_is_owed_again(asked, cast):
    first = received(asked, cast.bea)
    services.return_document(document=first, by=cast.olga, reason="illegible", expected_version=first.version)
    second = received(asked, cast.bea, "again.pdf", pdf(2))
    take_back(second, cast.bea)
    asked.refresh_from_db()
    assert (asked.state, asked.reason) == (State.RETURNED, "illegible")


def test_the_same_file_sent_again_is_no_duplicate(asked, cast):
    take_back(received(asked, cast.bea), cast.bea)
    again = received(asked, cast.bea)
    assert "duplicate" not in {hint["code"] for hint in again.hints}


@pytest.mark.parametrize("how", ["opened", "downloaded"])
def test_once_somebody_else_has_opened_it_it_stays(asked, cast, how):
    document = received(asked, cast.bea)
    openings.opened(document, cast.bea, how=how)
    assert progress.document_row(document, cast.bea).can_take_back, "one's own look does not count"
    openings.opened(document, cast.olga, how=how)
    assert not progress.document_row(document, cast.bea).can_take_back
    with pytest.raises(Refused, match="has looked at"):
        take_back(document, cast.bea)


def test_nobody_else_takes_it_back_and_not_after_a_review(asked, cast):
    document = received(asked, cast.bea)
    for stranger in (cast.cole, cast.olga, cast.mara):
        with pytest.raises(Refused):
            take_back(document, stranger)
    services.accept_document(document=document, by=cast.olga, expected_version=document.version)
    with pytest.raises(Refused, match="has looked at"):
        take_back(document, cast.bea)
    assert Document.objects.papers().filter(pk=document.pk).exists()


def test_through_the_page(asked, cast, client_for):
    bea, olga = client_for(cast.bea), client_for(cast.olga)
    list_address = reverse("loans:documents", args=[cast.loan.public_id])
    wrong = received(asked, cast.bea, "wrong.pdf")
    for address in (list_address, reverse("documents:document", args=[wrong.public_id])):
        assert "Wrong file? Take it back" in bea.get(address).content.decode()
    answer = bea.post(reverse("documents:take_back", args=[wrong.public_id]), follow=True)
    assert "Taken back and deleted: wrong.pdf" in answer.content.decode()
    assert bea.get(reverse("documents:document", args=[wrong.public_id])).status_code == 404

    seen = received(asked, cast.bea, "seen.pdf", pdf(2))
    assert olga.get(reverse("desk:review", args=[seen.public_id])).status_code == 200
    assert "Wrong file?" not in bea.get(list_address).content.decode()
    refused = bea.post(reverse("documents:take_back", args=[seen.public_id]), follow=True)
    assert "has looked at this file" in refused.content.decode()
