"""What handlers share."""

from accounts.models import User
from loans.models import Loan, Party


def borrowers_but(loan: Loan, by: User | None) -> list[Party]:
    """The borrowers to tell: all but the one who acted."""
    people = loan.parties.borrowers().select_related("user")
    return [party for party in people if by is None or party.user_id != by.pk]
