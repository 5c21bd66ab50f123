"""What allauth and Django tell us about the door: each is written down, and the person hears of every change."""

import time
from typing import Any

from allauth.account import signals as account_signals
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa import signals as mfa_signals
from allauth.mfa.models import Authenticator
from django.contrib.auth import signals as auth_signals
from django.core.signals import request_finished, request_started
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.http import HttpRequest

from accounts import services
from accounts.absences import forget_absences, keep_absences
from accounts.access import login_for
from accounts.joining import join_after_sign_in
from accounts.models import User, forget_company, keep_company
from audit.log import origin, record
from audit.models import Entry

SIGNED_IN_AT = "signed_in_at"
SEEN_AT = "seen_at"


def stamp_session(sender: object, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Every way in passes here: the limits of the session count from now."""
    request.session[SIGNED_IN_AT] = request.session[SEEN_AT] = int(time.time())


def signed_in(sender: object, request: HttpRequest, user: User, **kwargs: Any) -> None:
    records = get_authentication_records(request, user)
    unknown_device = _is_new_device(user)
    services.note_sign_in(user=user, method=records[-1]["method"] if records else "invitation")
    if unknown_device:
        services.note_change(user=user, what="new_sign_in")
    join_after_sign_in(request, user)


def _is_new_device(user: User) -> bool:
    """Somebody who signed in before, but never with this browser."""
    before = Entry.objects.filter(actor=f"user:{user.public_id}", action="account.signed_in")
    return before.exists() and not before.filter(agent=origin.get().agent[:300]).exists()


def signed_out(sender: object, request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        record(action="account.signed_out", about=user, by=user)


def password_refused(sender: object, credentials: dict[str, Any], **kwargs: Any) -> None:
    services.note_refused_sign_in(user=login_for(str(credentials.get("email") or "")), step="password")


def code_refused(sender: object, user: User, **kwargs: Any) -> None:
    services.note_refused_sign_in(user=user, step="code")


def factor_refused(sender: object, user: User, **kwargs: Any) -> None:
    services.note_refused_sign_in(user=user, step="second factor")


def factor_used(sender: object, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    record(action="account.factor_used", about=user, by=user, detail={"type": authenticator.type})


def password_changed(sender: object, request: HttpRequest, user: User, **kwargs: Any) -> None:
    services.end_sessions(user, keep=request.session.session_key or "")
    services.note_change(user=user, what="password_changed")


def password_set(sender: object, request: HttpRequest, user: User, **kwargs: Any) -> None:
    services.end_sessions(user, keep=request.session.session_key or "")
    services.note_change(user=user, what="password_set")


def password_reset(sender: object, request: HttpRequest, user: User, **kwargs: Any) -> None:
    services.end_sessions(user)
    services.note_change(user=user, what="password_reset")


def sign_in_email_changed(
    sender: object, user: User, from_email_address: Any, to_email_address: Any, **kwargs: Any
) -> None:
    old = from_email_address.email if from_email_address else ""
    services.note_change(user=user, what="email_changed", addresses=[old, to_email_address.email])


def factor_added(
    sender: object, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    """The session that enrolled has just shown the factor; it need not show it again to see its recovery codes."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        record(action="account.recovery_codes_made", about=user, by=user)
        return
    said = {"id": authenticator.pk, "type": authenticator.type, "reauthenticated": True}
    record_authentication(request, user, "mfa", **said)
    services.note_change(user=user, what="factor_added", type=authenticator.type)


def factor_removed(sender: object, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        services.note_change(user=user, what="factor_removed", type=authenticator.type)


def recovery_codes_renewed(sender: object, user: User, **kwargs: Any) -> None:
    record(action="account.recovery_codes_made", about=user, by=user)


def learn_json(sender: object, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Django asks SQLite once a connection whether it knows JSON: here, and not in the middle of a page."""
    _ = connection.features.supports_json_field


def connect() -> None:
    """Called once, when the app is ready."""
    connection_created.connect(learn_json)
    request_started.connect(keep_company)
    request_started.connect(keep_absences)
    request_finished.connect(forget_company)
    request_finished.connect(forget_absences)
    auth_signals.user_logged_in.connect(stamp_session)
    auth_signals.user_logged_out.connect(signed_out)
    auth_signals.user_login_failed.connect(password_refused)
    account_signals.user_logged_in.connect(signed_in)
    account_signals.login_code_rejected.connect(code_refused)
    account_signals.password_changed.connect(password_changed)
    account_signals.password_set.connect(password_set)
    account_signals.password_reset.connect(password_reset)
    account_signals.email_changed.connect(sign_in_email_changed)
    mfa_signals.authentication_failed.connect(factor_refused)
    mfa_signals.authenticator_used.connect(factor_used)
    mfa_signals.authenticator_added.connect(factor_added)
    mfa_signals.authenticator_removed.connect(factor_removed)
    mfa_signals.authenticator_reset.connect(recovery_codes_renewed)
