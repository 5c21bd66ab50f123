"""Papers from the loan team: given when their file is checked, with consent where it takes one, opened when opened."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import Company
from audit.models import Entry
from documents import openings, services
from documents.models import Document, HousePaper, Share, UploadSession
from documents.services.house_papers import begin_house_paper, give, receivers_of, withdraw_house_paper
from loans import e_delivery
from loans.errors import Refused
from loans.models import Consent
from loans.services import give_e_delivery_consent, withdraw_e_delivery_consent
from notifications import facts, rendering
from notifications.models import Notification
from tests.documents import files

Kind = HousePaper.Kind


def begin(cast, *parties, kind=Kind.PRE_APPROVAL, **said):
    words = {"title": "Your letter", "note": "As we discussed.", **said}
    return begin_house_paper(
        loan=cast.loan, by=cast.olga, kind=kind, parties=parties or [cast.bea_party], **words
    )


def send(paper, by):
    """Its file, sent and checked."""
    session = services.take_plain_upload(
        target=services.target_of_house_paper(paper),
        user=by,
        file=SimpleUploadedFile("letter.pdf", files.pdf()),
    )
    services.check_upload(session.public_id)
    return Document.objects.get(session=session)


def agree(party, user):
    said = e_delivery.text_hash(e_delivery.full_text(Company.load()))
    return give_e_delivery_consent(party=party, by=user, typed=e_delivery.proof_word(party), text_hash=said)


# --- Giving --------------------------------------------------------------------------------------------------


def test_a_paper_is_given_when_its_file_is_checked(cast, store, client_for):
    paper = begin(cast)
    assert not Share.objects.exists()
    document = send(paper, cast.olga)
    share = Share.objects.get()
    assert (share.document, share.party, share.made_by) == (document, cast.bea_party, cast.olga)
    assert document.review == Document.Review.ACCEPTED, "nobody reviews it"
    assert (
        client_for(cast.bea).get(reverse("documents:document", args=[document.public_id])).status_code == 200
    )
    for stranger in (cast.cole, cast.nils):
        assert (
            client_for(stranger).get(reverse("documents:document", args=[document.public_id])).status_code
            == 404
        )


def test_it_is_told_by_a_mail_that_holds_neither_the_paper_nor_its_title(cast, store):
    send(begin(cast, title="Divorce matters, $12,000"), cast.olga)
    mail = Notification.objects.get(kind="document_shared", channel="email")
    assert mail.party == cast.bea_party
    said = rendering.render(mail)
    assert "Pre-approval letter" in said.text
    for private in ("Divorce", "12,000", "letter.pdf", "delivered"):
        assert private not in said.subject + said.text
    assert not Notification.objects.filter(kind="documents_received"), "the desk gave it itself"


def test_the_mail_is_not_sent_once_it_was_opened_or_withdrawn(cast, store):
    paper = begin(cast)
    document = send(paper, cast.olga)
    mail = Notification.objects.get(kind="document_shared", channel="email")
    openings.opened(document, cast.bea, how="opened")
    with pytest.raises(facts.NotWanted):
        facts.gather(mail, "document_shared")
    Share.objects.update(first_opened_at=None)
    withdraw_house_paper(paper=paper, by=cast.olga)
    with pytest.raises(facts.NotWanted):
        facts.gather(mail, "document_shared")


def test_the_first_opening_is_the_evidence(cast, store, client_for):
    paper = begin(cast, cast.bea_party, cast.cole_party)
    document = send(paper, cast.olga)
    bea, page = client_for(cast.bea), reverse("documents:document", args=[document.public_id])
    documents = reverse("loans:documents", args=[cast.loan.public_id])
    assert "1 new" in bea.get(documents).content.decode()
    client_for(cast.olga).get(page)
    assert not Share.objects.filter(first_opened_at__isnull=False).exists(), "the desk's own opening is none"
    bea.get(page)
    first = Share.objects.get(party=cast.bea_party).first_opened_at
    bea.get(page)
    assert Share.objects.get(party=cast.bea_party).first_opened_at == first
    assert "1 new" not in bea.get(documents).content.decode()
    said = client_for(cast.olga).get(reverse("desk:house_paper", args=[paper.public_id])).content.decode()
    assert "first opened on" in said
    assert "not opened yet" in said
    assert "delivered" not in said.lower()


def test_given_twice_is_told_once(cast, store):
    document = send(begin(cast), cast.olga)
    assert give(document=document) == []
    assert Share.objects.count() == 1
    assert Notification.objects.filter(kind="document_shared", channel="email").count() == 1


# --- Consent -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", HousePaper.NEED_CONSENT)
def test_a_disclosure_is_refused_without_that_persons_consent(cast, store, kind):
    agree(cast.cole_party, cast.cole)
    with pytest.raises(Refused, match="Bea"):
        begin(cast, cast.bea_party, cast.cole_party, kind=kind)
    assert not HousePaper.objects.exists()
    agree(cast.bea_party, cast.bea)
    paper = begin(cast, cast.bea_party, cast.cole_party, kind=kind)
    send(paper, cast.olga)
    assert Share.objects.count() == 2


def test_consent_is_asked_again_when_it_is_given(cast, store, client_for):
    agree(cast.bea_party, cast.bea)
    paper = begin(cast, kind=Kind.LOAN_ESTIMATE)
    withdraw_e_delivery_consent(party=cast.bea_party, by=cast.bea)
    document = send(paper, cast.olga)
    assert not Share.objects.exists()
    assert not Notification.objects.filter(kind="document_shared").exists()
    assert Entry.objects.get(action="house_paper.kept_back").detail == {
        "party": str(cast.bea_party.public_id)
    }
    assert document not in Document.objects.visible_to(cast.bea)
    said = client_for(cast.olga).get(reverse("desk:house_paper", args=[paper.public_id])).content.decode()
    assert "not given: no consent" in said
    assert "delivered" not in said.lower()


def test_a_consent_on_another_loan_is_no_consent_here(cast, store):
    agree(cast.nils_party, cast.nils)
    Consent.objects.update(party=cast.nils_party)
    with pytest.raises(Refused):
        begin(cast, kind=Kind.CLOSING_DISCLOSURE)


# --- Withdrawing ---------------------------------------------------------------------------------------------


def test_it_can_be_withdrawn_until_somebody_opened_it(cast, store, client_for):
    paper = begin(cast, cast.bea_party, cast.cole_party)
    document = send(paper, cast.olga)
    withdraw = reverse("desk:house_paper_withdraw", args=[paper.public_id])
    assert client_for(cast.olga).post(withdraw).status_code == 302
    paper.refresh_from_db()
    assert paper.withdrawn_at
    assert not Share.objects.in_force().exists()
    assert (
        client_for(cast.bea).get(reverse("documents:document", args=[document.public_id])).status_code == 404
    )


def test_what_was_opened_stays(cast, store):
    paper = begin(cast, cast.bea_party, cast.cole_party)
    openings.opened(send(paper, cast.olga), cast.cole, how="opened")
    with pytest.raises(Refused):
        withdraw_house_paper(paper=paper, by=cast.olga)
    assert Share.objects.in_force().count() == 2


def test_a_paper_withdrawn_while_its_file_is_checked_is_given_to_nobody(cast, store):
    paper = begin(cast)
    target = services.target_of_house_paper(paper)
    session = services.take_plain_upload(
        target=target, user=cast.olga, file=SimpleUploadedFile("letter.pdf", files.pdf())
    )
    withdraw_house_paper(paper=paper, by=cast.olga)
    services.check_upload(session.public_id)
    assert not Share.objects.exists()


# --- At the desk ---------------------------------------------------------------------------------------------


def test_the_desk_gives_a_paper_without_javascript(cast, store, client_for):
    olga = client_for(cast.olga)
    pages = reverse("desk:house_papers", args=[cast.loan.public_id])
    said = {"kind": "pre_approval", "title": "", "note": "", "parties": [str(cast.bea_party.public_id)]}
    answer = olga.post(pages, said, follow=True)
    paper = HousePaper.objects.get()
    assert (paper.title, list(paper.parties.all())) == ("Pre-approval letter", [cast.bea_party])
    assert "Send the file now" in answer.content.decode()
    file = SimpleUploadedFile("letter.pdf", files.pdf())
    answer = olga.post(reverse("uploads:plain"), {"housePaper": paper.public_id, "file": file})
    assert answer.url == reverse("desk:house_paper", args=[paper.public_id])
    services.check_upload(UploadSession.objects.get().public_id)
    said = olga.get(answer.url).content.decode()
    assert "not opened yet" in said
    assert "Pre-approval letter" in client_for(cast.bea).get(
        reverse("loans:documents", args=[cast.loan.public_id])
    ).content.decode()  # fmt: skip


def test_what_is_missing_is_said_at_the_form(cast, client_for):
    olga = client_for(cast.olga)
    pages = reverse("desk:house_papers", args=[cast.loan.public_id])
    bea = str(cast.bea_party.public_id)
    for said, words in (
        ({"kind": "appraisal"}, "Choose who is to have it"),
        ({"kind": "other", "parties": [bea]}, "Say in your own words"),
        ({"kind": "loan_estimate", "parties": [bea]}, "did not agree to receive it electronically"),
        ({"kind": "appraisal", "parties": [str(cast.nils_party.public_id)]}, "Who is to have it"),
    ):
        answer = olga.post(pages, said)
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert not HousePaper.objects.exists()


def test_only_the_loan_team_gives(cast, store):
    for person in (cast.bea, cast.otto):
        with pytest.raises(Refused):
            begin_house_paper(
                loan=cast.loan, by=person, kind=Kind.APPRAISAL, title="Copy", parties=[cast.bea_party]
            )
    with pytest.raises(Refused):
        begin(cast, cast.nils_party)


def test_receivers_wait_until_the_file_is_there(cast):
    one = receivers_of(begin(cast))[0]
    assert (one.party, one.given_at, one.first_opened_at, one.may_be_given) == (
        cast.bea_party,
        None,
        None,
        True,
    )
