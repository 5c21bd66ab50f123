"""
Messages as people live them: texts both ways, a request and its answer, what perhaps says stop, words put anew by
staff, letters that invite and the way out of them, paper.

Against the product's own run command with real workers, beat and broker and a real SMTP server: Bea on a phone, Olga
and Stef at a desk. Time moves by setting `due_at`; texts are read on the screens of the desk, where they stay.
"""

import re
from collections.abc import Callable, Iterator
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page, expect

from tests.journey.people import (
    House,
    become,
    comes_to_show,
    move,
    press,
    squeezed,
    submit,
    text_of,
    words_of_pdf,
)
from tests.running import Mailbox, Product, wait_until

Axe = Callable[..., None]
BEA, GRACE, STEF = "bea@nguyen.example", "grace@adeyemi.example", "stef@harbor.example"
WORDS = "/admin/notifications/wording/service_request_answered.en/change/"
ANNIVERSARY = "A year since your closing"
ANNIVERSARIES = 4  # of Olga's closed loans of the demo
OLD, NEW = "and here is the answer", "and this is what we found for you"
NIGHT_OWLS = """
from accounts.models import User
from notifications.models import MessageRules
from notifications.services import change_rules
rules = MessageRules.load()
rules.quiet_from = rules.quiet_until
change_rules(rules=rules, by=User.objects.get(email="stef@harbor.example"), changed=["quiet_from"])
"""


@pytest.fixture
def house(start_house: Callable[..., Product], mailbox: Mailbox) -> Iterator[House]:
    house = House(start_house(EMAIL_URL=mailbox.url), mailbox)
    house.run(NIGHT_OWLS)  # so that the story can be told at any hour
    yield house
    house.close()


@pytest.mark.timeout(300)
def test_messages(house: House, open_page: Callable[..., Page], axe: Axe) -> None:
    bea, olga, stef = open_page(size="phone"), open_page(), open_page()
    become(bea, house, "Bea Nguyen")
    become(olga, house, "Olga Brandt")
    become(stef, house, "Stef Moreau")
    loan, number = open_the_loan(olga)

    end_texts_and_begin_again(bea, olga, house, axe)
    hear_of_a_stage(olga, house, loan)
    ask_by_text(olga, house, loan, axe)
    first = answer_a_request(olga, house, loan, "REQUEST the name of the appraiser", "It is Ada Lund.", OLD)
    perhaps_say_stop(olga, house, loan, axe)
    say_stop(bea, olga, house, loan)

    put_it_in_other_words(stef, house, number, axe)
    second = answer_a_request(olga, house, loan, "", "It is in your portal now.", NEW)
    assert NEW not in squeezed(text_of(first)) and OLD not in squeezed(text_of(second))
    keeps_what_it_said(olga, house)

    invite_to_talk(house)
    print_the_letters(olga, house, axe)
    leave_the_news(open_page(size="phone"), olga, house, axe)


def open_the_loan(olga: Page) -> tuple[str, str]:
    submit(olga.get_by_role("link", name=re.compile("Bea Nguyen")).last)
    expect(olga.get_by_role("heading", level=1)).to_contain_text("Bea Nguyen")
    found = re.search(r"LN-\d{4}-\d{5}", olga.locator(".lead").first.inner_text())
    assert found
    return olga.url.split("?")[0], found[0]


# --- Texts ---------------------------------------------------------------------------------------------------


def end_texts_and_begin_again(bea: Page, olga: Page, house: House, axe: Axe) -> None:
    """She had agreed before the story begins; her own page ends texts and begins them again."""
    bea.goto(house.url("/profile/messages/"))
    axe(bea)
    press(bea, "No more texts")
    expect(bea.get_by_text("No more texts. We still write to you by e-mail.")).to_be_visible()
    press(bea, "Yes, text me")
    expect(bea.get_by_text("Please tick the box")).to_be_visible()
    bea.get_by_label(re.compile("may send me text messages about my loan")).check()
    axe(bea)
    press(bea, "Yes, text me")
    expect(bea.get_by_text("A text confirms it")).to_be_visible()
    expect(bea.get_by_text("Short texts go to (512) 555-0111")).to_be_visible()
    for kind in ("texting_stopped", "texting_confirmed"):
        text_has_left(olga, house, kind)
    axe(olga)


def text_has_left(olga: Page, house: House, kind: str) -> None:
    """The newest text of this kind, as the outbox shows it."""
    comes_to_show(olga, house.url(f"/desk/outbox/?channel=text&kind={kind}"), "Sent", "tbody tr:first-child")


def hear_of_a_stage(olga: Page, house: House, loan: str) -> None:
    move(olga, loan, "Underwriting")
    house.let_time_pass("stage_underwriting")
    mail = house.mail(BEA, "An underwriter reads your file now")
    assert "An underwriter often has a question or two." in squeezed(text_of(mail)), "the house's own words"
    text_has_left(olga, house, "stage_underwriting")
    submit(olga.locator("tbody a.row-link").first)
    expect(olga.locator(".message-preview")).to_contain_text("your home loan is at a new step: ")
    expect(olga.locator(".message-preview")).to_contain_text("Reply STOP to end texts.")


def ask_by_text(olga: Page, house: House, loan: str, axe: Axe) -> None:
    text(olga, loan, "Status")
    comes_to_show(olga, f"{loan}texts/", re.compile("at step 3 of 7, Underwriting"), ".thread")
    axe(olga)


def text(olga: Page, loan: str, words: str) -> None:
    """Answer as the borrower: nobody carries texts on this house."""
    olga.goto(f"{loan}texts/")
    form = olga.locator("#try form")
    form.get_by_label("From the telephone of").select_option(label="Bea Nguyen")
    form.get_by_label("Text").fill(words)
    submit(form.get_by_role("button", name="Send as the borrower"))
    expect(olga.locator(".thread")).to_contain_text(words)


def answer_a_request(olga: Page, house: House, loan: str, words: str, answer: str, says: str) -> EmailMessage:
    """Ask by text, unless something is asked for already; Olga answers it from her list; the mail that tells of it."""
    if words:
        text(olga, loan, words)
        comes_to_show(olga, f"{loan}texts/", re.compile("added to your file"), ".thread li:last-child")
    before = len(house.mails(BEA, "About your request"))
    olga.goto(house.url("/desk/today/"))
    asked_for = olga.get_by_role("region", name=re.compile("Complaints and requests"))
    submit(asked_for.get_by_role("link", name=re.compile("Bea Nguyen")).first)
    asked = olga.locator("#requests li").filter(has_text=words.removeprefix("REQUEST ")).first
    asked.locator("summary").click()
    asked.get_by_label("What was done").fill(answer)
    submit(asked.get_by_role("button", name="Done, tell the borrower"))
    expect(olga.get_by_text("Bea Nguyen is told by mail.")).to_be_visible()
    wait_until("the answer arrives", lambda: len(house.mails(BEA, "About your request")) > before, 60)
    mail = house.mails(BEA, "About your request")[-1]
    assert answer in text_of(mail) and says in squeezed(text_of(mail))
    return mail


def perhaps_say_stop(olga: Page, house: House, loan: str, axe: Axe) -> None:
    text(olga, loan, "Stop please")
    olga.goto(loan)
    expect(olga.locator("#people").get_by_text("Texts are paused")).to_be_visible()
    axe(olga)
    olga.goto(house.url("/desk/texts/"))
    axe(olga)
    press(olga, re.compile("It does not mean stop.*Stop please"))
    expect(olga.get_by_text("It did not mean stop.")).to_be_visible()
    olga.goto(loan)
    expect(olga.get_by_text("Texts are paused")).to_have_count(0)


def say_stop(bea: Page, olga: Page, house: House, loan: str) -> None:
    text(olga, loan, "STOP")
    comes_to_show(olga, f"{loan}texts/", re.compile("you get no more texts from us"), ".thread li:last-child")
    expect(olga.get_by_text("No texts: Said stop")).to_be_visible()
    text(olga, loan, "Status")
    expect(olga.locator(".thread li").last).to_contain_text("Status")
    bea.goto(house.url("/profile/messages/"))
    expect(
        bea.get_by_text(re.compile("said stop on .* Only that telephone can start them again"))
    ).to_be_visible()


# --- Words ---------------------------------------------------------------------------------------------------


def put_it_in_other_words(stef: Page, house: House, number: str, axe: Axe) -> None:
    stef.goto(house.url("/admin/notifications/wording/"))
    expect(stef.get_by_role("row", name=re.compile("^Underwriting"))).to_contain_text("Changed, version 2")
    stef.goto(house.url(WORDS))
    body = stef.get_by_label("Text of the mail")
    default = body.input_value()
    assert OLD in default
    body.fill(default.replace(OLD, "and your shoe size is {{ shoe_size }}"))
    press(stef, "Save and use these words")
    expect(stef.locator(".errorlist")).to_contain_text("This message does not know “shoe_size”. It knows:")
    axe(stef)

    body.fill(default.replace(OLD, NEW))
    stef.get_by_label("With the values of a loan").fill(number)
    shown = stef.locator("[data-wording-preview] pre")
    words = NEW.replace(" ", r"\s+")  # the text part is wrapped
    expect(shown).to_contain_text(re.compile(f"Hello Bea.*{words}", re.DOTALL))
    expect(shown).to_contain_text("It is Ada Lund.")  # what the loan's last message of this kind was about
    press(stef, f"Send a test to {STEF}")
    test = house.mail(STEF, "About your request")
    assert NEW in squeezed(text_of(test))
    assert not [mail for mail in house.mails(BEA, "") if NEW in squeezed(text_of(mail))]
    press(stef, "Save and use these words")
    expect(stef.get_by_text("Saved. These words hold from now on.")).to_be_visible()


def keeps_what_it_said(olga: Page, house: House) -> None:
    """The message that went out before shows what it said then, below the one that says it anew."""
    listed = house.url("/desk/outbox/?channel=email&kind=service_request_answered")
    for row, words in ((0, NEW), (1, OLD)):
        olga.goto(listed)
        submit(olga.locator("tbody a.row-link").nth(row))
        expect(olga.locator(".message-preview")).to_contain_text(words)


# --- Letters -------------------------------------------------------------------------------------------------


def invite_to_talk(house: House) -> None:
    """A year has passed: the letter of the anniversary leaves, by mail and on paper."""
    house.let_time_pass("first_anniversary")
    mail = house.mail(GRACE, ANNIVERSARY)
    attached = next(part for part in mail.iter_attachments())
    assert "To stop letters like this one" in words_of_pdf(attached.get_payload(decode=True))


def print_the_letters(olga: Page, house: House, axe: Axe) -> None:
    letters = house.url("/desk/letters/")
    pile = olga.locator("section").filter(has_text=re.compile("letters to print.*anniversary", re.DOTALL))

    def are_made() -> bool:
        olga.goto(letters)
        return pile.get_by_role("link", name="Letter on the first anniversary").count() == ANNIVERSARIES

    wait_until("the letters of a year are there to be printed", are_made, 60, every=0.5)
    axe(olga)
    heading = pile.get_by_role("heading").inner_text()
    (count,) = re.findall(r"(\d+) letters to print", heading)  # the demo's own may be of this day
    answer = olga.context.request.get(
        house.url(str(pile.get_by_role("link", name="PDF").get_attribute("href")))
    )
    assert answer.headers["content-type"] == "application/pdf"
    words = words_of_pdf(answer.body())
    for piece in (
        "Grace Adeyemi",
        "140 Bluebonnet Road",
        "Georgetown, TX 78626",
        "Alan Brooks",
        "A year ago",
    ):
        assert piece in words, f"{piece!r} is not in the letters:\n{words}"
    submit(pile.get_by_role("button", name="These are printed and posted"))
    expect(olga.get_by_text(f"{count} letters are marked as printed.")).to_be_visible()
    expect(olga.get_by_text("Printed lately")).to_be_visible()
    expect(olga.get_by_text(heading)).to_have_count(0)


def leave_the_news(visitor: Page, olga: Page, house: House, axe: Axe) -> None:
    """One click of a mail program, without cookie: what invites is not sent any more, what must be sent still is."""
    mail = house.mail(GRACE, ANNIVERSARY)
    way_out = str(mail["List-Unsubscribe"]).strip(" <>")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert house.mail(BEA, "About your request")["List-Unsubscribe"] is None
    visitor.goto(way_out)
    axe(visitor)
    expect(visitor.get_by_role("button", name="Unsubscribe")).to_be_visible()
    done = visitor.context.request.post(way_out, form={"List-Unsubscribe": "One-Click"})
    assert done.status == 200 and "You are unsubscribed" in done.text()

    send_again(olga, house, "first_anniversary")
    must_send = len(house.mails(GRACE, "Your loan is funded"))
    send_again(olga, house, "stage_funded")
    wait_until(
        "what must be sent arrives", lambda: len(house.mails(GRACE, "Your loan is funded")) > must_send, 60
    )
    kept = house.url(f"/desk/outbox/?channel=email&kind=first_anniversary&q={GRACE}")
    comes_to_show(olga, kept, "Not sent: address switched off", "tbody tr:first-child")
    assert len(house.mails(GRACE, ANNIVERSARY)) == 1


def send_again(olga: Page, house: House, kind: str) -> None:
    olga.goto(house.url(f"/desk/outbox/?channel=email&kind={kind}&q={GRACE}"))
    submit(olga.locator("tbody a.row-link").first)
    press(olga, "Send again")
    expect(olga.get_by_text("A new copy goes out now.")).to_be_visible()
