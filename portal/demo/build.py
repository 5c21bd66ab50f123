"""
Builds the demo through the same services as everything else, so that it cannot show what the product does not do.

The house is set up, each loan is one story (stories.py) told day by day with the clock set back (telling.py, clock.py),
and then what people say to each other (talking.py, messages.py), how it went (feedback.py), what they share
(sharing.py) and keep at the desk (desk.py); the rates of the last year and who called before they applied come first.
Mail and texts are kept on the outbox screen and never leave, whatever EMAIL_URL says. What stands already is left
alone: running it twice changes nothing, and a run that was cut off goes on where it stopped.
"""

from dataclasses import replace
from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test.utils import override_settings
from django.utils import timezone

from accounts import services as accounts
from accounts.models import Branch, Company, OfficerLicense, OfficerProfile, User
from feedback.figures.counting import count_all
from notifications import wording
from notifications.catalog import kind_for
from notifications.models import MessageRules, Wording
from notifications.services import change_rules
from notifications.services.wording import save_version, standing
from notifications.wording import Parts
from portal.adapter import MFAAdapter
from portal.demo.asking import tell_asking
from portal.demo.clock import clock_at
from portal.demo.desk import tell_callers, tell_desk
from portal.demo.feedback import tell_feedback
from portal.demo.messages import tell_messages
from portal.demo.people import (
    BRANCHES,
    CAST,
    COMPANY,
    OFFICER_PAGES,
    OTHER_OFFICERS,
    OfficerPage,
    Person,
    address_of,
)
from portal.demo.portraits import LOOKS, SIGNATURES, draw_portrait, draw_signature
from portal.demo.rates import tell_rates
from portal.demo.sharing import tell_sharing
from portal.demo.sign_ins import SignIn, sign_ins
from portal.demo.stories import STORIES
from portal.demo.talking import tell_talking
from portal.demo.telling import person_of, tell

OPENED = timedelta(days=130)  # before the first story
REWORDED = "stage_underwriting"
BEFORE_WHAT_TO_DO = "\n\n## What you need to do"
OFTEN_ASKED = (
    "An underwriter often has a question or two. That is usual, and no sign that something is wrong."
)


def build() -> int:
    """Make what is missing; returns the number of loans that were added."""
    with override_settings(MAIL_LEAVES_THE_HOUSE=False, TEXTS_LEAVE_THE_HOUSE=False):
        make_company()
        make_people()
        settle_in()
        tell_rates()
        tell_callers()
        added = sum(tell(story) for story in sorted(STORIES, key=lambda story: -story.started_days_ago))
        tell_talking()
        tell_feedback()
        tell_messages()
        tell_asking()
        tell_sharing()
        tell_desk()
        count_all()
        return added


# --- The house and its people --------------------------------------------------------------------------------


@transaction.atomic
def make_company() -> None:
    Company.objects.get_or_create(pk=1, defaults=COMPANY)


def make_people() -> None:
    secrets_of = {entry.key: entry for entry in sign_ins()}
    for person in [*CAST, *OTHER_OFFICERS]:
        if not User.objects.filter(email=person.email).exists():
            _make_person(person, secrets_of.get(person.key))
    for name, keys in BRANCHES.items():
        branch, _made = Branch.objects.get_or_create(name=name)
        people = User.objects.filter(email__in=[address_of(key) for key in keys], branch=None)
        people.update(branch=branch)
    for page in OFFICER_PAGES:
        officer = person_of(page.key)
        if not OfficerProfile.objects.filter(user=officer).exists():
            _make_page(page, officer)


@transaction.atomic
def _make_person(person: Person, secret: SignIn | None) -> None:
    user = accounts.create_person(
        name=person.name,
        email=person.email,
        contact_email=person.contact_email,
        phone=person.phone,
        role=person.role,
        password=secret.password if secret else None,
    )
    if person.is_staff:
        User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    if secret and secret.totp_secret:
        sealed = MFAAdapter().encrypt(secret.totp_secret)
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": sealed})


@transaction.atomic
def _make_page(page: OfficerPage, officer: User) -> None:
    profile = OfficerProfile.objects.create(
        user=officer,
        slug=page.slug,
        title=page.title,
        bio=page.bio,
        direct_phone=officer.phone,
        text_number=officer.phone,
        nmls_id=page.nmls_id,
        languages=page.languages,
        specialities=page.specialities,
        hours=page.hours,
        letter_line=page.letter_line,
    )
    OfficerLicense.objects.bulk_create(OfficerLicense(officer=profile, state=state) for state in page.states)
    portrait = SimpleUploadedFile(f"{page.slug}.png", draw_portrait(LOOKS[page.key]), "image/png")
    accounts.set_officer_photo(profile=profile, upload=portrait, by=officer)
    if strokes := SIGNATURES.get(page.key):
        signature = SimpleUploadedFile("signature.png", draw_signature(strokes), "image/png")
        accounts.set_officer_signature(profile=profile, upload=signature, by=officer)


def settle_in() -> None:
    """Letters go by mail and on paper, and one message is in the house's own words, the second time round."""
    with clock_at(timezone.now() - OPENED):
        if not MessageRules.objects.exists():
            rules = MessageRules.load()
            rules.letters_by = MessageRules.LettersBy.BOTH
            change_rules(rules=rules, by=person_of("stef"), changed=["letters_by"])
        if not Wording.objects.exists():
            _reword()


@transaction.atomic
def _reword() -> None:
    default = wording.export(kind_for(REWORDED))
    first = replace(default, subject="An underwriter reads your file now ({{ number }})")
    _save(first, "Shorter on a locked phone")
    body = default.body.replace(BEFORE_WHAT_TO_DO, f"\n\n{OFTEN_ASKED}{BEFORE_WHAT_TO_DO}", 1)
    _save(replace(first, body=body), "People called, worried, when the underwriter asked something")


def _save(parts: Parts, note: str) -> None:
    now = standing(kind=REWORDED, language="en").mark
    save_version(kind=REWORDED, language="en", parts=parts, by=person_of("stef"), note=note, expected=now)
