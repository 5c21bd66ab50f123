"""A borrower's pages about one loan."""

from django.urls import path

from portal.views import loan, people

app_name = "loans"
urlpatterns = [
    path("<uuid:public_id>/", loan.detail, name="detail"),
    path("<uuid:public_id>/documents/", loan.documents, name="documents"),
    path("<uuid:public_id>/documents/<uuid:request_id>/", loan.does_not_apply, name="does_not_apply"),
    path("<uuid:public_id>/people/", people.people, name="people"),
    path("<uuid:public_id>/people/invite/", people.invite, name="invite"),
    path("<uuid:public_id>/people/<uuid:party_id>/invite-again/", people.invite_again, name="invite_again"),
]
