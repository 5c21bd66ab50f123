"""Addresses of letters, under /desk/letters/."""

from django.urls import path

from notifications import letter_views

app_name = "letters"
urlpatterns = [
    path("<uuid:public_id>/", letter_views.letter, name="letter"),
    path("<uuid:public_id>/pdf/", letter_views.pdf, name="pdf"),
    path("<uuid:public_id>/edit/", letter_views.edit, name="edit"),
    path("<uuid:public_id>/hold/", letter_views.hold, name="hold"),
    path("<uuid:public_id>/release/", letter_views.release, name="release"),
    path("<uuid:public_id>/send/", letter_views.send, name="send"),
]
