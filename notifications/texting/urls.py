"""Addresses that carriers of texts call, under /webhooks/sms/."""

from django.urls import path

from notifications.texting import webhooks

app_name = "texting"
urlpatterns = [
    path("", webhooks.text, name="inbound"),
    path("status/", webhooks.status, name="status"),
]
