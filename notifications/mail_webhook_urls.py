from django.urls import path

from notifications import mail_webhooks

app_name = "mail_webhooks"
urlpatterns = [path("<slug:provider>/", mail_webhooks.email, name="events")]
