"""Links for helpers: made by who is asked or the loan team, shown once, good for one request, and telling nothing."""

import json
import re
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from documents import services
from documents.models import Document, Request, UploadGroup, UploadLink, UploadSession
from documents.services import links
from loans.errors import Refused
from loans.models import Loan
from loans.stages import Stage
from notifications import facts, rendering
from notifications.models import Notification
from notifications.sealing import unseal
from portal.logs import TOKEN
from tests.documents import files
from tests.documents.conftest import ask


@pytest.fixture
def made(asked, cast):
    """Hana's link for what Bea is asked, and its token."""
    return links.make_link(request=asked, by=cast.bea, name="Hana Cole", email="Hana@Example.com")


@pytest.fixture
def link(made):
    return made[0]


@pytest.fixture
def address(made):
    return reverse("send:page", args=[made[1]])


def post(client, address, said=None):
    return client.post(address, json.dumps(said or {}), content_type="application/json")


def check_all():
    for session in UploadSession.objects.filter(state=UploadSession.State.RECEIVED):
        services.check_upload(session.public_id)


# --- Making and ending ---------------------------------------------------------------------------------------


def test_only_the_digest_is_kept_and_the_token_is_shown_once(asked, cast, client_for):
    bea = client_for(cast.bea)
    page = reverse("documents:links", args=[asked.public_id])
    answer = bea.post(page, {"name": "Hana Cole", "email": "", "days": "14"})
    token = re.search(r"/send/([\w-]+)/", answer.content.decode())[1]
    link = UploadLink.objects.get()
    assert len(token) >= 32, "24 random bytes"
    assert token not in str(UploadLink.objects.values().get())
    assert not Entry.objects.filter(detail__icontains=token)
    assert link.expires_at - link.made_at == timedelta(days=14)
    assert token not in bea.get(page).content.decode()
    assert client_for(None).get(reverse("send:page", args=[token])).status_code == 200
    assert not Notification.objects.filter(kind="upload_link"), "no address, no mail"


def test_no_log_keeps_the_token(made):
    assert made[1] not in TOKEN.sub("…", f'"GET {reverse("send:page", args=[made[1]])} HTTP/1.1" 200')


def test_it_is_mailed_to_the_helper_and_tells_them_nothing_of_the_loan(made, cast):
    mail = Notification.objects.get(kind="upload_link")
    assert (mail.address, mail.recipient_name, mail.loan) == ("hana@example.com", "Hana Cole", None)
    assert unseal(mail.secret).endswith(reverse("send:page", args=[made[1]]))
    said = rendering.render(mail)
    for private in (cast.loan.number, cast.loan.street, "Nguyen", "Bank statements", made[1]):
        assert private not in said.subject + said.text + said.html
    assert "Bea" in said.subject


def test_an_ended_link_takes_its_mail_along(made, cast):
    links.revoke_link(link=made[0], by=cast.bea)
    assert Notification.objects.get(kind="upload_link").state == Notification.State.CANCELLED


def test_its_mail_is_not_sent_once_nothing_is_wanted(made, asked):
    Request.objects.filter(pk=asked.pk).update(state=Request.State.ACCEPTED)
    with pytest.raises(facts.NotWanted):
        facts.gather(Notification.objects.get(kind="upload_link"), "upload_link")


@pytest.mark.parametrize("days", [0, 61, -1])
def test_it_is_good_for_sixty_days_at_most(asked, cast, days):
    with pytest.raises(Refused):
        links.make_link(request=asked, by=cast.bea, name="Hana", days=days)


@pytest.mark.parametrize("who", ["cole", "nils", "otto", "stef"])
def test_others_cannot_make_one(asked, cast, client_for, who):
    person = cast.everybody()[who]
    with pytest.raises(Refused):
        links.make_link(request=asked, by=person, name="Hana")
    page = reverse("documents:links", args=[asked.public_id])
    assert client_for(person).post(page, {"name": "Hana", "days": "14"}).status_code == 404


def test_the_loan_team_makes_one_too(asked, cast, client_for):
    page = reverse("documents:links", args=[asked.public_id])
    answer = client_for(cast.olga).post(page, {"name": "Hana", "days": "7"})
    assert "/send/" in answer.content.decode()
    assert Entry.objects.filter(action="upload_link.made", actor=f"user:{cast.olga.public_id}").exists()


@pytest.mark.parametrize("state", links.SETTLED)
def test_none_for_what_is_settled(asked, cast, state):
    Request.objects.filter(pk=asked.pk).update(state=state)
    asked.refresh_from_db()
    with pytest.raises(Refused):
        links.make_link(request=asked, by=cast.bea, name="Hana")


def test_five_open_links_of_a_request_are_enough(asked, cast):
    for number in range(links.MOST_OPEN):
        link, _token = links.make_link(request=asked, by=cast.bea, name=f"Hana {number}")
    with pytest.raises(Refused):
        links.make_link(request=asked, by=cast.bea, name="One more")
    links.revoke_link(link=link, by=cast.bea)
    links.make_link(request=asked, by=cast.bea, name="One more")


# --- What the page tells -------------------------------------------------------------------------------------


def test_the_page_says_what_is_asked_and_nothing_else(cast, store, visitor):
    Loan.objects.filter(pk=cast.loan.pk).update(number="LN-777", street="9 Secret Lane")
    cast.loan.refresh_from_db()
    request = ask(
        cast.loan,
        cast.bea_party,
        title="Gift letter for LN-777",
        what_counts="Over $20,000.00, for 9 Secret Lane.",
    )
    _link, token = links.make_link(request=request, by=cast.bea, name="Hana")
    answer = visitor.get(reverse("send:page", args=[token]))
    said = answer.content.decode()
    assert "Bea asks you to send a paper" in said
    assert "Gift letter" in said
    for private in ("LN-777", "Secret Lane", "20,000", "Nguyen", "Cole", "Petrov", "336", "To see the money"):
        assert private not in said, private
    assert "sessionid" not in answer.cookies, "nobody signs in here"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer["X-Robots-Tag"]
    assert answer["Cache-Control"] == "no-store, private"


def test_a_made_up_token_is_nothing(cast, visitor):
    assert visitor.get(reverse("send:page", args=["x" * 32])).status_code == 404
    assert post(visitor, reverse("send:create", args=["x" * 32])).status_code == 404


@pytest.mark.parametrize("how", ["expired", "revoked", "settled", "closed"])
def test_an_ended_link_is_one_kind_page(made, asked, address, cast, visitor, how):
    if how == "revoked":
        links.revoke_link(link=made[0], by=cast.olga)
    elif how == "settled":
        Request.objects.filter(pk=asked.pk).update(state=Request.State.ACCEPTED)
    elif how == "closed":
        Loan.objects.filter(pk=cast.loan.pk).update(stage=Stage.FUNDED)
    later = timezone.now() + timedelta(days=15 if how == "expired" else 0)
    with time_machine.travel(later, tick=False):
        for answer in (visitor.get(address), visitor.post(address, {"file": ""})):
            assert answer.status_code == 410
            said = answer.content.decode()
            assert "This link has ended" in said
            for private in ("Bank statements", "Bea", "Hana", how):
                assert private not in said.replace("has ended", "")
        assert post(visitor, reverse("send:create", args=[made[1]]), {"name": "a.pdf"}).status_code == 404


def test_too_many_questions_wait(address, visitor, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "send": "2/m/ip"}
    assert [visitor.get(address).status_code for _again in range(3)] == [200, 200, 429]


# --- Sending -------------------------------------------------------------------------------------------------


def test_a_file_without_javascript(link, asked, address, cast, client_for, visitor):
    answer = visitor.post(address, {"file": SimpleUploadedFile("gift.pdf", files.pdf())}, follow=True)
    assert "Received, being checked" in answer.content.decode()
    check_all()
    document = Document.objects.get()
    assert (document.link, document.owner, document.uploader) == (link, cast.bea_party, None)
    assert document.sent_by == "Hana Cole through a link"
    asked.refresh_from_db()
    assert asked.state == Request.State.IN_REVIEW
    said = visitor.get(address).content.decode()
    assert "gift.pdf" in said
    assert str(document.public_id) not in said
    for person, page in (
        (cast.bea, reverse("loans:documents", args=[cast.loan.public_id])),
        (cast.bea, reverse("documents:document", args=[document.public_id])),
        (cast.olga, reverse("desk:review", args=[document.public_id])),
    ):
        assert "Hana Cole through a link" in client_for(person).get(page).content.decode(), page


def test_nothing_chosen_and_the_wrong_kind_are_said_on_the_page(address, visitor):
    assert "Choose a file first" in visitor.post(address).content.decode()
    answer = visitor.post(address, {"file": SimpleUploadedFile("gift.exe", b"MZ")})
    assert answer.status_code == 422
    assert "gift.exe" in answer.content.decode()
    assert not UploadSession.objects.exists()


def test_a_form_that_is_too_long_is_not_read(address, visitor, settings):
    settings.MAX_UPLOAD_BYTES = 10
    assert visitor.post(address, {"file": SimpleUploadedFile("gift.pdf", files.pdf())}).status_code == 413


@pytest.mark.embedded("puts the bytes through the local address")
def test_the_uploader_of_the_browser_needs_no_cookie(made, visitor):
    data = files.pdf()
    opened = post(
        visitor, reverse("send:create", args=[made[1]]), {"name": "gift.pdf", "size": len(data)}
    ).json()
    assert all(
        opened[step].startswith(f"/send/{made[1]}/") for step in ("sign", "complete", "abort", "state")
    )
    signed = post(visitor, opened["sign"], {"method": "PUT"}).json()
    answer = visitor.generic("PUT", signed["url"], data, content_type="application/pdf")
    assert answer.status_code == 200
    assert post(visitor, opened["complete"]).json()["state"] == "received"
    check_all()
    told = visitor.get(opened["state"]).json()
    assert told["state"] == "clean"
    assert set(told) == {"id", "state", "name", "label", "receipt"}, "nothing of the document"
    assert not visitor.cookies


def test_photos_of_a_helper_become_one_paper(made, cast, visitor, address):
    photos = [
        SimpleUploadedFile(f"page{number}.jpg", files.picture(text=f"page {number}")) for number in range(2)
    ]
    visitor.post(address, {"file": photos, "together": "on"})
    check_all()
    services.compose_group(UploadGroup.objects.get().public_id)
    paper = Document.objects.papers().get()
    assert (paper.link, paper.owner, paper.pages) == (made[0], cast.bea_party, 2)
    said = visitor.get(address).content.decode()
    assert "page0.jpg" in said
    assert "page1.jpg" in said


def test_photos_are_closed_by_their_own_link_alone(made, asked, cast, visitor):
    _other, token = links.make_link(request=asked, by=cast.bea, name="Otto")
    said = {"name": "a.jpg", "count": 2}
    opened = post(visitor, reverse("send:group", args=[made[1]]), said).json()
    assert opened["close"].startswith(f"/send/{made[1]}/")
    stolen = reverse("send:close_group", args=[token, opened["id"]])
    assert post(visitor, stolen, {"order": []}).status_code == 404
    assert post(visitor, opened["close"], {"order": []}).status_code == 200


def test_one_link_does_not_reach_the_uploads_of_another(made, asked, cast, visitor, client_for):
    _other, token = links.make_link(request=asked, by=cast.bea, name="Otto")
    opened = post(visitor, reverse("send:create", args=[made[1]]), {"name": "a.pdf", "size": 10}).json()
    for step in ("sign", "complete", "abort"):
        address = reverse(f"send:{step}", args=[token, opened["id"]])
        assert post(visitor, address, {"method": "PUT"}).status_code == 404
    assert visitor.get(reverse("send:state", args=[token, opened["id"]])).status_code == 404
    assert client_for(cast.bea).get(reverse("uploads:state", args=[opened["id"]])).status_code == 404


def test_ending_a_link_drops_what_is_on_its_way(made, cast, visitor, client_for):
    opened = post(visitor, reverse("send:create", args=[made[1]]), {"name": "a.pdf", "size": 10}).json()
    client_for(cast.bea).post(reverse("documents:link_revoke", args=[made[0].public_id]))
    assert UploadSession.objects.get().state == UploadSession.State.ABORTED
    assert post(visitor, opened["sign"], {"method": "PUT"}).status_code == 404


# --- The list of links ---------------------------------------------------------------------------------------


def test_borrower_and_desk_see_the_links_and_can_end_them(link, asked, address, cast, client_for, visitor):
    line = reverse("loans:documents", args=[cast.loan.public_id])
    assert "Not opened yet" in client_for(cast.bea).get(line).content.decode()
    visitor.get(address)
    desk = reverse("desk:request_edit", args=[asked.public_id])
    assert "Opened, nothing came yet" in client_for(cast.olga).get(desk).content.decode()
    assert Entry.objects.filter(action="upload_link.opened", actor="visitor").count() == 1
    revoke = reverse("documents:link_revoke", args=[link.public_id])
    for stranger in (cast.cole, cast.nils, cast.otto):
        assert client_for(stranger).post(revoke).status_code == 404
    assert client_for(cast.olga).post(revoke).status_code == 302
    link.refresh_from_db()
    assert link.revoked_by == cast.olga
    assert "Ended" in client_for(cast.bea).get(line).content.decode()
