"""The door (invitations) and one's own profile. Signing in, passwords and factors are allauth's pages."""

import time
from uuid import UUID

from allauth.account.internal.flows.logout import logout
from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.account.utils import perform_login
from allauth.account.views import password_reset
from allauth.core.ratelimit import consume, respond_429
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.views import remove_webauthn
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import contact, private_files, services
from accounts.access import invitation_for, login_for, officer_profile_for, token_digest
from accounts.errors import Refused
from accounts.forms import FirstPasswordForm, OwnAddressForm, ProfileForm, SignatureForm
from accounts.joining import JOIN, PENDING, forget_invitation
from accounts.models import Invitation, User
from audit.log import record


@login_not_required
@require_safe
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the mail: the session remembers which invitation, the address bar does not."""
    request.session[PENDING] = token_digest(token)
    request.session.pop(JOIN, None)
    return redirect("accounts:accept")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest) -> HttpResponse:
    """Where an invited person sets a password or a passkey, or adds the loan to the sign-in they have."""
    found = invitation_for(request.session.get(PENDING, ""))
    action = request.POST.get("action", "")
    if found is None or not found.is_usable:
        return _renew(request, found) if action == "renew" else _ended(request)
    if request.user.is_authenticated:
        return _signed_in(request, found, action)
    if action == "join":
        request.session[JOIN] = found.token_sha256
        return redirect(f"{reverse('account_login')}?{urlencode({'next': settings.LOGIN_REDIRECT_URL})}")
    if action in ("password", "passkey"):
        return _open_account(request, found, action)
    return _page(request, found)


def _open_account(request: HttpRequest, found: Invitation, action: str) -> HttpResponse:
    shared = login_for(found.email) is not None
    form_class = FirstPasswordForm if action == "password" else OwnAddressForm
    form = form_class(request.POST, invitation=found, shared=shared)
    if not form.is_valid():
        return _page(request, found, **{action: form}, status=422)
    try:
        user = services.open_account(
            invitation=found,
            password=form.cleaned_data.get("password1"),
            sign_in_email=form.cleaned_data.get("sign_in_email", ""),
            language=(get_language() or "en")[:2],
        )
    except Refused as refused:
        form.add_error(None, refused.message)
        return _page(request, found, **{action: form}, status=422)
    forget_invitation(request)
    onwards = reverse("mfa_add_webauthn") if action == "passkey" else None
    return perform_login(request, user, redirect_url=onwards)


def _page(
    request: HttpRequest,
    found: Invitation,
    password: OwnAddressForm | None = None,
    passkey: OwnAddressForm | None = None,
    status: int = 200,
) -> HttpResponse:
    shared = login_for(found.email) is not None
    context = {
        "invitation": found,
        "shared": shared,
        "can_join": shared and found.purpose == Invitation.Purpose.LOAN_PARTY,
        "password_form": password or FirstPasswordForm(invitation=found, shared=shared),
        "passkey_form": passkey or OwnAddressForm(invitation=found, shared=shared, auto_id="id_passkey_%s"),
        "came_back": status == 422,
    }
    return render(request, "accounts/invitation.html", context, status=status)


def _signed_in(request: HttpRequest, found: Invitation, action: str) -> HttpResponse:
    """Somebody signed in opened the link: theirs to add, or meant for another person at the same screen."""
    if action == "someone_else":
        digest = found.token_sha256
        logout(request, show_message=False)
        request.session[PENDING] = digest
        return redirect("accounts:accept")
    if action != "add":
        return render(request, "accounts/invitation_signed_in.html", {"invitation": found})
    try:
        services.accept_invitation(invitation=found, user=request.user)
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("accounts:accept")
    forget_invitation(request)
    messages.success(request, _("The loan was added to your sign-in."))
    return redirect(settings.LOGIN_REDIRECT_URL)


def _ended(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/invitation_ended.html", status=410)


def _renew(request: HttpRequest, found: Invitation | None) -> HttpResponse:
    """Send a new link to the address on file, if one is due. The answer is always the same."""
    if not consume(request, action="invitation_renew", key=request.session.get(PENDING, "")):
        return respond_429(request)
    if found is not None:
        services.renew_invitation(invitation=found)
    return render(request, "accounts/invitation_renewed.html")


# --- A new password --------------------------------------------------------------------------------------------

RESET_SECONDS = 0.25  # longer than writing the mail of a known address takes


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask_for_reset(request: HttpRequest) -> HttpResponse:
    """allauth's own page; the answer takes as long for an unknown address as for a known one."""
    began = time.monotonic()
    answer = password_reset(request)
    if request.method == "POST":
        time.sleep(max(0.0, RESET_SECONDS - (time.monotonic() - began)))
    return answer


# --- Passkeys ------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def remove_passkey(request: HttpRequest, pk: int) -> HttpResponse:
    """allauth's own page, which asks `can_delete_authenticator` for authenticator apps alone."""
    with transaction.atomic():
        # Held: of two keys removed at once, each would count on the other one.
        User.objects.select_for_update().get(public_id=request.user.public_id)
        mine = Authenticator.objects.filter(
            user=request.user, type=Authenticator.Type.WEBAUTHN, pk=pk
        ).first()
        if mine is None or get_mfa_adapter().can_delete_authenticator(mine):
            return remove_webauthn(request, pk=pk)
    messages.error(request, _("Whoever works here keeps at least one second factor. Add another one first."))
    return redirect("mfa_list_webauthn")


# --- Profile -------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Name, phone, language, time zone and contact address of whoever asks."""
    user = request.user
    form = ProfileForm(request.POST if request.method == "POST" else None, user=user)
    if request.method != "POST":
        return render(request, "accounts/profile.html", {"form": form})
    if not form.is_valid():
        return render(request, "accounts/profile.html", {"form": form}, status=422)
    if form.asks_for_new_address and not consume(request, action="contact_proof"):
        return respond_429(request)
    if form.touches_contact:
        raise_if_reauthentication_required(request, app="allauth.account")
    said = form.cleaned_data
    facts = {name: str(said[name] or "") for name in services.OWN_FIELDS if name in said}
    services.change_profile(user=user, by=user, **facts)
    if form.asks_for_new_address:
        address = form.cleaned_data["contact_email"]
        contact.ask_for_proof(user, address)
        sent = _("We sent a link to %(address)s. Open it and the address counts.")
        messages.info(request, sent % {"address": address})
    else:
        messages.success(request, _("Saved."))
    return redirect("accounts:profile")


@require_http_methods(["GET", "HEAD", "POST"])
def confirm_contact(request: HttpRequest, token: str) -> HttpResponse:
    """The link sent to a new contact address; pressing the button makes it count."""
    address = contact.proved_address(request.user, token)
    if address is None:
        return render(request, "accounts/contact_ended.html", status=410)
    if request.method != "POST":
        return render(request, "accounts/contact.html", {"address": address})
    own = address == request.user.email.lower()
    services.change_profile(user=request.user, by=request.user, contact_email="" if own else address)
    messages.success(request, _("Messages and codes now go to %(address)s.") % {"address": address})
    return redirect("accounts:profile")


# --- Signature -----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def signature(request: HttpRequest) -> HttpResponse:
    """The picture of an officer's signature that stands in their letters."""
    profile = officer_profile_for(request.user, request.user.public_id)
    if request.method != "POST":
        return render(request, "accounts/signature.html", {"form": SignatureForm(), "profile": profile})
    form = SignatureForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            services.set_officer_signature(
                profile=profile, upload=form.cleaned_data["picture"], by=request.user
            )
        except Refused as refused:
            form.add_error("picture", refused.message)
        else:
            messages.success(request, _("Saved. Your letters are signed with it from now on."))
            return redirect("accounts:signature")
    return render(request, "accounts/signature.html", {"form": form, "profile": profile}, status=422)


@require_POST
def remove_signature(request: HttpRequest) -> HttpResponse:
    profile = officer_profile_for(request.user, request.user.public_id)
    services.remove_officer_signature(profile=profile, by=request.user)
    messages.success(request, _("The picture is gone. Your letters end with your name."))
    return redirect("accounts:signature")


@require_safe
def signature_picture(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """For its owner and for staff; everybody else sees it on paper. One audit entry each time."""
    profile = officer_profile_for(request.user, public_id)
    content = private_files.read(profile.signature_key)
    if content is None:
        raise Http404
    record(action="officer.signature_viewed", about=profile.user, by=request.user)
    return HttpResponse(
        content,
        headers={
            "Content-Type": "image/png",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )
