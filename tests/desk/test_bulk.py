"""Several loans moved in one go: what each borrower would read, one answer a loan, and Undo for all of it."""

import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from loans import services
from loans.models import Loan, StageEvent
from loans.stages import Stage
from notifications.models import Notification
from notifications.rendering import render
from tests.cast import make_loan
from tests.desk.helpers import fresh, get, make_request, post, words
from tests.loans.helpers import at_version

OWN = "{{ first_name }}, your file {{ number }} is in good hands."


@pytest.fixture
def olga(cast, client_for):
    return client_for(cast.olga)


@pytest.fixture
def three(cast):
    """Three loans of Olga's whose application has arrived."""
    more = [make_loan(officer=cast.olga, borrowers=[cast.nils], number=f"LN-20{n}") for n in range(2)]
    return [cast.loan, *more]


def address(loans, **asked):
    picked = [("loan", str(loan.public_id)) for loan in loans]
    return reverse("desk:bulk"), {"loan": [public_id for _name, public_id in picked], **asked}


def choose(client, loans, **asked):
    return client.get(*address(loans, **asked))


def move(client, loans, to, versions=None, **typed):
    page = choose(client, loans, to=to)
    said = {
        "loan": [str(loan.public_id) for loan in loans],
        "to": to,
        "do": "move",
        **{f"version-{row.loan.public_id}": row.loan.version for row in page.context["rows"]},
        **{f"version-{pk}": version for pk, version in (versions or {}).items()},
        "words": page.context["shown_words"],
        **typed,
    }
    shown = {f"shown_{name}": said.get(name, "") for name in ("words", "note")}
    return client.post(reverse("desk:bulk"), {**shown, **said})


def results(client):
    return {line[1].loan: line[1] for line in get(client, "desk:bulk_done").context["lines"]}


def stages(loans):
    return [fresh(loan).stage for loan in loans]


# --- Choosing ------------------------------------------------------------------------------------------------


def test_only_the_moves_that_all_of_them_may_make_are_offered(three, olga):
    Loan.objects.filter(pk=three[1].pk).update(stage=Stage.PROCESSING)
    page = choose(olga, three)
    assert [entry.key for entry in page.context["onward"]] == []
    assert Stage.SUSPENDED in [entry.key for entry in page.context["aside"]]
    page = choose(olga, [three[0], three[2]])
    assert [entry.key for entry in page.context["onward"]] == [Stage.PROCESSING]


def test_conditional_approval_and_ended_loans_go_one_by_one(three, client_for, cast):
    Loan.objects.update(stage=Stage.UNDERWRITING)
    mara = client_for(cast.mara)
    offered = choose(mara, three).context["onward"]
    assert Stage.CONDITIONAL_APPROVAL not in [entry.key for entry in offered]
    Loan.objects.update(stage=Stage.WITHDRAWN)
    assert "always moved one by one" in words(choose(mara, three))


def test_loans_of_others_are_left_out_and_the_page_says_so(three, cast, client_for, olga):
    page = choose(olga, [*three, cast.other_loan])
    assert page.context["loans"] == three and "1 of the loans you picked is left out" in words(page)
    assert choose(client_for(cast.bea), three).status_code == 404
    assert "Nothing is picked" in words(get(olga, "desk:bulk", loan="nonsense"))


# --- What it would say -----------------------------------------------------------------------------------------


def test_each_borrower_gets_the_very_message_that_was_shown(three, cast, olga):
    make_request(cast.bea_party, cast.olga)
    page = choose(olga, three, to=Stage.PROCESSING)
    shown = {row.loan.pk: row.preview.text for row in page.context["rows"]}
    assert all(html.escape(text[:60], quote=False) in page.content.decode() for text in shown.values())
    assert move(olga, three, Stage.PROCESSING).status_code == 302
    for loan in three:
        row = Notification.objects.filter(kind="stage_processing", loan=loan).earliest("id")
        assert render(row).text == shown[loan.pk]
    assert not StageEvent.objects.filter(words__gt="").exists(), "words left alone are the table's"


def test_own_words_are_filled_in_for_each_loan(three, olga):
    assert move(olga, three, Stage.PROCESSING, words=OWN).status_code == 302
    for loan in three:
        row = Notification.objects.filter(loan=loan).earliest("id")
        name = row.recipient_name.split()[0]
        assert f"{name}, your file {loan.number} is in good hands." in render(row).text


def test_words_that_were_not_shown_yet_are_shown_first(three, olga):
    page = move(olga, three, Stage.PROCESSING, words=OWN, shown_words="")
    assert page.status_code == 200 and "Nils, your file LN-200 is in good hands." in words(page)
    assert set(stages(three)) == {Stage.APPLICATION_RECEIVED}


def test_words_that_cannot_be_sent_move_no_loan(three, olga):
    page = choose(olga, three, to=Stage.PROCESSING)
    assert "shown_words" in page.context
    shown = post(olga, "desk:bulk", loan=str(three[0].public_id), to=Stage.PROCESSING, words="Dear {{ x }}")
    assert "does not know “x”" in words(shown)
    assert move(olga, three, Stage.PROCESSING, words="Dear {{ x }}").status_code == 302
    assert {one.state for one in results(olga).values()} == {"kept"}
    assert set(stages(three)) == {Stage.APPLICATION_RECEIVED}


def test_nobody_is_told_only_with_a_reason(three, olga):
    assert move(olga, three, Stage.PROCESSING, tell_nobody="on").status_code == 422
    typed = {"tell_nobody": "on", "silent_why": "All were called."}
    assert move(olga, three, Stage.PROCESSING, **typed).status_code == 302
    assert set(stages(three)) == {Stage.PROCESSING} and not Notification.objects.exists()


# --- One answer a loan -----------------------------------------------------------------------------------------


def test_a_loan_changed_meanwhile_and_one_refused_keep_none_of_the_others_back(three, cast, olga):
    version = three[1].version
    at_version(three[1], services.change_stage, to=Stage.WITHDRAWN, by=cast.mara)
    seen = {three[1].public_id: version}
    assert move(olga, three, Stage.PROCESSING, versions=seen).status_code == 302
    said = results(olga)
    assert said[str(three[0].public_id)].state == said[str(three[2].public_id)].state == "moved"
    assert said[str(three[1].public_id)].state == "kept", "it has ended"
    assert stages(three) == [Stage.PROCESSING, Stage.WITHDRAWN, Stage.PROCESSING]


def test_the_loser_of_a_race_reads_what_changed(three, cast, olga):
    version = three[1].version
    at_version(three[1], services.set_waiting_on, waiting_on="lender", by=cast.mara)
    move(olga, three, Stage.PROCESSING, versions={three[1].public_id: version})
    lost = results(olga)[str(three[1].public_id)]
    assert (lost.state, lost.what) == ("changed", ["Mara Silva changed who has the ball."])
    assert "Not moved: changed meanwhile" in words(get(olga, "desk:bulk_done"))
    assert fresh(three[1]).stage == Stage.APPLICATION_RECEIVED


def test_the_closing_waits_for_the_call_of_each(three, cast, olga):
    Loan.objects.update(stage=Stage.CONDITIONS_REVIEW)
    at_version(three[0], services.change_stage, to=Stage.CLEAR_TO_CLOSE, by=cast.olga)
    Loan.objects.exclude(pk=three[0].pk).update(stage=Stage.CLEAR_TO_CLOSE)
    page = choose(olga, three, to=Stage.CLOSING)
    assert [row.why_not for row in page.context["rows"]] == ["The numbers call is still open.", "", ""]
    move(olga, three, Stage.CLOSING)
    assert stages(three) == [Stage.CLEAR_TO_CLOSE, Stage.CLOSING, Stage.CLOSING]
    assert "numbers call is still open" in results(olga)[str(three[0].public_id)].why


# --- Undo for all of it ----------------------------------------------------------------------------------------


def test_undo_takes_all_of_it_back_but_what_somebody_has_gone_on_with(three, cast, olga):
    move(olga, three, Stage.PROCESSING)
    assert "All of it can be taken back until" in words(get(olga, "desk:bulk_done"))
    at_version(three[2], services.change_stage, to=Stage.UNDERWRITING, by=cast.mara)
    assert post(olga, "desk:bulk_undo").status_code == 302
    assert stages(three) == [Stage.APPLICATION_RECEIVED, Stage.APPLICATION_RECEIVED, Stage.UNDERWRITING]
    page = words(get(olga, "desk:bulk_done"))
    assert page.count("Taken back") == 2 and "Mara Silva moved the loan" in page
    assert not Notification.objects.filter(loan__in=three[:2], state="queued").exists()


def test_undo_is_for_who_moved_them(three, cast, client_for, olga):
    move(olga, three, Stage.PROCESSING)
    post(client_for(cast.mara), "desk:bulk_undo")
    assert set(stages(three)) == {Stage.PROCESSING}
    assert post(client_for(cast.bea), "desk:bulk_undo").status_code == 404


# --- Cost ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", [{}, {"to": "processing"}])
def test_the_page_costs_the_same_for_two_loans_and_for_many(three, cast, olga, asked):
    def queries(loans):
        choose(olga, loans, **asked)  # what a process reads once
        with CaptureQueriesContext(connection) as captured:
            assert choose(olga, loans, **asked).status_code == 200
        return [re.sub(r"\s+", " ", query["sql"])[:300] for query in captured.captured_queries]

    few = queries(three[:2])
    many = [make_loan(officer=cast.olga, borrowers=[cast.bea], number=f"LN-30{n}") for n in range(6)]
    found = queries([*three, *many])
    assert len(found) == len(few) <= 8, "\n".join(found)
