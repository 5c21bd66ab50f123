"""The letter of thanks at the desk: read it as it will be, change its words, hold it, send it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from documents.serving import stream_bytes
from loans.errors import Changed, Refused
from notifications import letters, services, views
from notifications.access import letter_for
from notifications.forms import LetterForm
from notifications.models import Notification

REFUSED, CHANGED = 422, 409


@require_GET
def letter(request: HttpRequest, public_id: UUID) -> HttpResponse:
    row = letter_for(request.user, public_id)
    return _letter_page(request, row, _form_of(row))


def _form_of(row: Notification) -> LetterForm:
    words = {"wording": row.wording or letters.default_wording(row), "personal_line": row.personal_line}
    return LetterForm(initial={**words, "version": row.version})


def _letter_page(
    request: HttpRequest, row: Notification, form: LetterForm, status: int = 200
) -> HttpResponse:
    return render(
        request,
        "outbox/letter.html",
        {
            "row": row,
            "form": form,
            "loan": row.loan,
            "fields": letters.FIELDS,
            "usual_line": letters.usual_line(row),
            "theirs": status == CHANGED,
        },
        status=status,
    )


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # letter_for has let nobody else in
    return request.user


@require_POST
def edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    row = letter_for(request.user, public_id)
    form = LetterForm(request.POST)
    if not form.is_valid():
        return _letter_page(request, row, form, status=REFUSED)
    said = form.cleaned_data
    try:
        services.edit_letter(
            notification=row, by=_person(request), wording=said["wording"], personal_line=said["personal_line"],
            expected_version=said["version"],
        )  # fmt: skip
    except Changed as changed:
        # Their words stand beside the form; saving again is then a choice, made from what stands now.
        row.refresh_from_db()
        form.data = {**request.POST.dict(), "version": str(row.version)}
        form.add_error(None, changed.message)
        return _letter_page(request, row, form, status=CHANGED)
    except Refused as refused:
        form.add_error(None, refused.message)
        return _letter_page(request, row, form, status=REFUSED)
    messages.success(request, _("The letter is saved. This is how it will go out."))
    return redirect("letters:letter", row.public_id)


@require_GET
def pdf(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The PDF that went out, or the one that would go out now."""
    row = letter_for(request.user, public_id)
    sent = letters.kept(row) if not row.is_waiting else None
    try:
        content = sent or letters.pdf_for(row)
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("letters:letter", row.public_id)
    return stream_bytes(
        content=content, name=letters.file_name(row), about=row, by=_person(request), loan=row.loan,
        action="letter.viewed", download=request.GET.get("download") == "1",
    )  # fmt: skip


@require_POST
def hold(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return views.act_on(
        request, letter_for(request.user, public_id), services.hold, _("The letter is on hold.")
    )


@require_POST
def release(request: HttpRequest, public_id: UUID) -> HttpResponse:
    row = letter_for(request.user, public_id)
    return views.act_on(request, row, services.release, _("The letter goes out at its time."))


@require_POST
def send(request: HttpRequest, public_id: UUID) -> HttpResponse:
    row = letter_for(request.user, public_id)
    return views.act_on(request, row, services.send_now, _("The letter goes out now."))
