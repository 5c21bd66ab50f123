"""The people of a loan. A party gets a user only when they accepted their invitation."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import services as accounts
from accounts.models import Invitation, User
from loans import events
from loans.answers import read
from loans.errors import Refused
from loans.models import Application, Loan, Party
from loans.search import keep_words
from loans.services.locking import forget_relations, locked, must_work_on, record
from loans.stages import Stage

MOST_BORROWERS = 4  # as many as a joint application commonly has room for


@transaction.atomic
def add_co_borrower(*, loan: Loan, name: str, email: str, phone: str = "", by: User) -> Party:
    """
    Invite somebody to the loan: by its officer or by the main borrower. They sign in separately.

    Refused when they are on the loan already by that name and address, or the loan has ended.
    """
    locked(loan)
    _must_be_on(loan, by)
    if loan.stage in Stage.closed():
        raise Refused(_("This loan has ended; nobody can be added. Call your loan officer."))
    name, email = " ".join(name.split()), email.strip().lower()
    parties = list(loan.parties.borrowers())
    if any(party.email.lower() == email and party.name.lower() == name.lower() for party in parties):
        raise Refused(_("%(name)s is on this loan already.") % {"name": name})
    if len(parties) >= MOST_BORROWERS:
        raise Refused(_("This loan has %(count)d borrowers already.") % {"count": MOST_BORROWERS})
    party = Party.objects.create(loan=loan, role=Party.Role.CO_BORROWER, name=name, email=email, phone=phone)
    store_names(loan)
    record(loan=loan, by=by, action="loan.party_added", party=str(party.public_id))
    invite_party(party=party, by=by)
    events.party_added.send(sender=Party, loan=loan, party=party, by=by)
    return party


@transaction.atomic
def reinvite_party(*, party: Party, by: User) -> Party:
    """Send a new invitation; older links stop working. Refused when they can sign in already."""
    _must_be_on(party.loan, by)
    if party.user_id:
        raise Refused(_("%(name)s can sign in already.") % {"name": party.name})
    invite_party(party=party, by=by)
    record(loan=party.loan, by=by, action="loan.party_reinvited", party=str(party.public_id))
    return party


@transaction.atomic
def correct_party(*, party: Party, by: User, name: str, email: str, phone: str, language: str) -> Party:
    """Mend what was typed: name and contact. A new address of somebody not yet in needs a new invitation."""
    _must_be_on(party.loan, by)
    party.name, party.email = " ".join(name.split()), email.strip().lower()
    party.phone, party.language = phone, language
    party.save(update_fields=["name", "email", "phone", "language"])
    store_names(party.loan)
    record(loan=party.loan, by=by, action="loan.party_corrected", party=str(party.public_id))
    return party


@transaction.atomic
def correct_invited(*, party: Party, by: User, name: str, email: str, phone: str) -> Party:
    """The same at the desk. Refused for people who have joined: from then on name and address are their own."""
    locked(party.loan)
    party.refresh_from_db(fields=["user"])
    if party.user_id:
        raise Refused(
            _("%(name)s signs in and keeps the address in their profile; staff change it in the admin.")
            % {"name": party.name}
        )
    return correct_party(party=party, by=by, name=name, email=email, phone=phone, language=party.language)


def invite_party(*, party: Party, by: User | None, announce: bool = True) -> tuple[Invitation, str]:
    """The invitation and its token in clear; bound to the party, not to the address typed. For services here."""
    return accounts.invite(
        purpose=Invitation.Purpose.LOAN_PARTY,
        subject_id=party.public_id,
        name=party.name,
        email=party.email,
        by=by,
        announce=announce,
    )


def store_names(loan: Loan) -> None:
    """Keep the names for lists, and the words to find the loan by."""
    names = loan.parties.borrowers().values_list("name", flat=True)
    loan.borrower_names = ", ".join(names)[:250]
    Loan.objects.filter(pk=loan.pk).update(borrower_names=loan.borrower_names)
    forget_relations(loan)
    keep_words(loan)


@transaction.atomic
def join(*, party: Party, user: User) -> bool:
    """
    Tie the user who accepted to the party; False when they were already. Refused when the place is taken, or this
    user is on the loan already as somebody else.
    """
    locked(party.loan)
    party.refresh_from_db(fields=["user"])
    if party.user_id == user.pk:
        return False
    if party.user_id is not None:
        raise Refused(_("This invitation was accepted by somebody else. Call your loan officer."))
    if Party.objects.filter(loan=party.loan, user=user).exists():
        raise Refused(_("You are on this loan already. The invitation is for somebody else."))
    Party.objects.filter(pk=party.pk, user__isnull=True).update(user=user)
    party.user = user
    forget_relations(party.loan)
    keep_words(party.loan)
    keep_time_zone(party)
    record(loan=party.loan, by=user, action="loan.party_joined", party=str(party.public_id))
    events.party_joined.send(sender=Party, loan=party.loan, party=party)
    return True


def keep_time_zone(party: Party) -> None:
    """Where the borrower said they live on the clock when they applied, unless their profile says so already."""
    user = party.user
    if user is None or user.time_zone or party.role != Party.Role.BORROWER:
        return
    application = Application.objects.filter(loan=party.loan_id).first()
    if application and (zone := read(application.answers).time_zone):
        user.time_zone = accounts.change_profile(user=user, by=user, time_zone=zone).time_zone


def _must_be_on(loan: Loan, by: User) -> None:
    if loan.parties.filter(user=by, role=Party.Role.BORROWER).exists():
        return
    if not by.has_perm("loans.change_party"):  # staff mend what borrowers typed
        must_work_on(loan, by)
