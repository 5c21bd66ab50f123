"""What went wrong is said in plain words, as a page or as a fragment."""

import pytest
from django.test import Client

from accounts.models import OfficerProfile
from tests.pages.making import words


def test_a_page_that_is_not_there(cast, visitor):
    response = visitor.get("/nothing-here/")
    assert response.status_code == 404
    assert "We cannot find that page" in words(response)
    assert "NMLS ID" in response.content.decode()


def test_a_fragment_gets_a_fragment(cast, client_for):
    response = client_for(cast.bea).get("/nothing-here/", headers={"HX-Request": "true"})
    assert response.status_code == 404
    assert (
        "<html" not in response.content.decode() and "We cannot find that page" in response.content.decode()
    )


def test_a_fault_of_ours(cast, monkeypatch):
    def fails(*args: object) -> None:
        raise RuntimeError("the database is on fire")

    monkeypatch.setattr(OfficerProfile.objects, "public", fails)
    response = Client(raise_request_exception=False).get("/officers/")
    assert response.status_code == 500
    assert "Something went wrong on our side" in words(response)
    assert "fire" not in response.content.decode()


def test_a_host_that_is_not_ours(db):
    response = Client(headers={"Host": "evil.example"}).get("/")
    assert response.status_code == 400
    assert "evil" not in response.content.decode()


@pytest.mark.parametrize("address", ["/loans/{}/people/invite/"])
def test_a_form_that_did_not_come_from_here(cast, client_for, address):
    client = client_for(cast.bea, enforce_csrf_checks=True)
    response = client.post(address.format(cast.loan.public_id), {"name": "Eve", "email": "eve@example.com"})
    assert response.status_code == 403
    assert cast.loan.parties.count() == 2
