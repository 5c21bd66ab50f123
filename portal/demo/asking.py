"""
What follows from asking for papers, in the demo: somebody stuck, somebody answered, a paper nobody asked for, papers
that grow too old. Told after the loans.
"""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from accounts.models import User
from documents import services as documents
from documents.kinds import Kind
from documents.models import KindRule, Request
from loans.models import Party
from portal.demo import papers
from portal.demo.messages import party_of
from portal.demo.people import address_of

INVESTOR_DAYS = 45


def tell_asking() -> None:
    """Once; a house in which somebody was stuck already is left alone."""
    if Request.objects.filter(stuck_at__isnull=False).exists():
        return
    with transaction.atomic():
        keep_fresher_stubs()
        cole_cannot_find_it()
        bea_gets_an_answer()
    bea_sends_something_else()


def keep_fresher_stubs() -> None:
    """One investor of the house wants pay stubs that are younger than usual."""
    stef = User.objects.get(email=address_of("stef"))
    documents.save_rule(rule=KindRule(kind=Kind.PAY_STUB, good_for_days=INVESTOR_DAYS), by=stef)


def cole_cannot_find_it() -> None:
    cole = party_of("bea", Party.Role.CO_BORROWER)
    wanted = cole.requests.waiting_for_borrower().first()
    if wanted and cole.user:
        documents.say_stuck(
            request=wanted,
            by=cole.user,
            how=Request.Stuck.CANNOT_FIND,
            note="I looked under “Statements”, there is only a list of payments.",
        )


def bea_gets_an_answer() -> None:
    bea = party_of("bea")
    wanted = bea.requests.filter(state=Request.State.OWED).last()
    if wanted is None or bea.user is None:
        return
    documents.say_stuck(
        request=wanted,
        by=bea.user,
        how=Request.Stuck.CANNOT_GET,
        note="The person who could sign it is away until next week.",
    )
    documents.answer_stuck(
        request=wanted,
        by=bea.loan.officer,
        answer="Next week is early enough. A picture of the signed page will do.",
        expected_version=wanted.version,
    )


def bea_sends_something_else() -> None:
    bea = party_of("bea")
    letter = papers.plain_paper("Letter about a raise in pay", bea.name, "November 2026")
    session = documents.take_plain_upload(
        target=documents.target_unasked(bea.loan, bea, "Letter about my raise"),
        user=bea.user,
        file=SimpleUploadedFile("raise.pdf", letter),
    )
    documents.check_upload(session.public_id)
