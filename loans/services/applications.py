"""
Applying: answers saved step by step, the e-mail address proved by a code, a link to come back, and the submission.

The loan exists from the proof on (stage `started`). Nothing typed is shown again through a link before the proof.
Codes and links are kept as keyed hashes or signatures; their clear text lives in one event and nowhere else.
"""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from accounts.models import Company, User
from accounts.states import STATE_NAMES
from audit import log
from audit.log import Origin
from loans import events
from loans.answers import Answers, read
from loans.consents import texting_consent, wording
from loans.errors import Refused
from loans.models import Application, Consent, Loan, Party, ReceivedItem, StageEvent
from loans.search import keep_words
from loans.services.assigning import choose_officer
from loans.services.facts import items_in, receive_known_items
from loans.services.locking import locked, record, save
from loans.services.people import invite_party, keep_time_zone, store_names
from loans.services.stages import move
from loans.stages import Stage

CODE_MINUTES = 10
CODE_TRIES = 3
RESUME_DAYS = 7
RESUME_TRIES = 5
LINK_AFTER = timedelta(minutes=30)  # whoever just closes the browser has a way back too
RESUME_SALT = "loans.apply.resume"
PROVED_STEPS = ("home", "who")  # what may be answered before the address is proved


# --- Answers -------------------------------------------------------------------------------------------------


@transaction.atomic
def start_application(
    *, officer: User | None = None, state: str, purpose: str, home_found: bool
) -> Application:
    """Begin; nothing personal yet. `officer` was chosen by “Apply with …”. Refused when nobody serves the state."""
    if choose_officer(state=state, chosen=officer) is None:
        raise Refused(_nobody(state))
    home = {"state": state, "purpose": purpose, "home_found": home_found or purpose != Loan.Purpose.PURCHASE}
    return Application.objects.create(officer=officer, answers={"home": home}, step="who")


def _nobody(state: str) -> str:
    return _("None of our officers is licensed in %(state)s and taking applications at the moment.") % {
        "state": STATE_NAMES.get(state, state)
    }


@transaction.atomic
def save_step(*, application: Application, step: str, answers: Mapping[str, Any]) -> Application:
    """
    Keep the answers of one step. Another e-mail address must be proved anew; another state may mean another officer.

    Refused after the application was sent, and for steps that come after the proof while there is none.
    """
    application = _hold(application)
    if step not in PROVED_STEPS and application.proved_at is None:
        raise Refused(_("Please prove your e-mail address first."))
    application.answers = {**application.answers, step: dict(answers)}
    application.saved_at, application.step = timezone.now(), step
    if step == "who" and answers["email"].lower() != application.email.lower():
        application.email = answers["email"].lower()
        application.proved_at, application.code_hash = None, ""
    application.save(update_fields=["answers", "step", "saved_at", "email", "proved_at", "code_hash"])
    if step in PROVED_STEPS and application.loan is not None:
        _follow_answers(application, application.loan)
    return application


def _hold(application: Application) -> Application:
    application.refresh_from_db(from_queryset=Application.objects.select_for_update())
    if application.submitted_at:
        raise Refused(_("This application has been sent. Call your loan officer to change something."))
    return application


def _follow_answers(application: Application, loan: Loan) -> None:
    """The loan stands since the proof; name, state, purpose and officer follow what is answered now."""
    locked(loan)
    answers = read(application.answers)
    officer = choose_officer(
        state=answers.state, chosen=loan.officer if loan.state == answers.state else None
    )
    if officer is None:
        raise Refused(_nobody(answers.state))
    loan.officer, loan.state = officer, answers.state
    loan.purpose, loan.home_found = answers.purpose, answers.home_found
    save(loan, "officer", "state", "purpose", "home_found")
    loan.parties.filter(role=Party.Role.BORROWER, user__isnull=True).update(name=answers.name)
    store_names(loan)


# --- Proof of the address ------------------------------------------------------------------------------------


@transaction.atomic
def ask_for_proof(*, application: Application, email: str) -> None:
    """Make a fresh code of six digits for this address (ten minutes, three tries); an older one ends."""
    application = _hold(application)
    code = f"{secrets.randbelow(1_000_000):06d}"
    application.email = email.strip().lower()
    application.code_hash = _code_hash(application, code)
    application.code_sent_at = timezone.now()
    application.code_tries = 0
    application.save(update_fields=["email", "code_hash", "code_sent_at", "code_tries"])
    log.record(action="application.code_made", about=application)
    events.email_proof_asked.send(sender=Application, application=application, code=code)


def _code_hash(application: Application, code: str) -> str:
    said = f"{application.public_id}:{application.email}:{code}"
    return salted_hmac("loans.apply.code", said, algorithm="sha256").hexdigest()


def prove_email(*, application: Application, code: str) -> Loan:
    """
    Check the code; with the right one the loan stands as `started`. Refused when it is wrong, too old or used up
    (the try is counted even then).
    """
    if not _take_a_try(application):
        raise Refused(_("This code has ended. Ask for a new one."))
    digits = "".join(character for character in code if character.isdigit())
    if not constant_time_compare(application.code_hash, _code_hash(application, digits)):
        left = CODE_TRIES - application.code_tries
        raise Refused(
            _("That is not the code we sent. Look at the newest message and try again.")
            if left > 0
            else _("That is not the code we sent, and its three tries are used up. Ask for a new one.")
        )
    return prove_address(application=application)


def _take_a_try(application: Application) -> bool:
    """Count the try before looking at it, each in its own write, so that guessing in parallel gains nothing."""
    since = timezone.now() - timedelta(minutes=CODE_MINUTES)
    tries = Application.objects.filter(pk=application.pk, code_tries=application.code_tries)
    open_code = tries.filter(code_tries__lt=CODE_TRIES, code_sent_at__gt=since).exclude(code_hash="")
    taken = open_code.update(code_tries=application.code_tries + 1)
    application.refresh_from_db()
    return bool(taken)


@transaction.atomic
def prove_address(*, application: Application, by: User | None = None) -> Loan:
    """The address is theirs: by the code, or (`by`) because it is the one they sign in with. Makes the loan once."""
    application = _hold(application)
    application.proved_at, application.code_hash = timezone.now(), ""
    if application.loan is None:
        application.loan = _make_loan(application, by)
    else:
        application.loan.parties.filter(role=Party.Role.BORROWER, user__isnull=True).update(
            email=application.email
        )
    application.save(update_fields=["proved_at", "code_hash", "loan"])
    keep_words(application.loan)
    if by is None:
        _make_link(application, after=LINK_AFTER)
    log.record(action="application.address_proved", about=application, by=by, loan=application.loan)
    return application.loan


def _make_loan(application: Application, by: User | None) -> Loan:
    answers = read(application.answers)
    officer = choose_officer(state=answers.state, chosen=application.officer)
    if officer is None:
        raise Refused(_nobody(answers.state))
    loan = Loan.objects.create(
        number=secrets.token_hex(8),  # until the row has its id
        purpose=answers.purpose,
        home_found=answers.home_found,
        state=answers.state,
        officer=officer,
        borrower_names=answers.name,
    )
    loan.number = f"LN-{loan.created_at:%Y}-{loan.pk:05d}"
    Loan.objects.filter(pk=loan.pk).update(number=loan.number)
    Party.objects.create(
        loan=loan, role=Party.Role.BORROWER, name=answers.name, email=application.email, user=by,
    )  # fmt: skip
    StageEvent.objects.create(loan=loan, to_stage=Stage.STARTED, by=by, source=StageEvent.Source.BORROWER)
    record(loan=loan, by=by, action="loan.started", number=loan.number)
    events.application_started.send(sender=Loan, loan=loan, application=application)
    return loan


# --- Coming back by a link -----------------------------------------------------------------------------------


@transaction.atomic
def ask_for_resume_link(*, application: Application) -> str:
    """Mail a link that opens this application for seven days; older links end. Refused before the proof."""
    application = _hold(application)
    if application.proved_at is None:
        raise Refused(_("Please prove your e-mail address first; then we can send you a link."))
    return _make_link(application)


@transaction.atomic
def make_link_for_reminder(*, application: Application) -> str:
    """A fresh link for a reminder, which the caller mails; older links end. Refused as `ask_for_resume_link`."""
    application = _hold(application)
    if application.proved_at is None:
        raise Refused(_("Please prove your e-mail address first; then we can send you a link."))
    return _new_token(application)


def _make_link(application: Application, after: timedelta = timedelta()) -> str:
    """The link, mailed `after` a while unless the application was sent by then."""
    token = _new_token(application)
    events.resume_link_asked.send(sender=Application, application=application, token=token, after=after)
    return token


def _new_token(application: Application) -> str:
    application.resume_number += 1
    application.resume_tries = 0
    application.save(update_fields=["resume_number", "resume_tries"])
    log.record(action="application.link_made", about=application, loan=application.loan)
    return signing.dumps([str(application.public_id), application.resume_number], salt=RESUME_SALT)


def application_of_link(token: str, *, expired_too: bool = False) -> Application | None:
    """The application a link was made for, if it still opens (or did, with `expired_too`)."""
    max_age = None if expired_too else timedelta(days=RESUME_DAYS)
    try:
        public_id, number = signing.loads(token, salt=RESUME_SALT, max_age=max_age)
    except (signing.BadSignature, ValueError):
        return None
    found = Application.objects.filter(
        public_id=public_id, proved_at__isnull=False, submitted_at__isnull=True
    )
    if not expired_too:
        found = found.filter(resume_number=number, resume_tries__lt=RESUME_TRIES)
    return found.select_related("loan__officer").first()


def resume(*, token: str, zip_code: str) -> Application:
    """
    Open the application again with the ZIP code they typed. Refused alike for a wrong code, an old link and one
    that never was; five wrong codes end a link.
    """
    application = application_of_link(token)
    counted = application is not None and _take_a_resume_try(application)
    if application is None or not counted or not _same_zip(zip_code, read(application.answers).zip_code):
        raise Refused(
            _("That ZIP code does not fit, or the link has ended. You can ask for a new link below.")
        )
    Application.objects.filter(pk=application.pk).update(resume_tries=F("resume_tries") - 1)
    log.record(action="application.resumed", about=application, loan=application.loan)
    return application


def _take_a_resume_try(application: Application) -> bool:
    """Counted before looking, so that guessing in parallel gains nothing; a right answer gives it back."""
    tries = Application.objects.filter(pk=application.pk, resume_tries__lt=RESUME_TRIES)
    return bool(tries.update(resume_tries=F("resume_tries") + 1))


def _same_zip(typed: str, known: str) -> bool:
    return bool(known) and constant_time_compare(_five(typed), _five(known))


def _five(zip_code: str) -> str:
    return "".join(character for character in zip_code if character.isdigit())[:5]


# --- Sending it ----------------------------------------------------------------------------------------------


@transaction.atomic
def submit_application(
    *, application: Application, by: User | None = None, origin: Origin | None = None
) -> Loan:
    """
    Send the application: stage, consents, received items, invitation, in one go. Twice is once.

    `by` is the borrower when they were signed in (no invitation then); `origin` is the address and agent kept with
    the consents. Refused when an answer or the proof is missing.
    """
    application.refresh_from_db(from_queryset=Application.objects.select_for_update())
    loan = application.loan
    if application.submitted_at and loan is not None:
        return loan
    answers = read(application.answers)
    if application.proved_at is None or loan is None:
        raise Refused(_("Please prove your e-mail address first."))
    _must_be_complete(application, answers)
    locked(loan)
    if loan.stage != Stage.STARTED:
        raise Refused(_("This application was closed in the meantime. Please call your loan officer."))
    party = loan.parties.get(role=Party.Role.BORROWER)
    _copy_answers(loan, party, answers)
    application.submitted_at = application.saved_at = timezone.now()
    application.step = "arrived"
    application.save(update_fields=["submitted_at", "saved_at", "step"])
    keep_time_zone(party)
    _store_consents(party, answers, origin or log.origin.get())
    event = move(
        loan=loan, to=Stage.APPLICATION_RECEIVED, by=by, source=StageEvent.Source.BORROWER, silent=True
    )
    receive_known_items(
        loan=loan,
        by=by,
        source=StageEvent.Source.BORROWER,
        items=[ReceivedItem.Item.NAME, ReceivedItem.Item.INCOME, *items_in(loan)],
    )
    invitation, token = (None, "") if party.user_id else invite_party(party=party, by=None, announce=False)
    events.application_submitted.send(
        sender=Loan, loan=loan, application=application, event=event, invitation=invitation, token=token
    )
    return loan


def _must_be_complete(application: Application, answers: Answers) -> None:
    if missing_step(application):
        raise Refused(_("Something is still missing. Please answer the open step."))
    if not answers.privacy_seen:
        raise Refused(_("Please tick that you have seen the privacy notice."))


def missing_step(application: Application) -> str:
    """The first step without answers, or empty."""
    for step in ("home", "who", "property", "loan", "work", "reach"):
        if step not in application.answers:
            return step
    return ""


def _copy_answers(loan: Loan, party: Party, answers: Answers) -> None:
    loan.purpose, loan.state, loan.home_found = answers.purpose, answers.state, answers.home_found
    if answers.home_found:
        loan.street, loan.city, loan.zip_code = answers.street, answers.city, answers.property_zip_code
    loan.property_kind, loan.occupancy = answers.property_kind, answers.occupancy
    loan.property_value, loan.amount = answers.value, answers.amount
    loan.mortgage_type = answers.mortgage_type or Loan.MortgageType.UNDECIDED
    loan.borrower_names = answers.name
    save(
        loan, "purpose", "state", "home_found", "street", "city", "zip_code", "property_kind", "occupancy",
        "property_value", "amount", "mortgage_type", "borrower_names",
    )  # fmt: skip
    party.name, party.phone = answers.name, answers.phone
    # A wish for another language stays with the answers, for the officer; we write in those we really have.
    party.language = answers.language if answers.language in dict(settings.LANGUAGES) else "en"
    party.save(update_fields=["name", "phone", "language"])
    keep_words(loan)


def _store_consents(party: Party, answers: Answers, origin: Origin) -> None:
    company = Company.load()
    had_agreed = texting_consent(party, answers.phone)
    said = [
        (Consent.Kind.PRIVACY_SEEN, answers.privacy_seen, ""),
        (Consent.Kind.TEXTING, answers.texting, answers.phone),
    ]
    for kind, given, number in said:
        text = wording(kind, company)
        consent = Consent.objects.create(
            party=party,
            kind=kind,
            given=given,
            number=number,
            wording_version=text.version,
            wording=text.text,
            address=origin.address,
            agent=origin.agent[:300],
        )
    if answers.texting and not had_agreed and answers.phone == party.text_number:
        events.texting_agreed.send(sender=Consent, consent=consent, by=None)


# --- Keeping house -------------------------------------------------------------------------------------------

UNPROVED_DAYS = 30


@transaction.atomic
def purge_unproved(*, limit: int = 500) -> int:
    """Delete applications that nobody proved within thirty days; returns how many."""
    before = timezone.now() - timedelta(days=UNPROVED_DAYS)
    old = Application.objects.filter(proved_at__isnull=True, loan__isnull=True, saved_at__lt=before)
    chosen = list(old.values_list("pk", flat=True)[:limit])
    return Application.objects.filter(pk__in=chosen, proved_at__isnull=True).delete()[0] if chosen else 0
