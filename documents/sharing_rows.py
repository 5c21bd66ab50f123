"""The read side of sharing: who may see a document, what others opened to a borrower, which links are out."""

from dataclasses import dataclass

from accounts.models import User
from documents.models import Document, Request, Share, UploadLink
from documents.services.links import may_make_links, state_words
from loans.models import Loan, Party


@dataclass(frozen=True)
class Seen:
    """Another borrower, and whether a document is open to them."""

    party: Party
    is_open: bool


@dataclass(frozen=True)
class Sharing:
    """Who may see a document beside the loan team. `others` can be changed by its owner, who reads it."""

    is_mine: bool
    given_by_house: bool
    owner: str
    others: list[Seen]


def sharing_of(document: Document, user: User) -> Sharing:
    owner = document.owner
    is_mine = owner is not None and owner.user_id == user.pk
    open_to = set(document.shares.in_force().values_list("party_id", flat=True))
    parties = document.loan.parties.borrowers().order_by("id")
    others = [Seen(party, party.pk in open_to) for party in parties if party.user_id != user.pk]
    return Sharing(
        is_mine=is_mine,
        given_by_house=document.house_paper_id is not None,
        owner=owner.name if owner else "",
        others=[one for one in others if owner is None or one.party.pk != owner.pk],
    )


@dataclass(frozen=True)
class SharedWithMe:
    """What a borrower finds beside their own papers on the documents page of a loan."""

    from_house: list[Share]
    from_borrowers: list[Share]

    @property
    def new(self) -> int:
        return sum(share.first_opened_at is None for share in self.from_house)


def shared_with_me(loan: Loan, user: User) -> SharedWithMe:
    """One query, however much is shared."""
    shares = (
        Share.objects.in_force()
        .filter(party__user=user, document__loan=loan, document__disposed_at__isnull=True)
        .select_related("document__house_paper", "document__request__party", "document__party")
        .order_by("-id")
    )
    return SharedWithMe(
        from_house=[share for share in shares if share.document.house_paper_id],
        from_borrowers=[share for share in shares if not share.document.house_paper_id],
    )


@dataclass(frozen=True)
class LinkRow:
    link: UploadLink
    state: str  # a key of the badges
    label: str


@dataclass(frozen=True)
class Links:
    rows: list[LinkRow]
    may_make: bool


def links_of(request: Request, user: User) -> Links:
    """The links of a request for whoever may see it, the newest first. No query where `links__documents` came along."""
    rows = [
        LinkRow(link, _badge(link), state_words(link))
        for link in sorted(request.links.all(), key=lambda link: -link.pk)
    ]
    return Links(rows=rows, may_make=may_make_links(request, user))


def _badge(link: UploadLink) -> str:
    if link.documents.all():
        return "clean"
    return "active" if link.is_open else "inactive"
