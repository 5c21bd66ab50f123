"""How the tests of the desk make papers, send forms and read answers."""

import html
import re
from typing import Any

import time_machine
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from documents import services as papers
from documents.models import Document, Request
from loans import clocks, services
from loans.models import KeyDate, Loan, Party
from portal import formats
from tests.fixtures import look_anew


def get(client: Client, name: str, /, *args: object, **asked: str) -> HttpResponse:
    return client.get(reverse(name, args=args), asked)


def post(client: Client, name: str, /, *args: object, **typed: Any) -> HttpResponse:
    return client.post(reverse(name, args=args), typed)


def queries(client: Client, address: str) -> list[str]:
    """What a page asks of the database, but for what is read or noted once a minute by whoever comes first."""
    with time_machine.travel(timezone.now(), tick=False):
        look_anew()
        client.get(address)
        formats.company_zone()
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
    return [query["sql"] for query in captured.captured_queries]


def words(response: HttpResponse) -> str:
    """What a person reads on the page."""
    main = response.content.decode().split('id="main"', 1)[-1]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def fresh(loan: Loan) -> Loan:
    return Loan.objects.get(pk=loan.pk)


def send_loan_estimate(loan: Loan, by: Any) -> None:
    services.set_key_date(
        loan=loan,
        kind=KeyDate.Kind.LOAN_ESTIMATE_SENT,
        on=clocks.today(),
        by=by,
        expected_version=loan.version,
    )


def make_request(party: Party, by: Any, **fields: Any) -> Request:
    asked = {
        "kind": "bank_statement",
        "title": "Bank statements, May",
        "why": "We count your savings.",
        **fields,
    }
    return papers.add_request(loan=party.loan, party=party, by=by, **asked)


def make_document(asked: Request, name: str = "statement.pdf", **fields: Any) -> Document:
    """A paper as the checking worker leaves it."""
    number = Document.objects.count() + 1
    document = Document.objects.create(
        loan=asked.loan, request=asked, uploader=asked.party.user, name=name, key=f"documents/test-{number}",
        size=120_000, sha256=f"{number:064x}", content_type="application/pdf", pages=3, **fields,
    )  # fmt: skip
    Request.objects.filter(pk=asked.pk).update(state=Request.State.IN_REVIEW)
    papers.recount(asked.loan)
    return document
