"""
The people of the house and the house itself.

A `User` signs in, and may belong to a `Branch`; an `OfficerProfile` is what the public sees of one who lends;
`OfficerLicense` says in which states, an `OfficerDraft` what of the page is to change (`accounts/officer_pages.py`).
`Company` is the one lender or broker that runs this portal. An `Invitation` opens the door to somebody new: only the
SHA-256 of its token is kept. Writes that matter are verbs in `accounts/services.py`.

The login address (`User.email`) is unique; the contact address is where mail goes and need not be: couples share one.
"""

from accounts.models.company import Company, company_kept, forget_company, keep_company
from accounts.models.officers import (
    OfficerDraft,
    OfficerLicense,
    OfficerProfile,
    OfficerQuerySet,
    Speciality,
)
from accounts.models.people import Absence, Branch, Invitation, InvitationQuerySet, User, UserManager

__all__ = [
    "Absence",
    "Branch",
    "Company",
    "Invitation",
    "InvitationQuerySet",
    "OfficerDraft",
    "OfficerLicense",
    "OfficerProfile",
    "OfficerQuerySet",
    "Speciality",
    "User",
    "UserManager",
    "company_kept",
    "forget_company",
    "keep_company",
]
