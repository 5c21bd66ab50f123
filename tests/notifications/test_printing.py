"""Letters on paper: made ready on their day, piled by day, opened as one PDF with address sheets, marked as printed."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pikepdf
import pypdfium2
import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import private_files
from audit.models import Entry
from loans import clocks
from loans.errors import Refused
from loans.models import Loan, Party, Task
from loans.services import change_stage, note_circumstances
from notifications import delivery, letters, services
from notifications.models import Notification
from notifications.services import printing
from tests.cast import Cast, make_loan
from tests.notifications.lettering import fund, letters_by, move, the, words_of

State = Notification.State
ClientFor = Callable[..., Client]
INCH = 72


@pytest.fixture
def paper(cast: Cast) -> Notification:
    """The letter of thanks on paper, ready to be printed."""
    return ready_letter(cast)


def ready_letter(cast: Cast, kind: str = "thank_you", **facts: Any) -> Notification:
    letters_by("paper")
    fund(cast, **facts)
    return make_ready(the(kind, "letter"))


def make_ready(row: Notification) -> Notification:
    with time_machine.travel(row.due_at + timedelta(minutes=1)):
        delivery.deliver_due()
    row.refresh_from_db()
    return row


def ready_in_other_loans(cast: Cast, count: int, officer: Any = None) -> list[Notification]:
    """So many letters of thanks more, ready on the same day."""
    rows = []
    for number in range(count):
        loan = make_loan(
            officer=officer or cast.olga, borrowers=[cast.nils], number=f"LN-30{number:02d}", stage="closing",
            street=f"{number} Mill Road", city="Bath",
        )  # fmt: skip
        change_stage(loan=loan, to="funded", by=officer or cast.olga, expected_version=loan.version)
        rows.append(make_ready(Notification.objects.get(loan=loan, kind="thank_you")))
    return rows


def pages(content: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(content)
    return [" ".join(page.get_textpage().get_text_range().split()) for page in document]


def day_of(row: Notification) -> str:
    return clocks.local_date(row.due_at).isoformat()


# --- Made ready ----------------------------------------------------------------------------------------------


def test_a_letter_on_paper_is_made_on_its_day_and_nothing_is_mailed(paper: Notification) -> None:
    assert paper.state == State.READY_TO_PRINT and paper.sent_at is None
    said = words_of(letters.kept(paper) or b"")
    assert "Dear Bea and Cole" in said and "12 Harbor Lane Portland, ME 04101" in said
    assert paper.subject == "Letter of thanks, for Bea and Cole"
    assert paper.text_body.startswith("Dear Bea and Cole,") and paper.html_body == ""
    assert Entry.objects.filter(action="letter.made", object_id=str(paper.public_id)).count() == 1
    assert not Notification.objects.filter(kind="thank_you", channel="email").exists()


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({"zip_code": ""}, "not complete"),
        ({"occupancy": "investment"}, "do not live"),
    ],
)
def test_without_a_whole_address_it_waits_and_says_so(cast: Cast, facts: dict[str, str], word: str) -> None:
    row = ready_letter(cast)
    Notification.objects.filter(pk=row.pk).update(state=State.QUEUED, attachment_key="")
    Loan.objects.filter(pk=cast.loan.pk).update(**facts)
    row = make_ready(row)
    assert row.state == State.HELD and word in row.error
    assert word in Task.objects.get(kind=Task.Kind.LETTER).why
    row = services.edit_letter(
        notification=row, wording="", personal_line="", postal="PO Box 9\r\nBath, ME 04530", by=cast.olga,
        expected_version=row.version,
    )  # fmt: skip
    row = services.release(notification=row, by=cast.olga, expected_version=row.version)
    row = make_ready(row)
    assert row.state == State.READY_TO_PRINT
    assert "Cole Nguyen PO Box 9 Bath, ME 04530" in words_of(letters.kept(row) or b"")


def test_by_mail_a_letter_needs_no_postal_address(cast: Cast) -> None:
    fund(cast, zip_code="")
    assert make_ready(the("thank_you")).state == State.SENT


def test_one_letter_that_cannot_be_set_leaves_the_others_of_its_batch_alone(cast: Cast) -> None:
    """Pages are set one ahead of their turn; what is wrong with one is told at its own."""
    letters_by("paper")
    fund(cast)
    rows = [the("thank_you", "letter"), *ready_in_other_loans(cast, 4)]
    Party.objects.filter(loan=rows[1].loan).update(name="漢字")  # no font has it
    Loan.objects.filter(pk=rows[2].loan_id).update(zip_code="")  # no whole address
    Loan.objects.filter(pk=rows[3].loan_id).update(bereavement=True)
    Notification.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=State.QUEUED, due_at=timezone.now(), attachment_key=""
    )
    delivery.deliver_due("letter")
    found = {row.pk: row for row in Notification.objects.filter(pk__in=[row.pk for row in rows])}
    made = [found[row.pk] for row in rows]
    assert [row.state for row in made] == [
        State.READY_TO_PRINT, State.HELD, State.HELD, State.HELD, State.READY_TO_PRINT,
    ]  # fmt: skip
    said = [
        word in row.error
        for row, word in zip(made[1:4], ("漢", "postal address", "bereavement"), strict=True)
    ]
    assert said == [True, True, True]
    assert "12 Harbor Lane" in words_of(letters.kept(made[0]) or b"")
    assert "3 Mill Road" in words_of(letters.kept(made[4]) or b"")


# --- The pile ------------------------------------------------------------------------------------------------


def test_a_day_s_letters_are_one_pdf_with_an_address_sheet_before_each(
    paper: Notification, cast: Cast, client_for: ClientFor
) -> None:
    rows = [paper, *ready_in_other_loans(cast, 2)]
    answer = client_for(cast.olga).get(reverse("letters:pile_pdf", args=[day_of(paper)]))
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"] == "private, no-store"
    said = pages(answer.content)
    assert len(said) == 6
    for place, row in enumerate(rows):
        sheet, letter = said[2 * place], said[2 * place + 1]
        assert row.loan.street in sheet and row.loan.number in sheet and "Dear" not in sheet
        assert letter == pages(letters.kept(row) or b"")[0]
    opened = Entry.objects.filter(action="letter.printed_out")
    assert {entry.object_id for entry in opened} == {str(row.public_id) for row in rows}
    assert {entry.loan_id for entry in opened} == {str(row.loan.public_id) for row in rows}
    assert opened.count() == len(rows)


def test_the_pages_are_those_that_were_kept(paper: Notification) -> None:
    content = letters.pile_pdf([paper], "Letters")
    with (
        pikepdf.open(io.BytesIO(content)) as whole,
        pikepdf.open(io.BytesIO(letters.kept(paper) or b"")) as kept,
    ):
        assert whole.pages[1].Contents.read_bytes() == kept.pages[0].Contents.read_bytes()


def test_the_tags_of_every_letter_are_still_there(paper: Notification, cast: Cast) -> None:
    content = letters.pile_pdf([paper, *ready_in_other_loans(cast, 2)], "Letters to print")
    with pikepdf.open(io.BytesIO(content)) as pdf:
        tags = pdf.Root.StructTreeRoot
        assert bool(pdf.Root.MarkInfo.Marked) and str(pdf.Root.Lang) == "en"
        places = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
        assert [sorted(pages_under(element, places)) for element in tags.K] == [[n] for n in range(6)]
        numbers = dict(zip(list(tags.ParentTree.Nums)[::2], list(tags.ParentTree.Nums)[1::2], strict=True))
        for number, page in enumerate(pdf.pages):
            leaves = list(numbers[page.obj.StructParents])
            assert leaves and {places[leaf.Pg.objgen] for leaf in leaves} == {number}
        assert int(tags.ParentTreeNextKey) == len(numbers) == 6


def pages_under(element: Any, places: dict[Any, int]) -> set[int]:
    found = {places[element.Pg.objgen]} if "/Pg" in element else set()
    below = element.get("/K", [])
    for child in below if isinstance(below, pikepdf.Array) else [below]:
        if isinstance(child, pikepdf.Dictionary):
            found |= pages_under(child, places)
    return found


@pytest.mark.parametrize(
    "names",
    [
        ["Bea Nguyen"],
        ["Bea Nguyen", "Cole Nguyen"],
        ["Bea Nguyen", "Cole Nguyen", "Dana Nguyen", "Eve Nguyen"],
    ],
)
def test_the_address_shows_through_the_window_wherever_the_sheet_slips(
    paper: Notification, cast: Cast, names: list[str]
) -> None:
    """A #10 envelope with a window of 4.5 by 1.125 inches; see sheet.typ."""
    Party.objects.filter(pk=cast.cole_party.pk).delete()
    Party.objects.filter(pk=cast.bea_party.pk).update(name=names[0])
    for name in names[1:]:
        Party.objects.create(loan=cast.loan, role="co_borrower", name=name, email="x@example.com")
    row = Notification.objects.select_related("loan").get(pk=paper.pk)
    page = pypdfium2.PdfDocument(letters.pile_pdf([row], "x"))[0]
    height = page.get_height()
    text = page.get_textpage()
    seen = {
        "left": 0.875 * INCH,
        "right": 4.375 * INCH,
        "top": height - 2.5 * INCH,
        "bottom": height - 3.18 * INCH,
    }
    below = height - 10 * INCH
    shown = 0
    for number in range(text.count_rects()):
        left, bottom, right, top = text.get_rect(number)
        if top < below:
            continue  # the line at the foot, for whoever prints
        shown += 1
        assert (
            left >= seen["left"]
            and right <= seen["right"]
            and top <= seen["top"]
            and bottom >= seen["bottom"]
        )
    assert shown >= 3
    said = " ".join(text.get_text_range().split())
    assert all(name in said for name in names)


def test_marking_takes_the_ticked_ones_off_the_pile(
    paper: Notification, cast: Cast, client_for: ClientFor
) -> None:
    [other] = ready_in_other_loans(cast, 1)
    client = client_for(cast.olga)
    assert str(paper.public_id) in client.get(reverse("letters:list")).content.decode()
    mark = reverse("letters:mark_printed", args=[day_of(paper)])
    assert client.post(mark, {"letter": [str(paper.public_id)]}).status_code == 302
    paper.refresh_from_db()
    other.refresh_from_db()
    assert (paper.state, other.state) == (State.PRINTED, State.READY_TO_PRINT)
    assert paper.sent_at is not None
    entry = Entry.objects.get(action="message.printed")
    assert entry.object_id == str(paper.public_id) and entry.actor_name == "Olga Haddad"
    client.post(mark, {})  # nothing ticked, nothing marked
    other.refresh_from_db()
    assert other.state == State.READY_TO_PRINT
    assert services.mark_printed(rows=[paper], by=cast.olga) == []


def test_a_printed_letter_can_be_printed_again(
    paper: Notification, cast: Cast, client_for: ClientFor
) -> None:
    services.mark_printed(rows=[paper], by=cast.olga)
    client = client_for(cast.olga)
    paper.refresh_from_db()
    again = reverse("letters:printed_pdf", args=[clocks.local_date(paper.sent_at).isoformat()])
    assert again in client.get(reverse("letters:list")).content.decode()
    said = pages(client.get(again).content)
    assert said[1] == pages(letters.kept(paper) or b"")[0]
    with time_machine.travel(timezone.now() + timedelta(days=20)):
        assert client.get(reverse("letters:list")).status_code in (200, 302)
        assert not printing.printed(Notification.objects.all()).exists()


def test_a_list_that_changed_is_shown_before_it_is_printed(
    paper: Notification, cast: Cast, client_for: ClientFor
) -> None:
    """So that the letters that are marked are the letters that came out of the printer."""
    client = client_for(cast.olga)
    old = printing.fingerprint([paper])
    ready_in_other_loans(cast, 1)
    answer = client.get(reverse("letters:pile_pdf", args=[day_of(paper)]), {"list": old})
    assert answer.status_code == 302 and answer.url == reverse("letters:list")
    assert not Entry.objects.filter(action="letter.printed_out").exists()


def test_a_letter_taken_back_is_changed_and_made_anew(paper: Notification, cast: Cast) -> None:
    before = letters.kept(paper)
    row = services.take_off_pile(notification=paper, by=cast.olga, expected_version=paper.version)
    assert row.state == State.HELD
    row = services.edit_letter(
        notification=row, wording="Dear {{ names }}, hello.", personal_line="", postal="", by=cast.olga,
        expected_version=row.version,
    )  # fmt: skip
    row = make_ready(services.release(notification=row, by=cast.olga, expected_version=row.version))
    assert row.state == State.READY_TO_PRINT and letters.kept(row) != before
    assert "Dear Bea and Cole, hello." in words_of(letters.kept(row) or b"")
    services.mark_printed(rows=[row], by=cast.olga)
    row.refresh_from_db()
    with pytest.raises(Refused, match="ready to be printed"):
        services.take_off_pile(notification=row, by=cast.olga, expected_version=row.version)


def test_a_letter_whose_file_is_lost_is_not_printed_as_an_empty_envelope(
    paper: Notification, cast: Cast, client_for: ClientFor
) -> None:
    private_files.remove(paper.attachment_key)
    answer = client_for(cast.olga).get(reverse("letters:pile_pdf", args=[day_of(paper)]), follow=True)
    assert "LN-1001 is not there any more" in answer.content.decode()


# --- Kept back at the printer ----------------------------------------------------------------------------------


@pytest.mark.parametrize("flag", ["complaint_open", "bereavement"])
def test_what_is_made_already_is_not_printed_once_a_flag_is_set(
    paper: Notification, cast: Cast, client_for: ClientFor, flag: str
) -> None:
    client = client_for(cast.olga)
    [other] = ready_in_other_loans(cast, 1)
    shown = [row.pk for row in printing.to_print(Notification.objects.all())]
    assert shown == [paper.pk, other.pk]
    flags = {"complaint_open": False, "bereavement": False, flag: True}
    cast.loan.refresh_from_db()
    note_circumstances(loan=cast.loan, by=cast.olga, expected_version=cast.loan.version, **flags)
    page = client.get(reverse("letters:list"))
    assert [row for pile, _list in page.context["piles"] for row in pile.rows] == [other]
    assert [row for row, _why in page.context["kept_back"]] == [paper]
    said = pages(client.get(reverse("letters:pile_pdf", args=[day_of(paper)])).content)
    assert len(said) == 2 and "0 Mill Road" in said[0]
    paper.loan.refresh_from_db()
    assert services.mark_printed(rows=[paper, other], by=cast.olga) == [other]
    paper.refresh_from_db()
    assert paper.state == State.READY_TO_PRINT
    services.mark_printed(rows=[], by=cast.olga)


def test_a_printed_letter_is_not_printed_again_into_grief(paper: Notification, cast: Cast) -> None:
    services.mark_printed(rows=[paper], by=cast.olga)
    Loan.objects.update(bereavement=True)
    assert not printing.printed(Notification.objects.all()).exists()


def test_opening_the_loan_again_takes_its_letter_off_the_pile(paper: Notification, cast: Cast) -> None:
    move(cast, "closing")
    paper.refresh_from_db()
    assert paper.state == State.CANCELLED
    assert not printing.to_print(Notification.objects.all()).exists()


# --- Who sees which pile ---------------------------------------------------------------------------------------


def test_each_sees_the_letters_of_their_own_loans_and_managers_all(
    paper: Notification, cast: Cast, client_for: ClientFor
) -> None:
    [ottos] = ready_in_other_loans(cast, 1, officer=cast.otto)
    seen = {cast.olga: [paper], cast.otto: [ottos], cast.mara: [paper, ottos], cast.stef: []}
    for person, rows in seen.items():
        client = client_for(person)
        page = client.get(reverse("letters:list"))
        assert [row for pile, _list in page.context["piles"] for row in pile.rows] == rows, person
        answer = client.get(reverse("letters:pile_pdf", args=[day_of(paper)]))
        assert answer.status_code == (200 if rows else 404)
        if rows:
            assert len(pages(answer.content)) == 2 * len(rows)
    client_for(cast.otto).post(
        reverse("letters:mark_printed", args=[day_of(paper)]), {"letter": [str(paper.public_id)]}
    )
    paper.refresh_from_db()
    assert paper.state == State.READY_TO_PRINT
    for borrower in (cast.bea, cast.nils):
        assert client_for(borrower).get(reverse("letters:list")).status_code == 404


def test_a_day_that_is_none_is_not_found(cast: Cast, client_for: ClientFor) -> None:
    assert client_for(cast.mara).get("/desk/letters/2026-13-45/pdf/").status_code == 404


def test_the_page_shows_what_comes_and_what_waits_for_a_look(cast: Cast, client_for: ClientFor) -> None:
    letters_by("both")
    fund(cast)
    row = the("first_anniversary")
    services.hold(notification=row, by=cast.olga, expected_version=row.version)
    page = client_for(cast.olga).get(reverse("letters:list"))
    assert [row.kind for row in page.context["held"]] == ["first_anniversary"] * 2
    assert [row.kind for row in page.context["coming"]] == ["thank_you"] * 2  # the next weeks, not years
    assert "Nothing to print" in page.content.decode()
