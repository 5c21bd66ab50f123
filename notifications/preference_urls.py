from django.urls import path

from notifications import preference_views as views

app_name = "preferences"
urlpatterns = [
    path("profile/messages/", views.mine, name="mine"),
    path("profile/messages/texts/", views.texts, name="texts"),
    path("profile/messages/again/", views.again, name="again"),
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
]
