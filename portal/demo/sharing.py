"""What is shared in the demo: a pre-approval letter that Bea and Cole were given, and a link for Bea's donor."""

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from documents import services as documents
from documents.models import HousePaper
from documents.services.house_papers import begin_house_paper
from documents.services.links import make_link
from loans.models import Loan, Party
from portal.demo import papers
from portal.demo.stories import STORIES
from portal.demo.telling import Narrator, person_of

LATELY = timedelta(hours=30)
HELPER, MAILBOX = "Hana Nguyen", "hana@nguyen.example"


def tell_sharing() -> None:
    """Once; a house in which a paper was given already is left alone."""
    if HousePaper.objects.exists():
        return
    bea = next(story for story in STORIES if story.key == "bea")
    loan = Loan.objects.get(parties__email=bea.email, parties__role=Party.Role.BORROWER)
    clock = Narrator(timezone.now() - LATELY)
    with transaction.atomic():
        with clock.later():
            give_a_letter(loan, bea.name)
        with clock.later(hours=2):
            let_hana_help(loan)


def give_a_letter(loan: Loan, name: str) -> None:
    officer = person_of("olga")
    paper = begin_house_paper(
        loan=loan,
        by=officer,
        kind=HousePaper.Kind.PRE_APPROVAL,
        title="Pre-approval letter",
        note="For the agent: it names no amounts. Call me if they ask for more.",
        parties=loan.parties.borrowers(),
    )
    letter = papers.plain_paper("Pre-approval letter", name, timezone.now().strftime("%B %Y"))
    sent = documents.take_plain_upload(
        target=documents.target_of_house_paper(paper),
        user=officer,
        file=SimpleUploadedFile("pre-approval.pdf", letter),
    )
    documents.check_upload(sent.public_id)


def let_hana_help(loan: Loan) -> None:
    bea = person_of("bea")
    asked = loan.requests.filter(party__user=bea, need="gift_source").waiting_for_borrower().first()
    if asked is not None:
        make_link(request=asked, by=bea, name=HELPER, email=MAILBOX)
