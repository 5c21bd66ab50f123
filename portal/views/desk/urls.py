"""Addresses of the officer's desk, under /desk/."""

from django.urls import path

from portal.views.desk import audit, dates, inbox, loan, papers, people, pipeline, stage, undo
from portal.views.gallery import gallery

app_name = "desk"
urlpatterns = [
    path("", pipeline.pipeline, name="pipeline"),
    path("gallery/", gallery, name="gallery"),
    path("tasks/<uuid:task_id>/done/", pipeline.task_done, name="task_done"),
    path("loans/<uuid:public_id>/", loan.loan, name="loan"),
    path("loans/<uuid:public_id>/facts/", people.facts, name="facts"),
    path("loans/<uuid:public_id>/audit/", audit.audit, name="audit"),
    # Stage
    path("loans/<uuid:public_id>/stage/", stage.stage, name="stage"),
    path("loans/<uuid:public_id>/stage/preview/", stage.stage_preview, name="stage_preview"),
    path("loans/<uuid:public_id>/stage/message/<str:token>/", stage.stage_message, name="stage_message"),
    path("loans/<uuid:public_id>/stage/undo/", undo.undo, name="undo"),
    # Dates
    path("loans/<uuid:public_id>/next-update/", dates.next_update, name="next_update"),
    path("loans/<uuid:public_id>/waiting-on/", dates.waiting_on, name="waiting_on"),
    path("loans/<uuid:public_id>/expected-closing/", dates.expected_closing, name="expected_closing"),
    path("loans/<uuid:public_id>/key-date/", dates.key_date, name="key_date"),
    path("loans/<uuid:public_id>/key-date/clear/", dates.key_date_clear, name="key_date_clear"),
    path("loans/<uuid:public_id>/received/", dates.received_item, name="received_item"),
    # People
    path("loans/<uuid:public_id>/co-borrower/", people.co_borrower, name="co_borrower"),
    path("loans/<uuid:public_id>/people/<uuid:party_id>/invite/", people.reinvite, name="reinvite"),
    # Papers
    path("loans/<uuid:public_id>/requests/", papers.request_add, name="request_add"),
    path("requests/<uuid:request_id>/", papers.request_edit, name="request_edit"),
    path("requests/<uuid:request_id>/withdraw/", papers.request_withdraw, name="request_withdraw"),
    path("requests/<uuid:request_id>/again/", papers.request_again, name="request_again"),
    path("documents/", inbox.inbox, name="documents"),
    path("documents/<uuid:document_id>/", papers.review, name="review"),
    path("documents/<uuid:document_id>/accept/", papers.accept, name="accept"),
    path("documents/<uuid:document_id>/return/", papers.send_back, name="return"),
]
