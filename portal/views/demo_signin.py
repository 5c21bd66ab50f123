"""
The demonstration's own door: one press makes a signed-out visitor one of the cast, second factor included.

`urls.py` registers it on the demo alone, which start-up allows only on http://localhost (portal/checks.py).
"""

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.stagekit import clear_login
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.models import User
from audit.log import record
from portal.adapter import second_factor_of
from portal.demo.people import CAST


@login_not_required
@require_POST
def become(request: HttpRequest) -> HttpResponse:
    """Sign in as the one of the cast named by `who`; somebody signed in already stays who they are."""
    if not settings.DEMO:
        raise Http404
    if request.user.is_authenticated:
        return redirect(_first_page(request.user))
    emails = {person.key: person.email for person in CAST}
    user = User.objects.filter(email=emails.get(request.POST.get("who", ""), ""), is_active=True).first()
    if user is None:
        raise Http404
    clear_login(request)
    get_adapter().login(request, user)
    factor = second_factor_of(user)
    record_authentication(request, user, "mfa", type="demo", id=factor.pk if factor else None)
    UserSession.objects.create_from_request(request)
    record(action="account.became_on_demo", about=user, by=user)
    return redirect(_first_page(user))


def _first_page(user: User) -> str:
    return "/desk/" if user.works_here else settings.LOGIN_REDIRECT_URL
