"""What stands in the log: enough to find a fault, nothing that opens a door."""

import io
import logging
import secrets
from typing import Any

import pytest

from portal.logs import HideTokens


@pytest.fixture
def lines() -> Any:
    """What the product's own handler writes."""
    handler = next(
        one for one in logging.root.handlers if any(isinstance(rule, HideTokens) for rule in one.filters)
    )
    assert isinstance(handler, logging.StreamHandler)
    written = io.StringIO()
    before = handler.setStream(written)
    yield written
    handler.setStream(before)


@pytest.mark.parametrize(
    "address", ["/invitations/{}/", "/apply/resume/{}/", "/uploads/o/{}", "/nowhere/{}/x/"]
)
def test_no_token_of_an_address_is_written(client: Any, db: Any, lines: Any, address: str) -> None:
    token = secrets.token_urlsafe(32)
    answer = client.get(address.format(token))
    logging.getLogger("portal").warning("%s: %s", "Gone", address.format(token))
    assert answer.status_code < 500
    assert token not in lines.getvalue() and "Gone: " + address.format("…") in lines.getvalue()


def test_what_finds_a_fault_stays(lines: Any) -> None:
    said = "/desk/loans/8e8fe1e2-0580-49a2-a1ac-e01b2dba416a/stage/"
    logging.getLogger("portal").warning("%s: %s", "Not Found", said)
    logging.getLogger("documents").warning("%d files of %s", 3, {"state": "failed"})
    assert said in lines.getvalue() and "3 files of {'state': 'failed'}" in lines.getvalue()
