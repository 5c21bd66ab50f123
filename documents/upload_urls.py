from django.urls import path

from documents.views import groups, objects, uploads

app_name = "uploads"
urlpatterns = [
    path("", uploads.create, name="create"),
    path("plain/", uploads.plain, name="plain"),
    path("groups/", groups.create, name="group"),
    path("groups/<uuid:public_id>/close/", groups.close, name="close_group"),
    path("o/<str:token>/", objects.stored_object, name="object"),
    path("<uuid:public_id>/", uploads.state, name="state"),
    path("<uuid:public_id>/sign/", uploads.sign, name="sign"),
    path("<uuid:public_id>/complete/", uploads.complete, name="complete"),
    path("<uuid:public_id>/abort/", uploads.abort, name="abort"),
]
