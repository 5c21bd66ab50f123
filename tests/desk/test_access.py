"""Who reaches the desk: the loan's own officer and processor, and managers. Everybody else finds nothing."""

import pytest
from django.urls import reverse

from documents.services.house_papers import begin_house_paper
from loans.models import Loan, Task
from notifications.models import InboundText
from notifications.services import queue
from portal.views.desk.urls import urlpatterns
from tests.desk.helpers import make_document, make_request

ALL_LOANS = (
    "pipeline", "documents", "texts", "gallery", "gallery_message", "gallery_message_body", "gallery_letter",
    "gallery_stage", "disposal", "renewals",
)  # fmt: skip
ONLY_READ = ("loan", "audit", "review", "stage_message", "loan_texts", "keeping", "house_paper")
READ = (
    "loan", "loan_texts", "facts", "audit", "stage", "request_add", "request_edit", "review", "keeping", "house_papers",
    "house_paper",
)  # fmt: skip


@pytest.fixture
def things(cast):
    asked = make_request(cast.bea_party, cast.olga)
    task = Task.objects.create(
        loan=cast.loan, kind="call", why="x", for_user=cast.olga, due_on="2026-01-05", key="access"
    )
    return {
        "public_id": cast.loan.public_id,
        "party_id": cast.cole_party.public_id,
        "request_id": asked.public_id,
        "document_id": make_document(asked).public_id,
        "paper_id": begin_house_paper(
            loan=cast.loan, by=cast.olga, kind="pre_approval", title="Letter", parties=[cast.bea_party]
        ).public_id,
        "task_id": task.public_id,
        "text_id": InboundText.objects.create(
            provider="local", provider_id="access", sender="+12075550101", loan=cast.loan, reading="unclear"
        ).public_id,
        "message_id": queue(
            kind="application_received_officer", event_key="access", recipient=cast.olga, loan=cast.loan
        ).public_id,
        "token": "no-token",
    }


def addresses(things):
    """Every address of the desk that is about one loan, by name."""
    for pattern in urlpatterns:
        if pattern.name in ALL_LOANS:
            continue
        wanted = pattern.pattern.converters
        yield pattern.name, reverse(f"desk:{pattern.name}", kwargs={name: things[name] for name in wanted})


@pytest.mark.parametrize("who", ["bea", "cole", "nils", "otto", "stef"])
def test_strangers_to_the_loan_get_404_everywhere(cast, client_for, things, who):
    client = client_for(getattr(cast, who))
    for name, address in addresses(things):
        assert client.post(address, {"version": 1}).status_code == (405 if name in ONLY_READ else 404), name
        if name in READ:
            assert client.get(address).status_code == 404, name
    cast.loan.refresh_from_db()
    assert cast.loan.version == 1


def test_signed_out_people_are_asked_to_sign_in(client_for, things):
    for _name, address in addresses(things):
        assert client_for(None).get(address).status_code in (302, 405)
        assert client_for(None).post(address).status_code in (302, 405)


@pytest.mark.parametrize("who", ["olga", "mara"])
def test_its_officer_and_managers_read_everything(cast, client_for, things, who):
    client = client_for(getattr(cast, who))
    for name, address in addresses(things):
        if name in READ:
            assert client.get(address).status_code == 200, name


def test_a_processor_reads_the_loans_they_process(cast, client_for, things):
    Loan.objects.filter(pk=cast.loan.pk).update(processor=cast.stef)
    client = client_for(cast.stef)
    for name, address in addresses(things):
        if name in READ:
            assert client.get(address).status_code == 200, name


def test_forms_answer_nothing_to_a_link(cast, client_for, things):
    for name, address in addresses(things):
        if name not in READ and name != "stage_message":
            assert client_for(cast.olga).get(address).status_code == 405, name
