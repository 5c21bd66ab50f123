"""
What this house does differently from allauth: sign-up is closed, every mail becomes a row of the outbox, and people
without an authenticator app or a passkey prove a code from their mailbox after the password.
"""

import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.models import EmailAddress, Login
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import Company, User
from notifications import services as outbox

FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
# allauth's template, the kind in the catalog, which value is secret, and where it goes: codes and links to get in go
# to the contact address of the person; the proof of a new address goes to that address.
MAILS = {
    "account/email/login_code": ("sign_in_code", "code", "person"),
    "account/email/password_reset_key": ("password_reset", "password_reset_url", "person"),
    "account/email/email_confirmation": ("email_confirmation", "activate_url", "address"),
    "account/email/email_confirmation_signup": ("email_confirmation", "activate_url", "address"),
}


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A row of the outbox; nothing is sent here. Mails to unknown addresses do not exist."""
        if template_prefix not in MAILS:
            return
        kind, secret_name, goes_to = MAILS[template_prefix]
        user = context.get("user") or person_with_address(email)
        if user is None:
            return
        secret = str(context[secret_name])
        outbox.queue(
            kind=kind,
            event_key=f"{kind}:{user.public_id}:{hashlib.sha256(secret.encode()).hexdigest()[:32]}",
            recipient=f"user:{user.public_id}",
            recipient_name=user.name,
            address=email if goes_to == "address" else user.mail_address,
            language=user.language,
            secret=secret,
        )

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Changes are told by the event `account_changed` (accounts/handlers.py), to old and new address."""

    def is_login_by_code_required(self, login: Login) -> bool:
        """After a password the mailbox must be proved, unless an authenticator or a passkey will be asked for."""
        records = get_authentication_records(self.request, login.user)
        if not records or records[-1]["method"] != "password":
            return False
        return not is_mfa_enabled(login.user, FACTORS)


def person_with_address(email: str) -> User | None:
    """Whose sign-in address this is."""
    address = EmailAddress.objects.filter(email__iexact=email).select_related("user").first()
    return address.user if address else None


def second_factor_of(user: AbstractBaseUser) -> Authenticator | None:
    """The authenticator app or passkey of this person; recovery codes alone do not count."""
    return Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS).order_by("type", "pk").first()


class MFAAdapter(DefaultMFAAdapter):
    """Seeds of authenticator apps are stored encrypted; the first of MFA_KEYS encrypts, the others still decrypt."""

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _fernet().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        return Company.load().name

    def _get_site_name(self) -> str:
        return Company.load().name

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return _("Passkey") if count == 0 else _("Passkey %(number)d") % {"number": count + 1}

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whoever works here keeps at least one factor."""
        if not authenticator.user.works_here or authenticator.type not in FACTORS:
            return True
        return Authenticator.objects.filter(user=authenticator.user, type__in=FACTORS).count() > 1


def _fernet() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.MFA_KEYS])
