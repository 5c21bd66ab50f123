"""Papers grow old: until when each is good, and who hears early that it must be renewed before the closing."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from documents import freshness, services
from documents.kinds import Kind
from documents.models import Document, KindRule, Request
from documents.renewals import renewals
from loans import clocks
from loans.errors import Refused
from loans.models import KeyDate, Loan
from loans.stages import Stage
from notifications import planning
from notifications.models import MessageRules, Notification
from notifications.reminders import renewals as mails
from notifications.rendering import render
from portal import formats
from tests.notifications.days import at, days_of, live, sent
from tests.pages.making import ask, in_days, keep, stand_at, words

State = Request.State


def paper(party, kind, dated_on, *, state=State.ACCEPTED, title="Pay stubs", **fields):
    request = ask(party, title, kind=kind, state=state)
    review = "accepted" if state == State.ACCEPTED else "pending"
    return keep(request, f"{request.pk}.pdf", **{"dated_on": dated_on, "review": review, **fields})


def closes_on(loan, on):
    Loan.objects.filter(pk=loan.pk).update(expected_closing=on, home_found=True)
    loan.refresh_from_db()


def titles(loan):
    return [one.request.title for one in renewals(Loan.objects.filter(pk=loan.pk))]


# --- Days ----------------------------------------------------------------------------------------------------


def test_defaults_and_the_house_s_own_days():
    assert freshness.DEFAULT_DAYS[Kind.PAY_STUB] == 120 and Kind.W2 not in freshness.DEFAULT_DAYS


def test_the_house_may_write_its_own_days(cast):
    assert (freshness.good_for_days("pay_stub"), freshness.good_for_days("w2")) == (120, 0)
    KindRule.objects.create(kind="pay_stub", good_for_days=60)
    KindRule.objects.create(kind="w2", good_for_days=400)
    KindRule.objects.create(kind="bank_statement", good_for_days=0)
    KindRule.objects.create(kind="hoa", good_for_days=None)
    found = [freshness.good_for_days(kind) for kind in ("pay_stub", "w2", "bank_statement", "hoa")]
    assert found == [60, 400, 0, 90]


def test_the_admin_writes_and_forgets_a_rule(cast, client_for):
    stef = client_for(cast.stef)
    added = stef.post(reverse("admin:documents_kindrule_add"), {"kind": "pay_stub", "good_for_days": "45"})
    assert added.status_code == 302 and freshness.good_for_days("pay_stub") == 45
    rule = KindRule.objects.get()
    assert "120" in stef.get(reverse("admin:documents_kindrule_changelist")).content.decode()
    stef.post(reverse("admin:documents_kindrule_delete", args=[rule.pk]), {"post": "yes"})
    assert freshness.good_for_days("pay_stub") == 120


def test_a_pay_stub_that_was_old_at_the_application_is_pointed_out(cast):
    document = paper(cast.bea_party, Kind.PAY_STUB, date(2026, 5, 1))
    assert freshness.too_old_at_application(document, date(2026, 6, 1)) == 30
    assert freshness.too_old_at_application(document, date(2026, 5, 31)) == 0


# --- Which ---------------------------------------------------------------------------------------------------


def test_a_request_is_as_fresh_as_its_newest_paper(cast):
    stand_at(cast.loan, Stage.PROCESSING)
    closes_on(cast.loan, in_days(60))
    old = paper(cast.bea_party, Kind.PAY_STUB, in_days(-80))
    assert titles(cast.loan) == ["Pay stubs"]
    newer = keep(old.request, "newer.pdf", dated_on=in_days(-30), review="pending")
    assert titles(cast.loan) == []
    Document.objects.filter(pk=newer.pk).update(review="returned")
    assert titles(cast.loan) == ["Pay stubs"], "what went back does not count"
    Document.objects.filter(pk=newer.pk).update(good_pages="1-2")
    assert titles(cast.loan) == [], "unless a part of it is kept"


def test_the_day_it_came_stands_in_for_a_date_nobody_read(cast):
    stand_at(cast.loan, Stage.PROCESSING)
    closes_on(cast.loan, in_days(121))
    document = paper(cast.bea_party, Kind.BANK_STATEMENT, None)
    (found,) = renewals(Loan.objects.filter(pk=cast.loan.pk))
    assert (found.is_dated, found.use_by) == (False, in_days(120))
    Document.objects.filter(pk=document.pk).update(dated_on=in_days(1))
    assert titles(cast.loan) == []


@pytest.mark.parametrize("change", ["asked again", "repeat", "no such age", "closed", "returned"])
def test_what_need_not_be_renewed(cast, change):
    stand_at(cast.loan, Stage.FUNDED if change == "closed" else Stage.PROCESSING)
    closes_on(cast.loan, in_days(60))
    kind = Kind.W2 if change == "no such age" else Kind.PAY_STUB
    document = paper(cast.bea_party, kind, in_days(-100))
    if change == "asked again":
        Request.objects.filter(pk=document.request_id).update(state=State.OWED)
    if change == "returned":
        Request.objects.filter(pk=document.request_id).update(state=State.RETURNED)
    if change == "repeat":
        ask(cast.bea_party, "Newest pay stub", kind=kind, repeat_reason="Too old by then.")
    assert titles(cast.loan) == []


def test_the_signing_counts_before_the_day_aimed_at(cast):
    stand_at(cast.loan, Stage.CLOSING)
    closes_on(cast.loan, in_days(10))
    paper(cast.bea_party, Kind.PAY_STUB, in_days(-100))
    assert titles(cast.loan) == []
    KeyDate.objects.create(loan=cast.loan, kind=KeyDate.Kind.SIGNING, on=in_days(25))
    assert titles(cast.loan) == ["Pay stubs"]


def test_looking_costs_the_same_however_many_there_are(cast):
    stand_at(cast.loan, Stage.PROCESSING)
    closes_on(cast.loan, in_days(60))

    def cost():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert renewals(Loan.objects.all())
        return len(queries)

    paper(cast.bea_party, Kind.PAY_STUB, in_days(-100))
    once = cost()
    for number in range(5):
        paper(cast.cole_party, Kind.PAY_STUB, in_days(-100), title=f"More {number}")
    assert cost() == once


# --- When it is accepted -------------------------------------------------------------------------------------


def test_the_officer_sets_or_corrects_the_date_when_accepting(cast, client_for):
    olga = client_for(cast.olga)
    document = paper(cast.bea_party, Kind.PAY_STUB, in_days(-9), state=State.IN_REVIEW)
    page = olga.get(reverse("desk:review", args=[document.public_id])).content.decode()
    assert f'value="{in_days(-9)}"' in page and formats.date_text(in_days(111)) in page
    accept = reverse("desk:accept", args=[document.public_id])
    late = olga.post(accept, {"version": document.version, "dated_on": in_days(2)})
    assert late.status_code == 422 and "cannot be in the future" in words(late)
    assert olga.post(accept, {"version": document.version, "dated_on": in_days(-20)}).status_code == 302
    document.refresh_from_db()
    assert (document.review, document.dated_on) == ("accepted", in_days(-20))


def test_a_button_alone_leaves_the_date(cast, client_for):
    document = paper(cast.bea_party, Kind.PAY_STUB, in_days(-9), state=State.IN_REVIEW)
    client_for(cast.olga).post(
        reverse("desk:accept", args=[document.public_id]), {"version": document.version}
    )
    document.refresh_from_db()
    assert (document.review, document.dated_on) == ("accepted", in_days(-9))
    with pytest.raises(Refused):
        services.accept_document(
            document=document, by=cast.olga, expected_version=document.version, dated_on=in_days(1)
        )


# --- Who hears of it -----------------------------------------------------------------------------------------


def test_the_borrower_sees_it_early_and_the_other_borrower_does_not(cast, client_for):
    stand_at(cast.loan, Stage.PROCESSING)
    paper(cast.bea_party, Kind.PAY_STUB, in_days(-100))
    bea, cole = client_for(cast.bea), client_for(cast.cole)
    for name in ("loans:detail", "loans:documents"):
        address = reverse(name, args=[cast.loan.public_id])
        closes_on(cast.loan, None)
        assert "To renew" not in words(bea.get(address)), "nobody knows of a closing yet"
        closes_on(cast.loan, in_days(40))
        said = words(bea.get(address))
        assert f"Pay stubs: too old after {formats.date_text(in_days(20))}" in said
        assert (
            f"Your closing is expected on {formats.date_text(in_days(40))} (a target, not confirmed)" in said
        )
        assert "To renew" not in words(cole.get(address))


def test_the_desk_asks_for_a_newer_one_with_one_press(cast, client_for):
    stand_at(cast.loan, Stage.PROCESSING)
    closes_on(cast.loan, in_days(40))
    olga, otto = client_for(cast.olga), client_for(cast.otto)
    stubs = paper(cast.bea_party, Kind.PAY_STUB, in_days(-100)).request
    paper(cast.cole_party, Kind.BANK_STATEMENT, in_days(-110), title="Statements", state=State.IN_REVIEW)
    page = words(olga.get(reverse("desk:renewals")))
    assert page.index("Statements") < page.index("Pay stubs"), "the soonest first"
    assert page.count("Ask for a newer one") == 1, "what is in review is looked at first"
    assert "Nothing to renew" in words(otto.get(reverse("desk:renewals")))
    ask_it = reverse("desk:renewal_ask", args=[stubs.public_id])
    assert otto.post(ask_it, {"version": stubs.version}).status_code == 404
    late = olga.post(ask_it, {"version": stubs.version + 1}, follow=True)
    assert "Somebody changed this request" in late.content.decode()
    done = olga.post(ask_it, {"version": stubs.version}, follow=True)
    assert "is asked for a newer one: Pay stubs" in done.content.decode()
    stubs.refresh_from_db()
    assert stubs.state == State.OWED and formats.date_text(in_days(20)) in stubs.repeat_reason
    assert "Pay stubs" not in words(olga.get(reverse("desk:renewals")))
    again = olga.post(ask_it, {"version": stubs.version}, follow=True)
    assert "need not be renewed any more" in again.content.decode()
    assert stubs.repeat_reason in words(
        client_for(cast.bea).get(reverse("loans:documents", args=[cast.loan.public_id]))
    )
    assert "1 paper was asked for more than once: Pay stubs" in words(
        olga.get(reverse("desk:loan", args=[cast.loan.public_id]))
    )


@pytest.fixture
def alone(monkeypatch):
    monkeypatch.setattr(planning, "PLANNERS", (mails.plan,))


@pytest.mark.parametrize("switched_off", [False, True])
def test_a_morning_mail_once_when_a_paper_comes_within_a_week(cast, alone, switched_off):
    """Good until Monday June 29: told on Monday June 22, and not again until something else comes near."""
    stand_at(cast.loan, Stage.PROCESSING)
    closes_on(cast.loan, date(2026, 8, 1))
    paper(cast.bea_party, Kind.PAY_STUB, date(2026, 3, 1))
    paper(cast.cole_party, Kind.DISABILITY_AWARD, date(2026, 3, 3), title="Disability award letter")
    if switched_off:
        rules = MessageRules.load()
        rules.officer_digest = False
        rules.save()
    live(at(2026, 6, 18), at(2026, 6, 27), times=(7.9, 8.1, 12))
    mails_sent = sent("papers_to_renew")
    if switched_off:
        assert not mails_sent
        return
    assert days_of(mails_sent) == ["Mon 06-22 08:06", "Wed 06-24 08:06"]
    assert {mail.recipient_name for mail in mails_sent} == {"Olga Haddad"}
    text = " ".join(Notification.objects.filter(kind="papers_to_renew").latest("id").text_body.split())
    assert "Pay stubs" in text and "LN-" in text and "isability" not in text, (
        "a sensitive kind is never named"
    )


def test_a_mail_that_nobody_needs_any_more_is_not_sent(cast, alone):
    from notifications.facts import NotWanted

    stand_at(cast.loan, Stage.PROCESSING)
    closes_on(cast.loan, in_days(40))
    document = paper(cast.bea_party, Kind.PAY_STUB, clocks.today() - timedelta(days=118))
    row = Notification(kind="papers_to_renew", recipient=f"user:{cast.olga.public_id}", language="en")
    assert "Pay stubs" in render(row).text
    Request.objects.filter(pk=document.request_id).update(state=State.OWED)
    with pytest.raises(NotWanted):
        render(row)
