"""What is said on a loan, and what borrowers ask us to do."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Entry
from conversations import services
from conversations.models import Conversation, Message, ServiceRequest
from loans.errors import Refused
from loans.models import Loan, Task
from loans.services import assign_officer
from notifications.delivery import deliver_due
from notifications.models import Notification
from tests.cast import Cast

Status = Conversation.Status


def receive(cast: Cast, body: str = "Hello", source: str = "text:1", **more: Any) -> Message:
    return services.receive_message(
        loan=cast.loan, party=cast.bea_party, channel="text", body=body, source=source, **more
    )


def ask(cast: Cast, words: str = "A copy, please", source: str = "text:1", **more: Any) -> ServiceRequest:
    told = {"loan": cast.loan, "party": cast.bea_party, "channel": "text", **more}
    return services.make_service_request(words=words, source=source, **told)


def test_a_message_opens_the_thread_and_an_answer_closes_it(cast: Cast) -> None:
    with time_machine.travel("2026-11-20 10:00 -0500", tick=False) as clock:
        first_at = timezone.now()
        assert receive(cast).is_inbound
        clock.shift(timedelta(hours=2))
        said = services.say(loan=cast.loan, by=cast.olga, channel="call", body=" All fine. ", source="desk:1")
        answered_at = timezone.now()
        clock.shift(timedelta(hours=1))
        receive(cast, source="text:2")
    thread = Conversation.objects.get(loan=cast.loan)
    assert (thread.first_inbound_at, thread.first_reply_at) == (first_at, answered_at)
    assert thread.status == Status.OPEN and thread.last_message_at == answered_at + timedelta(hours=1)
    assert (said.body, said.by, said.is_inbound) == ("All fine.", cast.olga, False)


def test_the_same_source_is_one_message(cast: Cast) -> None:
    assert receive(cast) == receive(cast, body="other words")
    assert Message.objects.get().body == "Hello"
    assert Notification.objects.filter(kind="message_received_officer").count() == 1


def test_an_old_message_that_comes_late_does_not_move_the_thread_back(cast: Cast) -> None:
    receive(cast)
    last = Conversation.objects.get().last_message_at
    receive(cast, source="text:0", at=last - timedelta(days=1))
    assert Conversation.objects.get().last_message_at == last


def test_only_the_loan_team_answers_and_with_words(cast: Cast) -> None:
    for by, body in ((cast.otto, "Hi"), (cast.bea, "Hi"), (cast.olga, "   ")):
        with pytest.raises(Refused):
            services.say(loan=cast.loan, by=by, channel="call", body=body, source="desk:1")
    assert not Message.objects.exists()


def test_a_request_has_an_owner_a_day_and_a_task(cast: Cast) -> None:
    with time_machine.travel("2026-11-20 10:00 -0500", tick=False):
        asked = ask(cast, "  A copy,\n please ")
        assert ask(cast) == asked, "the same source is one request"
    assert (asked.words, asked.owner, asked.due_on) == ("A copy,\n please", cast.olga, date(2026, 11, 23))
    [task] = Task.objects.all()
    assert (task.kind, task.why, task.due_on) == ("service_request", "A copy, please", asked.due_on)
    assert services.open_service_requests(cast.loan) == [asked]
    assert "copy" not in str(Entry.objects.filter(action="service_request.made").get().detail)


def test_a_house_open_on_saturdays_answers_on_saturday(cast: Cast) -> None:
    cast.company.open_on_saturday = True
    cast.company.save()
    with time_machine.travel("2026-11-20 10:00 -0500", tick=False):
        assert services.answer_by() == date(2026, 11, 21)


def test_a_request_without_words_is_none(cast: Cast) -> None:
    with pytest.raises(Refused):
        ask(cast, " \n ")


def test_done_is_told_to_whoever_asked(cast: Cast) -> None:
    asked = ask(cast)
    services.finish_service_request(request=asked, by=cast.olga, answer=" It is in your portal. ")
    assert (asked.done_by, asked.answer) == (cast.olga, "It is in your portal.")
    assert Task.objects.get().done_by == cast.olga and services.open_service_requests(cast.loan) == []
    deliver_due("email")
    mail = Notification.objects.get(kind="service_request_answered")
    assert mail.recipient_name == "Bea Nguyen" and "It is in your portal." in mail.text_body
    assert "A copy, please" in mail.text_body and "Olga Haddad answers" in mail.text_body
    with pytest.raises(Refused, match="already"):
        services.finish_service_request(request=asked, by=cast.mara, answer="Again")


@pytest.mark.parametrize(("who", "answer"), [("otto", "Done"), ("bea", "Done"), ("olga", "  ")])
def test_a_request_is_finished_by_its_team_and_with_words(who: str, answer: str, cast: Cast) -> None:
    asked = ask(cast)
    with pytest.raises(Refused):
        services.finish_service_request(request=asked, by=getattr(cast, who), answer=answer)
    asked.refresh_from_db()
    assert asked.done_at is None


def test_of_a_request_of_nobody_in_particular_nobody_is_told(cast: Cast) -> None:
    asked = ask(cast, party=None)
    services.finish_service_request(request=asked, by=cast.olga, answer="Called them.")
    assert not Notification.objects.filter(kind="service_request_answered").exists()


def test_open_requests_go_with_the_loan_to_its_next_officer(cast: Cast) -> None:
    done, waits = ask(cast, source="text:1"), ask(cast, source="text:2")
    services.finish_service_request(request=done, by=cast.olga, answer="Done.")
    cast.loan.refresh_from_db()
    assign_officer(loan=cast.loan, officer=cast.otto, by=cast.mara, expected_version=cast.loan.version)
    for row in (done, waits):
        row.refresh_from_db()
    assert (done.owner, waits.owner) == (cast.olga, cast.otto)
    assert Task.objects.get(done_at__isnull=True).for_user == cast.otto
    with time_machine.travel(timezone.now() + timedelta(minutes=20)):
        deliver_due("email")
    told = Notification.objects.get(kind="service_request_officer")
    assert (told.recipient, told.state) == (f"user:{cast.otto.public_id}", "sent"), (
        "she has it no more, he has"
    )
    visible = {
        who: ServiceRequest.objects.visible_to(getattr(cast, who)).count() for who in ("olga", "otto", "bea")
    }
    assert visible == {"olga": 0, "otto": 2, "bea": 0}


def test_the_mail_goes_whatever_became_of_the_loan(cast: Cast) -> None:
    """They were promised an answer."""
    asked = ask(cast)
    type(cast.loan).objects.filter(pk=cast.loan.pk).update(stage="withdrawn")
    services.finish_service_request(
        request=ServiceRequest.objects.select_related("loan", "party").get(pk=asked.pk),
        by=cast.olga,
        answer="Done.",
    )
    deliver_due("email")
    assert Notification.objects.get(kind="service_request_answered").state == "sent"


def test_who_said_something_to_a_borrower_is_not_forgotten(cast: Cast) -> None:
    said = services.say(loan=cast.loan, by=cast.olga, channel="text", body="Told them", source="desk:1")
    with pytest.raises(ProtectedError) as refused:
        cast.olga.delete()
    assert said in refused.value.protected_objects


def test_a_call_is_ours_alone_whoever_made_it(cast: Cast) -> None:
    """Also where nobody knows any more who that was."""
    call = services.log_call(loan=cast.loan, by=cast.olga, body="zqcallzq", minutes=3)
    Message.objects.filter(pk=call.pk).update(by=None)
    call.refresh_from_db()
    assert not Message.objects.for_borrower().exists() and not Message.objects.waiting().exists()
    assert not call.is_inbound and not call.is_for_borrowers


def test_who_waits_and_who_complains_is_counted_anew_after_a_drift(
    cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    """As after a restore, or rows written past the services."""
    message = services.receive_message(
        loan=cast.loan, party=cast.bea_party, channel="portal", body="When?", source="form:drift"
    )
    Loan.objects.filter(pk=cast.loan.pk).update(unanswered_since=None)
    Loan.objects.filter(pk=cast.other_loan.pk).update(unanswered_since=timezone.now(), complaint_open=True)
    call_command("reconcile_counters")
    said = capsys.readouterr().out
    assert f"{cast.loan.number}: " in said and "unanswered_since, complaint_open" in said
    mine, other = (Loan.objects.get(pk=loan.pk) for loan in (cast.loan, cast.other_loan))
    assert (mine.unanswered_since, other.unanswered_since) == (message.at, None)
    assert not other.complaint_open
    call_command("reconcile_counters")
    assert "0 mended" in capsys.readouterr().out


def test_an_answer_costs_the_same_however_much_waited(cast: Cast) -> None:
    counts = []
    for waiting in (1, 8):
        for number in range(waiting):
            receive(cast, source=f"text:{waiting}:{number}")
        with CaptureQueriesContext(connection) as captured:
            services.write(loan=cast.loan, by=cast.olga, body="Friday.")
        counts.append(len(captured))
    assert counts[1] <= counts[0]
