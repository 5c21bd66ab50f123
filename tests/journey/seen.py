"""
What a newcomer reads on the desk of the demo house; runs inside the product (`manage.py shell -c`), prints JSON:
{page: its words}.
"""

import json

from django.test import Client
from django.urls import reverse

from accounts.models import User
from loans import clocks
from loans.models import DeskView, Loan, Party
from portal.demo.clock import last_open_day_of_week
from tests.cast import sign_in
from tests.desk.helpers import words


def everything_seen() -> None:
    bea = loan_of("bea@nguyen.example").public_id
    olga, mara, stef, borrower = (client_of(key) for key in ("olga@", "mara@", "stef@", "bea@"))
    seen = {
        "today": read(olga, "desk:today"),
        "stef's today": read(stef, "desk:today"),
        "mara's today": read(mara, "desk:today"),
        "messages": read(olga, "desk:messages"),
        "resolved": read(olga, "desk:messages", ask="?show=resolved"),
        "leads": read(olga, "desk:leads", ask="?state=all"),
        "complaints": read(olga, "desk:complaints"),
        "resolved complaints": read(olga, "desk:complaints", ask="?show=resolved"),
        "quick replies": read(olga, "desk:quick_replies"),
        "away": read(olga, "desk:absences"),
        "thread": read(olga, "desk:thread", bea),
        "bea's thread": read(borrower, "loans:messages", bea),
        "partners": read(olga, "desk:partners", bea),
        "bea's people": read(borrower, "loans:people", bea),
        "omar": read(olga, "desk:loan", loan_of("omar@haddad.example").public_id),
        "lock": read(olga, "desk:pipeline", ask="?lock=1"),
        "closing": read(olga, "desk:pipeline", ask="?closing=1"),
    }
    for view in DeskView.objects.select_related("owner"):
        seen[f"list: {view.name}"] = read(
            olga if view.owner.email.startswith("olga@") else mara,
            "desk:pipeline",
            ask=f"?view={view.public_id}",
        )
    day = clocks.today()
    is_left = last_open_day_of_week(day).isocalendar()[:2] == day.isocalendar()[:2]
    print(json.dumps({**seen, "a working day of this week is left": "yes" if is_left else ""}))


def loan_of(email: str) -> Loan:
    return Party.objects.select_related("loan").get(role=Party.Role.BORROWER, email=email).loan


def client_of(address: str) -> Client:
    return sign_in(Client(headers={"host": "localhost"}), User.objects.get(email__startswith=address))


def read(client: Client, name: str, *args: object, ask: str = "") -> str:
    answer = client.get(reverse(name, args=args) + ask)
    assert answer.status_code == 200, (name, answer.status_code)
    return words(answer)
