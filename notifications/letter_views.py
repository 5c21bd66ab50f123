"""A letter at the desk: read it as it will be, change its words, hold it, send it, call it off."""

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
from notifications.catalog import kind_for
from notifications.catalog.shape import Sort
from notifications.forms import LetterForm
from notifications.models import Notification

REFUSED, CHANGED = 422, 409


@require_GET
def letter(request: HttpRequest, public_id: UUID) -> HttpResponse:
    row = letter_for(request.user, public_id)
    return _letter_page(request, row, _form_of(row))


def _form_of(row: Notification) -> LetterForm:
    words = {
        "wording": row.wording or _default_words(row),
        "personal_line": row.personal_line,
        "postal": row.context.get("postal", ""),
    }
    return LetterForm(initial={**words, "version": row.version})


def _default_words(row: Notification) -> str:
    """Nothing when the letter is not wanted any more; the page says why."""
    try:
        return letters.wording_now(row)
    except Refused:
        return ""


def _letter_page(
    request: HttpRequest, row: Notification, form: LetterForm, status: int = 200
) -> HttpResponse:
    kind = kind_for(row.kind)
    return render(
        request,
        "outbox/letter.html",
        {
            "row": row,
            "kind": kind,
            "form": form,
            "loan": row.loan,
            "on_paper": row.channel == Notification.Channel.LETTER,
            "is_ready": row.state == Notification.State.READY_TO_PRINT,
            "copies": services.copies_of(row),
            "stopped": _(why) if (why := letters.is_stopped(row.loan)) else "",
            "fields": [name for name, sort in kind.sorts.items() if sort == Sort.TEXT],
            "cleared": views.cleared(row) if row.words_cleared_at else "",
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
            postal=said["postal"] if row.channel == Notification.Channel.LETTER else None,
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
    """The PDF that went out, or the one that would go out now; back, with the reason, when there is none."""
    row = letter_for(request.user, public_id)
    if row.words_cleared_at:
        messages.error(request, views.cleared(row))
        return redirect("letters:letter", row.public_id)
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
    row = letter_for(request.user, public_id)
    return views.act_on(request, row, services.hold, _("The letter is on hold."))


@require_POST
def release(request: HttpRequest, public_id: UUID) -> HttpResponse:
    row = letter_for(request.user, public_id)
    return views.act_on(request, row, services.release, _("The letter goes out at its time."))


@require_POST
def send(request: HttpRequest, public_id: UUID) -> HttpResponse:
    row = letter_for(request.user, public_id)
    on_paper = row.channel == Notification.Channel.LETTER
    done = _("The letter is made now, ready to be printed.") if on_paper else _("The letter goes out now.")
    return views.act_on(request, row, services.send_now, done)


@require_POST
def cancel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    row = letter_for(request.user, public_id)
    return views.act_on(request, row, services.cancel, _("The letter is called off."))


@require_POST
def take_back(request: HttpRequest, public_id: UUID) -> HttpResponse:
    row = letter_for(request.user, public_id)
    done = _("The letter is off the pile and on hold. It is made anew when you release it.")
    return views.act_on(request, row, services.take_off_pile, done)
