from django.urls import path

from documents.views import documents, hints, taking_back

app_name = "documents"
urlpatterns = [
    path("<uuid:public_id>/", documents.document, name="document"),
    path("<uuid:public_id>/viewer/", documents.viewer, name="viewer"),
    path("<uuid:public_id>/pages/<int:page>/", documents.page, name="page"),
    path("<uuid:public_id>/originals/<uuid:original_id>/", documents.original, name="original"),
    path("<uuid:public_id>/take-back/", taking_back.take_back, name="take_back"),
    path("<uuid:public_id>/keep/", hints.keep, name="keep"),
    path("requests/<uuid:public_id>/row/", documents.row, name="row"),
]
