"""A paper that came to the wrong place is moved to where it belongs, and nothing of it reaches whom it must not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import Entry
from documents import openings
from documents import services as papers
from documents.models import Document, Export, Look, Request, Share
from documents.progress import document_row
from documents.services import Place, storing
from loans.errors import Changed, Refused
from loans.models import Loan
from loans.stages import Stage
from notifications.models import Notification
from tests.cast import make_loan
from tests.documents import files
from tests.documents.conftest import ask
from tests.documents.kept import keep, looked_at, original_of, quick_child


@pytest.fixture
def paper(asked, cast):
    kept = keep(asked, cast.bea, pages=2)
    papers.recount(cast.loan)
    return kept


@pytest.fixture
def second(cast):
    """Another loan of Bea, with Olga as well."""
    return make_loan(officer=cast.olga, borrowers=[cast.bea], number="LN-2001", stage=Stage.PROCESSING)


def under(request):
    return Place(request.loan, request.party, request)


def move(paper, place, by, **said):
    fresh = Document.objects.select_related("loan", "request__party", "party").get(pk=paper.pk)
    return papers.move_document(document=fresh, to=place, by=by, expected_version=fresh.version, **said)


def state(request):
    return Request.objects.get(pk=request.pk).state


# --- Within a loan -------------------------------------------------------------------------------------------


def test_a_paper_answers_another_request_and_the_first_is_open_again(cast, asked, paper):
    stubs = ask(cast.loan, cast.bea_party, kind="pay_stub", title="Pay stubs")
    moved = move(paper, under(stubs), cast.olga)
    assert (moved.request, moved.review) == (stubs, "pending")
    assert (state(asked), state(stubs)) == ("owed", "in_review")
    cast.loan.refresh_from_db()
    assert (cast.loan.open_requests, cast.loan.to_review) == (1, 1)
    assert cast.bea_party.__class__.objects.get(pk=cast.bea_party.pk).open_requests == 1


@pytest.mark.parametrize("decided", ["accepted", "returned"])
def test_what_was_decided_is_decided_anew_where_it_belongs(cast, asked, paper, decided):
    stubs = ask(cast.loan, cast.bea_party, kind="pay_stub", title="Pay stubs")
    if decided == "accepted":
        papers.accept_document(document=paper, by=cast.olga, expected_version=1)
    else:
        papers.return_document(document=paper, by=cast.olga, reason="wrong_document", expected_version=1)
    told = Notification.objects.count()
    moved = move(paper, under(stubs), cast.olga)
    moved.refresh_from_db()
    assert (moved.review, moved.reason, moved.reviewed_by, moved.reviewed_at) == ("pending", "", None, None)
    assert (state(asked), state(stubs)) == ("owed", "in_review")
    assert Notification.objects.count() == told, "nobody is told again"


def test_a_return_that_stood_there_does_not_outlast_the_paper_that_was_moved_there(cast, asked, paper):
    """The paper came before the other was sent back: it answers the request all the same."""
    stubs = ask(cast.loan, cast.bea_party, kind="pay_stub", title="Pay stubs")
    wrong = keep(stubs, cast.bea, name="wrong.pdf", data=files.pdf(marker="wrong"))
    Document.objects.filter(pk=paper.pk).update(received_at=timezone.now() - timedelta(days=3))
    papers.return_document(document=wrong, by=cast.olga, reason="illegible", expected_version=1)
    moved = move(paper, under(stubs), cast.olga)
    assert state(stubs) == "in_review"
    papers.accept_document(document=moved, by=cast.olga, expected_version=moved.version)
    assert state(stubs) == "accepted"


def test_its_hints_are_judged_anew_and_its_pages_stay(cast, asked, monkeypatch):
    calls = quick_child(monkeypatch)
    paper = looked_at(asked, cast.bea, pages=2)
    stubs = ask(cast.loan, cast.bea_party, kind="pay_stub", title="Pay stubs")
    drawn = calls.count((1, 2))
    move(paper, under(stubs), cast.olga)
    look = papers.look_through(paper.public_id)
    assert look is not None and look.state == Look.State.DONE
    assert (calls.count("read"), calls.count((1, 2))) == (2, drawn) and drawn == 1


def test_the_photos_it_was_made_of_move_with_it(cast, asked, paper, second):
    photo = original_of(paper, files.pdf(marker="photo"))
    tax = ask(second, second.parties.get(), title="Tax returns")
    move(paper, under(tax), cast.olga)
    photo.refresh_from_db()
    assert (photo.loan, photo.request) == (second, tax)


# --- To another loan -----------------------------------------------------------------------------------------


def test_a_paper_moves_to_the_senders_other_loan_and_its_bytes_still_open(cast, asked, paper, second):
    tax = ask(second, second.parties.get(), title="Tax returns")
    key, wrapped = paper.key, paper.wrapped_key
    move(paper, under(tax), cast.olga)
    paper = Document.objects.get(pk=paper.pk)
    assert (paper.loan, paper.request, paper.key, paper.wrapped_key) == (second, tax, key, wrapped)
    assert storing.sha256_of(storing.bytes_of(paper)) == paper.sha256
    assert paper.sent_by == cast.bea.name
    counted = {loan.number: (loan.open_requests, loan.to_review) for loan in Loan.objects.all()}
    assert counted["LN-1001"] == (1, 0) and counted["LN-2001"] == (0, 1)
    assert paper.retention_class
    entries = Entry.objects.filter(action__startswith="document.moved").order_by("id")
    assert [(entry.action, entry.loan_id) for entry in entries] == [
        ("document.moved", str(cast.loan.public_id)),
        ("document.moved_here", str(second.public_id)),
    ]


def test_where_nothing_is_asked_for_it_comes_unasked(cast, paper, second):
    move(paper, Place(second, second.parties.get()), cast.olga)
    paper = Document.objects.get(pk=paper.pk)
    assert (paper.loan, paper.request, paper.party) == (second, None, second.parties.get())
    assert papers.requests_to_file_under(paper) == []


@pytest.fixture
def of_nils(cast):
    """Nils' loan, with Olga too: Bea has nothing to do with it."""
    Loan.objects.filter(pk=cast.other_loan.pk).update(officer=cast.olga)
    cast.other_loan.refresh_from_db()
    return ask(cast.other_loan, cast.nils_party, title="Statements of Nils")


def test_a_closed_paper_comes_to_somebody_else_only_with_a_reason_and_a_second_yes(cast, paper, of_nils):
    for said in (
        {},
        {"why": "Sent from the wrong account."},
        {"is_confirmed": True},
        {"why": " ", "is_confirmed": True},
    ):
        with pytest.raises(Refused, match="who did not send it"):
            move(paper, under(of_nils), cast.olga, **said)
    assert Document.objects.get(pk=paper.pk).loan == cast.loan
    move(paper, under(of_nils), cast.olga, why="Sent from the wrong account.", is_confirmed=True)
    assert (
        Entry.objects.filter(action="document.moved").latest("id").detail["why"]
        == "Sent from the wrong account."
    )
    assert not Document.objects.visible_to(cast.bea).filter(pk=paper.pk).exists()
    assert Document.objects.visible_to(cast.nils).filter(pk=paper.pk).exists()


def test_the_same_holds_for_the_other_borrower_of_the_loan(cast, paper):
    coles = ask(cast.loan, cast.cole_party, title="Statements of Cole")
    with pytest.raises(Refused, match="who did not send it"):
        move(paper, under(coles), cast.olga)
    move(paper, under(coles), cast.olga, why="It is his statement.", is_confirmed=True)
    assert not Document.objects.visible_to(cast.bea).filter(pk=paper.pk).exists()


def test_nothing_of_its_sender_is_told_to_somebody_else(cast, paper, of_nils):
    hint = {"code": "duplicate", "on": timezone.now().isoformat(), "document": str(paper.public_id)}
    Document.objects.filter(pk=paper.pk).update(hints=[hint], title="My letter")
    share = Share.objects.create(document=paper, party=cast.cole_party, made_by=cast.bea)
    openings.opened(paper, cast.bea, how="opened")
    openings.opened(paper, cast.olga, how="opened")
    move(paper, under(of_nils), cast.olga, why="Wrong account.", is_confirmed=True)
    seen = Document.objects.visible_to(cast.nils).get(pk=paper.pk)
    assert (seen.sent_by, seen.title, seen.hints) == ("Olga Haddad", "", [])
    assert [opening.who for opening in openings.openings_for(seen, cast.nils)] == ["Olga Haddad"]
    share.refresh_from_db()
    assert share.ended_at is not None
    assert not Document.objects.visible_to(cast.cole).filter(pk=paper.pk).exists()
    assert document_row(seen, cast.nils).same_as_on is None


def test_who_moved_it_cannot_take_it_back_as_a_sender_could(cast, paper, of_nils):
    move(paper, under(of_nils), cast.olga, why="Wrong account.", is_confirmed=True)
    moved = Document.objects.get(pk=paper.pk)
    with pytest.raises(Refused):
        papers.take_back(document=moved, by=cast.olga)
    assert Document.objects.get(pk=paper.pk).disposed_at is None


def test_archives_that_hold_it_end(cast, paper, of_nils):
    asked_for = papers.request_export(loan=cast.loan, by=cast.bea, party=cast.bea_party)
    made = papers.make_archive(asked_for.public_id)
    assert made is not None and made.state == Export.State.READY
    move(paper, under(of_nils), cast.olga, why="Wrong account.", is_confirmed=True)
    made.refresh_from_db()
    assert made.state == Export.State.EXPIRED


# --- What is refused -----------------------------------------------------------------------------------------


def test_not_to_a_loan_of_another_officer_nor_by_whom_the_loan_is_not(cast, paper):
    place = under(ask(cast.other_loan, cast.nils_party, title="Statements of Nils"))
    sure = {"why": "Wrong account.", "is_confirmed": True}
    for person in (cast.olga, cast.otto):
        with pytest.raises(Refused, match="another officer"):
            move(paper, place, person, **sure)
    with pytest.raises(Refused, match="between loans of the same officer"):
        move(paper, place, cast.mara, **sure)


def test_a_record_that_must_stay_whole_stays_whole(cast, paper, second):
    place = Place(second, second.parties.get())
    hold = papers.set_hold(loan=cast.loan, why="A letter from a court.", by=cast.mara)
    with pytest.raises(Refused, match="legal hold"):
        move(paper, place, cast.olga)
    papers.end_hold(hold=hold, why="Over.", by=cast.mara)
    Loan.objects.filter(pk=cast.loan.pk).update(stage=Stage.WITHDRAWN)
    with pytest.raises(Refused, match="record stays whole"):
        move(paper, place, cast.olga)
    Loan.objects.filter(pk=cast.loan.pk).update(stage=Stage.PROCESSING)
    Loan.objects.filter(pk=second.pk).update(stage=Stage.FUNDED)
    with pytest.raises(Refused, match="takes no papers"):
        move(paper, place, cast.olga)


def test_not_to_what_is_settled_nor_to_where_it_lies(cast, asked, paper):
    done = ask(cast.loan, cast.bea_party, title="Done", state=Request.State.ACCEPTED)
    with pytest.raises(Refused, match="Nothing more is wanted"):
        move(paper, under(done), cast.olga)
    with pytest.raises(Refused, match="filed there already"):
        move(paper, under(asked), cast.olga)


def test_who_comes_second_is_told(cast, asked, paper):
    stubs = ask(cast.loan, cast.bea_party, kind="pay_stub", title="Pay stubs")
    stale = Document.objects.select_related("loan", "request__party").get(pk=paper.pk)
    papers.accept_document(document=paper, by=cast.mara, expected_version=1)
    with pytest.raises(Changed):
        papers.move_document(document=stale, to=under(stubs), by=cast.olga, expected_version=1)
    assert (state(asked), state(stubs)) == ("accepted", "owed")
