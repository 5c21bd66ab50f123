"""
Applying, step by step. The session knows which application is being filled in; a link to come back sets it again.

Nothing personal is asked before we know that somebody may take the application, and nothing after the first step
before the e-mail address is proved.
"""

from typing import Any
from uuid import UUID

from allauth.core.ratelimit import consume, respond_429
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import OfficerProfile, User
from accounts.states import STATE_NAMES
from loans import services
from loans.answers import STEPS
from loans.errors import Refused
from loans.forms import FORMS, CodeForm, HomeForm, ResumeForm, StepForm
from loans.models import Application, Loan
from loans.stages import Stage

SESSION_KEY = "application"
ARRIVED_KEY = "arrived"
CAME_BACK = 422


# --- Which application ---------------------------------------------------------------------------------------


def current_application(request: HttpRequest) -> Application | None:
    """The unsent application this session fills in."""
    public_id = request.session.get(SESSION_KEY)
    if not public_id:
        return None
    return (
        Application.objects.select_related("loan__officer", "officer")
        .filter(public_id=public_id, submitted_at__isnull=True)
        .first()
    )


def enter(request: HttpRequest, application: Application) -> None:
    """From now on this session fills in this application; a visitor gets a new session key, as after a sign-in."""
    if not request.user.is_authenticated:
        request.session.cycle_key()
    request.session[SESSION_KEY] = str(application.public_id)


def _borrower(request: HttpRequest) -> User | None:
    """Whoever is signed in to apply for themselves; people who work here apply like visitors."""
    user = request.user
    return user if user.is_authenticated and not user.works_here else None


# --- The first page ------------------------------------------------------------------------------------------


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    return _start(request, None)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def with_officer(request: HttpRequest, slug: str) -> HttpResponse:
    """ "Apply with …" from the officer's own page."""
    profile = (
        OfficerProfile.objects.select_related("user")
        .filter(slug=slug, is_public=True, user__is_active=True)
        .first()
    )
    if profile is None:
        raise Http404
    return _start(request, profile)


def _start(request: HttpRequest, profile: OfficerProfile | None) -> HttpResponse:
    if request.method == "POST" and request.POST.get("go_on_with"):
        return _go_on(request, request.POST["go_on_with"])
    again = "again" in request.GET or "again" in request.POST
    mine = [] if again else _open_loans(_borrower(request))
    if mine:
        return render(request, "apply/already.html", {"loans": mine})
    form = HomeForm(request.POST if request.method == "POST" else None)
    page: dict[str, Any] = {"form": form, "chosen": profile, "again": again, "number": 1, "total": len(STEPS)}
    if request.method != "POST":
        page["unfinished"] = current_application(request)
        return render(request, "apply/start.html", page)
    if not consume(request, action="apply_start"):
        return respond_429(request)
    if not form.is_valid():
        return render(request, "apply/start.html", page, status=CAME_BACK)
    return _begin(request, form, page)


def _begin(request: HttpRequest, form: HomeForm, page: dict[str, Any]) -> HttpResponse:
    """Say who would take it before anything personal is asked; then go on."""
    profile, answers = page["chosen"], form.answers()
    chosen = profile.user if profile else None
    officer = services.choose_officer(state=answers["state"], chosen=chosen)
    page["state_name"] = STATE_NAMES[answers["state"]]
    if officer is None:
        page["served"] = [STATE_NAMES[state] for state in services.states_served()]
        return render(request, "apply/nobody.html", page)
    if chosen and officer != chosen and request.POST.get("officer") != str(officer.public_id):
        return render(request, "apply/other_officer.html", {**page, "officer": officer, "chosen": profile})
    application = services.start_application(officer=officer if chosen else None, **answers)
    enter(request, application)
    return redirect("apply:step", "who")


def _open_loans(user: User | None) -> list[Loan]:
    return list(Loan.objects.visible_to(user).open().select_related("application")[:10]) if user else []


def _go_on(request: HttpRequest, public_id: str) -> HttpResponse:
    """A signed-in borrower goes on with the application they began."""
    user = _borrower(request)
    try:
        loans = (
            Loan.objects.visible_to(user).filter(public_id=UUID(public_id), stage=Stage.STARTED)
            if user
            else []
        )
    except ValueError:
        raise Http404 from None
    for loan in loans:
        application = Application.objects.filter(loan=loan, submitted_at__isnull=True).first()
        if application:
            enter(request, application)
            return redirect("apply:step", _open_step(application))
    raise Http404


# --- The steps -----------------------------------------------------------------------------------------------


def _open_step(application: Application) -> str:
    """Where to go on: the first step without answers, else the last."""
    return services.missing_step(application) or STEPS[-1]


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, step: str) -> HttpResponse:
    if step not in FORMS:
        raise Http404
    application = current_application(request)
    if application is None:
        return redirect("apply:arrived" if request.session.get(ARRIVED_KEY) else "apply:start")
    if (elsewhere := _not_yet(application, step)) is not None:
        return elsewhere
    form = _form(request, application, step)
    if request.method != "POST":
        return _page(request, application, form)
    if not form.is_valid():
        return _page(request, application, form, status=CAME_BACK)
    try:
        return _save(request, application, form)
    except Refused as refused:
        form.add_error(None, refused.message)
        return _page(request, application, form, status=CAME_BACK)


def _not_yet(application: Application, step: str) -> HttpResponse | None:
    """Steps are answered in order, and after the second only with a proved address."""
    missing = services.missing_step(application)
    if missing and STEPS.index(step) > STEPS.index(missing):
        return redirect("apply:step", missing)
    if step not in ("home", "who") and application.proved_at is None:
        return redirect("apply:prove")
    return None


def _form(request: HttpRequest, application: Application, step: str) -> StepForm:
    user = _borrower(request)
    initial = {"name": user.name, "email": user.mail_address} if user and step == "who" else {}
    if user and step == "reach":
        initial = {"phone": user.phone, "time_zone": user.time_zone}
    return FORMS[step](
        request.POST if request.method == "POST" else None, application=application, initial=initial
    )


def _page(request: HttpRequest, application: Application, form: StepForm, status: int = 200) -> HttpResponse:
    place = STEPS.index(form.key)
    page = {
        "form": form,
        "application": application,
        "number": place + 1,
        "total": len(STEPS),
        "back": STEPS[place - 1] if place else "",
        "is_last": place == len(STEPS) - 1,
    }
    return render(request, "apply/step.html", page, status=status)


def _save(request: HttpRequest, application: Application, form: StepForm) -> HttpResponse:
    answers = form.answers()
    if form.key == "home" and services.choose_officer(state=answers["state"]) is None:
        served = [STATE_NAMES[state] for state in services.states_served()]
        page = {"state_name": STATE_NAMES[answers["state"]], "served": served, "application": application}
        return render(request, "apply/nobody.html", page)
    application = services.save_step(application=application, step=form.key, answers=answers)
    if form.key == "who" and application.proved_at is None:
        return _prove_or_ask(request, application)
    if form.key == STEPS[-1]:
        return _submit(request, application)
    return redirect("apply:step", STEPS[STEPS.index(form.key) + 1])


def _submit(request: HttpRequest, application: Application) -> HttpResponse:
    services.submit_application(application=application, by=_borrower(request))
    request.session.pop(SESSION_KEY, None)
    request.session[ARRIVED_KEY] = str(application.public_id)
    return redirect("apply:arrived")


# --- Proof of the address ------------------------------------------------------------------------------------


def _prove_or_ask(request: HttpRequest, application: Application) -> HttpResponse:
    """The address they sign in with, or have proved, needs no code; every other gets one."""
    user = _borrower(request)
    if user and application.email in (user.email.lower(), user.contact_email.lower()):
        services.prove_address(application=application, by=user)
        return redirect("apply:step", "property")
    return _send_code(request, application) or redirect("apply:prove")


def _send_code(request: HttpRequest, application: Application) -> HttpResponse | None:
    """Make a code, within limits by application, address and machine; an answer only when they are used up."""
    allowed = consume(request, action="apply_code", key=str(application.public_id)) and consume(
        request, action="apply_code_address", key=application.email
    )
    if not allowed:
        return respond_429(request)
    services.ask_for_proof(application=application, email=application.email)
    return None


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def prove(request: HttpRequest) -> HttpResponse:
    application = current_application(request)
    if application is None or not application.email:
        return redirect(
            "apply:start" if application is None else "apply:step", *(["who"] if application else [])
        )
    if application.proved_at:
        return redirect("apply:step", _open_step(application))
    form = CodeForm(request.POST if request.method == "POST" and "resend" not in request.POST else None)
    page = {"form": form, "application": application, "number": 2, "total": len(STEPS)}
    if request.method != "POST":
        return render(request, "apply/prove.html", page)
    if "resend" in request.POST:
        return _resend(request, application)
    if not consume(request, action="apply_prove"):
        return respond_429(request)
    if form.is_valid():
        try:
            services.prove_email(application=application, code=form.cleaned_data["code"])
        except Refused as refused:
            form.add_error("code", refused.message)
        else:
            enter(request, application)
            return redirect("apply:step", _open_step(application))
    return render(request, "apply/prove.html", page, status=CAME_BACK)


def _resend(request: HttpRequest, application: Application) -> HttpResponse:
    if (too_many := _send_code(request, application)) is not None:
        return too_many
    messages.success(request, _("A new code is on its way to %(email)s.") % {"email": application.email})
    return redirect("apply:prove")


# --- Leaving and coming back ---------------------------------------------------------------------------------


@login_not_required
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Save and come back later: the link goes to the proved address, and this browser forgets the answers."""
    application = current_application(request)
    if application is None:
        return redirect("apply:start")
    if application.proved_at is None:
        messages.info(request, _("Prove your e-mail address first; then we can send you a link."))
        return redirect("apply:prove" if application.email else "apply:start")
    if not consume(request, action="apply_link", key=str(application.public_id)):
        return respond_429(request)
    services.ask_for_resume_link(application=application)
    request.session.pop(SESSION_KEY, None)
    return render(request, "apply/left.html", {"email": application.email})


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def resume(request: HttpRequest, token: str) -> HttpResponse:
    """Whatever the link, the page is the same: it asks for the ZIP code, and offers a new link."""
    form = ResumeForm(request.POST if request.method == "POST" and "renew" not in request.POST else None)
    if request.method != "POST":
        return render(request, "apply/resume.html", {"form": form})
    if not consume(request, action="apply_resume"):
        return respond_429(request)
    if "renew" in request.POST:
        return _renew(request, token)
    if form.is_valid():
        try:
            application = services.resume(token=token, zip_code=form.cleaned_data["zip_code"])
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            enter(request, application)
            return redirect("apply:step", _open_step(application))
    return render(request, "apply/resume.html", {"form": form}, status=CAME_BACK)


def _renew(request: HttpRequest, token: str) -> HttpResponse:
    """A new link, to the address on file alone; the answer tells nothing."""
    application = services.application_of_link(token, expired_too=True)
    key = str(application.public_id) if application else token[:40]
    if not consume(request, action="apply_link", key=key):
        return respond_429(request)
    if application is not None:
        services.ask_for_resume_link(application=application)
    return render(request, "apply/renewed.html")
