from django.urls import path

from documents.views import objects, uploads

app_name = "uploads"
urlpatterns = [
    path("", uploads.create, name="create"),
    path("plain/", uploads.plain, name="plain"),
    path("o/<str:token>/", objects.stored_object, name="object"),
    path("<uuid:public_id>/", uploads.state, name="state"),
    path("<uuid:public_id>/sign/", uploads.sign, name="sign"),
    path("<uuid:public_id>/complete/", uploads.complete, name="complete"),
    path("<uuid:public_id>/abort/", uploads.abort, name="abort"),
]
