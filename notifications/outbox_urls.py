"""Addresses of the outbox, under /desk/outbox/."""

from django.urls import path

from notifications import views

app_name = "outbox"
urlpatterns = [
    path("", views.outbox, name="list"),
    path("<uuid:public_id>/", views.message, name="message"),
    path("<uuid:public_id>/body/", views.body, name="body"),
    path("<uuid:public_id>/resend/", views.resend, name="resend"),
    path("<uuid:public_id>/hold/", views.hold, name="hold"),
    path("<uuid:public_id>/release/", views.release, name="release"),
    path("<uuid:public_id>/send/", views.send, name="send"),
    path("<uuid:public_id>/cancel/", views.cancel, name="cancel"),
    path("<uuid:public_id>/settle/", views.settle, name="settle"),
]
