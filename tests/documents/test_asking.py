"""The desk's form when something was sent before, the answer by mail, papers nobody asked for."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from documents import services
from documents.models import Document, Request, UploadSession
from loans.stages import Stage
from notifications.models import Notification
from notifications.rendering import render
from tests.documents.conftest import received
from tests.documents.files import pdf

State = Request.State


@pytest.fixture
def olga(cast, client_for):
    return client_for(cast.olga)


def typed(cast, **fields):
    said = {
        "party": cast.bea_party.public_id,
        "kind": "bank_statement",
        "title": "Statements",
        "why": "We count.",
    }
    return {**said, **fields}


def test_the_form_asks_why_and_goes_on(asked, cast, olga, client_for):
    address = reverse("desk:request_add", args=[cast.loan.public_id])
    assert "repeat_reason" not in olga.get(address).content.decode()
    document = received(asked, cast.bea, "may.pdf")
    services.accept_document(document=document, by=cast.olga, expected_version=document.version)
    back = olga.post(address, typed(cast))
    page = back.content.decode()
    assert back.status_code == 422 and 'name="repeat_reason"' in page
    assert "“may.pdf” came on" in page and "was asked of Bea Nguyen before" in page
    still = olga.post(address, typed(cast, repeat_reason=" "))
    assert still.status_code == 422 and 'name="repeat_reason"' in still.content.decode()
    done = olga.post(address, typed(cast, repeat_reason="A new account was opened."))
    assert done.status_code == 302
    again = Request.objects.get(title="Statements")
    assert again.repeat_reason == "A new account was opened."
    list_address = reverse("loans:documents", args=[cast.loan.public_id])
    assert "A new account was opened." in client_for(cast.bea).get(list_address).content.decode()
    mail = render(Notification.objects.get(kind="requests_added"))
    assert "We ask once more: A new account was opened." in " ".join(mail.text.split())
    edit = olga.get(reverse("desk:request_edit", args=[again.public_id])).content.decode()
    assert "A new account was opened." in edit, "the reason can be changed"


def test_a_condition_that_was_met_before_asks_at_its_row(asked, cast, olga):
    received(asked, cast.bea)
    type(cast.loan).objects.filter(pk=cast.loan.pk).update(stage=Stage.UNDERWRITING)
    cast.loan.refresh_from_db()
    row = {f"conditions-0-{name}": value for name, value in typed(cast).items()}
    move = {
        "do": "move", "to": "conditional_approval", "version": cast.loan.version, "note": "", "internal_note": "",
        "shown_note": "", "conditions-TOTAL_FORMS": "2", "conditions-INITIAL_FORMS": "0",
        "conditions-1-kind": "other", "conditions-1-party": cast.bea_party.public_id, **row,
    }  # fmt: skip
    address = reverse("desk:stage", args=[cast.loan.public_id])
    back = olga.post(address, move)
    assert back.status_code == 422 and 'name="conditions-0-repeat_reason"' in back.content.decode()
    done = olga.post(address, {**move, "conditions-0-repeat_reason": "The underwriter needs June too."})
    assert done.status_code == 302
    assert Request.objects.get(source="condition").repeat_reason == "The underwriter needs June too."


@pytest.mark.parametrize(
    ("kind", "answer", "is_quoted"),
    [
        ("bank_statement", "A letter of theirs will do.", True),
        ("bank_statement", "The divorce decree will do.", False),
        ("bankruptcy", "The clerk has it.", False),
    ],
)
def test_the_answer_goes_by_mail_unless_it_names_what_mails_never_name(asked, cast, kind, answer, is_quoted):
    Request.objects.filter(pk=asked.pk).update(kind=kind, title="The paper")
    asked.refresh_from_db()
    services.say_stuck(request=asked, by=cast.bea, how="cannot_get", note="The bank was closed.")
    services.answer_stuck(request=asked, by=cast.olga, answer=answer, expected_version=asked.version)
    mail = render(Notification.objects.get(kind="paper_help_answered"))
    assert (answer in mail.text, "The paper" in mail.text) == (is_quoted, is_quoted)
    assert ("stands beside the paper in your portal" in mail.text) != is_quoted
    assert "not needed for the Loan Estimate" in mail.text, "optional until the Loan Estimate, here too"


def test_something_else_is_sent_listed_and_taken_back_or_filed(asked, cast, olga, client_for):
    bea, cole = client_for(cast.bea), client_for(cast.cole)
    list_address = reverse("loans:documents", args=[cast.loan.public_id])
    assert "Send something else" in bea.get(list_address).content.decode()

    def send(name, data):
        file = SimpleUploadedFile(name, data)
        said = {"loan": cast.loan.public_id, "title": "Letter about my raise", "file": file}
        assert bea.post(reverse("uploads:plain"), said).status_code == 302
        session = UploadSession.objects.latest("id")
        services.check_upload(session.public_id)
        return Document.objects.get(session=session)

    raise_letter = send("raise.pdf", pdf(2))
    assert (raise_letter.request, raise_letter.party, raise_letter.title) == (
        None, cast.bea_party, "Letter about my raise",
    )  # fmt: skip
    assert "raise.pdf" in bea.get(list_address).content.decode()
    assert "raise.pdf" not in cole.get(list_address).content.decode()
    assert (
        "Letter about my raise" in olga.get(reverse("desk:loan", args=[cast.loan.public_id])).content.decode()
    )
    wrong = send("wrong.pdf", pdf(3))
    bea.post(reverse("documents:take_back", args=[wrong.public_id]))
    assert "wrong.pdf" not in bea.get(list_address).content.decode().split("unasked-title")[1]
    review = olga.get(reverse("desk:review", args=[raise_letter.public_id])).content.decode()
    assert "Letter about my raise" in review and "File it first" in review
    filed = {"version": raise_letter.version, "request": asked.public_id}
    assert olga.post(reverse("desk:file", args=[raise_letter.public_id]), filed).status_code == 302
    asked.refresh_from_db()
    assert asked.state == State.IN_REVIEW
