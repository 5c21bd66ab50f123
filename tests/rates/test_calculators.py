"""The calculators: right sums, without JavaScript, and a clear word instead of an error page for whatever is typed."""

import io
from decimal import Decimal
from urllib.parse import urlencode

import pikepdf
import pypdfium2
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tries
from hypothesis import strategies as st
from lxml import html

from loans.calculators import Means, Purchase, fitting
from portal.forms.calculators import AffordabilityForm, PaymentForm
from tests.notifications.lettering import words_of
from tests.rates.test_page import said, text_of

PAYMENT, PAYMENT_PDF, AFFORD = "/rates/payment/", "/rates/payment/pdf/", "/rates/affordability/"
HOME = {"price": "$500,000", "down": "25000", "years": "30", "rate": "6.5%", "tax": "6,000", "insurance": "1800",
        "dues": "", "mortgage_insurance": "0.58"}  # fmt: skip
MEANS = {"income": "10,000", "debts": "500", "down": "80000", "years": "30", "rate": "6.5", "tax_rate": "1.2",
         "insurance": "1800", "dues": "", "mortgage_insurance": "", "home_share": "28",
         "total_share": "36"}  # fmt: skip
WARNING = "Your actual rate, payment, and costs could be higher. Get an official Loan Estimate before choosing a loan."
pytestmark = pytest.mark.django_db


def asked(visitor, address: str, numbers: dict[str, str], **changed: str):
    return visitor.get(f"{address}?{urlencode({**numbers, **changed})}")


def costs(response) -> dict[str, str]:
    rows = html.fromstring(response.content).xpath("//table[contains(@class, 'cost-table')]//tr")
    return {said(row.find("th")): said(row.find("td")) for row in rows}


# --- Sums


def test_a_payment_with_everything_in_it(cast, visitor):
    answer = asked(visitor, PAYMENT, HOME)
    assert answer.status_code == 200
    assert costs(answer) == {
        "Principal and interest": "$3,002.32", "Property tax": "$500", "Home insurance": "$150",
        "Mortgage insurance, until payment 135": "$229.58", "Together": "$3,881.90",
        "Together, once mortgage insurance has ended": "$3,652.32",
    }  # fmt: skip
    text, ask = text_of(answer), 124
    assert "$3,881.90 a month" in text
    assert (
        f"after payment {ask} the schedule stands at 80 percent" in text
        and "by itself after payment 135" in text
    )


def test_twenty_percent_down_needs_no_mortgage_insurance(cast, visitor):
    answer = asked(visitor, PAYMENT, HOME, down="100000")
    assert not any("Mortgage insurance" in name for name in costs(answer))


def test_every_year_stands_in_chart_and_table_and_every_month_on_request(cast, visitor):
    page = html.fromstring(asked(visitor, PAYMENT, HOME).content)
    years = page.xpath("//section[@aria-labelledby='years']//tbody/tr")
    assert len(years) == 30 == len(page.find_class("chart-lower")) == len(page.find_class("chart-upper"))
    assert said(years[-1]).endswith("$0")
    (link,) = page.xpath("//a[contains(@href, 'table=months')]/@href")
    months = html.fromstring(visitor.get(link).content).xpath("//section[@aria-labelledby='years']//tbody/tr")
    assert len(months) == 360 and said(months[-1]).endswith("$0")


def test_a_price_that_fits(cast, visitor):
    answer = asked(visitor, AFFORD, MEANS)
    text = text_of(answer)
    assert answer.status_code == 200 and "A home of about $" in text
    assert "come to $2,800 a month" in text and "28 percent of your income" in text
    (link,) = html.fromstring(answer.content).xpath("//a[text()='See every year of this loan']/@href")
    assert costs(visitor.get(link))["Together"] == costs(answer)["Together"]


def test_debts_may_decide(cast, visitor):
    text = text_of(asked(visitor, AFFORD, MEANS, debts="1,500"))
    assert "come to $2,100 a month" in text and "36 percent of your income, less $1,500 for debts" in text


def test_nothing_left_is_said_gently(cast, visitor):
    answer = asked(visitor, AFFORD, MEANS, debts="9,000")
    assert answer.status_code == 200 and "leave nothing for a home" in text_of(answer)


percents = st.decimals("0", "3", places=3)


@tries(max_examples=60, deadline=None)
@given(
    means=st.builds(
        Means,
        income=st.decimals("1", "200000", places=2), debts=st.decimals("0", "5000", places=2),
        down=st.decimals("0", "2000000", places=2), years=st.sampled_from([10, 15, 30]),
        rate=st.decimals("0", "25", places=3), tax_rate=percents, insurance=st.decimals("0", "9000", places=2),
        dues=st.decimals("0", "900", places=2), mortgage_insurance=percents,
        home_share=st.integers(1, 100).map(Decimal), total_share=st.integers(1, 100).map(Decimal),
    )
)  # fmt: skip
def test_the_price_found_fits_and_two_hundred_more_does_not(means):
    found = fitting(means)
    if found is None:
        return
    assert found.price % 100 == 0 and found.loan >= 0
    if not found.loan:
        return
    assert found.monthly <= means.budget
    more = Purchase(
        price=found.price + 200, down=means.down, years=means.years, rate=means.rate,
        tax=(found.price + 200) * means.tax_rate / 100, insurance=means.insurance, dues=means.dues,
        mortgage_insurance=means.mortgage_insurance,
    )  # fmt: skip
    assert more.monthly > means.budget - Decimal("0.05")


# --- What they say they are not


@pytest.mark.parametrize(("address", "numbers"), [(PAYMENT, HOME), (AFFORD, MEANS)])
def test_a_result_says_what_it_is_not_and_warns_first_on_paper(cast, visitor, address, numbers):
    empty = text_of(visitor.get(address))
    assert "no offer, no decision and no commitment to lend" in empty and WARNING not in empty
    answer = asked(visitor, address, numbers)
    text = text_of(answer)
    assert "no offer, no decision on what you may borrow, and no commitment to lend" in text
    assert "no annual percentage rate (APR)" in text
    main = html.fromstring(answer.content).get_element_by_id("main")
    first = next(element for element in main.iter("p", "h1", "h2") if said(element))
    assert said(first) == WARNING and "print-only" in first.get("class")  # 1026.19(e)(2)(ii): top of page one
    assert said(main.get_element_by_id("result").find_class("estimate-warning")[0]) == WARNING


@pytest.mark.parametrize(("address", "numbers"), [(PAYMENT, HOME), (AFFORD, MEANS)])
def test_nobody_keeps_what_somebody_typed(cast, visitor, address, numbers):
    assert "no-store" in asked(visitor, address, numbers)["Cache-Control"]
    empty = visitor.get(address)
    assert "max-age=60" in empty["Cache-Control"] and not empty.cookies


# --- Kept as a PDF


def test_a_result_to_keep_says_first_what_it_is_not_and_then_what_the_page_says(cast, visitor):
    page = asked(visitor, PAYMENT, HOME, dues="40")
    (link,) = html.fromstring(page.content).xpath("//a[starts-with(@href, '/rates/payment/pdf/')]/@href")
    answer = visitor.get(link)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert (
        answer["Cache-Control"] == "private, no-store" and "monthly-cost.pdf" in answer["Content-Disposition"]
    )
    words = words_of(answer.content)
    assert words.startswith(WARNING)
    assert "NMLS ID 1000048" in words and "no commitment to lend" in words
    for name, amount in costs(page).items():
        assert f"{name} {amount}" in words
    for row in html.fromstring(page.content).xpath("//section[@aria-labelledby='years']//tbody/tr"):
        assert " ".join(said(cell) for cell in row) in words


def test_the_warning_is_set_in_twelve_points_above_everything(cast, visitor):
    page = pypdfium2.PdfDocument(asked(visitor, PAYMENT_PDF, HOME).content)[0]
    texts, text = [pypdfium2.raw.FPDF_PAGEOBJ_TEXT], page.get_textpage()
    lines = list(page.get_objects(filter=texts, textpage=text))
    warning = [line for line in lines if line.extract().strip() in WARNING]
    assert " ".join(line.extract().strip() for line in warning) == WARNING
    assert all(round(line.get_font_size(), 1) >= 12 for line in warning)
    lowest = min(line.get_bounds()[1] for line in warning)
    assert all(line.get_bounds()[3] <= lowest for line in lines if line not in warning)


def test_the_pdf_is_tagged_and_its_tables_have_heads(cast, visitor):
    with pikepdf.open(io.BytesIO(asked(visitor, PAYMENT_PDF, HOME).content)) as pdf:
        assert bool(pdf.Root.MarkInfo.Marked) and "pdfuaid" in pdf.Root.Metadata.read_bytes().decode()
        tags = [
            str(thing.S) for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary) and "/S" in thing
        ]
    assert (tags.count("/H1"), tags.count("/H2"), tags.count("/Table")) == (1, 1, 2)
    assert tags.count("/TH") >= 6 and tags.count("/TR") > 30


@pytest.mark.parametrize("wrong", [{"rate": "six"}, {"down": "500000"}, {"price": ""}])
def test_without_good_numbers_there_is_no_pdf_but_the_way_to_put_them_right(cast, visitor, wrong):
    answer = asked(visitor, PAYMENT_PDF, HOME, **wrong)
    assert answer.status_code == 302
    assert visitor.get(answer["Location"]).status_code == 422
    assert visitor.get(PAYMENT_PDF)["Location"] == PAYMENT


def test_somebody_who_has_hundreds_set_waits(cast, visitor, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "estimate_pdf": "2/m/ip"}
    assert [asked(visitor, PAYMENT_PDF, HOME).status_code for _again in range(3)] == [200, 200, 429]


# --- Whatever is typed

HOSTILE = [
    "-1", "1e999999999", "9" * 400, "NaN", "Infinity", "-0", "abc", "<script>alert(1)</script>", "\x00", "१२३",
    "1,2,3.4.5", "0x10", "'; drop table", "%", "$", "1_000", "100000000000000000000000", "0.0000001", "١٠٠٠٠٠", "💰",
]  # fmt: skip


@pytest.mark.parametrize(("address", "numbers"), [(PAYMENT, HOME), (AFFORD, MEANS)])
def test_hostile_numbers_get_a_word_beside_each_field(cast, visitor, address, numbers):
    for value in HOSTILE:
        answer = asked(visitor, address, dict.fromkeys(numbers, value))
        assert answer.status_code == 422, value
        assert b"<script>alert" not in answer.content
        page = html.fromstring(answer.content)
        for field in ("years", "rate"):
            (wrong,) = page.xpath(f"//*[@name='{field}']/ancestor::div[starts-with(@id, 'div_id_')]")
            assert (field == "rate" and value == "-0") or said(wrong.find_class("invalid-feedback")[0]), (
                field,
                value,
            )


@tries(max_examples=60, deadline=None)
@given(
    form=st.sampled_from([(PaymentForm, HOME), (AffordabilityForm, MEANS)]),
    typed=st.dictionaries(
        st.sampled_from([*HOME, *MEANS]), st.text(max_size=30) | st.sampled_from([*HOSTILE, "100000"])
    ),
)
def test_whatever_is_typed_is_refused_or_can_be_worked_out(form, typed):
    form_class, numbers = form
    filled = form_class({**numbers, **typed})
    if filled.is_valid():
        purchase = filled.purchase() if form_class is PaymentForm else fitting(filled.means())
        assert purchase is None or purchase.by_year[-1].balance == 0 or not purchase.loan
    else:
        assert filled.errors


@tries(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    numbers=st.dictionaries(
        st.sampled_from([*HOME, *MEANS, "table"]), st.text(max_size=30) | st.sampled_from(HOSTILE)
    )
)
def test_no_query_breaks_a_calculator(numbers, cast, visitor):
    for address in (PAYMENT, AFFORD):
        assert visitor.get(address, numbers).status_code in (200, 422)


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"down": "500000"}, "leaves nothing to borrow"), ({"down": "600000"}, "leaves nothing to borrow"),
        ({"rate": "26"}, "less than or equal to 25"), ({"rate": "six"}, "Write a percentage"),
        ({"price": "lots"}, "Write an amount in dollars"), ({"price": ""}, "required"),
        ({"years": "31"}, "valid choice"),
    ],
)  # fmt: skip
def test_a_mistake_is_named(cast, visitor, changed, word):
    answer = asked(visitor, PAYMENT, HOME, **changed)
    assert answer.status_code == 422 and word in text_of(answer)


def test_no_interest_is_a_sum_too(cast, visitor):
    assert costs(asked(visitor, PAYMENT, HOME, rate="0", down="140000"))["Principal and interest"] == "$1,000"


def test_while_somebody_types_what_is_empty_is_no_mistake(cast, visitor):
    """With JavaScript the result follows each key; an unfinished form is answered, not refused."""
    answer = visitor.get(f"{PAYMENT}?price=500000&down=&rate=&years=30", headers={"HX-Request": "true"})
    page = html.fromstring(answer.content)
    assert answer.status_code == 200
    assert "Still to fill in: Down payment , Interest rate" in said(page.get_element_by_id("result"))
