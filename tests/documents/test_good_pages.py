"""What was good stays: pages that are kept, pages to send again."""

import pytest
from django.urls import reverse

from documents import pages, services
from documents.models import Document, Request
from documents.returns import ReturnReason, good_pages_words, mend_words
from loans.errors import Refused
from notifications.models import Notification
from notifications.rendering import render
from tests.documents.conftest import received
from tests.documents.files import pdf

State = Request.State


@pytest.mark.parametrize(
    ("typed", "read", "written"),
    [
        ("1-4, 6", [1, 2, 3, 4, 6], "1-4, 6"),
        (" 2 ;1", [1, 2], "1-2"),
        ("1 to 3,3", [1, 2, 3], "1-3"),
        ("4–5", [4, 5], "4-5"),
        ("", [], ""),
    ],
)
def test_pages_as_people_type_them(typed, read, written):
    assert pages.read_pages(typed, 6) == read
    assert pages.written(read) == written


@pytest.mark.parametrize("typed", ["0", "7", "4-2", "one", "1-", "1--2", "99999999999", "1 2"])
def test_what_is_no_page_of_it_is_refused_with_a_reason(typed):
    with pytest.raises(Refused, match="pages"):
        pages.read_pages(typed, 6)


@pytest.mark.parametrize(
    ("good", "count", "reason", "sentence"),
    [
        ("1-4", 5, "illegible", "Pages 1 to 4 are fine. Please send page 5 again."),
        ("1-4, 6", 6, "illegible", "Pages 1 to 4 and 6 are fine. Please send page 5 again."),
        ("2", 4, "illegible", "Page 2 is fine. Please send pages 1, 3 and 4 again."),
        ("1-4", 4, "missing_pages", "Pages 1 to 4 are fine. Please send the pages that are missing."),
        ("", 4, "illegible", ""),
    ],
)
def test_the_sentence_for_the_borrower(good, count, reason, sentence):
    assert good_pages_words(good, count, reason) == sentence


@pytest.mark.parametrize(("reason", "good", "is_said"), [
    ("missing_pages", "", True), ("missing_pages", "1-3", False), ("illegible", "1-3", True), ("", "", False),
])  # fmt: skip
def test_how_to_mend_never_contradicts_what_is_kept(reason, good, is_said):
    """ "Send every page" and "pages 1 to 3 are fine" cannot both stand there."""
    assert bool(mend_words(reason, good)) == is_said


def give_back(document, by, good_pages, reason=ReturnReason.ILLEGIBLE):
    document.refresh_from_db()
    return services.return_document(
        document=document, by=by, reason=reason, good_pages=good_pages, expected_version=document.version
    )


def test_when_every_page_is_fine_nothing_goes_back_unless_some_are_missing(asked, cast):
    document = received(asked, cast.bea, data=pdf(3))
    with pytest.raises(Refused, match="accept it"):
        give_back(document, cast.olga, "1-3")
    assert give_back(document, cast.olga, "1,2,3", ReturnReason.MISSING_PAGES).good_pages == "1-3"


def test_one_page_is_sent_again_and_both_parts_are_seen_together(asked, cast, client_for):
    bea, olga = client_for(cast.bea), client_for(cast.olga)
    first = received(asked, cast.bea, "statement.pdf", pdf(5))
    back = reverse("desk:return", args=[first.public_id])
    said = {"version": first.version, "reason": "illegible", "note": "The last one is dark."}
    wrong = olga.post(back, {**said, "good_pages": "1-9"})
    assert wrong.status_code == 422 and "the paper has pages 1 to 5" in wrong.content.decode()
    assert olga.post(back, {**said, "good_pages": "1-4"}).status_code == 302

    sentence = "Pages 1 to 4 are fine. Please send page 5 again."
    list_address = reverse("loans:documents", args=[cast.loan.public_id])
    assert sentence in bea.get(list_address).content.decode()
    assert sentence in bea.get(reverse("documents:document", args=[first.public_id])).content.decode()
    mail = render(Notification.objects.get(kind="document_returned"))
    assert sentence in " ".join(mail.text.split()) and sentence in " ".join(mail.html.split())

    second = received(asked, cast.bea, "page 5.pdf", pdf(1, "page five"))
    page = olga.get(reverse("desk:review", args=[second.public_id])).content.decode()
    assert "statement.pdf" in page and "Pages 1 to 4 are fine." in page and "send page 5 again" not in page
    services.accept_document(document=second, by=cast.olga, expected_version=second.version)
    asked.refresh_from_db()
    assert asked.state == State.ACCEPTED
    assert "page 5.pdf" in olga.get(reverse("desk:review", args=[first.public_id])).content.decode()
    now = bea.get(list_address).content.decode()
    assert "Pages 1 to 4 are fine." in now and "send page 5 again" not in now
    assert Document.objects.get(pk=first.pk).good_pages == "1-4"


def test_a_single_page_is_not_asked_about(asked, cast, client_for):
    document = received(asked, cast.bea)
    assert "good_pages" not in client_for(cast.olga).get(
        reverse("desk:review", args=[document.public_id])
    ).content.decode()  # fmt: skip
