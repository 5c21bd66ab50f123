"""
What may be done to people and their doors: every write is a verb here, in one transaction, with an audit entry.

`invite` makes a one-time link (only its SHA-256 is kept); `accept_invitation` uses it up and tells the app that asked
for it; `renew_invitation` answers "send me a new link", `reissue_invitation` is for a reminder. `create_person` makes
somebody who can sign in once they set a password or a passkey. `note_change` and the `note_…` verbs write down what
happened at the door and tell the person.
Nobody sets a password for somebody else: staff invite, or start a reset.
"""

import secrets
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import officer_pages, private_files
from accounts.access import login_for, token_digest
from accounts.errors import Refused
from accounts.events import account_changed, contact_changed, invitation_accepted, invitation_made
from accounts.models import Company, Invitation, OfficerProfile, User
from accounts.photos import clean_logo, clean_signature, replace_picture, square_portrait
from audit.log import record

INVITATION_DAYS = 7
OWN_FIELDS = ("name", "phone", "language", "time_zone")


def must_work_here(by: User) -> None:
    """Refused for borrowers, and for people who no longer work here."""
    if not (by.is_active and by.works_here):
        raise Refused(_("Only people who work here can do this."))


# --- Invitations ---------------------------------------------------------------------------------------------


@transaction.atomic
def invite(
    *,
    purpose: str,
    name: str,
    email: str,
    subject_id: UUID | None = None,
    role: str = User.Role.BORROWER,
    by: User | None,
    announce: bool = True,
    days: int = INVITATION_DAYS,
    task: str = "",
) -> tuple[Invitation, str]:
    """Invite `name` for `days` days; older links to the same end. Returns it and its token, in clear only here."""
    token = secrets.token_urlsafe(32)
    _others(purpose, subject_id, email).filter(used_at=None, revoked_at=None).update(
        revoked_at=timezone.now()
    )
    invitation = Invitation.objects.create(
        purpose=purpose,
        subject_id=subject_id,
        role=role,
        name=name,
        email=email.strip().lower(),
        token_sha256=token_digest(token),
        invited_by=by,
        expires_at=timezone.now() + timedelta(days=days),
    )
    detail = {"purpose": purpose, "role": role}
    record(action="invitation.made", about=invitation, by=by, task=task, detail=detail)
    if announce:
        invitation_made.send(sender=Invitation, invitation=invitation, token=token, by=by)
    return invitation, token


def _others(purpose: str, subject_id: UUID | None, email: str):  # type: ignore[no-untyped-def]
    """All invitations to the same: the same loan party, or for staff the same address."""
    if subject_id:
        return Invitation.objects.filter(subject_id=subject_id)
    return Invitation.objects.filter(purpose=purpose, subject_id=None, email__iexact=email.strip())


@transaction.atomic
def accept_invitation(*, invitation: Invitation, user: User) -> None:
    """Use the invitation up for `user`; Refused when it was used, revoked or too old in the meantime."""
    if invitation.role != User.Role.BORROWER and user.role != invitation.role:
        raise Refused(_("This invitation is for a new work account. Please choose an own sign-in for it."))
    if invitation.role == User.Role.BORROWER and user.works_here:
        raise Refused(
            _("You are signed in with a work account. Please use a personal one for your own loan.")
        )
    won = Invitation.objects.usable().filter(pk=invitation.pk).update(used_at=timezone.now(), used_by=user)
    if not won:
        raise Refused(_("This link has ended. Please ask for a new one."))
    invitation.refresh_from_db()
    record(action="invitation.accepted", about=invitation, by=user)
    invitation_accepted.send(sender=Invitation, invitation=invitation, user=user)


def hand_over_invitations(*, subjects: Iterable[UUID], before: User, after: User) -> int:
    """Open invitations to these parties speak in the name of `after` from now on; the links stay as they are."""
    theirs = Invitation.objects.usable().filter(subject_id__in=list(subjects), invited_by=before)
    return theirs.update(invited_by=after)


def open_account(
    *, invitation: Invitation, password: str | None, sign_in_email: str = "", language: str = "en"
) -> User:
    """
    A new account for the invited person; without a password they go on to set a passkey.

    `sign_in_email` is given by somebody who shares the invited mailbox with a person who signs in with it: messages
    and codes still go to that mailbox. Refused when the address is somebody's sign-in already.
    """
    email = (sign_in_email or invitation.email).strip().lower()
    try:
        with transaction.atomic():
            user = create_person(
                name=invitation.name,
                email=email,
                contact_email=invitation.email if email != invitation.email else "",
                role=invitation.role,
                password=password,
                language=language,
            )
            accept_invitation(invitation=invitation, user=user)
    except IntegrityError:
        raise Refused(_("Please choose another sign-in e-mail; this one cannot be used.")) from None
    return user


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, by: User) -> None:
    """End an unused invitation; one that was used or revoked stays as it is."""
    changed = Invitation.objects.filter(pk=invitation.pk, used_at=None, revoked_at=None).update(
        revoked_at=timezone.now()
    )
    if changed:
        invitation.refresh_from_db()
        record(action="invitation.revoked", about=invitation, by=by)


def renew_invitation(*, invitation: Invitation, by: User | None = None) -> Invitation | None:
    """A fresh link to the address on file. None, and nothing sent, once it was accepted or (unless `by`) revoked."""
    family = _others(invitation.purpose, invitation.subject_id, invitation.email)
    newest = family.order_by("-created_at", "-pk").first() or invitation
    if family.exclude(used_at=None).exists() or (newest.revoked_at and by is None):
        return None
    fresh, _token = invite(
        purpose=newest.purpose,
        name=newest.name,
        email=newest.email,
        subject_id=newest.subject_id,
        role=newest.role,
        by=by,
    )
    return fresh


@transaction.atomic
def reissue_invitation(*, invitation: Invitation, task: str) -> tuple[Invitation, str] | None:
    """
    A fresh link in the place of this one, for a reminder to the same address; the old link ends, nothing is sent here.
    None unless this is the newest to its end and nobody used or revoked it.
    """
    family = _others(invitation.purpose, invitation.subject_id, invitation.email)
    newest = family.select_for_update().order_by("-created_at", "-pk").first()
    if (
        newest is None
        or newest.pk != invitation.pk
        or newest.revoked_at
        or family.exclude(used_at=None).exists()
    ):
        return None
    fresh, token = invite(
        purpose=newest.purpose,
        name=newest.name,
        email=newest.email,
        subject_id=newest.subject_id,
        role=newest.role,
        by=None,
        announce=False,
        task=task,
    )
    Invitation.objects.filter(pk=fresh.pk).update(invited_by=newest.invited_by_id)
    return fresh, token


# --- People --------------------------------------------------------------------------------------------------


@transaction.atomic
def create_person(
    *,
    name: str,
    email: str,
    contact_email: str = "",
    phone: str = "",
    role: str = User.Role.BORROWER,
    by: User | None = None,
    password: str | None = None,
    language: str = "en",
) -> User:
    """Somebody with this sign-in address. Without a password they need a link (invitation or reset) to come in."""
    user = User.objects.create_user(
        email, password, name=name, contact_email=contact_email.strip().lower(), phone=phone, role=role,
        language=language,
    )  # fmt: skip
    # The sign-in address is a name to sign in with; messages and codes go to `mail_address`, which was proved.
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    record(action="user.created", about=user, by=by or user, detail={"role": role})
    return user


@transaction.atomic
def disable_person(*, user: User, by: User) -> None:
    """Switch the account off and end its sessions at once."""
    User.objects.filter(pk=user.pk).update(is_active=False)
    user.is_active = False
    end_sessions(user)
    record(action="user.disabled", about=user, by=by)


@transaction.atomic
def enable_person(*, user: User, by: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=True)
    user.is_active = True
    record(action="user.enabled", about=user, by=by)


def end_sessions(user: User, keep: str = "") -> int:
    """End every session of this person but the one with key `keep`; returns how many."""
    ended = UserSession.objects.filter(user=user).exclude(session_key=keep)
    keys = list(ended.values_list("session_key", flat=True))
    for key in keys:
        SessionStore(key).delete()
    ended.delete()
    return len(keys)


@transaction.atomic
def change_profile(*, user: User, by: User, contact_email: str | None = None, **facts: str) -> User:
    """Change one's own name, phone, language or time zone; a new contact address is told to the old one as well."""
    unknown = set(facts) - set(OWN_FIELDS)
    if unknown:
        raise TypeError(f"change_profile cannot change {sorted(unknown)}")
    before = User.objects.select_for_update().get(pk=user.pk)
    old_address = before.mail_address
    for field, value in facts.items():
        setattr(before, field, value)
    if contact_email is not None:
        before.contact_email = contact_email.strip().lower()
    before.save(update_fields=[*facts, *(["contact_email"] if contact_email is not None else [])])
    record(action="user.changed", about=before, by=by, detail={"fields": sorted(facts)})
    contact_changed.send(sender=User, user=before)
    if before.mail_address != old_address:
        note_change(user=before, what="email_changed", by=by, addresses=[old_address, before.mail_address])
    return before


@transaction.atomic
def change_sign_in_email(*, user: User, email: str, by: User) -> None:
    """Staff give somebody another sign-in address; Refused when it is taken. Old and new address are told."""
    email = email.strip().lower()
    other = login_for(email)
    if other and other.pk != user.pk:
        raise Refused(_("This sign-in e-mail belongs to somebody else."))
    old_address = User.objects.get(pk=user.pk).email
    User.objects.filter(pk=user.pk).update(email=email)
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    user.email = email
    contact_changed.send(sender=User, user=user)
    note_change(user=user, what="email_changed", by=by, addresses=[old_address, user.mail_address])


@transaction.atomic
def remove_second_factors(*, user: User, by: User) -> int:
    """A lost phone: staff remove every factor and end the sessions. The person sets a new one at the next sign-in."""
    count, _kinds = Authenticator.objects.filter(user=user).delete()
    if count:
        end_sessions(user)
        note_change(user=user, what="factor_removed", by=by)
    return count


@transaction.atomic
def set_officer_photo(*, profile: OfficerProfile, upload: UploadedFile, by: User) -> None:
    """Store a square portrait made anew from the pixels of `upload`; Refused when it is no usable picture."""
    officer_pages.show_portrait(profile, square_portrait(upload))
    record(action="officer.photo_changed", about=profile.user, by=by)


@transaction.atomic
def set_company_logo(*, company: Company, upload: UploadedFile, by: User) -> None:
    """Store the logo, made anew from the pixels of `upload`; Refused when it is no usable picture."""
    logo = clean_logo(upload)
    replace_picture(company.logo, f"logo-{secrets.token_hex(4)}.png", logo)
    company.save(update_fields=["logo"])
    record(action="company.logo_changed", about=by, by=by)


@transaction.atomic
def set_officer_signature(*, profile: OfficerProfile, upload: UploadedFile, by: User) -> None:
    """Keep the picture of a signature among the private files; Refused when it is no usable picture."""
    picture = clean_signature(upload)
    key = private_files.new_key("signatures", "png")
    private_files.keep(key, picture)
    _point_to_signature(profile, key)
    record(action="officer.signature_changed", about=profile.user, by=by)


@transaction.atomic
def remove_officer_signature(*, profile: OfficerProfile, by: User) -> None:
    """Take the picture away; letters that wait carry the name alone, those that went out stay as they are."""
    _point_to_signature(profile, "")
    record(action="officer.signature_removed", about=profile.user, by=by)


def _point_to_signature(profile: OfficerProfile, key: str) -> None:
    old = OfficerProfile.objects.select_for_update().get(pk=profile.pk).signature_key
    OfficerProfile.objects.filter(pk=profile.pk).update(signature_key=key)
    profile.signature_key = key
    transaction.on_commit(lambda: private_files.remove(old))


# --- What happened at the door -------------------------------------------------------------------------------


@transaction.atomic
def note_change(
    *, user: User, what: str, by: User | None = None, addresses: Iterable[str] = (), **detail: str
) -> None:
    """Write down a change of password, address or factor, and tell the person at `addresses` (theirs by default)."""
    record(action=f"account.{what}", about=user, by=by or user, detail=dict(detail))
    told = list(dict.fromkeys(filter(None, addresses))) or [user.mail_address]
    account_changed.send(sender=User, user=user, what=what, addresses=told)


def note_sign_in(*, user: User, method: str) -> None:
    """Write down a sign-in."""
    record(action="account.signed_in", about=user, by=user, detail={"method": method})


def note_refused_sign_in(*, user: User | None, step: str) -> None:
    """Write down a refused password, code or factor; an unknown address is written too, so that both take the same."""
    record(action="account.sign_in_refused", about=user or User(public_id=UUID(int=0)), detail={"step": step})
