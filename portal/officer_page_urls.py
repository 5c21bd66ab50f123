"""An officer's page, edited by its owner and by staff; `public_id` is the officer's."""

from django.urls import path

from portal.views import officer_page

app_name = "officer_page"
urlpatterns = [
    path("", officer_page.edit, name="edit"),
    path("preview/", officer_page.preview, name="preview"),
    path("publish/", officer_page.publish, name="publish"),
    path("discard/", officer_page.discard, name="discard"),
    path("photo/", officer_page.photo, name="photo"),
]
