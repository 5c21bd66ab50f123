from django.urls import path

from documents.views import documents

app_name = "documents"
urlpatterns = [
    path("<uuid:public_id>/", documents.document, name="document"),
    path("requests/<uuid:public_id>/row/", documents.row, name="row"),
]
