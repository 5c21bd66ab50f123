"""
What must be right before Doorstep starts. Each fault has an id that stays, and a hint that says what to set.

`manage.py run`, `manage.py check` and the web process all refuse to start with one of them. "Production" is every
PUBLIC_URL that does not name this very machine: there is no switch that one could forget to turn.
"""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured

from notifications.texting.signing import library_is_installed
from portal import mail_providers

LOOPBACK = {"127.0.0.1", "::1", "localhost"}
SECRET_KEY_LENGTH = 50
UPLOAD_LIMITS_MB = (1, 2000)
BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
S3_CHECKSUMS = ("when_supported", "when_required")
S3_ENCRYPTIONS = ("AES256", "aws:kms", "aws:kms:dsse")
TELEPHONE = re.compile(r"\+[1-9]\d{6,14}|\d{5,6}")  # or a short code
WEBHOOK_SECRET_LENGTH = 24
MAIL_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
ENCRYPTED_MAIL = {"smtp+tls", "smtp+ssl", "smtps"}
GOOD_EMAIL_URL = "smtp+tls://user:password@mail.example.com:587"


@register(Tags.security)
def check_settings(**_: Any) -> list[CheckMessage]:
    return [
        *demo_faults(),
        *debug_faults(),
        *address_faults(),
        *production_faults(),
        *mail_provider_faults(),
        *inbound_mail_faults(),
        *folder_faults(),
        *key_faults(),
        *upload_faults(),
        *bucket_faults(),
        *scanner_url_faults(),
        *texting_faults(),
    ]


@register(Tags.security, deploy=True)
def check_scanner(**_: Any) -> list[CheckMessage]:
    """`check --deploy`: files of strangers are opened by the loan team's machines."""
    return list(scanner_faults())


def refuse_unsafe_settings() -> None:
    """For processes that start without manage.py. Raises ImproperlyConfigured with every fault and hint."""
    faults = check_settings()
    if faults:
        lines = [f"{fault.id}: {fault.msg} {fault.hint}" for fault in faults]
        raise ImproperlyConfigured("Doorstep does not start like this.\n" + "\n".join(lines))


def in_production() -> bool:
    return urlsplit(settings.PUBLIC_URL).hostname not in LOOPBACK


def demo_faults() -> Iterator[CheckMessage]:
    public = urlsplit(settings.PUBLIC_URL)
    at_home = public.scheme == "http" and public.hostname == "localhost" and settings.BIND_ADDRESS in LOOPBACK
    if settings.DEMO and not at_home:
        yield Error(
            "DEMO lets everybody sign in as anybody and is for one's own machine only.",
            hint="Unset DEMO, or set PUBLIC_URL=http://localhost:<port> and BIND_ADDRESS=127.0.0.1.",
            id="doorstep.E001",
        )


def debug_faults() -> Iterator[CheckMessage]:
    if settings.DEBUG and (in_production() or settings.BIND_ADDRESS not in LOOPBACK):
        yield Error(
            "DEBUG shows source, settings and personal data to strangers.",
            hint="Unset DEBUG, or use it with BIND_ADDRESS=127.0.0.1 on one's own machine alone.",
            id="doorstep.E005",
        )


def address_faults() -> Iterator[CheckMessage]:
    public = urlsplit(settings.PUBLIC_URL)
    if public.scheme not in ("http", "https") or not public.hostname or public.path or public.query:
        yield Error(
            f"PUBLIC_URL is not the address of a site: {settings.PUBLIC_URL!r}.",
            hint="Set scheme and name alone, such as PUBLIC_URL=https://portal.example.com.",
            id="doorstep.E002",
        )
    elif in_production() and public.scheme != "https":
        yield Error(
            "People's financial papers would travel unencrypted.",
            hint=f"Set PUBLIC_URL=https://{public.netloc} and end TLS in a proxy before Doorstep.",
            id="doorstep.E003",
        )
    elif in_production() and not settings.TRUSTED_PROXY_COUNT:
        yield Error(
            "PUBLIC_URL is https, but no proxy is trusted: every request would be redirected to itself.",
            hint="Set TRUSTED_PROXY_COUNT to the number of proxies before Doorstep, usually 1.",
            id="doorstep.E004",
        )


def production_faults() -> Iterator[CheckMessage]:
    if not in_production():
        return
    if len(os.environ.get("SECRET_KEY", "")) < SECRET_KEY_LENGTH:
        yield Error(
            "SECRET_KEY is missing or too short to keep sessions and links safe on more than one machine.",
            hint="Set SECRET_KEY to what `python3 -c 'import secrets; print(secrets.token_urlsafe(64))'` prints.",
            id="doorstep.E006",
        )
    if not (settings.EMAIL_URL or settings.EMAIL_PROVIDER):
        yield Error(
            "Without a mail server nobody receives sign-in codes, receipts or next steps.",
            hint=f"Set EMAIL_URL, such as {GOOD_EMAIL_URL}, or EMAIL_PROVIDER.",
            id="doorstep.E007",
        )
    elif settings.EMAIL_URL and not _mail_is_safe(urlsplit(settings.EMAIL_URL)):
        yield Error(
            "EMAIL_URL sends sign-in codes and names of papers unencrypted, or to nobody.",
            hint=f"Set EMAIL_URL with smtp+tls or smtp+ssl, such as {GOOD_EMAIL_URL}; smtp alone only to localhost.",
            id="doorstep.E014",
        )
    elif settings.DEFAULT_FROM_EMAIL.rstrip(">").endswith("@localhost"):
        yield Error(
            "Mail from portal@localhost is refused everywhere.",
            hint="Set DEFAULT_FROM_EMAIL, such as 'Example Lending <portal@example.com>'.",
            id="doorstep.E008",
        )


def _mail_is_safe(url: SplitResult) -> bool:
    return url.scheme in ENCRYPTED_MAIL or (url.scheme == "smtp" and url.hostname in LOOPBACK)


def mail_provider_faults() -> Iterator[CheckMessage]:
    provider, known = settings.EMAIL_PROVIDER, mail_providers.known_providers()
    if not provider:
        return
    if settings.EMAIL_URL:
        yield Error(
            "EMAIL_URL and EMAIL_PROVIDER are both set: which of them sends the mail?",
            hint="Unset one of them.",
            id="doorstep.E015",
        )
    if provider not in known:
        yield Error(
            f"EMAIL_PROVIDER={provider!r} is no provider that django-anymail knows.",
            hint=f"Set one of {', '.join(known)}, or EMAIL_URL for a mail server.",
            id="doorstep.E016",
        )
    elif missing := mail_providers.what_is_missing(provider):
        yield Error(
            f"EMAIL_PROVIDER={provider} cannot work like this: {missing}",
            hint="Set what it asks for as an environment variable that begins with ANYMAIL_.",
            id="doorstep.E017",
        )
    elif mail_providers.has_webhook(provider) and not _is_password_pair(
        settings.ANYMAIL.get("WEBHOOK_SECRET")
    ):
        yield Error(
            "Anybody could tell us that mail came back, and so have every address switched off.",
            hint="Set ANYMAIL_WEBHOOK_SECRET=name:password, at least 24 characters, and enter "
            f"https://name:password@{urlsplit(settings.PUBLIC_URL).netloc}/webhooks/email/{provider}/ at the provider.",
            id="doorstep.E018",
        )


def inbound_mail_faults() -> Iterator[CheckMessage]:
    domain, provider = settings.INBOUND_MAIL_DOMAIN, settings.EMAIL_PROVIDER
    if not domain:
        return
    if not provider or not mail_providers.brings_mail(provider):
        yield Error(
            "INBOUND_MAIL_DOMAIN is set, and nobody brings the mail that comes in: answers would be lost.",
            hint="Set an EMAIL_PROVIDER that hands over mail, such as postmark, or unset INBOUND_MAIL_DOMAIN.",
            id="doorstep.E031",
        )
    elif not MAIL_DOMAIN.fullmatch(domain):
        yield Error(
            f"INBOUND_MAIL_DOMAIN is no domain that mail can go to: {domain!r}.",
            hint="Set the name alone, such as INBOUND_MAIL_DOMAIN=answers.example.com.",
            id="doorstep.E032",
        )


def _is_password_pair(secret: object) -> bool:
    """One, or several while a new one takes over."""
    secrets = secret if isinstance(secret, list) else [secret]
    return bool(secrets) and all(
        isinstance(one, str) and len(one) >= WEBHOOK_SECRET_LENGTH and 0 < one.find(":") < len(one) - 1
        for one in secrets
    )


def folder_faults() -> Iterator[CheckMessage]:
    folder = Path(settings.DATA_DIR)
    if not (folder.is_dir() and os.access(folder, os.R_OK | os.W_OK | os.X_OK)):
        yield Error(
            f"DATA_DIR cannot be written: {folder}.",
            hint="Give the folder to the user that runs Doorstep, or set another DATA_DIR.",
            id="doorstep.E009",
        )
    served = [
        Path(settings.STATIC_ROOT).resolve(),
        *(Path(place).resolve() for place in settings.STATICFILES_DIRS),
    ]
    if any(folder.is_relative_to(place) for place in served):
        yield Error(
            f"DATA_DIR lies in a folder that is served to everybody: {folder}.",
            hint="Set DATA_DIR to a folder outside assets and staticfiles.",
            id="doorstep.E010",
        )


def key_faults() -> Iterator[CheckMessage]:
    keys = getattr(settings, "MFA_KEYS", [])
    if not keys or not all(map(_is_fernet_key, keys)):
        yield Error(
            "MFA_KEYS holds no usable key for one-time-password secrets.",
            hint="Unset MFA_KEYS to have one made in DATA_DIR/keys, or list keys made by Fernet.generate_key().",
            id="doorstep.E011",
        )
    keys = getattr(settings, "DOCUMENTS_MASTER_KEYS", [])
    if not keys or not all(map(_is_fernet_key, keys)):
        yield Error(
            "DOCUMENTS_MASTER_KEY holds no usable key for the documents.",
            hint="Name keys made by Fernet.generate_key(), the newest first, or unset it to have one made in "
            "DATA_DIR/keys. Documents that are there open only with the keys they were sealed by.",
            id="doorstep.E030",
        )
    folder = Path(settings.KEYS_DIR)
    loose = [path.name for path in folder.glob("[!.]*") if stat.S_IMODE(path.stat().st_mode) & 0o077]
    if loose:
        yield Error(
            f"Other users of this machine can read keys: {', '.join(sorted(loose))}.",
            hint=f"Run chmod 600 {folder}/* and, if others use this machine, make new keys.",
            id="doorstep.E012",
        )


def upload_faults() -> Iterator[CheckMessage]:
    least, most = UPLOAD_LIMITS_MB
    if not least <= settings.MAX_UPLOAD_MB <= most:
        yield Error(
            f"MAX_UPLOAD_MB={settings.MAX_UPLOAD_MB} is outside {least} to {most}.",
            hint="Scans of a whole return fit in 50; much larger files fill disk and memory of the checks.",
            id="doorstep.E013",
        )


def bucket_faults() -> Iterator[CheckMessage]:
    """What can be seen without asking the storage; `manage.py check_storage` does that."""
    if not settings.AWS_STORAGE_BUCKET_NAME:
        return
    if not BUCKET_NAME.fullmatch(settings.AWS_STORAGE_BUCKET_NAME):
        yield Error(
            f"AWS_STORAGE_BUCKET_NAME={settings.AWS_STORAGE_BUCKET_NAME!r} is no name that works over TLS.",
            hint="Take 3 to 63 small letters, digits and hyphens, without dots.",
            id="doorstep.E024",
        )
    storage = urlsplit(settings.S3_ENDPOINT)
    if storage.scheme != "https" and (in_production() or storage.hostname not in LOOPBACK):
        yield Error(
            f"Papers of borrowers would go to {settings.S3_ENDPOINT} unencrypted.",
            hint="Set AWS_S3_ENDPOINT_URL with https.",
            id="doorstep.E025",
        )
    if settings.S3_CHECKSUMS not in S3_CHECKSUMS or settings.S3_ENCRYPTION not in S3_ENCRYPTIONS:
        yield Error(
            "S3_CHECKSUMS or S3_ENCRYPTION has a value that means nothing.",
            hint=f"S3_CHECKSUMS is one of {', '.join(S3_CHECKSUMS)}, S3_ENCRYPTION of {', '.join(S3_ENCRYPTIONS)}.",
            id="doorstep.E026",
        )


def scanner_faults() -> Iterator[CheckMessage]:
    if not settings.CLAMD_URL:
        yield Error(
            "What borrowers send is not scanned for viruses.",
            hint="Install clamd, set its limits as docs/operating.md says, and CLAMD_URL to its socket, such as "
            "unix:///run/clamav/clamd.ctl.",
            id="doorstep.E022",
        )


def scanner_url_faults() -> Iterator[CheckMessage]:
    place = urlsplit(settings.CLAMD_URL)
    good = (place.scheme == "unix" and place.path) or (place.scheme == "tcp" and place.hostname)
    if settings.CLAMD_URL and not good:
        yield Error(
            f"CLAMD_URL={settings.CLAMD_URL} is no address of a scanner.",
            hint="Set unix:///run/clamav/clamd.ctl, or tcp://host:3310 inside your own network.",
            id="doorstep.E023",
        )


def texting_faults() -> Iterator[CheckMessage]:
    sender = settings.TWILIO_FROM or settings.TWILIO_MESSAGING_SERVICE_SID
    given = [settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN, sender]
    if any(given) and not all(given):
        yield Error(
            "Texts are half switched on: Twilio needs an account, its token and a sender.",
            hint="Set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM (or TWILIO_MESSAGING_SERVICE_SID), or "
            "none of them.",
            id="doorstep.E019",
        )
    elif settings.TEXTS_LEAVE_THE_HOUSE and not library_is_installed():
        yield Error(
            "Texts are to go out through Twilio, whose library is not installed.",
            hint="Run pip install --require-hashes -r requirements-texting.txt in the same environment.",
            id="doorstep.E020",
        )
    if settings.TWILIO_FROM and not TELEPHONE.fullmatch(settings.TWILIO_FROM):
        yield Error(
            f"TWILIO_FROM is not a telephone number with its country: {settings.TWILIO_FROM!r}.",
            hint="Write it like TWILIO_FROM=+12075550148.",
            id="doorstep.E021",
        )


def _is_fernet_key(key: str) -> bool:
    try:
        Fernet(key)
    except ValueError:
        return False
    return True
