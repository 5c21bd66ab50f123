"""
Rules that hold for every request: the host name, the second factor, the end of a session, what a cache may keep, and
whom the audit log names. Where a rule needs the view, it works in `process_view`.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode, urlsplit

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.logout import logout
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from accounts.handlers import SEEN_AT, SIGNED_IN_AT
from accounts.models import Company, User
from audit import log
from documents import openings
from portal.adapter import second_factor_of
from portal.found import may_be_found

GetResponse = Callable[[HttpRequest], HttpResponse]
HEALTH = {"/healthz", "/readyz", "/metrics"}


class Middleware:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response


class LocalhostMiddleware(Middleware):
    """On one machine the house answers at `localhost` alone: passkeys need a name, 127.0.0.1 is none."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name, port = _split_host(request.META.get("HTTP_HOST", ""))
        if name not in ("127.0.0.1", "[::1]") or request.path in HEALTH:
            return self.get_response(request)
        public = urlsplit(settings.PUBLIC_URL)
        if public.hostname != "localhost":
            return self.get_response(request)
        address = f"{public.scheme}://localhost{port}{request.get_full_path()}"
        # 307 keeps a form a form.
        return redirect(address) if request.method in ("GET", "HEAD") else _redirect_with_body(address)


class LightPagesMiddleware(GZipMiddleware):
    """
    Pages that anybody may find go out compressed. No other does: how well a page packs says something about what is on
    it (BREACH), and only these hold nothing of anybody. Their form token is another one each time.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        return super().process_response(request, response) if may_be_found(request) else response


class CompanyTimeMiddleware(Middleware):
    """The admin shows and reads moments in the company's time, as every other page does by its filters."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith("/admin/"):
            return self.get_response(request)
        with timezone.override(Company.load().zone):
            return self.get_response(request)


def _split_host(host: str) -> tuple[str, str]:
    """The name, and the port with its colon (or nothing)."""
    bracket = host.rfind("]")
    colon = host.find(":", bracket + 1)
    return (host, "") if colon < 0 else (host[:colon], host[colon:])


def _redirect_with_body(address: str) -> HttpResponse:
    return HttpResponse(status=307, headers={"Location": address})


class AuditOriginMiddleware(Middleware):
    """Says to the audit log where the request comes from: the address behind the counted proxies, and the browser."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = log.origin.set(log.Origin(_address(request), request.META.get("HTTP_USER_AGENT", "")[:300]))
        try:
            return self.get_response(request)
        finally:
            log.origin.reset(token)


def _address(request: HttpRequest) -> str | None:
    try:
        return get_adapter().get_client_ip(request)
    except PermissionDenied:
        return None


class OpeningsMiddleware(Middleware):
    """Lets `documents.openings` ask this session whether a document is opened for a compliance review."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = openings.current_session.set(request.session)
        try:
            return self.get_response(request)
        finally:
            openings.current_session.reset(token)


class SecondFactorMiddleware(Middleware):
    """
    Whoever works here needs an authenticator app or a passkey, on every page, the admin included.

    Without one they may only set one up. With one, a session that has not proved it may only prove it: otherwise a
    stolen password could add a factor of its own. The session that enrolled has proved it (accounts/handlers.py).
    """

    ALWAYS = frozenset(
        {"account_logout", "set_language", "public:healthz", "public:readyz", "public:metrics"}
    )
    SETTING_UP = frozenset(
        {
            "mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_list_webauthn", "account_reauthenticate",
            "account_set_password", "account_change_password",
        }
    )  # fmt: skip
    PROVING = frozenset({"mfa_reauthenticate", "mfa_reauthenticate_webauthn"})

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict
    ) -> HttpResponse | None:
        user = request.user
        if not isinstance(user, User) or not user.works_here or has_proved_factor(request):
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in self.ALWAYS:
            return None
        factor = second_factor_of(user)
        if factor is None:
            return None if name in self.SETTING_UP else redirect("mfa_index")
        if name in self.PROVING:
            return None
        return _prove(request, factor)


def has_proved_factor(request: HttpRequest) -> bool:
    """This session has shown a second factor (or was begun with a passkey)."""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


def _prove(request: HttpRequest, factor: Authenticator) -> HttpResponseRedirect:
    page = "mfa_reauthenticate" if factor.type == Authenticator.Type.TOTP else "mfa_reauthenticate_webauthn"
    back = request.get_full_path() if request.method == "GET" else settings.LOGIN_REDIRECT_URL
    return HttpResponseRedirect(f"{reverse(page)}?{urlencode({'next': back})}")


class SessionLimitsMiddleware(Middleware):
    """
    Ends a session that was idle too long or is too old; keeps "last seen", at most every five minutes. What an open
    page asks by itself says so in a header: it shows no hand, so the session ends in spite of it.
    """

    REFRESH_SECONDS = 300
    BY_ITSELF = "X-Background"

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if isinstance(request.user, User):
            now = int(time.time())
            if self._is_over(request, now):
                logout(request)
                messages.info(request, _("You were signed out because you had been away for a while."))
            elif (
                self.BY_ITSELF not in request.headers
                and now - request.session.get(SEEN_AT, 0) >= self.REFRESH_SECONDS
            ):
                self._refresh(request, now)
        return self.get_response(request)

    def _is_over(self, request: HttpRequest, now: int) -> bool:
        who = "staff" if request.user.works_here else "borrower"
        idle = now - request.session.get(SEEN_AT, now)
        age = now - request.session.get(SIGNED_IN_AT, now)
        return idle > settings.SESSION_IDLE_SECONDS[who] or age > settings.SESSION_OVERALL_SECONDS[who]

    def _refresh(self, request: HttpRequest, now: int) -> None:
        """One conditional UPDATE; of several requests at once only the one that wins it saves the session as well."""
        rows = UserSession.objects.filter(session_key=request.session.session_key)
        seen = datetime.fromtimestamp(now, UTC)
        stale = seen - timedelta(seconds=self.REFRESH_SECONDS)
        won = rows.filter(last_seen_at__lte=stale).update(last_seen_at=timezone.now())
        if won or not rows.exists() or SEEN_AT not in request.session:
            request.session[SEEN_AT] = now
            request.session.setdefault(SIGNED_IN_AT, now)


class PrivatePagesMiddleware(Middleware):
    """
    No cache keeps what is meant for one person: everything for somebody signed in, every page that asks for sign-in,
    and whatever belongs to a session (an application, an invitation). A view that set its own rule is left alone.
    """

    PRIVATE = ("/accounts/", "/invitations/", "/apply/")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if self._is_private(request) and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store, private"
            patch_vary_headers(response, ["Cookie"])
        return response

    def process_view(self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict) -> None:
        request.asks_for_sign_in = getattr(view, "login_required", True)  # type: ignore[attr-defined]

    def _is_private(self, request: HttpRequest) -> bool:
        return (
            request.user.is_authenticated
            or getattr(request, "asks_for_sign_in", False)
            or request.path.startswith(self.PRIVATE)
            or not request.session.is_empty()
        )
