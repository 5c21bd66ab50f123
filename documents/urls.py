from django.urls import path

from documents.views import documents

app_name = "documents"
urlpatterns = [
    path("<uuid:public_id>/", documents.document, name="document"),
    path("<uuid:public_id>/viewer/", documents.viewer, name="viewer"),
    path("<uuid:public_id>/pages/<int:page>/", documents.page, name="page"),
    path("<uuid:public_id>/originals/<uuid:original_id>/", documents.original, name="original"),
    path("requests/<uuid:public_id>/row/", documents.row, name="row"),
]
