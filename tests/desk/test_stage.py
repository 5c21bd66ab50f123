"""Moving a loan: the message seen beforehand is the message that goes, undo, conditions, and what is refused."""

import re
from datetime import timedelta
from secrets import token_hex

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Company
from documents.models import Request
from loans import clocks
from loans.models import Loan, StageEvent
from loans.stages import Stage
from notifications.models import Notification
from notifications.rendering import render
from portal.forms.stages import MOST_CONDITIONS
from tests.desk.helpers import fresh, get, make_request, post, send_loan_estimate, words

NOTE = "Thank you for being so quick, Bea."


@pytest.fixture
def olga(cast, client_for):
    return client_for(cast.olga)


def at(loan, stage):
    Loan.objects.filter(pk=loan.pk).update(stage=stage, stage_since=timezone.now() - timedelta(days=3))
    return fresh(loan)


def move(client, loan, to, **typed):
    """Confirm a move whose message was shown."""
    shown = {"shown_note": typed.get("note", ""), "do": "move", "version": fresh(loan).version}
    return post(client, "desk:stage", loan.public_id, **{"to": to, **shown, **typed})


def no_conditions(**typed):
    return {"conditions-TOTAL_FORMS": "0", "conditions-INITIAL_FORMS": "0", **typed}


def condition(party, row=0, **fields):
    typed = {"party": party.public_id, "kind": "other", "title": "", "why": "", "what_counts": "", **fields}
    return {f"conditions-{row}-{name}": value for name, value in typed.items()}


# --- Choosing ------------------------------------------------------------------------------------------------


def test_only_the_moves_of_the_table_are_offered(cast, olga):
    page = words(get(olga, "desk:stage", cast.loan.public_id))
    for stage in ("Processing", "Suspended", "Withdrawn", "Denied", "Closed as incomplete"):
        assert stage in page
    assert "Funded" not in page and "Underwriting" not in page


def test_a_move_that_is_not_offered_cannot_be_asked_for(cast, olga):
    page = get(olga, "desk:stage", cast.loan.public_id, to="funded")
    assert "cannot go from “Application received” to “Funded”" in words(page)
    assert get(olga, "desk:stage", cast.loan.public_id, to="nonsense").status_code == 200


@pytest.mark.parametrize("to", [Stage.FUNDED, Stage.CLEAR_TO_CLOSE, Stage.UNDERWRITING, Stage.STARTED])
def test_a_forged_move_is_refused_with_the_reason(cast, olga, to):
    page = move(olga, cast.loan, to)
    assert page.status_code == 422
    assert "cannot go from “Application received”" in words(page)
    assert fresh(cast.loan).stage == Stage.APPLICATION_RECEIVED
    assert not Notification.objects.exists()


def test_funded_only_from_closing(cast, olga):
    for stage in set(Stage.values) - {Stage.CLOSING, Stage.FUNDED}:
        at(cast.loan, stage)
        assert move(olga, cast.loan, Stage.FUNDED).status_code == 422, stage
        assert fresh(cast.loan).stage == stage
    at(cast.loan, Stage.CLOSING)
    assert move(olga, cast.loan, Stage.FUNDED).status_code == 302


def test_a_move_to_nowhere_is_refused(cast, olga):
    assert move(olga, cast.loan, "nonsense").status_code == 422


# --- The message ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stage", "to"),
    [
        (Stage.APPLICATION_RECEIVED, Stage.PROCESSING), (Stage.PROCESSING, Stage.UNDERWRITING),
        (Stage.CONDITIONAL_APPROVAL, Stage.CONDITIONS_REVIEW), (Stage.CONDITIONS_REVIEW, Stage.CLEAR_TO_CLOSE),
        (Stage.CLEAR_TO_CLOSE, Stage.CLOSING), (Stage.CLOSING, Stage.FUNDED),
    ],
)  # fmt: skip
def test_the_message_that_was_shown_is_the_message_that_waits(cast, olga, stage, to):
    send_loan_estimate(cast.loan, cast.olga)
    make_request(cast.bea_party, cast.olga)
    at(cast.loan, stage)
    shown = post(
        olga, "desk:stage", cast.loan.public_id, to=to, note=NOTE, do="show", version=fresh(cast.loan).version
    )
    preview = shown.context["preview"]
    assert NOTE in preview.text and preview.subject in words(shown)
    assert move(olga, cast.loan, to, note=NOTE).status_code == 302
    row = Notification.objects.get(kind=f"stage_{to}", party=cast.bea_party)
    said = render(row)
    assert (said.subject, said.text) == (preview.subject, preview.text)
    assert without_ids(said.html) == without_ids(preview.html)
    wait = timedelta(minutes=Company.load().message_wait_minutes)
    assert row.due_at == StageEvent.objects.latest("id").at + wait


def without_ids(html):
    return re.sub(r"[0-9a-f]{32}", "", html)


def test_the_message_with_conditions_names_them_beforehand(cast, olga):
    send_loan_estimate(cast.loan, cast.olga)
    at(cast.loan, Stage.UNDERWRITING)
    typed = no_conditions(**{"conditions-TOTAL_FORMS": "1"}) | condition(
        cast.bea_party, title="Letter about the deposit", why="The underwriter asks."
    )
    show = {"to": Stage.CONDITIONAL_APPROVAL, "version": fresh(cast.loan).version, "do": "show"}
    preview = post(olga, "desk:stage", cast.loan.public_id, **show, **typed).context["preview"]
    assert "Letter about the deposit" in preview.text
    assert move(olga, cast.loan, Stage.CONDITIONAL_APPROVAL, **typed).status_code == 302
    row = Notification.objects.get(kind="stage_conditional_approval", party=cast.bea_party)
    assert render(row).text == preview.text


def test_many_conditions_are_seen_as_the_mail_will_show_them(cast, olga):
    at(cast.loan, Stage.UNDERWRITING)
    typed = no_conditions(**{"conditions-TOTAL_FORMS": str(MOST_CONDITIONS)})
    for row in range(MOST_CONDITIONS):
        why = f"The underwriter asks for number {row}: " + token_hex(
            60
        )  # does not compress: the worst there is
        typed |= condition(cast.bea_party, row, title=f"Letter about deposit {row}", why=why)
    show = {"to": Stage.CONDITIONAL_APPROVAL, "version": fresh(cast.loan).version, "do": "show"}
    page = post(olga, "desk:stage", cast.loan.public_id, **show, **typed)
    link = re.search(r'src="(/desk/loans/[^"]+/message/[^"]+)"', page.content.decode())[1]
    assert len(link) < 8000, "longer lines are refused by common proxies"
    assert olga.get(link).content.decode() == page.context["preview"].html


def test_a_line_that_was_not_shown_yet_is_shown_first(cast, olga):
    first = move(olga, cast.loan, Stage.PROCESSING, note=NOTE, shown_note="")
    assert first.status_code == 200 and NOTE in first.context["preview"].text
    assert fresh(cast.loan).stage == Stage.APPLICATION_RECEIVED, "nothing moved"
    assert move(olga, cast.loan, Stage.PROCESSING, note=NOTE).status_code == 302


def test_the_message_follows_the_typing(cast, olga):
    part = post(olga, "desk:stage_preview", cast.loan.public_id, to=Stage.PROCESSING, note=NOTE, version=1)
    assert part.status_code == 200 and NOTE in part.content.decode() and "<html" not in part.content.decode()
    assert 'name="shown_live"' in part.content.decode()
    assert (
        post(olga, "desk:stage_preview", cast.loan.public_id, to=Stage.FUNDED, version=1).status_code == 204
    )


def test_the_page_of_the_message_has_a_policy_of_its_own(cast, client_for, olga):
    page = get(olga, "desk:stage", cast.loan.public_id, to=Stage.PROCESSING)
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    link = re.search(r'src="(/desk/loans/[^"]+/message/[^"]+)"', page.content.decode())[1]
    mail = olga.get(link)
    assert mail.status_code == 200 and page.context["preview"].html == mail.content.decode()
    policy = mail["Content-Security-Policy"]
    assert "sandbox" in policy and "default-src 'none'" in policy and "frame-ancestors 'self'" in policy
    assert "script-src" not in policy and mail["X-Frame-Options"] == "SAMEORIGIN"
    assert client_for(cast.otto).get(link).status_code == 404
    assert olga.get(link[:-3] + "xx/").status_code == 404, "a changed link shows nothing"


def test_the_line_and_the_internal_note_stand_in_the_history(cast, olga):
    move(olga, cast.loan, Stage.PROCESSING, note=NOTE, internal_note="Ask about the gift.")
    page = words(get(olga, "desk:loan", cast.loan.public_id))
    assert f"To the borrower: {NOTE}" in page and "For us: Ask about the gift." in page


# --- Undo ----------------------------------------------------------------------------------------------------


def test_undo_stops_the_message_and_leaves_one_correction(cast, olga):
    move(olga, cast.loan, Stage.PROCESSING)
    page = get(olga, "desk:loan", cast.loan.public_id)
    assert "It can be taken back until" in words(page)
    event = page.context["undo"].event
    typed = {"event": event.public_id, "version": fresh(cast.loan).version}
    assert post(olga, "desk:undo", cast.loan.public_id, **typed).status_code == 302
    loan = fresh(cast.loan)
    assert loan.stage == Stage.APPLICATION_RECEIVED
    assert set(Notification.objects.values_list("state", flat=True)) == {Notification.State.CANCELLED}
    lines = get(olga, "desk:loan", loan.public_id).context["history"]
    assert [line.kind for line in lines].count("correction") == 1
    assert not [line for line in lines if line.title == "Processing"]


def test_after_the_waiting_time_there_is_nothing_to_undo(cast, olga):
    move(olga, cast.loan, Stage.PROCESSING)
    event = StageEvent.objects.latest("id")
    late = timezone.now() - timedelta(minutes=Company.load().message_wait_minutes, seconds=1)
    StageEvent.objects.filter(pk=event.pk).update(at=late)
    Loan.objects.filter(pk=cast.loan.pk).update(stage_since=late)
    assert get(olga, "desk:loan", cast.loan.public_id).context["undo"] is None
    typed = {"event": event.public_id, "version": fresh(cast.loan).version}
    assert post(olga, "desk:undo", cast.loan.public_id, **typed).status_code == 422
    assert fresh(cast.loan).stage == Stage.PROCESSING


def test_an_undo_of_somebody_who_did_not_see_the_latest_change(cast, client_for, olga):
    move(olga, cast.loan, Stage.PROCESSING)
    event, version = StageEvent.objects.latest("id"), fresh(cast.loan).version
    soon = clocks.today() + timedelta(days=2)
    post(client_for(cast.mara), "desk:next_update", cast.loan.public_id, on=soon, version=version)
    late = post(olga, "desk:undo", cast.loan.public_id, event=event.public_id, version=version)
    assert late.status_code == 409 and "Mara Silva set the next update" in words(late)
    assert fresh(cast.loan).stage == Stage.PROCESSING


# --- Two at once ---------------------------------------------------------------------------------------------


def test_of_two_who_move_one_wins_and_the_other_keeps_what_was_typed(cast, client_for):
    olga, mara = client_for(cast.olga), client_for(cast.mara)
    at(cast.loan, Stage.PROCESSING)
    version = fresh(cast.loan).version
    assert move(olga, cast.loan, Stage.UNDERWRITING).status_code == 302
    late = move(mara, cast.loan, Stage.WITHDRAWN, internal_note="They called.", version=version)
    assert late.status_code == 409
    assert "Olga Haddad moved the loan from “Processing” to “Underwriting”" in words(late)
    assert late.context["form"]["internal_note"].value() == "They called."
    assert fresh(cast.loan).stage == Stage.UNDERWRITING
    assert StageEvent.objects.filter(to_stage=Stage.UNDERWRITING, loan=cast.loan).count() == 1


def test_a_move_that_is_gone_when_it_is_confirmed_says_what_changed(cast, client_for):
    olga, mara = client_for(cast.olga), client_for(cast.mara)
    at(cast.loan, Stage.PROCESSING)
    version = fresh(cast.loan).version
    move(olga, cast.loan, Stage.UNDERWRITING)
    late = move(mara, cast.loan, Stage.UNDERWRITING, note="Good news soon", version=version)
    assert late.status_code == 409 and "Olga Haddad moved the loan" in words(late)
    assert "Good news soon" in words(late), "what was typed is kept"


# --- Conditional approval ------------------------------------------------------------------------------------


def test_conditional_approval_asks_for_the_conditions(cast, olga):
    at(cast.loan, Stage.UNDERWRITING)
    page = move(olga, cast.loan, Stage.CONDITIONAL_APPROVAL, **no_conditions())
    assert page.status_code == 422 and "Name the conditions, or tick" in words(page)
    assert fresh(cast.loan).stage == Stage.UNDERWRITING


def test_conditions_become_requests_in_the_same_write(cast, olga):
    at(cast.loan, Stage.UNDERWRITING)
    rows = no_conditions(**{"conditions-TOTAL_FORMS": "3"})
    rows |= condition(cast.bea_party, 0, title="Letter about the deposit", why="The underwriter asks.")
    rows |= condition(
        cast.cole_party, 1, kind="w2", why="One year is missing.", what_counts="The form itself"
    )
    rows |= condition(cast.bea_party, 2)
    assert move(olga, cast.loan, Stage.CONDITIONAL_APPROVAL, **rows).status_code == 302
    made = list(Request.objects.order_by("id").values_list("party", "title", "source"))
    assert made == [
        (cast.bea_party.pk, "Letter about the deposit", "condition"), (cast.cole_party.pk, "W-2 forms", "condition"),
    ]  # fmt: skip
    assert fresh(cast.loan).stage == Stage.CONDITIONAL_APPROVAL


def test_a_condition_half_written_stops_the_move(cast, olga):
    at(cast.loan, Stage.UNDERWRITING)
    rows = no_conditions(**{"conditions-TOTAL_FORMS": "1"}) | condition(cast.bea_party, title="Letter")
    page = move(olga, cast.loan, Stage.CONDITIONAL_APPROVAL, **rows)
    assert page.status_code == 422
    assert page.context["move"].conditions.forms[0].errors["why"]
    assert not Request.objects.exists() and fresh(cast.loan).stage == Stage.UNDERWRITING


def test_none_for_the_borrower_is_ticked_on_purpose(cast, olga):
    at(cast.loan, Stage.UNDERWRITING)
    rows = no_conditions(**{"conditions-TOTAL_FORMS": "1"}) | condition(
        cast.bea_party, title="Letter", why="Asked."
    )
    both = move(olga, cast.loan, Stage.CONDITIONAL_APPROVAL, none_for_borrower="on", **rows)
    assert both.status_code == 422 and "Take one of them back" in words(both)
    answer = move(olga, cast.loan, Stage.CONDITIONAL_APPROVAL, none_for_borrower="on", **no_conditions())
    assert answer.status_code == 302 and not Request.objects.exists()


def test_more_rows_without_javascript(cast, olga):
    at(cast.loan, Stage.UNDERWRITING)
    rows = no_conditions(**{"conditions-TOTAL_FORMS": "2"}) | condition(
        cast.bea_party, title="Letter", why="Asked."
    )
    typed = {"to": Stage.CONDITIONAL_APPROVAL, "version": 1, "internal_note": "Keep me", "do": "more", **rows}
    page = post(olga, "desk:stage", cast.loan.public_id, **typed)
    assert page.status_code == 200 and len(page.context["move"].conditions.forms) == 4
    assert page.context["move"].conditions.forms[0]["title"].value() == "Letter"
    assert page.context["form"]["internal_note"].value() == "Keep me"


# --- Quiet stages, reopening, funded -------------------------------------------------------------------------


@pytest.mark.parametrize("to", [Stage.SUSPENDED, Stage.WITHDRAWN, Stage.DENIED, Stage.INCOMPLETE])
def test_quiet_stages_say_that_nothing_is_sent_and_cancel_what_waits(cast, olga, to):
    move(olga, cast.loan, Stage.PROCESSING)
    page = get(olga, "desk:stage", cast.loan.public_id, to=to)
    assert page.context["preview"] is None and "Nothing is sent" in words(page)
    assert "note" not in page.context["form"].fields
    assert move(olga, cast.loan, to).status_code == 302
    assert not Notification.objects.waiting().exists()


def test_only_a_manager_opens_an_ended_loan_again_with_a_reason(cast, client_for, olga):
    move(olga, cast.loan, Stage.WITHDRAWN)
    assert "There is no move from here" in words(get(olga, "desk:stage", cast.loan.public_id))
    refused = move(olga, cast.loan, Stage.PROCESSING, reason="They changed their mind.")
    assert refused.status_code == 422 and "Only a manager" in words(refused)
    mara = client_for(cast.mara)
    assert move(mara, cast.loan, Stage.PROCESSING, reason="").status_code == 422
    assert move(mara, cast.loan, Stage.PROCESSING, reason="They changed their mind.").status_code == 302
    assert "They changed their mind." in words(get(mara, "desk:loan", cast.loan.public_id))


def test_a_funded_loan_shows_its_letter_with_date_and_links(cast, olga):
    at(cast.loan, Stage.CLOSING)
    move(olga, cast.loan, Stage.FUNDED)
    row = Notification.objects.get(kind="thank_you")
    page = get(olga, "desk:loan", cast.loan.public_id)
    assert page.context["around"].mails.letter.row == row
    assert "Scheduled for" in words(page)
    shown = page.content.decode()
    for address in ("", "pdf/"):
        assert f'"/desk/letters/{row.public_id}/{address}"' in shown, address
    button = (cast.loan.public_id, row.public_id)
    for verb in ("hold", "send"):
        assert f'"{reverse(f"desk:message_{verb}", args=button)}"' in shown, verb
    assert post(olga, "desk:message_hold", *button, version=row.version).status_code == 302
    assert "On hold" in words(get(olga, "desk:loan", cast.loan.public_id))
