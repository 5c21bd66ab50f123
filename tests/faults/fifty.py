"""Managers, signed in, and loans whose borrower waits for an answer; runs inside the product (`manage.py shell`)."""

import json

from allauth.account.models import EmailAddress
from django.test import Client

from accounts.models import User
from conversations.services import receive_message
from loans.models import Loan
from tests.cast import sign_in, with_second_factor
from tests.faults.many_loans import make as make_loans


def make(people: int, loans: int) -> None:
    """Prints their session cookies, one a person."""
    make_loans(loans)
    for loan in Loan.objects.filter(number__startswith="K-").prefetch_related("parties"):
        receive_message(
            loan=loan,
            party=loan.parties.all()[0],
            channel="portal",
            body="Is it done?",
            source=str(loan.number),
        )
    print(json.dumps([_session(number) for number in range(people)]))


def _session(number: int) -> str:
    user = User(email=f"manager{number}@harbor.example", name=f"Manager {number:02d}", role=User.Role.MANAGER)
    user.set_unusable_password()
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    client = sign_in(Client(headers={"host": "localhost"}), with_second_factor(user))
    return str(client.session.session_key)
