"""
An officer's page in the hands of its owner, or of staff: what is typed is looked at as it will be, and only then
published. Strangers get 404.
"""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import private_files
from accounts.access import officer_profile_for
from accounts.errors import Refused
from accounts.models import OfficerDraft, OfficerProfile
from accounts.officer_forms import OfficerPageForm
from accounts.officer_pages import as_drafted, discard_draft, draft_of, facts_of, keep_draft, publish_draft
from portal.views.officers import officer_context

CAME_BACK = 422


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Begins with what the last draft says."""
    profile = officer_profile_for(request.user, public_id)
    draft = draft_of(profile)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = OfficerPageForm(
        *sent,
        facts=facts_of(as_drafted(profile, draft)) | {"drops_photo": bool(draft and draft.drops_photo)},
        has_photo=bool(profile.photo or (draft and draft.photo_key)),
    )
    page = {"form": form, "profile": profile, "draft": draft, "is_own": profile.user == request.user}
    if not sent:
        return render(request, "officer_page/edit.html", page)
    if form.is_valid():
        try:
            kept = _keep(request, profile, form)
        except Refused as refused:
            form.add_error("photo", refused.message)
        else:
            return redirect("officer_page:preview" if kept else "officer_page:edit", public_id)
    return render(request, "officer_page/edit.html", page, status=CAME_BACK)


def _keep(request: HttpRequest, profile: OfficerProfile, form: OfficerPageForm) -> OfficerDraft | None:
    kept = keep_draft(
        profile=profile,
        facts=form.facts(),
        by=request.user,
        photo=form.cleaned_data["photo"],
        drops_photo=form.cleaned_data.get("drops_photo", False),
    )
    if kept is None:
        messages.info(request, _("That is what the page says already; nothing waits to be published."))
    return kept


@require_safe
def preview(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The very page, as it will be."""
    profile = officer_profile_for(request.user, public_id)
    draft = draft_of(profile)
    if draft is None:
        return redirect("officer_page:edit", public_id)
    drafted = as_drafted(profile, draft)
    photo = reverse("officer_page:photo", args=[public_id]) if draft.photo_key else ""
    page = {**officer_context(drafted), "draft": draft, "photo_url": photo}
    return render(request, "officer_page/preview.html", page)


@require_POST
def publish(request: HttpRequest, public_id: UUID) -> HttpResponse:
    profile = officer_profile_for(request.user, public_id)
    version = request.POST.get("version", "")
    try:
        publish_draft(profile=profile, version=int(version) if version.isdecimal() else 0, by=request.user)
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("officer_page:preview", public_id)
    messages.success(request, _("Published. This is how everybody sees the page from now on."))
    return redirect("officer_page:edit", public_id)


@require_POST
def discard(request: HttpRequest, public_id: UUID) -> HttpResponse:
    profile = officer_profile_for(request.user, public_id)
    discard_draft(profile=profile, by=request.user)
    messages.success(request, _("The draft is gone. The page stays as it was."))
    return redirect("officer_page:edit", public_id)


@require_safe
def photo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The new photo of a draft: public once it is published, and until then nobody's business."""
    profile = officer_profile_for(request.user, public_id)
    draft = draft_of(profile)
    content = private_files.read(draft.photo_key) if draft else None
    if content is None:
        raise Http404
    return HttpResponse(
        content,
        headers={
            "Content-Type": "image/jpeg",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )
