"""
The cast of every test (DESIGN 1): who they are, what they share, and how one of them comes to the door.

`make_cast()` writes eight people, a company and two loans straight from the models, so that a test of one service
does not lean on another. Use the fixtures `cast`, `client_for` and `visitor` of `tests/fixtures.py`.

Bea and Cole share a loan (officer Olga) and a mailbox; Nils has a loan of his own (officer Otto). Mara sees every
loan, Stef works in the admin. Hana is the helper, who has no account yet: for her use a signed-out client.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import factory
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.userkit import user_id_to_str
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils import timezone

from accounts.models import Company, OfficerLicense, OfficerProfile, User
from loans.models import Loan, Party, ReceivedItem, StageEvent
from loans.search import keep_words
from loans.stages import Stage

PASSWORD = "a long walk by the quiet sea"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NAMES = ("bea", "cole", "nils", "olga", "otto", "mara", "stef")


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Person {n}")
    email = factory.Sequence(lambda n: f"person{n}@example.com")

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **fields: Any) -> User:
        user = User.objects.create_user(password=fields.pop("password", PASSWORD), **fields)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user


class LoanFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Loan

    number = factory.Sequence(lambda n: f"LN-T{n:05d}")
    purpose = Loan.Purpose.PURCHASE
    street = "12 Harbor Lane"
    city = "Portland"
    state = "ME"
    zip_code = "04101"
    property_kind = Loan.PropertyKind.HOUSE
    occupancy = Loan.Occupancy.PRIMARY
    property_value = Decimal("420000")
    amount = Decimal("336000")
    stage = Stage.APPLICATION_RECEIVED


class PartyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Party

    role = Party.Role.BORROWER
    name = factory.LazyAttribute(lambda party: party.user.name)
    email = factory.LazyAttribute(lambda party: party.user.mail_address)


@dataclass
class Cast:
    company: Company
    bea: User
    cole: User
    nils: User
    olga: User
    otto: User
    mara: User
    stef: User
    loan: Loan
    bea_party: Party
    cole_party: Party
    other_loan: Loan
    nils_party: Party

    def everybody(self) -> dict[str, User]:
        return {name: getattr(self, name) for name in NAMES}


def make_company() -> Company:
    company, _ = Company.objects.update_or_create(
        pk=1,
        defaults={
            "name": "Lantern Home Loans",
            "legal_name": "Lantern Home Loans, LLC",
            "address": "48 Commercial Street",
            "city_line": "Portland, ME 04101",
            "nmls_id": "1000048",
            "phone": "+12075550148",
            "email": "hello@lantern.example",
            "licence_lines": "Licensed in Maine and New Hampshire.",
            "time_zone": "America/New_York",
        },
    )
    return company


def with_second_factor(user: User) -> User:
    """Gives this person an authenticator app; `totp_code()` is what it shows."""
    TOTP.activate(user, TOTP_SECRET)
    return user


def totp_code(secret: str = TOTP_SECRET, at: float | None = None) -> str:
    return format_hotp_value(hotp_value(secret, int((time.time() if at is None else at) // 30)))


def make_officer(*, states: Iterable[str], slug: str, nmls_id: str, **fields: Any) -> User:
    officer = with_second_factor(UserFactory(role=User.Role.OFFICER, **fields))
    profile = OfficerProfile.objects.create(
        user=officer,
        slug=slug,
        nmls_id=nmls_id,
        direct_phone="+12075550161",
        bio="Helps people find a loan that fits.",
        languages=["English"],
        hours="Monday to Friday, 9 to 5",
        letter_line="It was a pleasure to work with you.",
    )
    for state in states:
        OfficerLicense.objects.create(officer=profile, state=state, number=f"{state}-{nmls_id}")
    return officer


def make_loan(*, officer: User, borrowers: list[User], **fields: Any) -> Loan:
    """A loan as it stands after it was submitted: parties, history and the items that arrived."""
    loan = LoanFactory(officer=officer, borrower_names=", ".join(user.name for user in borrowers), **fields)
    for position, user in enumerate(borrowers):
        role = Party.Role.CO_BORROWER if position else Party.Role.BORROWER
        PartyFactory(loan=loan, user=user, role=role)
    now = timezone.now()
    line = [Stage.STARTED, Stage.APPLICATION_RECEIVED]
    if loan.stage not in line:
        line.append(loan.stage)
    for position, stage in enumerate(line[: 1 if loan.stage == Stage.STARTED else None]):
        StageEvent.objects.create(
            loan=loan, from_stage=line[position - 1] if position else "", to_stage=stage, at=now, by=None,
            source=StageEvent.Source.BORROWER,
        )  # fmt: skip
    for item in ("name", "income", "address", "value", "amount"):
        ReceivedItem.objects.create(loan=loan, item=item, source=StageEvent.Source.BORROWER)
    keep_words(loan)
    return loan


def make_cast() -> Cast:
    company = make_company()
    bea = UserFactory(name="Bea Nguyen", email="bea@example.com", phone="+12075550101")
    cole = UserFactory(name="Cole Nguyen", email="cole@example.com", contact_email="bea@example.com")
    nils = UserFactory(name="Nils Berg", email="nils@example.com")
    olga = make_officer(
        states=["ME", "NH"],
        slug="olga-haddad",
        nmls_id="1200001",
        name="Olga Haddad",
        email="olga@lantern.example",
    )
    otto = make_officer(
        states=["ME"], slug="otto-weber", nmls_id="1200002", name="Otto Weber", email="otto@lantern.example"
    )
    mara = with_second_factor(
        UserFactory(name="Mara Silva", email="mara@lantern.example", role=User.Role.MANAGER)
    )
    stef = with_second_factor(
        UserFactory(
            name="Stef Moore", email="stef@lantern.example", role=User.Role.PROCESSOR, is_staff=True,
            is_superuser=True,
        )
    )  # fmt: skip
    loan = make_loan(officer=olga, borrowers=[bea, cole], number="LN-1001")
    other = make_loan(officer=otto, borrowers=[nils], number="LN-1002", street="9 Mill Road")
    return Cast(
        company=company, bea=bea, cole=cole, nils=nils, olga=olga, otto=otto, mara=mara, stef=stef,
        loan=loan, bea_party=loan.parties.get(user=bea), cole_party=loan.parties.get(user=cole),
        other_loan=other, nils_party=other.parties.get(user=nils),
    )  # fmt: skip


def sign_in(client: Client, user: User, *, second_factor: bool = True) -> Client:
    """Signs `user` in without the pages; with `second_factor` the session has proved it, where there is one."""
    client.force_login(user)
    factor = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).first()
    records: list[dict[str, Any]] = [{"method": "password", "at": time.time(), "email": user.email}]
    if factor and second_factor:
        records.append({"method": "mfa", "at": time.time(), "id": factor.pk, "type": factor.type})
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = records
    session["account_authentication_methods_user"] = user_id_to_str(user)
    session.save()
    UserSession.objects.create(
        user=user, session_key=session.session_key, ip="127.0.0.1", user_agent="test"
    )  # as the sign-in page does
    return client
