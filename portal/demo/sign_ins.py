"""What the cast signs in with: made on the first run, kept in DATA_DIR/demo.json, never the same in two houses."""

import base64
import json
import os
import secrets
from dataclasses import asdict, dataclass

from django.conf import settings

from portal.demo.people import CAST, Person

_WORDS = (
    *("amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron", "inlet"),
    *("jetty", "koala", "larch", "maple", "ocean", "pearl", "quill", "river"),
)


@dataclass(frozen=True)
class SignIn:
    key: str
    name: str
    email: str
    role: str
    what: str
    password: str
    totp_secret: str  # empty for borrowers: they get a code by e-mail


def sign_ins() -> list[SignIn]:
    """The cast's sign-ins; the first call makes and stores them."""
    path = settings.DATA_DIR / "demo.json"
    if not path.exists():
        made = [make(person) for person in CAST]
        draft = path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
            json.dump([asdict(entry) for entry in made], handle, indent=2)
        draft.replace(path)
    return [SignIn(**entry) for entry in json.loads(path.read_text())]


def make(person: Person) -> SignIn:
    """A fresh sign-in for this person; those who work here get an authenticator secret too."""
    words = "-".join(secrets.choice(_WORDS) for _ in range(4))
    needs_factor = person.is_staff or person.role != "borrower"
    return SignIn(
        key=person.key,
        name=person.name,
        email=person.email,
        role="staff" if person.is_staff else person.role,
        what=person.what,
        password=f"{words}-{secrets.randbelow(90) + 10}",
        totp_secret=base64.b32encode(secrets.token_bytes(20)).decode() if needs_factor else "",
    )
