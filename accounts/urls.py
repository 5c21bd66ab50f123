from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("invitations/", views.accept, name="accept"),
    path("invitations/<str:token>/", views.invitation, name="invitation"),
    path("profile/", views.profile, name="profile"),
    path("profile/contact/<str:token>/", views.confirm_contact, name="contact"),
]
