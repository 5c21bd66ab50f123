"""Every way in beside the needs list: unasked, from the house, by a helper's link; with a script or without."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from documents import services
from documents.models import Document, HousePaper, UploadGroup, UploadLink, UploadSession
from documents.refusals import UploadRefused
from loans.stages import Stage
from tests.cast import Cast
from tests.documents.conftest import Browser
from tests.documents.files import pdf, picture

State = UploadSession.State


@pytest.fixture
def paper(cast: Cast, store) -> HousePaper:
    return HousePaper.objects.create(loan=cast.loan, kind="other", title="Your rate lock", made_by=cast.olga)


@pytest.fixture
def link(asked, cast: Cast) -> UploadLink:
    return UploadLink.objects.create(
        request=asked, name="Donor", token_hash="d" * 64, expires_at=timezone.now() + timedelta(days=1)
    )


def open_at(client: Client, **said: object):
    return Browser(client).post(
        reverse("uploads:create"), {"name": "a.pdf", "size": 100, "lastModified": 1, **said}
    )


def sent(target, user, data: bytes | None = None, name: str = "a.pdf") -> UploadSession:
    file = SimpleUploadedFile(name, data or pdf())
    session = services.take_plain_upload(target=target, user=user, file=file)
    services.check_upload(session.public_id)
    session.refresh_from_db()
    return session


# --- Unasked -------------------------------------------------------------------------------------------------


@pytest.mark.embedded("sends to the house's own address")
def test_a_borrower_sends_what_nobody_asked_for(cast, store, client_for: Callable[..., Client]) -> None:
    client, data = client_for(cast.bea), pdf()
    opened = open_at(
        client, loan=str(cast.loan.public_id), title="  Letter from  my aunt ", size=len(data)
    ).json()
    browser = Browser(client)
    assert client.put(browser.address(opened, "PUT"), data).status_code == 200
    assert browser.post(opened["complete"]).json()["state"] == "received"
    services.check_upload(opened["id"])
    said = client.get(opened["state"]).json()
    assert said["state"] == "clean" and "1 page" in said["receipt"]
    document = Document.objects.get()
    assert (document.owner, document.uploader, document.request) == (cast.bea_party, cast.bea, None)
    assert (document.title, document.review) == ("Letter from my aunt", "pending")
    cast.loan.refresh_from_db()
    assert cast.loan.to_review == 1
    assert client.get(said["document"]).status_code == 200
    assert client_for(cast.cole).get(said["document"]).status_code == 404, "the other borrower's"


def test_only_a_borrower_of_that_loan_sends_unasked(cast, store, client_for: Callable[..., Client]) -> None:
    for name, person in cast.everybody().items():
        answer = open_at(client_for(person), loan=str(cast.loan.public_id), title="x")
        assert answer.status_code == (201 if name in ("bea", "cole") else 404), name
    assert open_at(client_for(cast.bea), loan=str(uuid4())).status_code == 404


def test_unasked_without_javascript(cast, store, client_for: Callable[..., Client]) -> None:
    client = client_for(cast.bea)
    said = {"loan": str(cast.loan.public_id), "title": "Letter", "file": SimpleUploadedFile("a.pdf", pdf())}
    answer = client.post(reverse("uploads:plain"), said)
    assert answer.status_code == 302
    assert answer["Location"] == reverse("loans:documents", args=[cast.loan.public_id]) + "#unasked"
    session = UploadSession.objects.get()
    assert (session.title, session.party, session.state) == ("Letter", cast.bea_party, State.RECEIVED)
    assert client_for(cast.nils).post(reverse("uploads:plain"), said).status_code == 404


def test_nothing_unasked_where_uploads_are_closed(cast, store, client_for: Callable[..., Client]) -> None:
    cast.loan.stage = Stage.FUNDED
    cast.loan.save(update_fields=["stage"])
    answer = open_at(client_for(cast.bea), loan=str(cast.loan.public_id), title="x")
    assert answer.json()["refused"]["code"] == "closed"


# --- From the house ------------------------------------------------------------------------------------------


def test_the_house_gives_at_any_stage_and_nobody_reviews_it(cast, paper, client_for) -> None:
    cast.loan.stage = Stage.FUNDED
    cast.loan.save(update_fields=["stage"])
    paper.parties.add(cast.bea_party)
    session = sent(services.target_of_house_paper(paper), cast.olga)
    document = session.document
    assert (document.house_paper, document.request, document.owner) == (paper, None, None)
    assert document.review == "accepted"
    assert [share.party for share in document.shares.all()] == [cast.bea_party]
    cast.loan.refresh_from_db()
    assert cast.loan.to_review == 0


def test_only_the_loan_team_sends_for_the_house(cast, paper, client_for: Callable[..., Client]) -> None:
    for name, person in cast.everybody().items():
        answer = open_at(client_for(person), housePaper=str(paper.public_id))
        assert answer.status_code == (201 if name in ("olga", "mara") else 404), name


def test_a_paper_of_the_house_that_was_withdrawn_takes_no_file(cast, paper) -> None:
    paper.withdrawn_at = timezone.now()
    paper.save(update_fields=["withdrawn_at"])
    with pytest.raises(UploadRefused) as refused:
        sent(services.target_of_house_paper(paper), cast.olga)
    assert refused.value.refusal.code == "settled"


# --- By a link -----------------------------------------------------------------------------------------------


def test_by_a_link_it_belongs_to_the_person_asked_and_tells_the_sender_nothing(asked, cast, link) -> None:
    from documents.progress import upload_state

    session = sent(services.target_of_link(link), None)
    document = session.document
    assert (document.link, document.request, document.uploader, document.owner) == (
        link, asked, None, cast.bea_party,
    )  # fmt: skip
    assert "document" not in upload_state(session)


@pytest.mark.parametrize("how", ["expired", "revoked"])
def test_a_link_that_ended_takes_nothing(link, how: str) -> None:
    link.expires_at -= timedelta(days=2) if how == "expired" else timedelta()
    link.revoked_at = timezone.now() if how == "revoked" else None
    link.save()
    with pytest.raises(UploadRefused) as refused:
        sent(services.target_of_link(link), None)
    assert refused.value.refusal.code == "link_ended"


def test_each_link_has_limits_of_its_own(asked, cast, link, settings) -> None:
    settings.UPLOADS_PER_MINUTE = 1
    other = UploadLink.objects.create(
        request=asked, name="Accountant", token_hash="e" * 64, expires_at=link.expires_at
    )
    for one in (link, other):
        sent(services.target_of_link(one), None)
    with pytest.raises(UploadRefused) as refused:
        sent(services.target_of_link(link), None)
    assert refused.value.refusal.code == "too_fast"


# --- Photos of one paper -------------------------------------------------------------------------------------


def test_a_file_joins_only_photos_of_its_own_sender_and_place(asked, cast, client_for) -> None:
    def group(**fields: object) -> str:
        more = {"loan": cast.loan, "request": asked, "uploader": cast.bea, **fields}
        made = UploadGroup.objects.create(
            **more, name="x.pdf", expires_at=timezone.now() + timedelta(hours=1)
        )
        return str(made.public_id)

    client, mine = client_for(cast.bea), group()
    said = {"request": str(asked.public_id), "name": "a.jpg"}
    assert open_at(client, **said, group=mine, position=3).status_code == 201
    session = UploadSession.objects.get()
    assert (str(session.group.public_id), session.position) == (mine, 3)
    for other in (group(uploader=cast.cole), group(request=None), str(uuid4()), "x"):
        assert open_at(client, **said, group=other).status_code == 404
    assert open_at(client, **{**said, "name": "a.pdf"}, group=mine).json()["refused"]["code"] == "wrong_type"
    # Picked again after a reload: the same upload, in the new group.
    second = group()
    again = open_at(client, **said, group=second, position=0).json()
    session.refresh_from_db()
    assert again["id"] == str(session.public_id) and str(session.group.public_id) == second
    UploadGroup.objects.update(state="closed")
    assert open_at(client, **said, group=second).status_code == 409


def test_the_plain_form_puts_photos_together(asked, cast, client_for) -> None:
    files = [SimpleUploadedFile(f"{number}.jpg", picture(text=str(number))) for number in (1, 2)]
    files.insert(1, SimpleUploadedFile("own.pdf", pdf()))
    said = {"request": str(asked.public_id), "together": "on", "file": files}
    assert client_for(cast.bea).post(reverse("uploads:plain"), said).status_code == 302
    group = UploadGroup.objects.get()
    assert group.state == "closed"
    assert list(group.sessions.order_by("position").values_list("name", flat=True)) == ["1.jpg", "2.jpg"]
    assert UploadSession.objects.get(name="own.pdf").group is None
