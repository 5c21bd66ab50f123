"""
An officer's working day by keyboard alone: ten documents reviewed, three loans moved, two threads answered, one loan
given away. Each piece has a bound on the presses it may take, the way to it included. The keys stand on the pages.
"""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from conversations import services as talks
from conversations.models import Conversation, Message
from conversations.services.quick import keep_quick_reply
from documents.models import Document
from loans.models import StageEvent
from loans.stages import Stage
from notifications.models import Notification
from tests.cast import Cast, UserFactory, make_loan
from tests.desk.hands import Hands, let_in
from tests.desk.helpers import fresh, get, make_document, make_request

RETURNED = {
    3: ("5", "period_gap"),
    7: ("12", "unexplained_deposit"),
}  # the number of the reason, and its code
NOTE = "Thank you for the quick papers."
ANSWER = "On Friday at ten."


@pytest.fixture
def ten(cast):
    moment = timezone.now() - timedelta(days=1)
    return [
        make_document(
            make_request(
                cast.bea_party if number % 2 else cast.cole_party, cast.olga, kind="other", title=f"Paper {number}"
            ),
            name=f"paper-{number}.pdf", received_at=moment + timedelta(minutes=number),
        )
        for number in range(1, 11)
    ]  # fmt: skip


@pytest.fixture
def lines(cast):
    """Three loans of Olga's that can go on, each with a borrower of its own."""
    stages = {"LN-2001": Stage.PROCESSING, "LN-2002": Stage.CONDITIONS_REVIEW, "LN-2003": Stage.PROCESSING}
    return {
        number: make_loan(
            officer=cast.olga, borrowers=[UserFactory(name=f"Ann {number}")], number=number, stage=stage
        )
        for number, stage in stages.items()
    }


@pytest.fixture
def asked(cast, lines):
    """Bea and the borrower of LN-2001 have asked something, Bea first."""
    keep_quick_reply(
        by=cast.olga, title="Thank you", words="Thank you, {{ first_name }}. I look into it today."
    )
    for party in (cast.bea_party, lines["LN-2001"].parties.get()):
        talks.write(loan=party.loan, by=party.user, body="When do we close?")


@pytest.mark.django_db(transaction=True)
def test_a_working_day_by_keyboard_alone(
    cast, ten, lines, asked, live_server, open_page, client_for, record_property
):
    page = let_in(open_page(base_url=live_server.url), cast.olga, live_server.url)
    hands = Hands(page)
    page.goto("/desk/today/")
    with hands.part("ten documents reviewed", most=20):
        review(hands)
    with hands.part("three loans moved", most=30):
        move_on_the_board(hands, page, lines["LN-2001"], "ArrowRight", to="Underwriting")
        move_on_the_board(hands, page, lines["LN-2002"], *["ArrowRight"] * 3, to="Clear to close")
        move_with_a_line(hands, page, lines["LN-2003"])
    with hands.part("two threads answered", most=12):
        answer(hands, page, cast)
    with hands.part("one loan given away", most=12):
        give_away(hands, page, cast)
    for line in hands.table():
        print(line)
        record_property("figures", line)
    reviewed_as_meant(ten)
    moved_and_told_once(cast, lines)
    answered_and_told_once(cast, lines)
    given_away_at_once(cast, client_for)


def go(hands: Hands, place: str, title: str) -> None:
    hands.press("g", place)
    hands.sees(title)


# --- The work --------------------------------------------------------------------------------------------------


def review(hands: Hands) -> None:
    go(hands, "d", "Documents to review")
    hands.press("n")
    for number in range(1, 11):
        hands.sees(f"paper-{number}.pdf")
        if number in RETURNED:
            hands.press("r", *RETURNED[number][0], "Enter")
        else:
            hands.press("a")
    hands.sees("Documents to review")
    expect(hands.page.get_by_text("Nothing to review")).to_be_visible()


def move_on_the_board(hands: Hands, page: Page, loan, *way: str, to: str) -> None:
    """From the first card along the arrows to this one, then a stage on, and confirmed where the message stands."""
    go(hands, "l", "Your loans")
    hands.press("b")
    hands.sees("Board")
    hands.press("j", *way)
    expect(page.locator(":focus")).to_have_text(loan.borrower_names)
    hands.press("Shift+ArrowRight")
    hands.sees(f"Move to “{to}”")
    expect(page.get_by_role("region", name="Text of the message")).to_be_visible()
    hands.press("Control+Enter")
    expect(page.locator("#undo")).to_contain_text(to)


def move_with_a_line(hands: Hands, page: Page, loan) -> None:
    """Found by its number, moved from its own page, with a line to the borrower that the preview shows first."""
    find(hands, loan.number)
    hands.press("j", "Enter")
    hands.sees(loan.borrower_names)
    hands.press("m")
    hands.sees("Move the stage")
    hands.press("j", "Enter")
    hands.sees("Move to “Underwriting”")
    hands.press("w", "Tab")
    hands.type(NOTE)
    expect(page.get_by_role("region", name="Text of the message")).to_contain_text(NOTE)
    hands.press("Control+Enter")
    expect(page.locator("#undo")).to_contain_text("Underwriting")


def find(hands: Hands, number: str) -> None:
    go(hands, "l", "Your loans")
    hands.press("/")
    hands.type(number)
    hands.press("Enter")
    expect(hands.page.locator("tbody tr")).to_have_count(1)


def answer(hands: Hands, page: Page, cast: Cast) -> None:
    """Bea with a quick reply, the next with words of one's own; who waits longest is next by itself."""
    field = page.get_by_label("Your message")
    go(hands, "m", "Messages")
    hands.press("n")
    expect(page.locator(".lead")).to_contain_text(cast.loan.number)
    hands.press("1")
    expect(field).to_have_value("Thank you, Bea. I look into it today.")
    expect(field).to_be_focused()
    assert field.evaluate("field => field.selectionStart === field.value.length"), "one goes on where it ends"
    hands.press("Control+Enter")
    expect(page.get_by_text("Sent. Who does not read it here")).to_be_visible()
    go(hands, "m", "Messages")
    hands.press("n")
    expect(page.locator(".lead")).to_contain_text("LN-2001")
    hands.press("w")
    hands.type(ANSWER)
    hands.press("Control+Enter")
    expect(page.get_by_text("Sent. Who does not read it here")).to_be_visible()


def give_away(hands: Hands, page: Page, cast: Cast) -> None:
    find(hands, cast.loan.number)
    hands.press("j", "Enter")
    hands.sees(cast.loan.borrower_names)
    hands.press("o")
    hands.sees("Give the loan to another officer")
    hands.press("w")
    expect(page.get_by_role("radio", name="Otto Weber")).to_be_focused()
    hands.press("Space", "Control+Enter")
    expect(page.get_by_text("LN-1001 is with Otto Weber now.")).to_be_visible()
    hands.sees("Your loans")


# --- What came of it -------------------------------------------------------------------------------------------


def reviewed_as_meant(ten: list[Document]) -> None:
    back = {f"paper-{number}.pdf" for number in RETURNED}
    decided = dict(Document.objects.values_list("name", "review"))
    assert decided == {one.name: "returned" if one.name in back else "accepted" for one in ten}
    codes = Document.objects.filter(review="returned").order_by("id").values_list("reason", flat=True)
    assert list(codes) == [code for _keys, code in RETURNED.values()]


def queued(loan) -> Counter[str]:
    """How many messages of each kind to a borrower stand in the queue of this loan."""
    return Counter(Notification.objects.filter(loan=loan).values_list("kind", flat=True))


def moved_and_told_once(cast: Cast, lines) -> None:
    went_to = {
        "LN-2001": Stage.UNDERWRITING, "LN-2002": Stage.CLEAR_TO_CLOSE, "LN-2003": Stage.UNDERWRITING,
    }  # fmt: skip
    for number, stage in went_to.items():
        loan = fresh(lines[number])
        assert loan.stage == stage
        [event] = StageEvent.objects.filter(loan=loan, by=cast.olga)
        assert (event.to_stage, event.note) == (stage, NOTE if number == "LN-2003" else "")
        assert queued(loan)[f"stage_{stage}"] == 1


def answered_and_told_once(cast: Cast, lines) -> None:
    assert not Conversation.objects.filter(unanswered_since__isnull=False).exists()
    said = Message.objects.filter(by=cast.olga, is_internal=False).order_by("id")
    assert [(one.conversation.loan.number, one.body) for one in said] == [
        ("LN-1001", "Thank you, Bea. I look into it today."),
        ("LN-2001", ANSWER),
    ]
    assert not Message.objects.waiting().exists()
    assert queued(lines["LN-2001"])["new_message"] == 1


def given_away_at_once(cast: Cast, client_for) -> None:
    assert fresh(cast.loan).officer == cast.otto
    assert queued(cast.loan)["new_officer"] == 2, "each of the two borrowers is told once"
    for address in ("desk:loan", "desk:thread", "desk:stage"):
        assert get(client_for(cast.olga), address, cast.loan.public_id).status_code == 404
        assert get(client_for(cast.otto), address, cast.loan.public_id).status_code == 200
