"""How long papers are kept: the table, what its ends are counted from, who may hold them, and who reads what."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import Entry
from documents import keeping, services
from documents.models import Document, HousePaper, LegalHold, RetentionRule
from documents.retention import TABLE, RetentionClass, Standing, add_months, class_of, kept, record_class
from loans.errors import Refused
from loans.models import Application, KeyDate, Loan
from loans.stages import Stage
from tests.cast import make_loan
from tests.desk.helpers import words
from tests.documents.conftest import ask
from tests.documents.keeping import denied, funded, keep, move, record_date

DAY = date(2026, 3, 5)
Class = RetentionClass


def standing(stage=Stage.FUNDED, **known):
    return Standing(stage=stage, has_applied=True, last_use=DAY, **known)


# --- The table -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("months", "day", "end"),
    [
        (24, date(2024, 2, 29), date(2026, 3, 1)),  # no such day: the next, never the one before
        (48, date(2024, 2, 29), date(2028, 2, 29)),
        (25, date(2027, 1, 29), date(2029, 3, 1)),
        (25, date(2025, 1, 31), date(2027, 3, 1)),
        (25, date(2025, 11, 30), date(2027, 12, 30)),
        (36, date(2026, 12, 31), date(2029, 12, 31)),
        (25, date(2025, 12, 1), date(2028, 1, 1)),
        (60, date(2026, 7, 4), date(2031, 7, 4)),
    ],
)
def test_months_are_counted_and_never_end_too_early(months, day, end):
    assert add_months(day, months) == end


@pytest.mark.parametrize(
    ("known", "house_paper", "of", "end"),
    [
        (Standing(Stage.STARTED, False, DAY), "", Class.PROSPECT, date(2028, 3, 5)),
        (Standing(Stage.WITHDRAWN, False, DAY), "", Class.PROSPECT, date(2028, 3, 5)),
        (standing(Stage.DENIED, notice_on=DAY), "", Class.APPLIED, date(2028, 4, 5)),
        (standing(Stage.DENIED, notice_on=DAY), "loan_estimate", Class.APPLIED, date(2028, 4, 5)),
        (standing(Stage.DENIED), "", Class.APPLIED, None),
        (standing(Stage.PROCESSING, notice_on=DAY), "", Class.APPLIED, None),  # opened again
        (standing(Stage.SUSPENDED, notice_on=DAY), "", Class.APPLIED, None),  # a pause is no outcome
        (standing(signed_on=DAY), "", Class.CLOSED, date(2029, 3, 5)),
        (standing(signed_on=DAY), "appraisal", Class.CLOSED, date(2029, 3, 5)),
        (standing(signed_on=DAY), "loan_estimate", Class.LOAN_ESTIMATE, date(2029, 3, 5)),
        (standing(signed_on=DAY), "closing_disclosure", Class.CLOSING_DISCLOSURE, date(2031, 3, 5)),
        (standing(signed_on=DAY), "executed", Class.CLOSING_DISCLOSURE, date(2031, 3, 5)),
        (standing(notice_on=DAY), "", Class.CLOSED, None),
    ],
)
def test_every_class_counts_from_its_own_anchor(known, house_paper, of, end):
    found = kept(known, class_of(known, house_paper), {})
    assert (found.retention_class, found.destroy_after) == (of, end)


def test_a_record_is_kept_as_long_as_the_evidence_of_its_disclosures():
    assert record_class(standing()) == Class.CLOSING_DISCLOSURE
    assert record_class(standing(Stage.DENIED)) == Class.APPLIED


def test_a_house_keeps_longer_but_never_shorter(cast):
    known = standing(signed_on=DAY)
    assert kept(known, Class.CLOSED, {Class.CLOSED: 84}).destroy_after == date(2033, 3, 5)
    assert kept(known, Class.CLOSED, {Class.CLOSED: 12}).destroy_after == date(2029, 3, 5)
    with pytest.raises(Refused):
        services.save_retention_rule(
            rule=RetentionRule(retention_class=Class.CLOSED, months=35), by=cast.stef
        )
    services.save_retention_rule(rule=RetentionRule(retention_class=Class.CLOSED, months=84), by=cast.stef)
    funded(cast.loan, cast.olga, DAY)
    document = keep_row(cast)
    assert keeping.kept_of(document).destroy_after == date(2033, 3, 5)


def keep_row(cast, **fields):
    """A row alone: what is asked here needs no bytes."""
    number = Document.objects.count()
    return Document.objects.create(
        loan=cast.loan, party=cast.bea_party, uploader=cast.bea, name="a.pdf", key=f"documents/{number:032x}", size=1,
        sha256="0" * 64, content_type="application/pdf", **fields,
    )  # fmt: skip


# --- What is recorded ----------------------------------------------------------------------------------------


def stored(document):
    document.refresh_from_db()
    return document.retention_class, document.destroy_after


def test_the_columns_follow_what_is_recorded(cast):
    document = keep_row(cast)
    denied(cast.loan, cast.olga, None)
    assert stored(document) == (Class.APPLIED, None)
    assert keeping.record_of(cast.loan).is_undated
    record_date(cast.loan, KeyDate.Kind.NOTICE_SENT, DAY, cast.olga)
    assert stored(document) == (Class.APPLIED, date(2028, 4, 5))
    # opened again: no end, and the notice of the first outcome is none of a second
    move(cast.loan, Stage.PROCESSING, cast.mara)
    assert stored(document) == (Class.APPLIED, None)
    assert not keeping.record_of(cast.loan).is_undated
    move(cast.loan, Stage.WITHDRAWN, cast.olga)
    assert stored(document) == (Class.APPLIED, None)
    record_date(cast.loan, KeyDate.Kind.NOTICE_SENT, date(2026, 4, 1), cast.olga)
    assert stored(document) == (Class.APPLIED, date(2028, 5, 1))


def test_a_closing_that_was_undone_counts_not(cast):
    paper = HousePaper.objects.create(
        loan=cast.loan, kind="closing_disclosure", title="CD", made_by=cast.olga
    )
    document, disclosure = keep_row(cast), keep_row(cast, house_paper=paper)
    photo = keep_row(cast, is_original=True, made_into=disclosure)
    funded(cast.loan, cast.olga, DAY)
    assert stored(document) == (Class.CLOSED, date(2029, 3, 5))
    assert stored(disclosure) == stored(photo) == (Class.CLOSING_DISCLOSURE, date(2031, 3, 5))
    move(cast.loan, Stage.CLOSING, cast.mara)
    assert stored(document) == (Class.APPLIED, None)
    move(cast.loan, Stage.FUNDED, cast.olga)
    assert stored(document) == (Class.CLOSED, None)  # signed anew, and nobody has said when
    record_date(cast.loan, KeyDate.Kind.SIGNING, date(2026, 4, 9), cast.olga)
    assert stored(disclosure) == (Class.CLOSING_DISCLOSURE, date(2031, 4, 9))


def test_who_never_applied(cast, time_machine):
    time_machine.move_to("2026-03-05 15:00Z", tick=False)
    loan = make_loan(officer=cast.olga, borrowers=[cast.bea], stage=Stage.STARTED)
    Application.objects.create(loan=loan)
    time_machine.move_to("2026-06-01 15:00Z", tick=False)
    record = keeping.record_of(Loan.objects.get(pk=loan.pk))
    assert (record.retention_class, record.destroy_after) == (Class.PROSPECT, date(2028, 3, 5))
    Application.objects.update(saved_at="2026-05-02T12:00Z")  # somebody went on with it
    assert keeping.record_of(Loan.objects.get(pk=loan.pk)).destroy_after == date(2028, 5, 2)
    move(loan, Stage.INCOMPLETE, cast.olga)
    assert keeping.record_of(loan).retention_class == Class.PROSPECT
    # the six items make an application, sent or not
    KeyDate.objects.create(loan=loan, kind=KeyDate.Kind.LOAN_ESTIMATE_DUE, on=DAY)
    assert keeping.record_of(Loan.objects.get(pk=loan.pk)).retention_class == Class.APPLIED


def test_an_end_whose_way_nobody_recorded_is_no_prospects(cast):
    cast.loan.stage_events.all().delete()
    Loan.objects.filter(pk=cast.loan.pk).update(stage=Stage.WITHDRAWN)
    assert keeping.record_of(Loan.objects.get(pk=cast.loan.pk)).is_undated


# --- Legal holds ---------------------------------------------------------------------------------------------


def test_managers_and_staff_hold_and_let_go_with_a_reason(cast):
    for nobody in (cast.olga, cast.bea):
        with pytest.raises(Refused):
            services.set_hold(loan=cast.loan, why="A letter from a court", by=nobody)
    with pytest.raises(Refused):
        services.set_hold(loan=cast.loan, why="  ", by=cast.mara)
    hold = services.set_hold(loan=cast.loan, why="A letter from a court", by=cast.mara)
    with pytest.raises(Refused):
        services.set_hold(loan=cast.loan, why="Another", by=cast.stef)
    with pytest.raises(Refused):
        services.end_hold(hold=hold, why="", by=cast.mara)
    services.end_hold(hold=hold, why="Settled", by=cast.stef)
    with pytest.raises(Refused):
        services.end_hold(hold=hold, why="Settled", by=cast.stef)
    said = Entry.objects.filter(action__startswith="hold.").order_by("id").values_list("action", "detail")
    assert list(said) == [("hold.set", {"why": "A letter from a court"}), ("hold.ended", {"why": "Settled"})]


def test_holds_at_the_desk(cast, client_for):
    def post(who, name, **said):
        return client_for(who).post(reverse(name, args=[cast.loan.public_id]), said)

    assert post(cast.olga, "desk:hold", why="x").status_code == 404
    assert post(cast.mara, "desk:hold", why="").status_code == 422
    assert post(cast.mara, "desk:hold", why="A letter from a court").status_code == 302
    page = words(client_for(cast.olga).get(reverse("desk:keeping", args=[cast.loan.public_id])))
    assert "A letter from a court" in page and "Nothing of this loan is destroyed" in page
    assert "Legal hold" in words(client_for(cast.olga).get(reverse("desk:loan", args=[cast.loan.public_id])))
    assert post(cast.mara, "desk:end_hold", why="Settled").status_code == 302
    assert post(cast.mara, "desk:end_hold", why="Settled").status_code == 302  # over already: says so
    assert LegalHold.objects.get().ended_why == "Settled"


def test_holds_and_rules_in_the_admin(cast, client_for):
    stef = client_for(cast.stef)
    held = {"number": cast.loan.number, "why": "A letter from a court"}
    assert stef.post(reverse("admin:documents_legalhold_add"), {**held, "number": "LN-0"}).status_code == 200
    assert stef.post(reverse("admin:documents_legalhold_add"), held).status_code == 302
    hold = LegalHold.objects.get()
    address = reverse("admin:documents_legalhold_change", args=[hold.pk])
    assert stef.post(address, {"ended_why": ""}).status_code == 200
    assert stef.post(address, {"ended_why": "Settled"}).status_code == 302
    hold.refresh_from_db()
    assert (hold.set_by, hold.ended_by, hold.ended_why) == (cast.stef, cast.stef, "Settled")
    rule = {"retention_class": Class.PROSPECT, "months": 23}
    assert (
        "Not shorter than 24 months"
        in stef.post(reverse("admin:documents_retentionrule_add"), rule).content.decode()
    )
    assert stef.post(reverse("admin:documents_retentionrule_add"), {**rule, "months": 30}).status_code == 302
    assert RetentionRule.objects.get().months == 30
    assert Entry.objects.filter(action="retention.rule_set").count() == 1


# --- Pages ---------------------------------------------------------------------------------------------------


def test_the_borrower_reads_how_long_and_why(cast, store, client_for):
    document = keep(ask(cast.loan, cast.bea_party))
    address = reverse("documents:document", args=[document.public_id])
    page = words(client_for(cast.bea).get(address))
    assert "The day is not known yet." in page and "12 CFR" not in page
    denied(cast.loan, cast.olga, DAY)
    page = words(client_for(cast.bea).get(address))
    assert "Kept until Apr 5, 2028." in page
    assert "25 months from our written notice about your application, March 5, 2026." in page
    services.set_hold(loan=cast.loan, why="A letter from a court", by=cast.mara)
    assert "court" not in words(client_for(cast.bea).get(address))
    assert "12 CFR 1002.12(b)" in words(client_for(cast.olga).get(address))


def test_the_desk_reads_what_is_missing(cast, client_for):
    funded(cast.loan, cast.olga, None)
    for name in ("desk:loan", "desk:keeping"):
        page = words(client_for(cast.olga).get(reverse(name, args=[cast.loan.public_id])))
        assert "The day of signing is not recorded." in page, name
    record_date(cast.loan, KeyDate.Kind.SIGNING, DAY, cast.olga)
    page = words(client_for(cast.olga).get(reverse("desk:keeping", args=[cast.loan.public_id])))
    assert "until Mar 5, 2029" in page and "until Mar 5, 2031" in page


def test_what_is_asked_of_many_loans_costs_the_same_as_of_one(cast):
    def cost():
        with CaptureQueriesContext(connection) as asked:
            for loans in keeping.batches(Loan.objects.all()):
                list(keeping.papers_of(loans, keeping.house_rules(), keeping.standings(loans)))
        return len(asked.captured_queries)

    few = cost()
    for _number in range(20):
        make_loan(officer=cast.olga, borrowers=[cast.bea], stage=Stage.DENIED)
    assert cost() == few


def test_the_table_names_its_sources():
    for entry in TABLE.values():
        assert "CFR" in entry.source and entry.months >= 24
