"""
The whole story, as people live it: apply, hear back, upload, see the stage, close, be thanked.

Against the product's own run command with real workers, beat and broker and a real SMTP server, the borrower on a
phone and the officer at a desk. Nothing is looked up in the database that a person could not see; time moves by setting
`due_at`.
"""

import io
import os
import re
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pikepdf
import pytest
from playwright.sync_api import Page, expect

from tests.journey.people import (
    House,
    code_in,
    comes_to_show,
    html_of,
    link_in,
    make_papers,
    move,
    press,
    sign_in_with_factor,
    sign_out,
    squeezed,
    submit,
    text_of,
    words_of_pdf,
)
from tests.running import Mailbox, Product, wait_until

ON_SERVICES = os.environ.get("DOORSTEP_BACK_ENDS") == "services"
PASSWORD = "a lantern over the harbour 7"
DANA, DREW = "dana@marsh.example", "drew@marsh.example"


@pytest.fixture
def house(start_house: Callable[..., Product], mailbox: Mailbox) -> Iterator[House]:
    house = House(start_house(EMAIL_URL=mailbox.url), mailbox)
    yield house
    house.close()


@pytest.fixture(params=["desktop" if ON_SERVICES else "phone"])
def size(request: pytest.FixtureRequest) -> str:
    """On a phone on the embedded default, at a desktop on PostgreSQL and Redis: once in each run."""
    return str(request.param)


@pytest.mark.timeout(420)
def test_the_whole_story(
    house: House, open_page: Callable[..., Page], size: str, tmp_path: Path, axe: Callable[..., None]
) -> None:
    dana, olga = open_page(size=size), open_page(size="desktop")
    papers = make_papers(tmp_path, "Dana Marsh")

    meet_the_officer(dana, house, axe)
    number = apply(dana, house, axe)
    hear_back_and_set_a_password(dana, house, number)
    come_back_with_a_code(dana, house)
    send_papers(dana, papers, axe)

    sign_in_with_factor(olga, house, "olga")
    loan_at_the_desk = open_the_loan(olga, house, number)
    review(olga, dana, house, loan_at_the_desk)
    send_the_loan_estimate(olga, dana, house, loan_at_the_desk)
    bring_in_drew(olga, house, loan_at_the_desk, open_page(size=size))
    take_a_move_back(olga, house, loan_at_the_desk)
    walk_to_the_closing(olga, dana, house, loan_at_the_desk)
    be_thanked(olga, dana, house, loan_at_the_desk)


# --- A visitor becomes a borrower ----------------------------------------------------------------------------


def meet_the_officer(page: Page, house: House, axe: Callable[..., None]) -> None:
    page.goto(house.url("/"))
    expect(page.locator("h1")).to_be_visible()
    page.goto(house.url("/process/"))
    expect(page.get_by_text("if all goes well").first).to_be_visible()
    page.goto(house.url("/officers/"))
    page.get_by_role("link", name="Olga Brandt").first.click()
    expect(page.get_by_role("link", name=re.compile(r"\(512\) 555-0142")).first).to_be_visible()
    expect(page.get_by_text("1000142").first).to_be_visible()
    expect(page.get_by_text("Spanish").first).to_be_visible()
    axe(page)
    page.get_by_role("link", name=re.compile("Apply with Olga")).first.click()


def apply(page: Page, house: House, axe: Callable[..., None]) -> str:
    page.get_by_label(re.compile("In which state")).select_option("TX")
    page.get_by_label("Buy a home").check()
    page.get_by_label("I have found a home").check()
    press(page, "Continue")

    page.get_by_label("Your full name").fill("Dana Marsh")
    page.get_by_label("Your e-mail address").fill(DANA)
    page.get_by_label("ZIP code where you live now").fill("78702")
    press(page, "Save and continue")
    page.get_by_label("The six digits").fill(code_in(house.mail(DANA, "code")))
    press(page, "Continue")

    page.get_by_label("Street address").fill("9 Orchard Row")
    page.get_by_label("City").fill("Austin")
    page.get_by_label("ZIP code of the home").fill("78703")
    page.get_by_label("House", exact=True).check()
    page.get_by_label("I will live there").check()
    page.get_by_label("Purchase price").fill("$450,000")
    axe(page)
    press(page, "Save and continue")

    page.get_by_label("How much would you like to borrow?").fill("360000")
    page.get_by_label("Conventional").check()
    page.get_by_label("Savings or investments").check()
    page.get_by_label("A gift from family or a friend").check()
    press(page, "Save and continue")

    expect(page.get_by_text("alimony, child support or separate maintenance").first).to_be_visible()
    page.get_by_label("An employer pays me (W-2)").check()
    page.get_by_label(re.compile("how much is that in a month")).fill("8,100")
    page.get_by_label("U.S. citizen").check()
    press(page, "Save and continue")

    page.get_by_label("Your phone number").fill("512 555 0177")
    expect(page.get_by_label(re.compile("I have seen the privacy notice"))).not_to_be_checked()
    expect(page.get_by_label(re.compile("may send me text messages"))).not_to_be_checked()
    page.get_by_label(re.compile("I have seen the privacy notice")).check()
    press(page, "Send my application")

    expect(page.get_by_role("heading", name=re.compile("Your application arrived"))).to_be_visible()
    expect(page.get_by_text("Gift letter").first).to_be_visible()
    axe(page)
    return page.get_by_text(re.compile(r"LN-\d{4}-\d{5}")).first.inner_text().split("LN-")[1][:10]


def hear_back_and_set_a_password(page: Page, house: House, number: str) -> None:
    mail = house.mail(DANA, number)
    words = squeezed(text_of(mail))
    assert "Pay stubs" in words and "Gift letter" in words
    assert "not needed for the Loan Estimate" in words
    assert "not a commitment to lend" in words
    assert "Olga Brandt" in words and "(512) 555-0142" in words and "1000142" in words
    assert not mail.get_content_type().startswith("application/")
    assert "Dana Marsh" in text_of(house.mail("olga@harbor.example", number))

    page.goto(link_in(mail, "/invitations/"))
    assert "/invitations/" in page.url and page.url.endswith("/invitations/")  # no token in the address
    page.locator("input[name=password1]").fill(PASSWORD)
    page.locator("input[name=password2]").fill(PASSWORD)
    press(page, "Set password and sign in")
    expect(page).to_have_url(re.compile("/home/|/loans/"))
    page.goto(house.url("/home/"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Dana")

    sign_out_everywhere = link_in(mail, "/invitations/")
    page.context.request.get(sign_out_everywhere)
    answer = page.context.request.get(house.url("/invitations/"))
    assert answer.status in (404, 410), "the link works once"


def come_back_with_a_code(page: Page, house: House) -> None:
    open_menu(page)
    sign_out(page)
    page.goto(house.url("/accounts/login/"))
    page.locator("input[name=login]").fill(DANA)
    page.locator("input[name=password]").fill(PASSWORD)
    press(page, "Sign in")
    expect(page.locator("input[name=code]")).to_be_visible()
    page.locator("input[name=code]").fill(code_in(house.mail(DANA, "sign")))
    submit(page.locator("form:has(input[name=code]) button[type=submit]").first)
    expect(page).to_have_url(re.compile("/home/"))


def open_menu(page: Page) -> None:
    """On a phone the navigation is behind a button."""
    if page.get_by_role("button", name="Sign out").first.is_visible():
        return
    page.locator("header summary, header button[aria-expanded]").first.click()


# --- Papers --------------------------------------------------------------------------------------------------


def send_papers(page: Page, papers: dict[str, Path], axe: Callable[..., None]) -> None:
    page.get_by_role("link", name=re.compile("Open my loan|My loan|Send|papers", re.I)).first.click()
    page.wait_for_url(re.compile("/loans/"))
    if "/documents/" in page.url:
        page.goto(page.url.split("documents/")[0])
    expect(page.get_by_text(re.compile("optional for now|may be sent now", re.I)).first).to_be_visible()

    stubs = row(page, "Pay stubs")
    choose(stubs, papers["stub"], papers["second"])
    expect(stubs.get_by_text("pay-stub.pdf").first).to_be_visible()
    expect(stubs.get_by_text(re.compile("1 page")).first).to_be_visible(timeout=40_000)
    expect(stubs.get_by_text("In review").first).to_be_visible(timeout=40_000)

    card = row(page, "Photo ID")
    choose(card, papers["id"])
    expect(card.get_by_text("In review").first).to_be_visible(timeout=40_000)

    for name, words in {
        "empty": "empty",
        "program": "PDF",
        "locked": "password",
        "liar": "name|ending|really",
        "broken": "open|damaged|read",
    }.items():
        statements = row(page, "Bank statements")
        choose(statements, papers[name])
        refused = statements.locator(".upload-row--refused").filter(has_text=papers[name].name)
        expect(refused.first).to_be_visible(timeout=40_000)
        assert re.search(words, refused.first.inner_text(), re.I), refused.first.inner_text()
    axe(page)
    page.reload()
    expect(row(page, "Pay stubs").get_by_text("pay-stub-2.pdf").first).to_be_visible()


def row(page: Page, title: str):  # type: ignore[no-untyped-def]
    return page.locator("li.doc-row").filter(has=page.get_by_role("heading", name=re.compile(f"^{title}")))


def choose(row, *files: Path) -> None:  # type: ignore[no-untyped-def]
    box = row.locator("details.upload-box")
    if box.get_attribute("open") is None:
        box.locator("summary").click()
    row.locator("input[type=file]").first.set_input_files([str(file) for file in files])


# --- At the desk ---------------------------------------------------------------------------------------------


def open_the_loan(page: Page, house: House, number: str) -> str:
    page.goto(house.url("/desk/"))
    page.get_by_label("Search").fill("Marsh")
    press(page, "Show")
    page.get_by_role("link", name=re.compile("Dana Marsh")).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Dana Marsh")
    expect(page.get_by_text(number).first).to_be_visible()
    return page.url.split("?")[0]


def review(olga: Page, dana: Page, house: House, loan: str) -> None:
    with olga.expect_popup() as popup:
        olga.get_by_role("link", name=re.compile("Open licence.pdf")).click()
    paper = popup.value
    expect(paper.get_by_alt_text(re.compile("Page 1 of 1")).first).to_be_visible(timeout=40_000)
    with paper.expect_download() as download:
        paper.get_by_role("link", name=re.compile("Download")).first.click()
    assert Path(download.value.path()).read_bytes()[:5] == b"%PDF-"
    paper.get_by_text("Original photos").first.click()
    with paper.expect_download() as download:
        paper.get_by_role("link", name=re.compile("licence.jpg")).first.click()
    assert Path(download.value.path()).read_bytes()[:3] == b"\xff\xd8\xff"
    press(olga, re.compile("Accept licence.pdf"))

    olga.goto(loan)
    olga.get_by_role("link", name=re.compile(r"Return pay-stub\.pdf")).click()
    form = olga.locator("form").filter(has=olga.locator("[name=reason]"))
    form.locator("[name=reason][value=too_old]").check()
    form.locator("[name=note]").fill("The newest one, please.")
    submit(form.get_by_role("button").last)
    house.let_time_pass("document_returned")
    mail = house.mail(DANA, "again")
    assert "The newest one, please." in text_of(mail)
    dana.reload()
    expect(row(dana, "Pay stubs").get_by_text("Please send again").first).to_be_visible()
    dana.get_by_text("1 paper is done").click()
    expect(row(dana, "Photo ID").get_by_text("Accepted").first).to_be_visible()


def send_the_loan_estimate(olga: Page, dana: Page, house: House, loan: str) -> None:
    olga.goto(loan)
    press(olga, re.compile("Record as received.*Social Security"))
    expect(olga.get_by_text("6 of 6")).to_be_visible()
    assert "Loan Estimate" in str(house.mail("olga@harbor.example", "Loan Estimate")["Subject"])
    assert house.mail("mara@harbor.example", "Loan Estimate")

    olga.locator("#key-dates summary").click()
    form = olga.locator("#key-dates details form")
    form.locator("[name=kind]").select_option("loan_estimate_sent")
    form.locator("[name=on]").fill(house.run("from loans.clocks import today; print(today())").strip()[-10:])
    submit(form.get_by_role("button"))
    expect(olga.get_by_text("Loan Estimate sent").first).to_be_visible()
    dana.reload()
    expect(dana.get_by_text(re.compile("optional for now", re.I))).to_have_count(0)


def bring_in_drew(olga: Page, house: House, loan: str, drew: Page) -> None:
    olga.goto(loan)
    olga.locator("#people summary").click()
    form = olga.locator("#people details form")
    form.locator("[name=name]").fill("Drew Marsh")
    form.locator("[name=email]").fill(DREW)
    submit(form.get_by_role("button"))
    drew.goto(link_in(house.mail(DREW, "invit"), "/invitations/"))
    drew.locator("input[name=password1]").fill(PASSWORD)
    drew.locator("input[name=password2]").fill(PASSWORD)
    press(drew, "Set password and sign in")
    drew.goto(house.url(f"/loans/{loan.rstrip('/').split('/')[-1]}/"))
    expect(drew.get_by_role("heading", name=re.compile("^Photo ID"))).to_be_visible()
    expect(drew.get_by_text(re.compile(r"Dana has \d+ things? left")).first).to_be_visible()
    assert "Gift letter" not in drew.content() and "pay-stub" not in drew.content()


def take_a_move_back(olga: Page, house: House, loan: str) -> None:
    move(olga, loan, "Processing")
    press(olga, "Undo")
    olga.goto(loan)
    expect(
        olga.locator("#history").get_by_text(re.compile("correct|taken back|undone|by mistake", re.I))
    ).to_have_count(1)
    house.let_time_pass("stage_processing")
    assert house.mails(DANA, "working on your file") == []


def walk_to_the_closing(olga: Page, dana: Page, house: House, loan: str) -> None:
    shown = move(olga, loan, "Processing", "Thank you for being so quick.")
    mail = arrives(house, "stage_processing")
    assert squeezed(shown) in squeezed(text_of(mail)), "the preview is the message"
    assert "Thank you for being so quick." in html_of(mail)
    move(olga, loan, "Underwriting")
    arrives(house, "stage_underwriting")

    olga.goto(f"{loan}stage/?to=conditional_approval")
    press(olga, re.compile("Move to “Conditional approval”"))
    expect(olga.get_by_text(re.compile("Name the conditions")).first).to_be_visible()
    first = olga.locator("details.condition").first
    first.locator("[name$=title]").fill("A letter about the deposit of October 4")
    first.locator("[name$=why]").fill("The underwriter asks where it came from.")
    press(olga, re.compile("Move to “Conditional approval”"))
    olga.wait_for_url(re.compile(r"/desk/loans/[0-9a-f-]+/(\?|#|$)"))
    mail = arrives(house, "stage_conditional_approval")
    assert "conditionally approved" in text_of(mail).lower()
    dana.reload()
    expect(dana.get_by_role("heading", name=re.compile("A letter about the deposit"))).to_be_visible()

    for stage, kind in (
        ("Conditions review", "stage_conditions_review"),
        ("Clear to close", "stage_clear_to_close"),
    ):
        move(olga, loan, stage)
        arrives(house, kind)
    make_the_numbers_call(olga, loan)
    move(olga, loan, "Closing")
    mail = arrives(house, "stage_closing")
    assert "wire" in text_of(mail).lower()
    olga.goto(f"{loan}stage/?to=processing")
    assert olga.get_by_role("button", name=re.compile("Move to “Processing”")).count() == 0


def make_the_numbers_call(olga: Page, loan: str) -> None:
    """Nobody goes to the closing before somebody has called about the numbers, and said so."""
    olga.goto(f"{loan}stage/?to=closing")
    olga.get_by_role("link", name="Tick off or waive").click()
    press(olga, "Tick the call off")
    expect(olga.get_by_text("The numbers call is ticked off.")).to_be_visible()
    expect(olga.get_by_role("link", name="Tick off or waive")).to_have_count(0)


def arrives(house: House, kind: str) -> EmailMessage:
    """The message of this stage leaves when its waiting time is over: one, to Dana."""
    before = len(house.mailbox.to(DANA))
    house.let_time_pass(kind)
    wait_until(f"{kind} arrives", lambda: len(house.mailbox.to(DANA)) > before, 60)
    return house.mailbox.to(DANA)[before]


# --- A week after closing ------------------------------------------------------------------------------------


def be_thanked(olga: Page, dana: Page, house: House, loan: str) -> None:
    move(olga, loan, "Funded")
    arrives(house, "stage_funded")
    olga.goto(loan)
    letter = olga.locator("#letter")
    expect(letter).to_contain_text("Scheduled for")
    letter.get_by_role("link", name="Read or change").click()
    olga.locator("[name=personal_line]").fill("May the porch light always be on.")
    submit(olga.locator("form:has([name=personal_line]) button[type=submit]").first)

    olga.goto(loan)
    address = letter.get_by_role("link", name=re.compile("^PDF")).get_attribute("href")
    answer = olga.context.request.get(house.url(str(address)))
    assert answer.status == 200
    check_the_letter(answer.body())

    submit(letter.get_by_role("button", name=re.compile("^Hold")))
    olga.goto(loan)
    expect(letter).to_contain_text(re.compile("on hold", re.I))
    submit(letter.get_by_role("button", name=re.compile("^Release")))
    mail = arrives(house, "thank_you")
    attached = next(part for part in mail.iter_attachments())
    assert attached.get_content_type() == "application/pdf"
    check_the_letter(attached.get_payload(decode=True))
    # What is next stands on top; what went out is among the messages.
    comes_to_show(olga, loan, "Letter of thanks", within="#messages li:has-text('E-mail'):has-text('Sent')")
    expect(letter).to_contain_text(re.compile("Waits to be printed|Scheduled for"))


def check_the_letter(content: bytes) -> None:
    words = words_of_pdf(content)
    for piece in ("Dana", "9 Orchard Row", "Olga Brandt", "1000142", "May the porch light always be on."):
        assert piece in words, f"{piece!r} is not in the letter:\n{words}"
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert pdf.Root.MarkInfo.Marked, "the PDF is tagged"
        assert str(pdf.Root.Lang).startswith("en")
