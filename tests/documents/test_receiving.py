"""A file that came unasked: the same limits and checks, and whose it is."""

from collections.abc import Iterator
from typing import Any

import pytest

from accounts.models import User
from documents import services
from documents.models import Document, Request, UploadSession
from documents.refusals import UploadRefused
from documents.services import take_in_file
from documents.storage.base import StorageFailed
from loans.errors import Changed, Refused
from loans.models import Party
from portal.demo import papers
from tests.cast import Cast, PartyFactory

PDF = papers.bank_statement("Bea Nguyen", "October 2026")


def take(cast: Cast, content: bytes = PDF, **more: Any) -> UploadSession:
    told: dict[str, Any] = {
        "loan": cast.loan, "party": cast.bea_party, "name": "a.pdf", "size": len(content), "chunks": [content],
        "source": "text:1:0", **more,
    }  # fmt: skip
    return take_in_file(**told)


def test_it_waits_in_quarantine_and_becomes_a_document_without_a_request(cast: Cast) -> None:
    session = take(cast)
    assert session.state == "received" and session.key.startswith("quarantine/")
    services.check_upload(session.public_id)
    document = Document.objects.get()
    assert (document.owner, document.uploader, document.request) == (cast.bea_party, cast.bea, None)
    assert document.sent_by == "Bea Nguyen"
    cast.loan.refresh_from_db()
    assert cast.loan.to_review == 1
    services.accept_document(document=document, by=cast.olga, expected_version=document.version)
    cast.loan.refresh_from_db()
    assert cast.loan.to_review == 0


def test_the_same_source_twice_is_one_file(cast: Cast) -> None:
    assert take(cast) == take(cast, content=PDF + b"more")
    assert UploadSession.objects.count() == 1


def test_what_was_cut_off_goes_on_where_it_was(cast: Cast) -> None:
    def torn() -> Iterator[bytes]:
        yield PDF[:100]
        raise StorageFailed("the line broke")

    with pytest.raises(StorageFailed):
        take(cast, chunks=torn(), size=len(PDF))
    assert UploadSession.objects.get().state == "created"
    assert take(cast).state == "received"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"content": b""}, "empty"),
        ({"name": "a.exe"}, "wrong_type"),
        ({"size": 10**12}, "too_large"),
    ],
)
def test_refused_before_anything_is_kept(more: dict[str, Any], code: str, cast: Cast) -> None:
    with pytest.raises(UploadRefused) as refused:
        take(cast, **more)
    assert refused.value.refusal.code == code and not UploadSession.objects.exists()


def test_the_limits_of_one_person_and_one_loan_hold(cast: Cast, settings: Any) -> None:
    settings.UPLOADS_PER_MINUTE = 2
    take(cast, source="text:1:0")
    take(cast, source="text:1:1")
    with pytest.raises(UploadRefused) as refused:
        take(cast, source="text:1:2")
    assert refused.value.refusal.code == "too_fast"
    settings.UPLOAD_FILES_PER_LOAN = 2
    with pytest.raises(UploadRefused):
        take(cast, source="text:1:3", party=cast.cole_party)


def test_somebody_without_an_account(cast: Cast) -> None:
    ivy = {"name": "Ivy Moss", "email": "ivy@example.com", "role": Party.Role.CO_BORROWER}
    party = PartyFactory(loan=cast.other_loan, user=None, **ivy)
    session = take(cast, loan=cast.other_loan, party=party)
    services.check_upload(session.public_id)
    document = Document.objects.get()
    assert (document.uploader, document.sent_by) == (None, "Ivy Moss")
    assert sees(cast) == {"otto", "mara"}


def sees(cast: Cast) -> set[str]:
    people: dict[str, User] = cast.everybody()
    return {name for name, user in people.items() if Document.objects.visible_to(user).exists()}


def test_of_nobody_known_the_loan_team_alone_sees_it(cast: Cast) -> None:
    services.check_upload(take(cast, party=None).public_id)
    assert sees(cast) == {"olga", "mara"}
    assert Document.objects.get().sent_by == ""


def test_the_other_borrower_does_not_learn_of_the_same_file(cast: Cast) -> None:
    services.check_upload(take(cast).public_id)
    services.check_upload(take(cast, party=cast.cole_party, source="text:2:0").public_id)
    codes = [hint["code"] for hint in Document.objects.latest("id").hints]
    assert codes == ["duplicate_of_another"]
    services.check_upload(take(cast, source="text:3:0").public_id)
    assert [hint["code"] for hint in Document.objects.latest("id").hints] == ["duplicate"]


# --- Filing it under what was asked for ------------------------------------------------------------------------


def taken(cast: Cast, **more: Any) -> Document:
    services.check_upload(take(cast, **more).public_id)
    return Document.objects.get()


def ask(cast: Cast, party: Party, **more: Any) -> Request:
    told = {"kind": "other", "title": "Pay stubs", "why": "Income.", **more}
    by = cast.olga if party.loan == cast.loan else cast.otto
    return services.add_request(loan=party.loan, party=party, by=by, **told)


def test_filed_it_counts_on_the_list_and_its_borrower_sees_it(cast: Cast) -> None:
    document, asked = taken(cast, party=None), ask(cast, cast.bea_party)
    services.file_document(document=document, request=asked, by=cast.olga, expected_version=document.version)
    asked.refresh_from_db()
    cast.loan.refresh_from_db()
    assert asked.state == Request.State.IN_REVIEW and cast.loan.open_requests == 0
    assert sees(cast) == {"bea", "olga", "mara"}
    services.accept_document(document=document, by=cast.olga, expected_version=document.version)
    asked.refresh_from_db()
    assert asked.state == Request.State.ACCEPTED


def test_an_accepted_paper_settles_what_it_is_filed_under(cast: Cast) -> None:
    document, asked = taken(cast), ask(cast, cast.bea_party)
    services.accept_document(document=document, by=cast.olga, expected_version=document.version)
    services.file_document(document=document, request=asked, by=cast.olga, expected_version=document.version)
    asked.refresh_from_db()
    assert asked.state == Request.State.ACCEPTED


@pytest.mark.parametrize("wrong", ["co-borrower", "other loan", "withdrawn", "twice", "other officer"])
def test_it_is_not_filed_where_it_does_not_belong(wrong: str, cast: Cast) -> None:
    document = taken(cast)
    party = {"co-borrower": cast.cole_party, "other loan": cast.nils_party}.get(wrong, cast.bea_party)
    asked, by = ask(cast, party), cast.otto if wrong == "other officer" else cast.olga
    if wrong == "withdrawn":
        services.withdraw_request(request=asked, by=cast.olga, expected_version=asked.version)
    if wrong == "twice":
        first = ask(cast, party, title="Statements")
        services.file_document(document=document, request=first, by=by, expected_version=document.version)
    with pytest.raises(Refused):
        services.file_document(document=document, request=asked, by=by, expected_version=document.version)
    asked.refresh_from_db()
    assert asked.state in (Request.State.OWED, Request.State.WITHDRAWN)


def test_of_two_officers_one_files_it(cast: Cast) -> None:
    document, asked = taken(cast), ask(cast, cast.bea_party)
    services.accept_document(document=Document.objects.get(), by=cast.mara, expected_version=document.version)
    with pytest.raises(Changed, match="reviewed"):
        services.file_document(
            document=document, request=asked, by=cast.olga, expected_version=document.version
        )
