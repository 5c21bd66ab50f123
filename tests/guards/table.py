"""
Who gets which answer at which address: one row an address.

A profile says the code for each of nine people. Strangers get 404 where an address names a thing of somebody's, so that
existence does not leak; whoever is signed out is led to the sign-in (302). Rows of the admin are made by rule in
test_addresses.py.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils import timezone

from conversations.complaints import token_for as settled_token
from feedback.access import token_for as survey_token
from loans.clocks import local_date
from notifications.unsubscribing import token_for
from tests.cast import NAMES
from tests.guards.conftest import EVERYBODY, VISITORS
from tests.guards.world import World

Codes = dict[str, int]
STAFF = ("olga", "otto", "mara", "stef")
BORROWERS = ("bea", "cole", "nils")
LOAN_TEAM = ("olga", "mara")


def only(code: int, *people: str, others: int = 404, **special: int) -> Codes:
    """`code` for these people, `others` for everybody else who is signed in, sign-in for visitors."""
    return {
        **dict.fromkeys(VISITORS, 302),
        **dict.fromkeys(NAMES, others),
        **dict.fromkeys(people, code),
        **special,
    }


def everybody(code: int, **special: int) -> Codes:
    return {**dict.fromkeys(EVERYBODY, code), **special}


def signed_in(code: int, **special: int) -> Codes:
    return only(code, *NAMES, **special)


def staff(code: int, **borrowers: int) -> Codes:
    return only(code, *STAFF, **borrowers)


def team(code: int, **special: int) -> Codes:
    """Bea's officer and the manager."""
    return only(code, *LOAN_TEAM, **special)


def visitors(code: int, others: int = 302) -> Codes:
    return {**dict.fromkeys(VISITORS, code), **dict.fromkeys(NAMES, others)}


LOAN_PAGE = only(200, "bea", "cole", olga=302, mara=302)  # who works on it is led to the desk
BEA_OR_TEAM = only(200, "bea", *LOAN_TEAM)
NOBODY = signed_in(404)
PUBLIC = everybody(200)
Fill = Callable[[World], dict[str, object]]


@dataclass(frozen=True)
class Row:
    """`get` and `post`: the codes; without them the address must refuse the method. `said` is what is posted."""

    name: str
    get: Codes | None = None
    post: Codes | None = None
    fill: Fill = field(default=lambda world: {})
    said: dict[str, object] = field(default_factory=dict)
    json: bool = False


def loan(world: World) -> dict[str, object]:
    return {"public_id": world.cast.loan.public_id}


def desk_view(world: World) -> dict[str, object]:
    return {"view_id": world.desk_view.public_id}


def coles_party(world: World) -> dict[str, object]:
    return {**loan(world), "party_id": world.cast.cole_party.public_id}


def beas_party(world: World) -> dict[str, object]:
    return {**loan(world), "party_id": world.cast.bea_party.public_id}


def partner(world: World) -> dict[str, object]:
    return {**loan(world), "partner_id": world.partner.public_id}


def request(world: World) -> dict[str, object]:
    return {"request_id": world.bea.request.public_id}


def message_of_loan(world: World) -> dict[str, object]:
    return {**loan(world), "message_id": world.message.public_id}


def visitor(world: World) -> dict[str, object]:
    return {"conversation_id": world.visitor.public_id}


def review_of_borrower(world: World) -> dict[str, object]:
    return {"review_id": world.review.public_id}


def funded_loan(world: World) -> dict[str, object]:
    return {"public_id": world.review.loan.public_id}


def complaint(world: World) -> dict[str, object]:
    return {"complaint_id": world.complaint.public_id}


def document(world: World) -> dict[str, object]:
    return {"document_id": world.bea.document.public_id}


def paper(world: World) -> dict[str, object]:
    return {"public_id": world.bea.document.public_id}


def session(world: World) -> dict[str, object]:
    return {"public_id": world.bea.session.public_id}


def photos(world: World) -> dict[str, object]:
    return {"public_id": world.bea.group.public_id}


def hanas_link(world: World) -> dict[str, object]:
    return {"token": world.hana.token}


def hanas_file(world: World) -> dict[str, object]:
    return {**hanas_link(world), "public_id": world.hana.session.public_id}


def given(world: World) -> dict[str, object]:
    return {"paper_id": world.given.public_id}


def archive(world: World) -> dict[str, object]:
    return {"public_id": world.archive.public_id}


def letter(world: World) -> dict[str, object]:
    return {"public_id": world.letter.public_id}


def day_of_pile(world: World) -> dict[str, object]:
    return {"day": local_date(world.ready.due_at)}


def today(world: World) -> dict[str, object]:
    return {"day": local_date(timezone.now())}


def olga(world: World) -> dict[str, object]:
    return {"public_id": world.cast.olga.public_id}


def message(world: World) -> dict[str, object]:
    return {"public_id": world.message.public_id}


def lead(world: World) -> dict[str, object]:
    return {"public_id": world.lead.public_id}


def olgas_table(world: World) -> dict[str, object]:
    return {"public_id": world.table.public_id}


def made_up(**values: object) -> Fill:
    return lambda world: values


ROWS = [
    # --- Public
    Row("public:front", PUBLIC),
    Row("public:process", PUBLIC),
    Row("public:ready", PUBLIC),
    Row("public:glossary", PUBLIC),
    Row("public:strangers", PUBLIC),
    Row("public:wire", PUBLIC),
    Row("public:officers", PUBLIC),
    Row("public:officer", PUBLIC, fill=made_up(slug="olga-haddad")),
    Row("public:officer_card", PUBLIC, fill=made_up(slug="olga-haddad")),
    Row("public:rates", PUBLIC),
    Row("public:rates_feed", PUBLIC),
    Row("public:payment", PUBLIC),
    Row("public:payment_pdf", everybody(302)),  # without numbers, to where they are put in
    Row("public:affordability", PUBLIC),
    Row("public:guides", PUBLIC),
    Row("public:guide", PUBLIC, fill=made_up(slug="what-to-bring")),
    Row("public:guide_pdf", PUBLIC, fill=made_up(slug="what-to-bring")),
    Row("public:guide_mail", PUBLIC, everybody(422), made_up(slug="what-to-bring")),
    Row("public:guide_sent", PUBLIC, fill=made_up(slug="what-to-bring")),
    # People who work here answer at the desk; they are led there.
    Row("chat:room", everybody(200, **dict.fromkeys(STAFF, 302))),
    Row("chat:new", everybody(200, **dict.fromkeys(STAFF, 302))),
    Row("chat:say", None, everybody(422, **dict.fromkeys(STAFF, 404))),
    Row("chat:read", None, everybody(204, **dict.fromkeys(STAFF, 404))),
    Row("chat:leave", None, everybody(302, **dict.fromkeys(STAFF, 404))),
    Row("public:privacy", PUBLIC),
    Row("public:accessibility", PUBLIC),
    Row("public:robots", PUBLIC),
    Row("public:sitemap", PUBLIC),
    Row("public:media", everybody(404), fill=made_up(path="nothing-here.png")),
    Row("public:healthz", PUBLIC),
    Row("public:readyz", PUBLIC),
    Row("public:metrics", everybody(404)),  # no METRICS_TOKEN is set
    Row("texting:inbound", None, everybody(403)),  # nobody carries texts
    Row("texting:status", None, everybody(403)),
    Row("mail_webhooks:events", everybody(404), everybody(404), made_up(provider="postmark")),  # no EMAIL_PROVIDER
    Row("mail_webhooks:inbound", everybody(404), everybody(404), made_up(provider="postmark")),
    # --- Applying
    Row("apply:start", PUBLIC, everybody(422, bea=200, cole=200, nils=200)),  # a known borrower: which state?
    Row("apply:with", PUBLIC, everybody(422, bea=200, cole=200, nils=200), made_up(slug="olga-haddad")),
    Row("apply:step", everybody(302), everybody(302), made_up(step="home")),
    Row("apply:prove", everybody(302), everybody(302)),
    Row("apply:leave", None, everybody(302)),
    Row("apply:arrived", everybody(302)),
    Row("apply:resume", PUBLIC, everybody(422), made_up(token="made-up")),
    # --- Coming in, one's own account
    Row("accounts:invitation", everybody(302), fill=lambda world: {"token": world.token}),
    Row("accounts:accept", everybody(410), everybody(410)),
    Row("accounts:contact", signed_in(410), signed_in(410), made_up(token="made-up")),
    Row("accounts:profile", signed_in(200), signed_in(422)),
    Row("accounts:signature", only(200, "olga", "otto"), only(422, "olga", "otto")),
    Row("accounts:signature_remove", None, only(302, "olga", "otto")),
    Row("accounts:signature_picture", only(200, "olga", "stef"), fill=olga),
    Row("officer_page:edit", only(200, "olga", "stef"), only(422, "olga", "stef"), olga),
    Row("officer_page:preview", only(200, "olga", "stef"), fill=olga),
    Row("officer_page:publish", None, only(302, "olga", "stef"), olga),
    Row("officer_page:discard", None, only(302, "olga", "stef"), olga),
    Row("officer_page:photo", only(200, "olga", "stef"), fill=olga),
    Row("preferences:mine", signed_in(200), signed_in(302)),
    Row("preferences:texts", None, signed_in(422)),
    Row("preferences:again", None, signed_in(302)),
    Row("preferences:unsubscribe", PUBLIC, PUBLIC, lambda world: {"token": token_for("bea@example.com")}),
    Row("account_login", visitors(200), visitors(200)),
    Row("account_signup", visitors(200), visitors(200)),
    Row("account_logout", visitors(302, others=200), everybody(302)),
    Row("account_inactive", PUBLIC),
    Row("account_confirm_email", PUBLIC, everybody(404), made_up(key="made-up")),
    Row("account_email_verification_sent", PUBLIC),
    Row("account_confirm_login_code", everybody(302), everybody(302)),
    Row("account_reset_password", PUBLIC, PUBLIC),
    Row("account_reset_password_done", PUBLIC),
    Row("account_reset_password_from_key", PUBLIC, PUBLIC, made_up(uidb36="1", key="made-up")),
    Row("account_reset_password_from_key_done", PUBLIC),
    Row("account_change_password", signed_in(200), signed_in(200)),
    Row("account_set_password", signed_in(302), signed_in(302)),  # everybody here has one
    Row("account_email", signed_in(200), signed_in(302)),
    Row("account_reauthenticate", signed_in(200), signed_in(200)),
    Row("mfa_authenticate", everybody(302), everybody(302)),
    Row("mfa_login_webauthn", everybody(302), everybody(302)),
    Row("mfa_index", signed_in(200)),
    Row("usersessions_list", signed_in(200), signed_in(302)),
    # --- A borrower's loan
    Row("home:home", only(200, *BORROWERS, others=302)),
    Row("loans:detail", LOAN_PAGE, fill=loan),
    Row("loans:documents", LOAN_PAGE, fill=loan),
    Row("loans:people", LOAN_PAGE, fill=loan),
    Row("loans:messages", LOAN_PAGE, fill=loan),
    Row("loans:messages_new", only(200, "bea", "cole"), fill=loan),
    Row("loans:messages_write", None, only(422, "bea", "cole"), loan),
    Row("loans:messages_read", None, only(302, "bea", "cole", *LOAN_TEAM), loan),
    Row("loans:messages_draft", None, only(204, "bea", "cole", *LOAN_TEAM), loan),
    Row("unread", signed_in(200)),
    Row("loans:does_not_apply", None, only(302, "bea"), lambda world: {**loan(world), **request(world)}),
    Row("loans:stuck", None, only(302, "bea"), lambda world: {**loan(world), **request(world)}),
    Row("loans:invite", None, only(422, "bea"), loan),
    Row("loans:invite_again", None, only(302, "bea"), coles_party),
    # --- Papers
    Row("documents:document", BEA_OR_TEAM, fill=lambda world: {"public_id": world.bea.document.public_id}),
    Row("documents:viewer", BEA_OR_TEAM, fill=lambda world: {"public_id": world.bea.document.public_id}),
    Row(
        "documents:page",
        BEA_OR_TEAM,
        fill=lambda world: {"public_id": world.bea.document.public_id, "page": 1},
    ),
    Row(
        "documents:original",
        BEA_OR_TEAM,
        fill=lambda world: {
            "public_id": world.bea.document.public_id,
            "original_id": world.original.public_id,
        },
    ),
    Row("documents:take_back", None, only(302, "bea", *LOAN_TEAM), paper),
    Row("documents:keep", None, only(302, "bea"), paper),
    Row("documents:row", BEA_OR_TEAM, fill=lambda world: {"public_id": world.bea.request.public_id}),
    Row("uploads:create", None, NOBODY, said={"request": "made-up"}, json=True),
    Row("uploads:plain", None, NOBODY, said={"request": "made-up"}),
    Row("uploads:state", only(200, "bea"), fill=session),
    Row("uploads:sign", None, only(200, "bea"), session, {"method": "PUT"}, json=True),
    Row("uploads:complete", None, only(422, "bea"), session, {"x": 1}, json=True),
    Row("uploads:abort", None, only(200, "bea"), session, {"x": 1}, json=True),
    Row("uploads:group", None, NOBODY, said={"request": "made-up", "count": 2}, json=True),
    Row("uploads:close_group", None, only(200, "bea"), photos, {"order": []}, json=True),
    # --- How long papers are kept, and all of them as one file
    Row("loans:archive", LOAN_PAGE, fill=loan),
    Row("loans:archive_ask", None, only(302, "bea", "cole"), loan),
    Row("documents:archive_file", only(200, "bea"), fill=archive),
    Row("documents:archive_state", only(200, "bea"), fill=archive),
    Row("desk:disposal", only(200, "mara", "stef")),
    Row("desk:keeping", team(200), fill=loan),
    Row("desk:hold", None, only(422, "mara"), loan),
    Row("desk:end_hold", None, only(302, "mara"), loan),
    Row("desk:archive_ask", None, team(302), loan),
    # --- Sharing
    Row("documents:share", None, only(302, "bea"),
        lambda world: {"public_id": world.bea.document.public_id}),
    Row("documents:compliance", only(200, "mara"), only(422, "mara"),
        lambda world: {"public_id": world.bea.document.public_id}),
    Row("documents:links", BEA_OR_TEAM, only(422, "bea", *LOAN_TEAM),
        lambda world: {"public_id": world.bea.request.public_id}),
    Row("documents:link_revoke", None, only(302, "bea", *LOAN_TEAM),
        lambda world: {"public_id": world.hana.link.public_id}),
    Row("loans:e_delivery", only(200, "bea", "cole"), only(422, "bea", "cole"), loan),
    Row("loans:e_delivery_test", only(200, "bea", "cole"), fill=loan),
    Row("desk:house_papers", team(200), team(422), loan),
    Row("desk:house_paper", team(200), fill=given),
    Row("desk:house_paper_withdraw", None, team(302), given),
    # --- Hana's link: the token is the authority, whoever brings it; it opens one request for sending
    Row("send:page", PUBLIC, everybody(422), hanas_link),
    Row("send:create", None, everybody(422), hanas_link, {"name": "gift.pdf", "size": 0}, json=True),
    Row("send:state", PUBLIC, fill=hanas_file),
    Row("send:sign", None, PUBLIC, hanas_file, {"method": "PUT"}, json=True),
    Row("send:complete", None, everybody(422), hanas_file, {"x": 1}, json=True),
    Row("send:abort", None, PUBLIC, hanas_file, {"x": 1}, json=True),
    Row("send:group", None, everybody(201), hanas_link, {"name": "page.jpg", "count": 2}, json=True),
    Row("send:close_group", None, PUBLIC,
        lambda world: {**hanas_link(world), "public_id": world.hana.group.public_id}, {"order": []}, json=True),
    # --- The desk
    Row("desk:today", staff(200)),
    Row("desk:todays_of", only(200, "mara"), fill=olga),
    Row("desk:pipeline", staff(200)),
    Row("desk:board", staff(200)),
    Row("desk:export", staff(200)),
    Row("desk:view_save", None, staff(302)),
    Row("desk:view_delete", None, only(302, "olga"), desk_view),
    Row("desk:caller", staff(200), staff(422)),
    Row("desk:leads", staff(200)),
    Row("desk:lead", team(200), fill=lead),
    Row("desk:lead_answer", None, team(422), lead),
    Row("desk:lead_close", None, team(422), lead),
    Row("desk:lead_join", None, team(302), lambda world: {**lead(world), "other_id": world.same_lead.public_id}),
    Row("desk:new_loan", staff(200), staff(422)),
    Row("desk:imports", staff(200), staff(422)),
    Row("desk:import_template", staff(200)),
    Row("desk:import", only(200, "olga"), fill=olgas_table),  # it holds names: whoever read it
    Row("desk:import_bring", None, only(302, "olga"), olgas_table),
    Row("desk:import_delete", None, only(302, "olga"), olgas_table),
    Row("desk:documents", staff(200)),
    Row("desk:gallery", staff(200)),
    Row("desk:gallery_message", staff(200), fill=made_up(kind="stage_processing")),
    Row("desk:gallery_message_body", staff(200), fill=made_up(kind="stage_processing")),
    Row("desk:gallery_letter", staff(200), fill=made_up(kind="thank_you")),
    Row("desk:gallery_stage", staff(200), fill=made_up(stage="processing")),
    Row("desk:loan", team(200), fill=loan),
    Row("desk:audit", team(200), fill=loan),
    Row("desk:timeline", team(200), fill=loan),
    Row("desk:facts", team(200), team(422), loan),
    Row("desk:stage", team(200), team(422), loan),
    Row("desk:stage_preview", None, team(204), loan),
    Row("desk:stage_message", NOBODY, fill=lambda world: {**loan(world), "token": "made-up"}),
    Row("desk:undo", None, team(302), loan),
    Row("desk:numbers_call", team(302), team(302), loan),
    Row("desk:bulk", staff(200), staff(200)),
    Row("desk:bulk_done", staff(302)),
    Row("desk:bulk_undo", None, staff(302)),
    Row("desk:next_update", None, team(422), loan),
    Row("desk:waiting_on", None, team(422), loan),
    Row("desk:expected_closing", None, team(422), loan),
    Row("desk:key_date", None, team(422), loan),
    Row("desk:key_date_clear", None, team(422), loan),
    Row("desk:received_item", None, team(422), loan),
    Row("desk:co_borrower", None, team(422), loan),
    Row("desk:reinvite", None, team(422), coles_party),
    Row("desk:correct", None, team(422), coles_party),
    Row("desk:reassign", team(200), team(422), loan),
    Row("desk:reassign_all", only(200, "mara"), only(200, "mara"),
        lambda world: {"user_id": world.cast.otto.public_id}),
    Row("desk:absences", staff(200), staff(422)),
    Row("desk:partners", team(200), team(422), loan),
    Row("desk:partner_end", None, team(302), partner),
    Row("loans:partner_agree", None, only(302, "bea", "cole"), partner),
    Row("loans:partner_end", None, only(302, "bea", "cole"), partner),
    Row("partner:page", PUBLIC, fill=lambda world: {"token": world.partners_token}),
    Row("desk:seeing", team(200), team(403), beas_party),
    Row("desk:seeing_page", team(200), team(403),
        lambda world: {**beas_party(world), "path": f"loans/{world.cast.loan.public_id}/documents/"}),
    Row("desk:absence_end", None, only(302, "olga", "mara", "otto"),
        lambda world: {"absence_id": world.absence.public_id}),
    Row("desk:message_hold", None, team(422), message_of_loan),
    Row("desk:message_release", None, team(422), message_of_loan),
    Row("desk:message_send", None, team(422), message_of_loan),
    Row("desk:request_add", team(200), team(422), loan),
    Row("desk:request_edit", team(200), team(422), request),
    Row("desk:request_withdraw", None, team(422), request),
    Row("desk:request_again", None, team(422), request),
    Row("desk:request_answer", None, team(422), request),
    Row("desk:renewals", staff(200)),
    Row("desk:renewal_ask", None, team(302), request),
    Row("desk:review", team(200), fill=document),
    Row("desk:documents_many", None, staff(302)),
    Row("desk:file", None, team(422), document),
    Row("desk:move", team(200), team(422), document),
    Row("desk:accept", None, team(422), document),
    Row("desk:return", None, team(422), document),
    Row("desk:messages", staff(200)),
    Row("desk:message_figures", staff(200)),
    Row("desk:visitor", team(200), team(422), visitor),
    Row("desk:visitor_new", team(200), fill=visitor),
    Row("desk:conversation_settle", None, team(302), visitor, {"do": "no_reply"}),
    Row("desk:quick_visitor", None, NOBODY, visitor, {"reply": "made-up"}),
    Row("desk:quick_loan", None, NOBODY, loan, {"reply": "made-up"}),
    Row("desk:quick_replies", staff(200), staff(422)),
    Row("desk:quick_reply", only(200, "olga"), only(422, "olga"), lambda world: {"reply_id": world.quick.public_id}),
    Row("desk:experience", staff(200)),
    Row("desk:experience_csv", staff(200)),
    Row("desk:experience_rows", staff(200), None, lambda world: {"figure": "answer"}),
    Row("desk:rates", only(200, "mara", "stef"), only(422, "mara", "stef")),
    Row("desk:rate_new", only(200, "mara", "stef"), only(422, "mara", "stef")),
    Row("desk:rate_withdraw", None, only(302, "mara", "stef"), lambda world: {"post_id": world.rate.public_id}),
    Row("desk:complaints", staff(200)),
    Row("desk:complaint", team(200), fill=complaint),
    Row("desk:complaint_acknowledge", None, team(302), complaint),
    Row("desk:complaint_resolve", None, team(422), complaint),
    Row("desk:complaint_new", team(200), team(422), loan),
    Row("desk:service_request_new", team(200), team(422), loan),
    Row("desk:feedback", team(200), fill=loan),
    Row("desk:answer_complaint", team(200), team(422), lambda world: {"survey_id": world.answered.public_id}),
    Row("desk:reviews", staff(200)),
    Row("desk:review_of_borrower", team(200), fill=review_of_borrower),
    Row("desk:review_reply", None, team(422), review_of_borrower),
    Row("desk:review_hide", None, team(422), review_of_borrower),
    Row("desk:review_show", None, only(302, "mara", olga=422), review_of_borrower),  # a manager decides
    Row("loans:binder", only(200, "bea", olga=302, mara=302), fill=funded_loan),
    Row("public:answer", PUBLIC, everybody(422, **dict.fromkeys(STAFF, 404)),  # the answer is theirs whom we asked
        lambda world: {"token": survey_token(world.survey)}),
    Row("public:answer_withdraw", None, everybody(302, **dict.fromkeys(STAFF, 404)),
        lambda world: {"token": survey_token(world.review.party.surveys.get(kind="review"))}),
    Row("public:friend", PUBLIC, everybody(422), lambda world: {"token": world.referral.token}),
    Row("public:officer_reviews", PUBLIC, fill=made_up(slug="olga-haddad")),
    Row("public:settled", PUBLIC, everybody(422, **dict.fromkeys(STAFF, 404)),  # the answer is theirs whom we asked
        lambda world: {"token": settled_token(world.resolved)}),
    Row("desk:thread", team(200), fill=loan),
    Row("desk:thread_new", team(200), fill=loan),
    Row("desk:thread_write", None, team(422), loan),
    Row("desk:thread_note", None, team(422), loan),
    Row("desk:thread_call", None, team(422), loan),
    Row("desk:thread_adopt", None, team(422),
        lambda world: {**loan(world), "message_id": world.unknown_mail.public_id}),
    Row("desk:texts", staff(200)),
    Row("desk:loan_texts", team(200), fill=loan),
    Row("desk:text_decide", None, team(422), lambda world: {"text_id": world.text.public_id}),
    Row("desk:service_request_done", None, team(422), lambda world: {"request_id": world.asked.public_id}),
    Row("desk:said", None, team(422), loan),
    Row("desk:text_try", None, team(422), loan),
    Row("desk:task_done", None, team(302), lambda world: {"task_id": world.task.public_id}),
    # --- Messages and letters
    Row("outbox:list", staff(200)),
    Row("outbox:message", team(200), fill=message),
    Row("outbox:body", team(200), fill=message),
    Row("outbox:resend", None, team(422), message),
    Row("outbox:hold", None, team(422), message),
    Row("outbox:release", None, team(422), message),
    Row("outbox:send", None, team(422), message),
    Row("outbox:cancel", None, team(422), message),
    Row("outbox:settle", None, team(422), message),
    Row("letters:letter", team(200), fill=letter),
    Row("letters:pdf", team(200), fill=letter),
    Row("letters:edit", None, team(422), letter),
    Row("letters:hold", None, team(302), letter),
    Row("letters:release", None, team(302), letter),
    Row("letters:send", None, team(302), letter),
    Row("letters:cancel", None, team(302), letter),
    Row("letters:take_back", None, team(302), letter),
    Row("letters:list", staff(200)),
    Row("letters:pile_pdf", team(200), fill=day_of_pile),
    Row("letters:mark_printed", None, team(302), day_of_pile),
    Row("letters:printed_pdf", team(200), fill=today),
]  # fmt: skip

# The second factor of one's own: 302 leads to proving anew who one is, 404 means that one has none.
AGAIN = signed_in(302)
ROWS += [
    Row("mfa_activate_totp", AGAIN, AGAIN),
    Row("mfa_add_webauthn", AGAIN, AGAIN),
    Row("mfa_generate_recovery_codes", AGAIN, AGAIN),
    Row("mfa_edit_webauthn", AGAIN, AGAIN, made_up(pk=1)),
    Row("mfa_remove_webauthn", AGAIN, AGAIN, made_up(pk=1)),
    Row("mfa_deactivate_totp", only(302, *STAFF), only(302, *STAFF)),
    Row("mfa_view_recovery_codes", NOBODY),
    Row("mfa_download_recovery_codes", NOBODY, NOBODY),
    Row("mfa_list_webauthn", signed_in(200)),
    Row("mfa_reauthenticate", only(200, *STAFF, others=302), only(200, *STAFF, others=302)),
    Row("mfa_reauthenticate_webauthn", AGAIN, AGAIN),
    Row("uploads:object", everybody(403), everybody(403), made_up(token="made-up")),
]  # fmt: skip
TABLE = {row.name: row for row in ROWS}
assert len(TABLE) == len(ROWS), "an address has two rows"
