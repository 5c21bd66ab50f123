"""Every address of the house. Public ones carry `login_not_required`; a test compares them with the public list."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from accounts.views import ask_for_reset, remove_passkey
from portal.views.home import home
from portal.views.messages import unread

# A password alone never opens the admin: its own sign-in page leads to the house's.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("", include("portal.public_urls")),
    path("home/", include(([path("", home, name="home")], "home"))),
    path("loans/", include("portal.loan_urls")),
    path("unread/", unread, name="unread"),
    path("", include("accounts.urls")),
    path("profile/page/<uuid:public_id>/", include("portal.officer_page_urls")),
    path("", include("notifications.preference_urls")),
    path("desk/", include("portal.views.desk.urls")),
    path("desk/outbox/", include("notifications.outbox_urls")),
    path("desk/letters/", include("notifications.letter_urls")),
    path("webhooks/sms/", include("notifications.texting.urls")),
    path("webhooks/email/", include("notifications.mail_webhook_urls")),
    path("chat/", include("portal.chat_urls")),
    path("apply/", include("portal.apply_urls")),
    path("documents/", include("documents.urls")),
    path("uploads/", include("documents.upload_urls")),
    path("send/", include("documents.send_urls")),
    path("partner/", include("portal.partner_urls")),
    path("admin/", admin.site.urls),
    path("accounts/password/reset/", ask_for_reset, name="account_reset_password"),
    path("accounts/2fa/webauthn/keys/<int:pk>/remove/", remove_passkey, name="mfa_remove_webauthn"),
    path("accounts/", include("allauth.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("", include("portal.demo_urls")))
