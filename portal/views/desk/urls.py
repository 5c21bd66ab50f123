"""Addresses of the officer's desk, under /desk/."""

from django.urls import path

from portal.views import gallery
from portal.views.desk import (
    audit,
    dates,
    giving,
    inbox,
    keeping,
    loan,
    papers,
    people,
    pipeline,
    renewals,
    sending,
    stage,
    texts,
    undo,
)

app_name = "desk"
urlpatterns = [
    path("", pipeline.pipeline, name="pipeline"),
    path("gallery/", gallery.gallery, name="gallery"),
    path("gallery/messages/<str:kind>/", gallery.message, name="gallery_message"),
    path("gallery/messages/<str:kind>/body/", gallery.message_body, name="gallery_message_body"),
    path("gallery/messages/<str:kind>/letter/", gallery.letter, name="gallery_letter"),
    path("gallery/stages/<str:stage>/", gallery.stage, name="gallery_stage"),
    path("tasks/<uuid:task_id>/done/", pipeline.task_done, name="task_done"),
    path("loans/<uuid:public_id>/", loan.loan, name="loan"),
    path("loans/<uuid:public_id>/facts/", people.facts, name="facts"),
    path("loans/<uuid:public_id>/audit/", audit.audit, name="audit"),
    # How long papers are kept
    path("disposal/", keeping.report, name="disposal"),
    path("loans/<uuid:public_id>/keeping/", keeping.loan, name="keeping"),
    path("loans/<uuid:public_id>/keeping/hold/", keeping.hold, name="hold"),
    path("loans/<uuid:public_id>/keeping/hold/end/", keeping.end_hold, name="end_hold"),
    path("loans/<uuid:public_id>/keeping/archive/", keeping.archive_ask, name="archive_ask"),
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
    path("loans/<uuid:public_id>/people/<uuid:party_id>/correct/", people.correct, name="correct"),
    # Messages
    path(
        "loans/<uuid:public_id>/messages/<uuid:message_id>/hold/", sending.message_hold, name="message_hold"
    ),
    path(
        "loans/<uuid:public_id>/messages/<uuid:message_id>/release/",
        sending.message_release,
        name="message_release",
    ),
    path(
        "loans/<uuid:public_id>/messages/<uuid:message_id>/send/", sending.message_send, name="message_send"
    ),
    # Texts and what was asked for in them
    path("texts/", texts.texts, name="texts"),
    path("texts/<uuid:text_id>/decide/", texts.decide, name="text_decide"),
    path("service-requests/<uuid:request_id>/done/", texts.service_request_done, name="service_request_done"),
    path("loans/<uuid:public_id>/texts/", texts.loan_texts, name="loan_texts"),
    path("loans/<uuid:public_id>/texts/said/", texts.said, name="said"),
    path("loans/<uuid:public_id>/texts/try/", texts.try_it, name="text_try"),
    # Papers
    path("loans/<uuid:public_id>/requests/", papers.request_add, name="request_add"),
    path("loans/<uuid:public_id>/papers/", giving.house_papers, name="house_papers"),
    path("papers/<uuid:paper_id>/", giving.house_paper, name="house_paper"),
    path("papers/<uuid:paper_id>/withdraw/", giving.withdraw, name="house_paper_withdraw"),
    path("requests/<uuid:request_id>/", papers.request_edit, name="request_edit"),
    path("requests/<uuid:request_id>/withdraw/", papers.request_withdraw, name="request_withdraw"),
    path("requests/<uuid:request_id>/again/", papers.request_again, name="request_again"),
    path("requests/<uuid:request_id>/answer/", papers.request_answer, name="request_answer"),
    path("renewals/", renewals.renewal_list, name="renewals"),
    path("renewals/<uuid:request_id>/ask/", renewals.ask_for_newer, name="renewal_ask"),
    path("documents/", inbox.inbox, name="documents"),
    path("documents/<uuid:document_id>/", papers.review, name="review"),
    path("documents/<uuid:document_id>/file/", papers.file_it, name="file"),
    path("documents/<uuid:document_id>/accept/", papers.accept, name="accept"),
    path("documents/<uuid:document_id>/return/", papers.send_back, name="return"),
]
