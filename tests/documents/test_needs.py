"""The needs list: the matrix of scenarios, one row each, and what changes when the answers do."""

from dataclasses import replace

import pytest
from django.utils import timezone

from documents import services
from documents.facts import Facts, facts_of
from documents.kinds import SENSITIVE, Kind
from documents.models import NeedWording, Request
from documents.needs import BY_KEY, NEEDS, Who, needs_of
from loans import services as loan_services
from loans.models import Application, Loan
from loans.stages import Stage
from tests.documents.conftest import send
from tests.documents.files import pdf

ALWAYS = {"photo_id", "bank_statements"}
PLAIN = Facts(purpose="purchase", home_found=False)

MATRIX = [
    ("nothing known", {}, set()),
    ("employed", {"employed": True}, {"pay_stubs", "w2"}),
    (
        "employed for less than two years",
        {"employed": True, "under_two_years_in_job": True},
        {"pay_stubs", "w2", "employment_gap"},
    ),
    ("short time in a job but none now", {"under_two_years_in_job": True}, set()),
    (
        "self-employed",
        {"self_employed": True},
        {"personal_returns", "business_returns", "profit_and_loss", "business_licence"},
    ),
    ("contractor or commission", {"contractor": True}, {"form_1099", "personal_returns"}),
    (
        "self-employed and contractor: one request for the returns",
        {"self_employed": True, "contractor": True},
        {"personal_returns", "business_returns", "profit_and_loss", "business_licence", "form_1099"},
    ),
    ("retired", {"retired": True}, {"award_letters", "benefit_receipt", "retirement_statement"}),
    ("benefits", {"benefits": True}, {"benefit_award", "benefit_receipt"}),
    (
        "rents out",
        {"rents_out": True, "owns_other_homes": True},
        {"personal_returns", "leases", "other_homes"},
    ),
    ("owns another home, not rented out", {"owns_other_homes": True}, {"other_homes"}),
    ("gift", {"gift": True}, {"gift_letter", "gift_source", "gift_transfer"}),
    (
        "buys a home that is found",
        {"home_found": True},
        {"purchase_contract", "earnest_money", "agents", "insurance_agent"},
    ),
    (
        "refinance",
        {"purpose": "refinance", "home_found": True},
        {"mortgage_statement", "note", "homeowners_insurance", "title_policy"},
    ),
    (
        "cash out",
        {"purpose": "cash_out", "home_found": True},
        {"mortgage_statement", "note", "homeowners_insurance", "title_policy"},
    ),
    ("VA", {"mortgage_type": "va"}, {"certificate_of_eligibility", "service_record", "va_forms"}),
    ("FHA", {"mortgage_type": "fha"}, {"social_security_card"}),
    ("condo or HOA", {"in_association": True}, {"hoa_papers"}),
    ("support is to be counted", {"support_counts": True}, {"divorce_decree", "support_receipt"}),
    ("pays support", {"pays_support": True}, {"divorce_decree"}),
    ("bankruptcy", {"bankruptcy": True}, {"bankruptcy"}),
    ("not a citizen", {"not_a_citizen": True}, {"residency"}),
]


@pytest.mark.parametrize(("facts", "expected"), [row[1:] for row in MATRIX], ids=[row[0] for row in MATRIX])
def test_the_main_borrower_is_asked(facts, expected):
    asked = [need.key for need in needs_of(replace(PLAIN, **facts), main=True)]
    assert len(asked) == len(set(asked))
    assert set(asked) == ALWAYS | expected


@pytest.mark.parametrize("facts", [row[1] for row in MATRIX], ids=[row[0] for row in MATRIX])
def test_the_co_borrower_is_asked_only_for_their_own(facts):
    asked = {need.key for need in needs_of(replace(PLAIN, **facts), main=False)}
    assert asked == ALWAYS | {"co_borrower_income"}


def test_every_need_is_reached_by_the_matrix():
    reached = ALWAYS.union(*(row[2] for row in MATRIX)) | {"co_borrower_income"}
    assert reached == set(BY_KEY)


def test_every_need_explains_itself_and_fits():
    for need in NEEDS:
        for text, most in ((need.title, 160), (need.why, 400), (need.what_counts, 400)):
            assert 3 < len(str(text)) <= most, need.key
        assert len(need.key) <= 40
        assert len(need.period(timezone.now().date())) <= 60
    assert len(BY_KEY) == len(NEEDS)


def test_papers_about_a_divorce_are_sensitive_as_are_support_bankruptcy_and_benefits():
    for key in ("divorce_decree", "support_receipt", "bankruptcy", "benefit_award"):
        assert BY_KEY[key].kind in SENSITIVE
    assert BY_KEY["photo_id"].who is Who.EACH


# --- From the answers ----------------------------------------------------------------------------------------


@pytest.fixture
def answered(cast):
    def answer(**steps):
        return Application.objects.create(loan=cast.loan, answers=steps)

    return answer


def test_facts_are_read_from_loan_and_answers(cast, answered):
    answered(
        loan={"down_payment": ["savings", "gift"]},
        work={"income_kinds": ["w2", "rental"], "employed_under_two_years": True, "residency": "permanent",
              "support_counted": False, "divorced": False, "bankruptcy": True},
    )  # fmt: skip
    facts = facts_of(cast.loan)
    assert facts == Facts(
        purpose="purchase", mortgage_type="undecided", home_found=True, employed=True, under_two_years_in_job=True,
        rents_out=True, owns_other_homes=True, gift=True, bankruptcy=True, not_a_citizen=True,
    )  # fmt: skip


def keys_of(party, **filters):
    return set(party.requests.filter(**filters).values_list("need", flat=True))


def test_the_list_is_made_once(cast, answered, store):
    answered(work={"income_kinds": ["self_employed"]})
    made = services.make_requests_from_needs(loan=cast.loan)
    assert keys_of(cast.bea_party) >= {"photo_id", "business_returns", "purchase_contract"}
    assert keys_of(cast.cole_party) == {"photo_id", "bank_statements", "co_borrower_income"}
    assert {request.due_on for request in made} == {None}
    cast.loan.refresh_from_db()
    assert cast.loan.open_requests == len(made)
    cast.bea_party.refresh_from_db()
    assert cast.bea_party.open_requests == len(made) - 3

    assert services.make_requests_from_needs(loan=cast.loan) == []
    assert Request.objects.count() == len(made)


def test_a_home_that_is_found_adds_its_needs(cast, store):
    Loan.objects.filter(pk=cast.loan.pk).update(home_found=False, street="", city="")
    cast.loan.refresh_from_db()
    services.make_requests_from_needs(loan=cast.loan)
    assert "purchase_contract" not in keys_of(cast.bea_party)
    loan_services.change_facts(
        loan=cast.loan, by=cast.olga, expected_version=cast.loan.version, street="1 New Road", city="Saco"
    )
    assert "purchase_contract" in keys_of(cast.bea_party)
    assert "purchase_contract" not in keys_of(cast.cole_party)


def test_what_no_longer_applies_goes_unless_something_was_sent(cast, store):
    services.make_requests_from_needs(loan=cast.loan)
    sent_for = cast.bea_party.requests.get(need="purchase_contract")
    send(sent_for, cast.bea, "contract.pdf", pdf())
    cast.loan.refresh_from_db()
    loan_services.change_facts(
        loan=cast.loan, by=cast.olga, expected_version=cast.loan.version, purpose="refinance"
    )
    gone = keys_of(cast.bea_party, state="withdrawn")
    assert gone == {"earnest_money", "agents", "insurance_agent"}
    assert keys_of(cast.bea_party, state="owed") >= {"note", "purchase_contract"}

    cast.loan.refresh_from_db()
    loan_services.change_facts(
        loan=cast.loan, by=cast.olga, expected_version=cast.loan.version, purpose="purchase"
    )
    assert keys_of(cast.bea_party, state="owed") >= {"earnest_money", "agents", "insurance_agent"}


def test_what_the_officer_took_back_stays_away(cast, store):
    services.make_requests_from_needs(loan=cast.loan)
    request = cast.bea_party.requests.get(need="photo_id")
    services.withdraw_request(request=request, by=cast.olga, expected_version=request.version)
    assert services.make_requests_from_needs(loan=cast.loan) == []
    request.refresh_from_db()
    assert request.state == "withdrawn"


def test_a_newcomer_gets_a_list_of_their_own(cast, store):
    party = loan_services.add_co_borrower(
        loan=cast.other_loan, name="Nora Berg", email="nora@example.com", by=cast.otto
    )
    assert keys_of(party) == {"photo_id", "bank_statements", "co_borrower_income"}


def test_nothing_is_asked_of_a_newcomer_before_the_application_is_sent(cast, store):
    Loan.objects.filter(pk=cast.other_loan.pk).update(stage=Stage.STARTED)
    cast.other_loan.refresh_from_db()
    party = loan_services.add_co_borrower(
        loan=cast.other_loan, name="Nora Berg", email="nora@example.com", by=cast.otto
    )
    assert keys_of(party) == set()


def test_the_house_has_words_of_its_own(cast, store):
    NeedWording.objects.create(need="photo_id", title="Driver's licence", why="House rule.")
    NeedWording.objects.create(need="agents", is_asked=False)
    services.make_requests_from_needs(loan=cast.loan)
    request = cast.bea_party.requests.get(need="photo_id")
    assert (request.title, request.why) == ("Driver's licence", "House rule.")
    assert request.what_counts == str(BY_KEY["photo_id"].what_counts)
    assert request.kind == Kind.PHOTO_ID
    assert "agents" not in keys_of(cast.bea_party)
