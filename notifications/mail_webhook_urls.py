from django.urls import path

from notifications import mail_inbound, mail_webhooks

app_name = "mail_webhooks"
urlpatterns = [
    path("<slug:provider>/", mail_webhooks.email, name="events"),
    path("<slug:provider>/inbound/", mail_inbound.inbound, name="inbound"),
]
