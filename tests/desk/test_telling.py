"""A move and its word in one step: the message in one's own words, what cannot be sent, and telling nobody."""

import pytest
from django.utils import timezone

from audit.models import Entry
from loans.models import Loan, StageEvent
from loans.stages import Stage
from notifications.catalog import kind_for
from notifications.models import Notification
from notifications.rendering import render
from notifications.wording import default_words, own_part, with_own_part
from tests.desk.helpers import fresh, get, post, words

OWN = "Bea, I have put your file on top of my pile.\nIt goes on tomorrow: **nothing** to do for you."
WHY = "They were told on the telephone."


@pytest.fixture
def olga(cast, client_for):
    return client_for(cast.olga)


def move(client, loan, to, **typed):
    shown = {f"shown_{name}": typed.get(name, "") for name in ("words", "note")}
    return post(
        client, "desk:stage", loan.public_id,
        **{"to": to, "do": "move", "version": fresh(loan).version, **shown, **typed},
    )  # fmt: skip


def show(client, loan, to, **typed):
    version = fresh(loan).version
    return post(client, "desk:stage", loan.public_id, to=to, do="show", version=version, **typed)


def message(loan, party):
    return render(Notification.objects.get(kind__startswith="stage_", loan=loan, party=party))


# --- In one's own words ----------------------------------------------------------------------------------------


def test_the_message_is_prefilled_with_the_words_of_the_table(cast, olga):
    page = get(olga, "desk:stage", cast.loan.public_id, to=Stage.PROCESSING)
    prefilled = page.context["form"].initial["words"]
    assert prefilled.startswith(f"Your loan for {cast.loan.place} moved to a new step")
    assert "Your loan team is putting your file together" in prefilled
    assert "{{" not in prefilled and prefilled in page.context["preview"].text
    assert prefilled.splitlines()[0] in words(page)


def test_words_left_as_they_are_stay_the_words_of_the_table(cast, olga):
    page = get(olga, "desk:stage", cast.loan.public_id, to=Stage.PROCESSING)
    typed = page.context["form"].initial["words"].replace("\n", "\r\n")  # as browsers send it
    assert move(olga, cast.loan, Stage.PROCESSING, words=typed).status_code == 302
    assert StageEvent.objects.latest("id").words == ""
    assert message(cast.loan, cast.bea_party).text == page.context["preview"].text


def test_own_words_stand_between_the_greeting_and_the_facts_and_are_what_was_shown(cast, olga):
    shown = show(olga, cast.loan, Stage.PROCESSING, words=OWN).context["preview"]
    assert not shown.problems
    assert move(olga, cast.loan, Stage.PROCESSING, words=OWN).status_code == 302
    assert StageEvent.objects.latest("id").words == OWN
    said = message(cast.loan, cast.bea_party)
    assert said.text == shown.text and said.subject == shown.subject
    assert "Hello Bea,\n" in said.text and "moved to a new step" not in said.text
    assert "on top of my pile.\nIt goes on tomorrow: nothing to do for you." in said.text, "lines stay lines"
    assert "<strong>nothing</strong>" in said.html
    assert said.text.index("Hello") < said.text.index("pile") < said.text.index("WHAT YOU NEED TO DO")


def test_fields_are_filled_in_for_each_borrower(cast, olga):
    move(olga, cast.loan, Stage.PROCESSING, words="{{ first_name }}, all is well with {{ number }}.")
    assert f"Bea, all is well with {cast.loan.number}." in message(cast.loan, cast.bea_party).text
    assert f"Cole, all is well with {cast.loan.number}." in message(cast.loan, cast.cole_party).text


def test_changed_words_that_were_not_shown_yet_are_shown_first(cast, olga):
    first = move(olga, cast.loan, Stage.PROCESSING, words=OWN, shown_words="")
    assert first.status_code == 200 and "on top of my pile" in first.context["preview"].text
    assert fresh(cast.loan).stage == Stage.APPLICATION_RECEIVED, "nothing moved"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Dear {{ lender }}, hello.", "does not know “lender”"),
        ("You sign on {{ closing date }}.", "“{{ closing date }}” is no field"),
        ("You hear from us by {{ next_update }}.", "“next_update” is not known on this loan yet"),
        ("You sign on [date].", "“[date]” still has to be filled in"),
        ("You sign on ____.", "“____” still has to be filled in"),
        ("Your loan is approved!", "may sound like a promise (“approved”)"),
        ("Your number is 078-05-1120.", "Leave out account and Social Security numbers"),
        ("# Hello", "Sections begin with two signs"),
        ("[press](javascript:alert(1))", "A link cannot lead to"),
    ],
)  # fmt: skip
def test_what_cannot_be_sent_is_refused_by_name_and_moves_nothing(cast, olga, typed, said):
    page = move(olga, cast.loan, Stage.PROCESSING, words=typed)
    assert page.status_code == 422 and said in words(page)
    assert page.context["form"]["words"].value() == typed
    assert fresh(cast.loan).stage == Stage.APPLICATION_RECEIVED
    assert not Notification.objects.exists() and not StageEvent.objects.filter(words__gt="").exists()


def test_the_page_names_what_is_wrong_while_it_is_typed(cast, olga):
    typed = {"to": Stage.PROCESSING, "words": "Hello {{ nobody }}", "version": 1}
    part = post(olga, "desk:stage_preview", cast.loan.public_id, **typed).content.decode()
    assert "does not know “nobody”" in part


def test_the_warning_about_wires_cannot_be_written_away(cast, olga):
    Loan.objects.filter(pk=cast.loan.pk).update(stage=Stage.CONDITIONS_REVIEW, stage_since=timezone.now())
    assert move(olga, cast.loan, Stage.CLEAR_TO_CLOSE, words="You are there, Bea!").status_code == 302
    said = message(cast.loan, cast.bea_party).text
    assert "You are there, Bea!" in said and "Before you wire any money" in said and "WHOM TO CALL" in said


def test_words_of_the_staff_give_the_same_place(cast):
    """However a house has reworded the message: what follows the greeting is the sender's."""
    kind = kind_for("stage_processing")
    said = default_words(kind)
    assert own_part(said) == "Your loan for {{ place }} moved to a new step: {{ title }}.\n\n{{ meaning }}"
    written = with_own_part(kind, said, "One.\n\nTwo.")
    assert own_part(written) == "One.\n\nTwo."
    assert len(written.blocks) == len(said.blocks)


# --- Telling nobody --------------------------------------------------------------------------------------------


def test_nobody_is_told_with_a_reason_that_stays_at_the_desk(cast, client_for, olga):
    page = show(olga, cast.loan, Stage.PROCESSING, tell_nobody="on", silent_why=WHY)
    assert "nothing is sent for this move" in words(page)
    assert move(olga, cast.loan, Stage.PROCESSING, tell_nobody="on", silent_why=WHY).status_code == 302
    assert fresh(cast.loan).stage == Stage.PROCESSING and not Notification.objects.exists()
    assert StageEvent.objects.latest("id").silent_why == WHY
    assert Entry.objects.filter(action="loan.stage_changed").latest("id").detail["silent_why"] == WHY
    assert WHY in words(get(olga, "desk:loan", cast.loan.public_id))
    assert WHY not in client_for(cast.bea).get(f"/loans/{cast.loan.public_id}/").content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"tell_nobody": "on"}, "Say why nobody is told"),
        ({"silent_why": WHY}, "Tick “Tell nobody”"),
        ({"tell_nobody": "on", "silent_why": WHY, "note": "Soon!"}, "Take one of them back"),
    ],
)  # fmt: skip
def test_telling_nobody_is_said_wholly_or_not_at_all(cast, olga, typed, said):
    page = move(olga, cast.loan, Stage.PROCESSING, **typed)
    assert page.status_code == 422 and said in words(page)
    assert fresh(cast.loan).stage == Stage.APPLICATION_RECEIVED


def test_a_silent_move_is_taken_back_like_any_other(cast, olga):
    move(olga, cast.loan, Stage.PROCESSING, tell_nobody="on", silent_why=WHY)
    event, version = StageEvent.objects.latest("id"), fresh(cast.loan).version
    undone = post(olga, "desk:undo", cast.loan.public_id, event=event.public_id, version=version)
    assert undone.status_code == 302 and fresh(cast.loan).stage == Stage.APPLICATION_RECEIVED
