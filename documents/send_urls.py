"""A helper's link. The token in each address is the authority (`views/send.py`)."""

from django.urls import path

from documents.views import send

app_name = "send"
urlpatterns = [
    path("<slug:token>/", send.page, name="page"),
    path("<slug:token>/uploads/", send.create, name="create"),
    path("<slug:token>/uploads/groups/", send.group, name="group"),
    path("<slug:token>/uploads/groups/<uuid:public_id>/close/", send.close_group, name="close_group"),
    path("<slug:token>/uploads/<uuid:public_id>/", send.state, name="state"),
    path("<slug:token>/uploads/<uuid:public_id>/sign/", send.sign, name="sign"),
    path("<slug:token>/uploads/<uuid:public_id>/complete/", send.complete, name="complete"),
    path("<slug:token>/uploads/<uuid:public_id>/abort/", send.abort, name="abort"),
]
