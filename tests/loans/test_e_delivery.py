"""Consent to receive disclosures electronically: read, proved, given, kept as it was given, and taken back."""

import io

import pypdfium2
import pytest
from django.urls import reverse

from accounts.models import Company
from audit.models import Entry
from loans import e_delivery
from loans.consents import e_delivery_consent
from loans.errors import Refused
from loans.models import Consent
from loans.services import give_e_delivery_consent, withdraw_e_delivery_consent


def hash_today():
    return e_delivery.text_hash(e_delivery.full_text(Company.load()))


@pytest.fixture
def page(cast):
    return reverse("loans:e_delivery", args=[cast.loan.public_id])


def said(party, **changed):
    return {"agree": "yes", "word": e_delivery.proof_word(party), "text": hash_today(), **changed}


def test_what_the_law_wants_read_is_on_the_page(cast, page, client_for):
    text = client_for(cast.bea).get(page).content.decode()
    company = Company.load()
    for passage in e_delivery.passages(company):
        assert passage.title in text
    for words in (
        "on paper",
        "take your consent back",
        "for this loan only",
        "in your profile",
        "no fee",
        "PDF files",
    ):
        assert words in e_delivery.full_text(company)


def test_the_proof_is_a_word_in_a_real_pdf(cast, client_for):
    answer = client_for(cast.bea).get(reverse("loans:e_delivery_test", args=[cast.loan.public_id]))
    assert answer["Content-Type"] == "application/pdf"
    found = pypdfium2.PdfDocument(io.BytesIO(answer.content))[0].get_textpage().get_text_range()
    assert e_delivery.proof_word(cast.bea_party) in found


def test_it_is_kept_as_it_was_given(cast, page, client_for):
    typed = f" {e_delivery.proof_word(cast.bea_party).upper()} "
    bea = client_for(cast.bea)
    assert (
        bea.post(page, said(cast.bea_party, word=typed), headers={"user-agent": "Browser 7"}).status_code
        == 302
    )
    consent = e_delivery_consent(cast.bea_party)
    assert (consent.wording_version, consent.wording) == (
        e_delivery.VERSION,
        e_delivery.full_text(Company.load()),
    )
    assert consent.wording_hash == hash_today()
    assert e_delivery.proof_word(cast.bea_party) in consent.proof
    assert (consent.address, consent.agent) == ("127.0.0.1", "Browser 7")
    entry = Entry.objects.get(action="consent.e_delivery_given")
    assert entry.detail == {"version": e_delivery.VERSION, "sha256": consent.wording_hash}
    assert "You agreed on" in bea.get(page).content.decode()
    assert e_delivery_consent(cast.cole_party) is None, "each for themselves"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"agree": ""}, "Tick the box"),
        ({"word": "zebra"}, "not the word in the PDF"),
        ({"word": ""}, "not the word in the PDF"),
        ({"text": "0" * 64}, "changed in the meantime"),
    ],
)
def test_without_one_of_the_steps_there_is_no_consent(cast, page, client_for, changed, words):
    answer = client_for(cast.bea).post(page, said(cast.bea_party, **changed))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Consent.objects.filter(kind=Consent.Kind.E_DELIVERY).exists()


def test_giving_it_twice_is_one_consent(cast, page, client_for):
    for _again in range(2):
        client_for(cast.bea).post(page, said(cast.bea_party))
    assert Consent.objects.filter(kind=Consent.Kind.E_DELIVERY).count() == 1


def test_it_can_be_taken_back_at_any_time(cast, page, client_for):
    bea = client_for(cast.bea)
    bea.post(page, said(cast.bea_party))
    assert bea.post(page, {"action": "withdraw"}).status_code == 302
    assert e_delivery_consent(cast.bea_party) is None
    assert Consent.objects.filter(kind=Consent.Kind.E_DELIVERY).count() == 2, "nothing is erased"
    assert withdraw_e_delivery_consent(party=cast.bea_party, by=cast.bea) is None
    bea.post(page, said(cast.bea_party))
    assert e_delivery_consent(cast.bea_party) is not None


@pytest.mark.parametrize("who", ["cole", "nils", "olga", "mara", "stef"])
def test_nobody_consents_for_somebody_else(cast, page, client_for, who):
    person = cast.everybody()[who]
    with pytest.raises(Refused):
        give_e_delivery_consent(
            party=cast.bea_party,
            by=person,
            typed=e_delivery.proof_word(cast.bea_party),
            text_hash=hash_today(),
        )
    with pytest.raises(Refused):
        withdraw_e_delivery_consent(party=cast.bea_party, by=person)
    expected = 200 if who == "cole" else 404
    assert client_for(person).get(page).status_code == expected
