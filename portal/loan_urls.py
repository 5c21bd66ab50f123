"""A borrower's pages about one loan."""

from django.urls import path

from documents.views import exports
from portal.views import binder, e_delivery, loan, messages, partner, people

app_name = "loans"
urlpatterns = [
    path("<uuid:public_id>/", loan.detail, name="detail"),
    path("<uuid:public_id>/documents/", loan.documents, name="documents"),
    path("<uuid:public_id>/documents/archive/", exports.archive, name="archive"),
    path("<uuid:public_id>/documents/archive/ask/", exports.ask, name="archive_ask"),
    path("<uuid:public_id>/documents/<uuid:request_id>/", loan.does_not_apply, name="does_not_apply"),
    path("<uuid:public_id>/documents/<uuid:request_id>/stuck/", loan.stuck, name="stuck"),
    path("<uuid:public_id>/binder/", binder.binder, name="binder"),
    path("<uuid:public_id>/messages/", messages.thread, name="messages"),
    path("<uuid:public_id>/messages/new/", messages.new, name="messages_new"),
    path("<uuid:public_id>/messages/write/", messages.write, name="messages_write"),
    path("<uuid:public_id>/messages/read/", messages.read, name="messages_read"),
    path("<uuid:public_id>/messages/draft/", messages.draft, name="messages_draft"),
    path("<uuid:public_id>/electronic/", e_delivery.e_delivery, name="e_delivery"),
    path("<uuid:public_id>/electronic/test.pdf", e_delivery.test_pdf, name="e_delivery_test"),
    path("<uuid:public_id>/people/", people.people, name="people"),
    path("<uuid:public_id>/people/invite/", people.invite, name="invite"),
    path("<uuid:public_id>/partners/<uuid:partner_id>/agree/", partner.agree, name="partner_agree"),
    path("<uuid:public_id>/partners/<uuid:partner_id>/end/", partner.end, name="partner_end"),
    path("<uuid:public_id>/people/<uuid:party_id>/invite-again/", people.invite_again, name="invite_again"),
]
