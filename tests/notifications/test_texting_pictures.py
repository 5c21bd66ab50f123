"""Pictures by text: from the provider's hosts alone, through quarantine, to whoever they belong to."""

import io
from typing import Any

import pytest
import requests
from PIL import Image
from requests.adapters import BaseAdapter

from documents.models import Document, UploadSession
from documents.services import check_upload
from loans.models import Party
from notifications.models import InboundText
from notifications.texting import pictures
from notifications.texting.providers import Media, MediaRefused
from notifications.texting.twilio import TwilioProvider
from tests.cast import Cast
from tests.notifications.texting import (
    ACCOUNT,
    BEA,
    COLE,
    STRANGER,
    make_bea_reachable,
    text,
    texts_to,
    use_twilio,
    with_telephone,
)

API = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages/MM1/Media"


@pytest.fixture
def twilio(settings: Any) -> None:
    use_twilio(settings)


@pytest.fixture
def bea(cast: Cast) -> Party:
    return make_bea_reachable(cast)


def jpeg(size: int = 40) -> bytes:
    file = io.BytesIO()
    Image.effect_noise((size, size), 60).save(file, "JPEG")
    return file.getvalue()


class TheirHosts(BaseAdapter):
    """Answers for every host, and writes down who was asked with which password."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, bool]] = []
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}

    def send(self, request: Any, **options: Any) -> requests.Response:
        assert options["timeout"] == (10, 10) and options["verify"] is True
        self.asked.append((request.url, "Authorization" in request.headers))
        status, headers, body = self.answers.get(request.url, (404, {}, b""))
        response = requests.Response()
        response.status_code, response.url, response.request = status, request.url, request
        response.headers.update(headers)
        response.raw = io.BytesIO(body)
        return response

    def close(self) -> None:
        pass


@pytest.fixture
def hosts(monkeypatch: pytest.MonkeyPatch, twilio: None) -> TheirHosts:
    adapter = TheirHosts()
    made = requests.Session.__init__

    def init(self: requests.Session) -> None:
        made(self)
        self.mount("https://", adapter)
        self.mount("http://", adapter)

    monkeypatch.setattr(requests.Session, "__init__", init)
    return adapter


def fetch(address: str) -> bytes:
    with TwilioProvider().fetch(Media(address, "image/jpeg")) as chunks:
        return b"".join(chunks)


def test_a_picture_is_fetched_from_their_hosts_with_the_password_for_one_alone(hosts: TheirHosts) -> None:
    stored = "https://mms.twiliocdn.com/x/1?Expires=1"
    hosts.answers = {f"{API}/ME1": (307, {"Location": stored}, b""), stored: (200, {}, b"bytes")}
    assert fetch(f"{API}/ME1") == b"bytes"
    assert hosts.asked == [(f"{API}/ME1", True), (stored, False)]


@pytest.mark.parametrize(
    "address",
    [
        "https://169.254.169.254/latest/meta-data/",
        "http://api.twilio.com/x",
        "https://api.twilio.com.evil.example/x",
        "https://api.twilio.com:8443/x",
        "https://user@api.twilio.com/x",
        "https://api.twilio.com/2010-04-01/Accounts/ACother/Messages/MM1/Media/ME1",
        "https://[::1]/x",
        "https://api.twilio.com:port/x",
        "file:///etc/passwd",
        "",
    ],
)
def test_no_other_host_is_asked(address: str, hosts: TheirHosts) -> None:
    with pytest.raises(MediaRefused):
        fetch(address)
    hosts.answers = {f"{API}/ME1": (302, {"Location": address}, b"")}
    with pytest.raises(MediaRefused):
        fetch(f"{API}/ME1")
    assert [asked for asked, _auth in hosts.asked] == [f"{API}/ME1"]


def test_a_chain_of_addresses_ends(hosts: TheirHosts) -> None:
    hosts.answers = {f"{API}/ME1": (302, {"Location": f"{API}/ME1"}, b"")}
    with pytest.raises(MediaRefused, match="on and on"):
        fetch(f"{API}/ME1")
    assert len(hosts.asked) == 3


def with_pictures(*types: str, body: str = "", number: str = BEA) -> InboundText:
    media = tuple(Media(f"{API}/ME{place}", kind) for place, kind in enumerate(types))
    return text(number, body, media=media)


def test_pictures_become_documents_by_way_of_quarantine(cast: Cast, bea: Party, hosts: TheirHosts) -> None:
    hosts.answers = {f"{API}/ME{place}": (200, {}, jpeg()) for place in (0, 1)}
    got = with_pictures("image/jpeg", "image/jpg", body="my stubs")
    assert texts_to(BEA) == ["text_picture"]
    assert pictures.take_waiting() == 1 and pictures.take_waiting() == 0
    sessions = list(UploadSession.objects.order_by("id"))
    assert [(one.state, one.party, one.uploader, one.request) for one in sessions] == [
        ("received", bea, cast.bea, None)
    ] * 2
    assert not Document.objects.exists(), "nothing is a document before it was checked"
    for session in sessions:
        check_upload(session.public_id)
    first, _second = Document.objects.papers().order_by("id")
    assert first.owner == bea and first.loan == cast.loan and first.name.endswith("-1.pdf")
    assert first.originals.get().name.endswith("-1.jpg"), "the picture stays beside the paper made of it"
    got.refresh_from_db()
    assert got.media_taken_at and got.media_not_before is None
    for who, sees in ((cast.bea, 2), (cast.olga, 2), (cast.cole, 0), (cast.nils, 0), (cast.otto, 0)):
        assert Document.objects.papers().visible_to(who).count() == sees, who.name


def test_a_host_in_trouble_is_asked_again_and_no_picture_is_taken_twice(
    cast: Cast, bea: Party, hosts: TheirHosts
) -> None:
    hosts.answers = {f"{API}/ME0": (200, {}, jpeg())}
    hosts.answers[f"{API}/ME1"] = (503, {}, b"")
    got = with_pictures("image/jpeg", "image/jpeg")
    assert pictures.take_waiting() == 0 and UploadSession.objects.count() == 1
    assert pictures.take_waiting() == 0, "not at once"
    hosts.answers[f"{API}/ME1"] = (200, {}, jpeg(60))
    InboundText.objects.update(media_not_before=got.at)
    assert pictures.take_waiting() == 1 and UploadSession.objects.count() == 2


def test_in_the_end_it_is_given_up_and_they_hear_of_it(cast: Cast, bea: Party, hosts: TheirHosts) -> None:
    hosts.answers = {f"{API}/ME0": (503, {}, b"")}
    got = with_pictures("image/jpeg", body="see this")
    for _ in range(pictures.MOST_TRIES):
        InboundText.objects.update(media_not_before=got.at)
        pictures.take_waiting()
    got.refresh_from_db()
    assert got.media[0]["refused"] == "unfetched" and got.media_not_before is None
    assert texts_to(BEA) == ["text_picture", "text_picture_refused"]


def test_what_we_do_not_take_is_not_even_fetched(
    cast: Cast, bea: Party, hosts: TheirHosts, settings: Any
) -> None:
    got = with_pictures("video/3gpp", "text/vcard")
    pictures.take_waiting()
    got.refresh_from_db()
    assert [item["refused"] for item in got.media] == ["wrong_type"] * 2 and hosts.asked == []


def test_a_picture_without_end_is_cut_off(cast: Cast, bea: Party, hosts: TheirHosts, settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = 10_000
    hosts.answers = {f"{API}/ME0": (200, {}, b"x" * 50_000)}
    got = with_pictures("image/jpeg")
    pictures.take_waiting()
    got.refresh_from_db()
    assert got.media[0]["refused"] == "too_large" and not UploadSession.objects.exists()


def test_what_only_calls_itself_a_picture_is_refused_by_the_check(
    cast: Cast, bea: Party, hosts: TheirHosts
) -> None:
    hosts.answers = {f"{API}/ME0": (200, {}, b"MZ\x90\x00 no picture at all")}
    with_pictures("image/jpeg")
    pictures.take_waiting()
    session = UploadSession.objects.get()
    check_upload(session.public_id)
    session.refresh_from_db()
    assert session.state == "rejected" and not Document.objects.exists()
    assert texts_to(BEA)[-1] == "text_picture_refused"


@pytest.mark.parametrize("whose", ["stranger", "shared"])
def test_pictures_of_nobody_we_can_name_are_not_fetched(whose: str, cast: Cast, hosts: TheirHosts) -> None:
    number = STRANGER
    if whose == "shared":  # by people of two loans
        number = with_telephone(cast.bea_party, COLE).text_number
        with_telephone(cast.nils_party, COLE)
    got = with_pictures("image/jpeg", number=number)
    assert got.media_not_before is None and pictures.take_waiting() == 0 and hosts.asked == []


def test_pictures_of_a_couple_are_for_the_loan_team_until_it_is_known_whose(
    cast: Cast, bea: Party, hosts: TheirHosts
) -> None:
    with_telephone(cast.cole_party, BEA)
    hosts.answers = {f"{API}/ME0": (200, {}, jpeg())}
    with_pictures("image/jpeg")
    pictures.take_waiting()
    check_upload(UploadSession.objects.get().public_id)
    for who, sees in ((cast.bea, 0), (cast.cole, 0), (cast.olga, 1)):
        assert Document.objects.papers().visible_to(who).count() == sees, who.name


def test_a_loan_that_takes_no_papers_takes_no_pictures(cast: Cast, bea: Party, hosts: TheirHosts) -> None:
    type(cast.loan).objects.filter(pk=cast.loan.pk).update(stage="withdrawn")
    hosts.answers = {f"{API}/ME0": (200, {}, jpeg())}
    got = with_pictures("image/jpeg")
    pictures.take_waiting()
    got.refresh_from_db()
    assert got.media[0]["refused"] == "closed"
