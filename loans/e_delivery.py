"""
What a borrower reads before they agree to receive disclosures electronically, and how they show that they can open one.

The law (ESIGN, 15 USC 7001(c)) asks for it in this order: paper instead, taking it back and what follows, what it is
good for, how to keep the address up to date, how to get paper, what one needs; and that agreeing itself proves that the
person can open the format. The proof is the word that a small PDF of ours shows.
"""

import hashlib
from dataclasses import dataclass

from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from phonenumber_field.modelfields import PhoneNumber

from accounts.models import Company
from loans.models import Party

VERSION = (
    "2026-11"  # raise it with every change of meaning: people are asked again only when somebody decides so
)
WORDS = (
    "anchor", "apple", "arrow", "autumn", "basket", "beacon", "birch", "bridge", "candle", "canoe", "cedar", "cherry",
    "cloud", "clover", "copper", "coral", "cotton", "cradle", "dolphin", "eagle", "ember", "falcon", "feather", "fern",
    "garden", "ginger", "harbor", "hazel", "honey", "island", "ivory", "jasmine", "kettle", "lantern", "lemon", "linen",
    "maple", "marble", "meadow", "mirror", "nectar", "oyster", "paddle", "pebble", "pepper", "pillow", "pocket",
    "ribbon", "river", "saddle", "shadow", "silver", "spruce", "summit", "sunset", "teapot", "thistle", "timber",
    "velvet", "walnut", "willow", "window",
)  # fmt: skip


@dataclass(frozen=True)
class Passage:
    title: str
    text: str


def passages(company: Company) -> list[Passage]:
    """The disclosures as they stand today, in the order of the law."""
    house = {
        "company": company.name,
        "phone": _telephone(company.phone),
        "email": company.email,
        "address": ", ".join(part for part in (company.address, company.city_line) if part),
    }
    return [
        Passage(str(title), str(text) % house)
        for title, text in (
            (
                _("Paper instead"),
                _(
                    "You can have every one of these papers on paper. You do not have to agree here, and your loan "
                    "does not depend on it."
                ),
            ),
            (
                _("Taking it back"),
                _(
                    "You can take your consent back at any time, on this page or by telling %(company)s. It costs "
                    "nothing. From then on the papers come by post, which can take some days longer. What you received "
                    "before stays valid."
                ),
            ),
            (
                _("What it is good for"),
                _(
                    "It covers the Loan Estimate, the Closing Disclosure, their corrected versions and the other "
                    "disclosures the law asks us to give you in writing, for this loan only."
                ),
            ),
            (
                _("Keep your address up to date"),
                _(
                    "We write to your e-mail address when a paper is there for you. Change it in your profile, or "
                    "call %(phone)s."
                ),
            ),
            (
                _("A copy on paper"),
                _(
                    "After you agree you can still ask for any of them on paper: write to %(email)s or to "
                    "%(address)s, or call %(phone)s. There is no fee."
                ),
            ),
            (
                _("What you need"),
                _(
                    "A telephone, tablet or computer with a current web browser, a connection to the internet, an "
                    "e-mail address, a program that opens PDF files, and a printer or room to store them if you want "
                    "to keep them. If that changes so much that you may no longer be able to open them, we tell you "
                    "and ask again."
                ),
            ),
        )
    ]


def full_text(company: Company) -> str:
    """All of it as one text: what is kept with the consent."""
    return "\n\n".join(f"{passage.title}\n{passage.text}" for passage in passages(company))


def text_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def proof_word(party: Party) -> str:
    """The word that this party's test PDF shows; the same until the version of the disclosures changes."""
    digest = salted_hmac("loans.e_delivery", f"{party.public_id}:{VERSION}").digest()
    return WORDS[digest[0] % len(WORDS)]


def is_proof(party: Party, typed: str) -> bool:
    return constant_time_compare(typed.strip().lower(), proof_word(party))


def _telephone(number: object) -> str:
    return (
        str(number.as_national)
        if isinstance(number, PhoneNumber) and number.is_valid()
        else str(number or "")
    )
