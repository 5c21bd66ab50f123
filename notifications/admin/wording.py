"""
The words of every kind of message: a list made from the catalog, and an editor with a preview while one types.

Rows of `Wording` come with the first save; looking writes nothing. What stands in the form travels to the preview as a
signed link, so that the mail's page can stand in a frame under a policy of its own (DESIGN, house rule 11).
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.clickjacking import xframe_options_sameorigin

from audit.models import Entry
from documents.serving import own_pdf
from loans.errors import Changed, Refused
from loans.models import Loan
from notifications import wording
from notifications.access import loans_to_try_on
from notifications.admin.editing import Draft, WordingForm, explained, name_of, named
from notifications.catalog import KINDS, WORDING_TEST, Kind
from notifications.catalog.shape import TOPICS
from notifications.models import Wording, WordingVersion
from notifications.services import trying
from notifications.services import wording as services
from notifications.views import BODY_POLICY

OK, CHANGED, REFUSED = 200, 409, 422
LOANS_OFFERED = 15
EVENTS_SHOWN = 20
EVENTS = {"wording.saved", "wording.published", "wording.default"}


@admin.register(Wording)
class WordingAdmin(admin.ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[Any]:
        def to(view: Callable[..., HttpResponse], name: str) -> Any:
            address = f"<str:object_id>/{name}/"
            return path(address, self.admin_site.admin_view(view), name=f"notifications_wording_{name}")

        own = [to(self.preview_view, "preview"), to(self.body_view, "body"), to(self.letter_view, "letter")]
        return own + super().get_urls()

    # --- The list

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        self._may_look(request)
        own = {(row.kind, row.language): row.published for row in self._changed()}
        groups = [(title, _lines(topic, own)) for topic, title in TOPICS.items()]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Words of our messages"),
            "opts": self.opts,
            "groups": [(title, lines) for title, lines in groups if lines],
            "several_languages": len(settings.LANGUAGES) > 1,
        }
        return TemplateResponse(request, "admin/notifications/wording/list.html", context)

    def _changed(self) -> Any:
        return Wording.objects.filter(published__isnull=False).select_related("published__by")

    # --- The editor

    @method_decorator(csp_update({"frame-src": [SELF]}))
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        self._may_look(request)
        if object_id.isdecimal():
            return self._to_the_words_of(int(object_id))
        kind, language = named(object_id)
        if request.method != "POST":
            return self._page(request, kind, language)
        self._may_change(request)
        act = {"save": self._save, "test": self._test, "default": self._default, "publish": self._publish}
        return act.get(request.POST.get("do", ""), self._page)(request, kind, language)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        return redirect(reverse("admin:notifications_wording_change", args=[object_id]) + "#versions")

    def _to_the_words_of(self, pk: int) -> HttpResponse:
        row = Wording.objects.filter(pk=pk).first()
        if row is None:
            raise Http404
        return redirect("admin:notifications_wording_change", f"{row.kind}.{row.language}")

    def _may_look(self, request: HttpRequest) -> None:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied

    def _may_change(self, request: HttpRequest) -> None:
        if not self.has_change_permission(request):
            raise PermissionDenied

    def _save(self, request: HttpRequest, kind: Kind, language: str) -> HttpResponse:
        form = WordingForm(kind, request.POST)
        if not form.is_valid():
            return self._page(request, kind, language, form, REFUSED)
        said = form.cleaned_data
        save = partial(services.save_version, parts=form.parts(), note=said["note"])
        return self._carried_out(
            request, kind, language, form, save, _("Saved. These words hold from now on.")
        )

    def _default(self, request: HttpRequest, kind: Kind, language: str) -> HttpResponse:
        done = _("The default holds again. Your versions are kept.")
        return self._carried_out(request, kind, language, None, services.back_to_default, done)

    def _publish(self, request: HttpRequest, kind: Kind, language: str) -> HttpResponse:
        version = _version(kind, language, request.POST.get("version", ""))

        def publish(*, kind: str, language: str, **said: Any) -> object:
            return services.publish(version=version, **said)

        done = _("Version %(number)d holds again.") % {"number": version.number}
        return self._carried_out(request, kind, language, None, publish, done)

    def _carried_out(
        self,
        request: HttpRequest,
        kind: Kind,
        language: str,
        form: WordingForm | None,
        service: Callable[..., object],
        done: str,
    ) -> HttpResponse:
        """Done and told; or refused, with what was typed still there."""
        expected = request.POST.get("expected", "")
        try:
            service(kind=kind.key, language=language, by=request.user, expected=expected)
        except Changed as changed:
            again = _("Your words are still here: look at theirs below, and save again if yours shall hold.")
            messages.error(request, " ".join([changed.message, *changed.what, *([again] if form else [])]))
            return self._page(request, kind, language, form, CHANGED)
        except Refused as refused:
            messages.error(request, refused.message)
            return self._page(request, kind, language, form, REFUSED)
        messages.success(request, done)
        return redirect("admin:notifications_wording_change", name_of(kind, language))

    def _test(self, request: HttpRequest, kind: Kind, language: str) -> HttpResponse:
        form = WordingForm(kind, request.POST)
        if not form.is_valid():
            return self._page(request, kind, language, form, REFUSED)
        draft = Draft.typed(kind, language, request.POST)
        row = trying.send_test(
            kind=kind, parts=form.parts(), by=request.user, language=language, loan=self._loan(request, draft)
        )
        messages.success(request, _("A test is on its way to %(address)s.") % {"address": row.address})
        return self._page(request, kind, language, form)

    def _page(
        self,
        request: HttpRequest,
        kind: Kind,
        language: str,
        form: WordingForm | None = None,
        status: int = OK,
    ) -> HttpResponse:
        """The editor with `form`, else with what was typed, else with the version asked for, else with what holds."""
        standing = services.standing(kind=kind.key, language=language)
        if form is None:
            form = _form(request, kind, language, standing)
        if form.is_bound:  # whoever was told that others were quicker may now choose to go on
            form.data = {**request.POST.dict(), "expected": standing.mark}
        draft = Draft.typed(
            kind, language, form.data if form.is_bound else {**form.initial, **request.GET.dict()}
        )
        context = {
            **self.admin_site.each_context(request),
            "title": kind.name,
            "opts": self.opts,
            "kind": kind,
            "language": dict(settings.LANGUAGES)[language],
            "object_id": name_of(kind, language),
            "form": form,
            "standing": standing,
            "fields": explained(kind),
            "versions": _versions(kind, language),
            "events": _events(kind, language),
            "loans": loans_to_try_on(request.user)
            .order_by("-id")
            .prefetch_related("parties")[:LOANS_OFFERED],
            "draft": draft,
            "may_change": self.has_change_permission(request),
            **self._shown(request, draft),
        }
        if form.errors:  # said at their fields
            context["problems"] = []
        return TemplateResponse(request, "admin/notifications/wording/editor.html", context, status=status)

    # --- Previews

    def preview_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What the form holds, drawn: a part of the editor's page, asked for while one types. Nothing is written."""
        self._may_look(request)
        kind, language = named(object_id)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        draft = Draft.typed(kind, language, request.POST)
        context = {"kind": kind, "object_id": object_id, **self._shown(request, draft)}
        return TemplateResponse(request, "admin/notifications/wording/preview.html", context)

    def _shown(self, request: HttpRequest, draft: Draft) -> dict[str, Any]:
        loan = self._loan(request, draft)
        kind, parts = draft.kind, draft.parts
        return {
            "trial": trying.try_out(kind, wording.compose(kind, parts), loan=loan, language=draft.language),
            "problems": wording.check(kind, parts),
            "remarks": wording.remarks(kind, parts),
            "link": draft.link,
            "loan": loan,
            "no_such_loan": bool(draft.loan) and loan is None,
        }

    def _loan(self, request: HttpRequest, draft: Draft) -> Loan | None:
        if not draft.loan:
            return None
        found = loans_to_try_on(request.user).filter(number__iexact=draft.loan)
        return found.select_related("officer__officer_profile").first()

    def _drafted(self, request: HttpRequest, object_id: str) -> tuple[Draft, Loan | None]:
        self._may_look(request)
        draft = Draft.from_link(*named(object_id), request.GET.get("draft", ""))
        return draft, self._loan(request, draft)

    def body_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The mail alone, for the frame."""
        draft, loan = self._drafted(request, object_id)
        said = wording.compose(draft.kind, draft.parts)
        return mail_alone(trying.try_out(draft.kind, said, loan=loan, language=draft.language).html)

    def letter_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The letter as a PDF, in a tab of its own; back to the editor, with the reason, when it cannot be set."""
        draft, loan = self._drafted(request, object_id)
        try:
            content = trying.letter_pdf(draft.kind, draft.parts.letter, loan=loan, language=draft.language)
        except Refused as refused:
            messages.error(request, refused.message)
            return redirect("admin:notifications_wording_change", object_id)
        return own_pdf(content, f"{draft.kind.key}.pdf")


def mail_alone(html: str) -> HttpResponse:
    """A mail's page to be framed by ours: nothing runs in it, nothing is fetched."""
    answer = HttpResponse(html, headers={"Content-Security-Policy": BODY_POLICY, "Cache-Control": "no-store"})
    return xframe_options_sameorigin(lambda: answer)()


def _lines(topic: str, own: dict[tuple[str, str], WordingVersion | None]) -> list[dict[str, Any]]:
    kinds = [kind for kind in KINDS.values() if kind.topic == topic and kind.key != WORDING_TEST]
    return [
        {
            "kind": kind,
            "language": name,
            "url": reverse("admin:notifications_wording_change", args=[name_of(kind, code)]),
            "version": (version := own.get((kind.key, code))),
            "fits": version is None or not wording.check(kind, wording.parts_in(version)),
        }
        for kind in kinds
        for code, name in settings.LANGUAGES
    ]


def _form(request: HttpRequest, kind: Kind, language: str, standing: services.Standing) -> WordingForm:
    if "note" in request.POST:
        form = WordingForm(kind, request.POST)
        form.full_clean()
        return form
    asked = request.GET.get("version", "")
    version = standing.published
    if asked:
        version = None if asked == "0" else _version(kind, language, asked)
    with override(language):
        parts = wording.parts_in(version) if version else wording.export(kind)
    return WordingForm(kind, initial={**vars(parts), "expected": standing.mark})


def _version(kind: Kind, language: str, number: str) -> WordingVersion:
    own = WordingVersion.objects.filter(wording__kind=kind.key, wording__language=language)
    found = own.select_related("wording").filter(number=number).first() if number.isdecimal() else None
    if found is None:
        raise Http404
    return found


def _versions(kind: Kind, language: str) -> Any:
    own = WordingVersion.objects.filter(wording__kind=kind.key, wording__language=language)
    return own.select_related("by").order_by("-number")


def _events(kind: Kind, language: str) -> Any:
    """What was put in force when, and by whom: the audit log knows."""
    rows = Wording.objects.filter(kind=kind.key, language=language).values_list("public_id", flat=True)
    about = Entry.objects.filter(
        object_kind=Wording._meta.label_lower, object_id__in=[str(row) for row in rows], action__in=EVENTS
    )
    return about.order_by("-id")[:EVENTS_SHOWN]
