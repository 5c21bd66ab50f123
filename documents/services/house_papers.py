"""
Papers that the loan team gives to borrowers. The row says what and to whom; its file comes as an upload like any
other, and once it is checked, each party it is for gets a share and is told.

A Loan Estimate or a Closing Disclosure goes only to people who agreed to receive such papers electronically (15 USC
7001(c)): asked when the paper is begun, and again when it is given. Whoever has not is left out, and the desk reads it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit import log
from documents import events
from documents.models import BORROWERS, Document, HousePaper, Share
from documents.services.sharing import open_to
from loans.consents import e_delivery_consent
from loans.errors import Refused
from loans.models import Loan, Party
from loans.services.locking import must_work_on


@transaction.atomic
def begin_house_paper(
    *, loan: Loan, by: User, kind: str, title: str, parties: Iterable[Party], note: str = ""
) -> HousePaper:
    """What is to be given and to whom; the file follows. Refused when one of them may not get it electronically."""
    must_work_on(loan, by)
    people = list(parties)
    if not people or any(party.loan_id != loan.pk or party.role not in BORROWERS for party in people):
        raise Refused(_("Choose who is to have it."))
    without = [party.name for party in people if not may_be_given(kind, party)]
    if without:
        raise Refused(
            _(
                "%(names)s did not agree to receive it electronically. Give it on paper, or ask them to agree first."
            )
            % {"names": ", ".join(without)}
        )
    paper = HousePaper.objects.create(
        loan=loan, kind=kind, title=" ".join(title.split()), note=note.strip(), made_by=by
    )
    paper.parties.set(people)
    _record("house_paper.made", paper, by, kind=kind, parties=[str(party.public_id) for party in people])
    return paper


def may_be_given(kind: str, party: Party) -> bool:
    """Whether this party may get a paper of this kind electronically today."""
    return kind not in HousePaper.NEED_CONSENT or e_delivery_consent(party) is not None


@transaction.atomic
def give(*, document: Document) -> list[Share]:
    """
    The file of a house paper is checked: open it to each party it is for, and tell them. Called again, whoever has it
    already is not told twice. Nothing is given once the paper was withdrawn.
    """
    assert document.house_paper is not None  # nothing else is given by the house
    paper = HousePaper.objects.select_for_update().get(pk=document.house_paper.pk)
    if paper.withdrawn_at:
        return []
    given = []
    for party in paper.parties.order_by("id"):
        if not may_be_given(paper.kind, party):
            _record("house_paper.kept_back", paper, None, party=str(party.public_id))
            continue
        share, made = open_to(document, party, by=paper.made_by)
        if made:
            given.append(share)
            _record("house_paper.given", paper, paper.made_by, party=str(party.public_id))
            events.paper_given.send(sender=Share, loan=paper.loan, share=share)
    return given


@transaction.atomic
def withdraw_house_paper(*, paper: HousePaper, by: User) -> None:
    """Nobody gets it any more. Refused once somebody opened it: from then on it is theirs."""
    must_work_on(paper.loan, by)
    paper = HousePaper.objects.select_for_update().get(pk=paper.pk)
    shares = Share.objects.filter(document__house_paper=paper, ended_at__isnull=True)
    if any(share.first_opened_at for share in shares.select_for_update(of=("self",))):
        raise Refused(_("It was opened already, so it stays. Give a corrected one and say so in its line."))
    if paper.withdrawn_at:
        return
    now = timezone.now()
    shares.update(ended_at=now)
    HousePaper.objects.filter(pk=paper.pk).update(withdrawn_at=now)
    _record("house_paper.withdrawn", paper, by)


@dataclass(frozen=True)
class Receiver:
    """One party of a house paper: since when they can open it, and when they first did. None: not yet."""

    party: Party
    given_at: datetime | None
    first_opened_at: datetime | None
    may_be_given: bool


def receivers_of(paper: HousePaper) -> list[Receiver]:
    """The evidence the desk reads. Three queries, one more a party for kinds that need consent."""
    shares = {share.party_id: share for share in Share.objects.filter(document__house_paper=paper)}
    found = []
    for party in paper.parties.order_by("id"):
        share = shares.get(party.pk)
        found.append(
            Receiver(
                party=party,
                given_at=share.made_at if share else None,
                first_opened_at=share.first_opened_at if share else None,
                may_be_given=share is not None or may_be_given(paper.kind, party),
            )
        )
    return found


def _record(action: str, paper: HousePaper, by: User | None, **detail: object) -> None:
    log.record(
        action=action, about=paper, by=by, task="" if by else "documents", loan=paper.loan, detail=detail
    )  # fmt: skip
