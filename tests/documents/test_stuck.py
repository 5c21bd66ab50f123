"""Somebody cannot find or cannot get a paper: each way leads somewhere, and ends."""

import pytest
from django.urls import reverse

from documents import services
from documents.finding import FINDING
from documents.kinds import Kind
from documents.models import Request
from loans import clocks
from loans.errors import Refused
from loans.models import Task
from tests.documents.conftest import received

State, Stuck = Request.State, Request.Stuck


def say(asked, by, how=Stuck.CANNOT_GET, note="My old bank was closed."):
    return services.say_stuck(request=asked, by=by, how=how, note=note)


def open_tasks(cast):
    return Task.objects.filter(loan=cast.loan, kind="paper_help", done_at__isnull=True)


def test_the_officer_gets_one_task_however_often_it_is_said(asked, cast):
    say(asked, cast.bea)
    say(asked, cast.bea, note="They merged with another.")
    task = open_tasks(cast).get()
    assert task.for_user == cast.olga and task.due_on > clocks.today()
    assert "Bea Nguyen cannot get “Bank statements”" in task.why
    asked.refresh_from_db()
    assert (asked.state, asked.stuck, asked.stuck_note) == (
        State.OWED, Stuck.CANNOT_GET, "They merged with another.",
    )  # fmt: skip


def test_who_may_say_it_and_how(asked, cast):
    for by, how, note in ((cast.cole, "cannot_find", ""), (cast.olga, "cannot_get", "x"), (cast.bea, "nonsense", "x"),
                          (cast.bea, "cannot_get", "  ")):  # fmt: skip
        with pytest.raises(Refused):
            say(asked, by, how, note)
    say(asked, cast.bea, Stuck.CANNOT_FIND, "")
    Request.objects.filter(pk=asked.pk).update(state=State.ACCEPTED)
    with pytest.raises(Refused, match="not waiting"):
        say(asked, cast.bea)


def test_an_answer_is_read_and_ends_the_task(asked, cast):
    say(asked, cast.bea)
    with pytest.raises(Refused, match="Write a line"):
        services.answer_stuck(request=asked, by=cast.olga, answer=" ", expected_version=asked.version)
    services.answer_stuck(
        request=asked, by=cast.olga, answer="Ask the new bank.", expected_version=asked.version
    )
    assert (asked.stuck, asked.stuck_answer) == ("", "Ask the new bank.")
    assert not open_tasks(cast).exists()
    with pytest.raises(Refused):
        services.answer_stuck(request=asked, by=cast.olga, answer="Twice.", expected_version=asked.version)
    say(asked, cast.bea, note="They say no.")
    assert open_tasks(cast).count() == 1, "a later cry for help is another task"


@pytest.mark.parametrize("end", ["file", "edit", "withdraw", "decline"])
def test_it_ends_with_whatever_settles_it(asked, cast, end):
    say(asked, cast.bea)
    version = asked.version
    if end == "file":
        received(asked, cast.bea)
    elif end == "edit":
        services.edit_request(
            request=asked, by=cast.olga, expected_version=version, what_counts="A letter will do."
        )
    elif end == "withdraw":
        services.withdraw_request(request=asked, by=cast.olga, expected_version=version)
    else:
        services.decline_request(request=asked, by=cast.bea, reason="I have no such account.")
    asked.refresh_from_db()
    assert (asked.stuck, asked.stuck_note, asked.stuck_at) == ("", "", None)
    assert not open_tasks(cast).exists()


def test_through_the_page_and_back(asked, cast, client_for):
    bea, olga = client_for(cast.bea), client_for(cast.olga)
    list_address = reverse("loans:documents", args=[cast.loan.public_id])
    page = bea.get(list_address).content.decode()
    assert "I can't find it" in page and "I can't get it" in page and "This does not apply to me" in page
    assert "eStatements" in page, "where such papers are found"
    ways = reverse("loans:stuck", args=[cast.loan.public_id, asked.public_id])
    answer = bea.post(ways, {"how": "cannot_find", "note": "Not in my mail."}, follow=True)
    assert "You told us" in answer.content.decode() and "Olga knows now" in answer.content.decode()
    desk = olga.get(reverse("desk:loan", args=[cast.loan.public_id])).content.decode()
    assert "They need help with a paper" in desk and "Not in my mail." in desk
    asked.refresh_from_db()
    form = olga.get(reverse("desk:request_edit", args=[asked.public_id])).content.decode()
    assert "Bea cannot find it" in form and "eStatements" in form
    answering = reverse("desk:request_answer", args=[asked.public_id])
    assert olga.post(answering, {"answer": "", "version": asked.version}).status_code == 422
    late = olga.post(answering, {"answer": "Look under Documents.", "version": asked.version - 1})
    assert late.status_code == 422 and "Look under Documents." in late.content.decode(), (
        "what was typed is kept"
    )
    said = olga.post(answering, {"answer": "Look under Documents.", "version": asked.version})
    assert said.status_code == 302
    assert "Look under Documents." in bea.get(list_address).content.decode()


def test_every_kind_says_where_it_is_found():
    assert set(FINDING) == set(Kind.values)
    for places in FINDING.values():
        for place in places:
            text = str(place)
            assert len(text) > 20 and "http" not in text and not text.startswith(" ")
