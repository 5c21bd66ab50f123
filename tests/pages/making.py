"""Small facts for the tests of borrowers' pages, written straight into the tables."""

import re
from datetime import date, time, timedelta
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from documents.models import Document, Request
from loans.models import KeyDate, Loan, Party, StageEvent
from portal import formats


def ask(party: Party, title: str = "Pay stubs", **fields: Any) -> Request:
    values = {"why": "They show what you earn.", "what_counts": "The last 30 days.", **fields}
    request = Request.objects.create(loan=party.loan, party=party, title=title, **values)
    owed = party.requests.waiting_for_borrower().count()
    Party.objects.filter(pk=party.pk).update(open_requests=owed)
    total = Request.objects.filter(loan=party.loan).waiting_for_borrower().count()
    Loan.objects.filter(pk=party.loan_id).update(open_requests=total)
    return request


def keep(request: Request, name: str = "stubs.pdf", **fields: Any) -> Document:
    """A document of this request, as if it had been uploaded and checked."""
    key = f"documents/{request.pk}-{Document.objects.count()}"
    values = {
        "size": 120_000,
        "sha256": "0" * 64,
        "content_type": "application/pdf",
        "pages": 3,
        "key": key,
        **fields,
    }
    return Document.objects.create(
        loan=request.loan, request=request, uploader=request.party.user, name=name, **values
    )


def set_date(
    loan: Loan, kind: str, on: date | None = None, at: time | None = None, note: str = ""
) -> KeyDate:
    row, _made = KeyDate.objects.update_or_create(
        loan=loan,
        kind=kind,
        defaults={"on": on or formats.today(), "time": at, "note": note, "set_at": timezone.now()},
    )
    return row


def estimate_sent(loan: Loan) -> None:
    set_date(loan, KeyDate.Kind.LOAN_ESTIMATE_SENT)


def stand_at(loan: Loan, stage: str) -> None:
    """The loan as if it had been moved there a moment ago."""
    now = timezone.now()
    StageEvent.objects.create(loan=loan, from_stage=loan.stage, to_stage=stage, at=now)
    Loan.objects.filter(pk=loan.pk).update(stage=stage, stage_since=now)
    loan.refresh_from_db()


def in_days(count: int) -> date:
    return formats.today() + timedelta(days=count)


def words(response: HttpResponse) -> str:
    """What a person reads on the page's main part, without markup."""
    page = response.content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    text = re.sub(r"<script.*?</script>|<[^>]+>", " ", main, flags=re.S)
    for entity, sign in (("&nbsp;", " "), ("&#x27;", "'"), ("&amp;", "&"), ("&quot;", '"'), ("\u00a0", " ")):
        text = text.replace(entity, sign)
    return " ".join(text.split())
