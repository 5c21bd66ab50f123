"""Addresses of letters, under /desk/letters/."""

from datetime import date

from django.urls import path, register_converter

from notifications import letter_views, printing_views


class Day:
    """A day as 2026-12-24."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)  # a ValueError is a 404

    def to_url(self, value: date | str) -> str:
        return str(value)


register_converter(Day, "day")

app_name = "letters"
urlpatterns = [
    path("", printing_views.piles, name="list"),
    path("<day:day>/pdf/", printing_views.pile_pdf, name="pile_pdf"),
    path("<day:day>/printed/", printing_views.mark_printed, name="mark_printed"),
    path("<day:day>/again/", printing_views.printed_pdf, name="printed_pdf"),
    path("<uuid:public_id>/", letter_views.letter, name="letter"),
    path("<uuid:public_id>/pdf/", letter_views.pdf, name="pdf"),
    path("<uuid:public_id>/edit/", letter_views.edit, name="edit"),
    path("<uuid:public_id>/hold/", letter_views.hold, name="hold"),
    path("<uuid:public_id>/release/", letter_views.release, name="release"),
    path("<uuid:public_id>/send/", letter_views.send, name="send"),
    path("<uuid:public_id>/cancel/", letter_views.cancel, name="cancel"),
    path("<uuid:public_id>/take-back/", letter_views.take_back, name="take_back"),
]
