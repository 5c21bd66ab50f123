"""Asking us something, from whatever page: a page of its own, and the same as a part of the page one is on."""

from django.urls import path

from portal.views import chat

app_name = "chat"
urlpatterns = [
    path("", chat.room, name="room"),
    path("new/", chat.new, name="new"),
    path("say/", chat.say, name="say"),
    path("read/", chat.read, name="read"),
    path("leave/", chat.leave, name="leave"),
]
