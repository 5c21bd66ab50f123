from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("invitations/", views.accept, name="accept"),
    path("invitations/<str:token>/", views.invitation, name="invitation"),
    path("profile/", views.profile, name="profile"),
    path("profile/signature/", views.signature, name="signature"),
    path("profile/signature/remove/", views.remove_signature, name="signature_remove"),
    path("profile/signature/<uuid:public_id>/", views.signature_picture, name="signature_picture"),
    path("profile/contact/<str:token>/", views.confirm_contact, name="contact"),
]
