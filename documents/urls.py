from django.urls import path

from documents.views import documents, exports, hints, links, sharing, taking_back

app_name = "documents"
urlpatterns = [
    path("<uuid:public_id>/", documents.document, name="document"),
    path("<uuid:public_id>/viewer/", documents.viewer, name="viewer"),
    path("<uuid:public_id>/pages/<int:page>/", documents.page, name="page"),
    path("<uuid:public_id>/originals/<uuid:original_id>/", documents.original, name="original"),
    path("<uuid:public_id>/take-back/", taking_back.take_back, name="take_back"),
    path("<uuid:public_id>/keep/", hints.keep, name="keep"),
    path("archives/<uuid:public_id>/", exports.download, name="archive_file"),
    path("archives/<uuid:public_id>/state/", exports.state, name="archive_state"),
    path("<uuid:public_id>/share/", sharing.share, name="share"),
    path("<uuid:public_id>/compliance/", sharing.compliance, name="compliance"),
    path("requests/<uuid:public_id>/links/", links.links, name="links"),
    path("links/<uuid:public_id>/revoke/", links.revoke, name="link_revoke"),
    path("requests/<uuid:public_id>/row/", documents.row, name="row"),
]
