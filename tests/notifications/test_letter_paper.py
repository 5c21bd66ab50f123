"""What stands on a letter: its words and paper, the signature, characters no font has, and how to hear no more."""

import hashlib
import io
import json
import re
from collections import Counter
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from unicodedata import bidirectional, category, normalize

import pikepdf
import pypdfium2
import pytest
import time_machine
from django.conf import settings as house
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from accounts import services as accounts
from accounts.models import Company
from audit.models import Entry
from documents.models import Document, Request
from loans.errors import Refused
from loans.models import Loan, Party, Task
from notifications import delivery, letters, rendering, services
from notifications.catalog import KINDS, kind_for
from notifications.letters import markdown
from notifications.models import MessageRules, Notification
from tests.cast import Cast
from tests.notifications.lettering import fund, letters_by, the, words_of

State = Notification.State
AFTER = ("thank_you", "closing_binder", "first_anniversary")
ADVERTISING = ("half an hour", "look once at how", "go through it together", "To stop letters")


@pytest.fixture
def funded(cast: Cast) -> Notification:
    fund(cast)
    return the("thank_you")


def words(kind: str = "thank_you") -> str:
    return words_of(letters.pdf_for(the(kind)))


def deliver(row: Notification) -> Notification:
    with time_machine.travel(row.due_at + timedelta(minutes=1)):
        delivery.deliver_due()
    row.refresh_from_db()
    return row


# --- On the page ---------------------------------------------------------------------------------------------


def test_a_letter_goes_out_as_a_tagged_pdf_and_is_kept(funded: Notification, cast: Cast) -> None:
    services.edit_letter(
        notification=funded, wording="", personal_line="The garden looked lovely.", by=cast.olga,
        expected_version=funded.version,
    )  # fmt: skip
    assert deliver(funded).state == State.SENT
    content = letters.kept(funded)
    assert content is not None
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert bool(pdf.Root.MarkInfo.Marked) and str(pdf.Root.Lang) == "en"
        assert "pdfuaid" in pdf.Root.Metadata.read_bytes().decode()
        assert len(pdf.pages) == 1
    said = words_of(content)
    for piece in (
        "Dear Bea and Cole", "12 Harbor Lane, Portland", "Bea Nguyen", "Cole Nguyen", "Olga Haddad", "1200001",
        "It was a pleasure to work with you.", "The garden looked lovely.", "Lantern Home Loans, LLC, NMLS ID 1000048",
        "Equal Housing Lender", "48 Commercial Street",
    ):  # fmt: skip
        assert piece in said, piece
    assert "{{" not in said and "$" not in said
    entry = Entry.objects.get(action="letter.made")
    assert entry.detail["sha256"] == hashlib.sha256(content).hexdigest()
    path = Path(house.PRIVATE_FILES_DIR) / funded.attachment_key
    assert path.stat().st_mode & 0o777 == 0o600


def sentences(kind: str) -> list[str]:
    """What the house says in this letter, sentence by sentence, without what every letter begins with."""
    said = str(kind_for(kind).letter).replace("Dear {{ names }},", "")
    return [sentence.strip() for sentence in re.split(r"[.:?]\s", said)]


@pytest.mark.parametrize("kind", AFTER)
def test_each_letter_is_one_page_on_the_letterhead_with_words_of_its_own(cast: Cast, kind: str) -> None:
    fund(cast)
    content = letters.pdf_for(the(kind))
    assert len(pypdfium2.PdfDocument(content)) == 1
    said = words_of(content)
    for piece in (
        "Dear Bea and Cole",
        "Lantern Home Loans",
        "With warm regards,",
        "Olga Haddad",
        "NMLS ID 1200001",
    ):
        assert piece in said, piece
    theirs = {sentence for other in AFTER if other != kind for sentence in sentences(other)}
    assert not {sentence for sentence in sentences(kind) if len(sentence) > 20} & theirs


def test_the_pdf_that_was_read_is_the_pdf_that_goes_out(funded: Notification) -> None:
    read = words()
    assert words_of(letters.kept(deliver(funded)) or b"") == read


def test_a_refinance_is_not_thanked_for_buying_a_home(cast: Cast) -> None:
    fund(cast, purpose="refinance")
    assert "new loan on 12 Harbor Lane" in words() and "Buying a home" not in words()
    assert "the new loan on 12 Harbor Lane" in words("first_anniversary")


def test_a_home_that_is_rented_out_is_not_called_theirs_to_live_in(cast: Cast) -> None:
    fund(cast, occupancy="investment")
    assert "good years there" not in words() and "feels like yours" not in words("first_anniversary")


def test_the_papers_for_taxes_say_what_the_portal_holds_and_who_sends_the_1098(cast: Cast) -> None:
    fund(cast)
    said = words("closing_binder")
    year = cast.loan.stage_events.last().at.year
    assert f"closed in {year}" in said and "Form 1098" in said and "make your payments to" in said
    assert "What you sent us for the application is still in your portal" in said
    for kind, review in (
        ("property_tax", "accepted"),
        ("purchase_contract", "pending"),
        ("pay_stub", "accepted"),
    ):
        request = Request.objects.create(loan=cast.loan, party=cast.bea_party, kind=kind, title=kind, why="-")
        Document.objects.create(
            loan=cast.loan, request=request, name=kind, key=f"documents/{kind}", size=1, sha256="0", review=review,
            content_type="application/pdf",
        )  # fmt: skip
    assert "you still find the property tax bill from the time" in words("closing_binder")


EVIL = '#eval("1+1") $x$ *bold* #include "/etc/passwd" [a](http://b) \\ <label> @ref ```code```'


def test_names_and_words_are_set_literally(funded: Notification, cast: Cast) -> None:
    Party.objects.filter(pk=cast.bea_party.pk).update(name=EVIL)
    cast.olga.officer_profile.letter_line = EVIL
    cast.olga.officer_profile.save()
    said = words()
    assert said.count('#eval("1+1")') >= 2
    assert "$x$ *bold* #include" in said and "root:" not in said


def test_markdown_makes_paragraphs_lists_and_emphasis_and_no_html() -> None:
    made = markdown.tree(
        "One *two* **three**\n\n- a\n- {{ names }}\n\n<b>x</b> [l](https://e.example)", {"names": "*B*"}
    )
    assert [node["t"] for node in made] == ["par", "list", "par"]
    flat = json.dumps(made)
    assert '{"t": "em"' in flat and '{"t": "strong"' in flat
    assert '"*B*"' in flat and "<b>" in flat and "https://e.example" not in flat
    assert markdown.plain(made) == "One two three\n\n- a\n- *B*\n\n<b>x</b> l"


def test_nothing_is_made_while_the_house_cannot_sign(cast: Cast) -> None:
    letters_by("both")
    fund(cast)
    Company.objects.update(nmls_id="")
    with pytest.raises(Refused, match="NMLS"):
        letters.pdf_for(the("thank_you"))
    for channel in ("email", "letter"):
        row = deliver(the("thank_you", channel))
        assert row.state == State.QUEUED and "NMLS" in row.error and row.attachment_key == ""


# --- The signature -------------------------------------------------------------------------------------------


def pen_on_paper() -> SimpleUploadedFile:
    picture = Image.new("RGB", (1200, 600), (228, 224, 214))
    ImageDraw.Draw(picture).line(
        [(200, 300), (400, 180), (600, 420), (900, 250)], fill=(30, 40, 110), width=14
    )
    written = io.BytesIO()
    picture.save(written, "JPEG")
    return SimpleUploadedFile("signature.jpg", written.getvalue())


def alternatives(content: bytes) -> list[str]:
    """What is read aloud in the place of pictures."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return [
            str(thing.Alt)
            for thing in pdf.objects
            if isinstance(thing, pikepdf.Dictionary) and "/Alt" in thing
        ]


def test_the_officer_s_signature_stands_above_the_name_and_is_read_aloud(
    funded: Notification, cast: Cast
) -> None:
    assert alternatives(letters.pdf_for(the("thank_you"))) == []
    accounts.set_officer_signature(profile=cast.olga.officer_profile, upload=pen_on_paper(), by=cast.olga)
    for kind in AFTER:
        content = letters.pdf_for(the(kind))
        assert alternatives(content) == ["Signature of Olga Haddad"], kind
        page = pypdfium2.PdfDocument(content)[0]
        pictures = [thing for thing in page.get_objects() if thing.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]
        assert len(pictures) == 1, kind
    assert Notification.objects.count() == 3 + Notification.objects.exclude(kind__in=letters.KINDS).count()
    accounts.remove_officer_signature(profile=cast.olga.officer_profile, by=cast.olga)
    assert alternatives(letters.pdf_for(the("thank_you"))) == []


def test_a_letter_that_went_out_keeps_its_signature(funded: Notification, cast: Cast) -> None:
    accounts.set_officer_signature(profile=cast.olga.officer_profile, upload=pen_on_paper(), by=cast.olga)
    deliver(funded)
    accounts.remove_officer_signature(profile=cast.olga.officer_profile, by=cast.olga)
    assert alternatives(letters.kept(funded) or b"") == ["Signature of Olga Haddad"]


# --- Characters ----------------------------------------------------------------------------------------------


def test_a_character_without_a_shape_makes_the_letter_wait(funded: Notification, cast: Cast) -> None:
    Party.objects.filter(pk=cast.bea_party.pk).update(name="漢字 Nguyen")
    row = deliver(funded)
    assert row.state == State.HELD and "漢" in row.error and row.attachment_key == ""
    task = Task.objects.get(kind=Task.Kind.LETTER)
    assert task.loan == cast.loan and "漢" in task.why and task.for_user == cast.olga


def test_vietnamese_names_are_set(funded: Notification, cast: Cast) -> None:
    Party.objects.filter(pk=cast.bea_party.pk).update(name="Nguyễn Thị Bích")
    assert "Nguyễn Thị Bích" in words()


PAGE: dict[str, Any] = {
    "language": "en", "title": "t", "date": "", "to": [], "body": [], "own_lines": [], "closing": "",
    "company": {"name": "", "lines": []}, "officer": {"name": "", "lines": []}, "signed": "", "way_out": "",
    "footer": [], "logo": None, "signature": None,
}  # fmt: skip
# First and last letter of each script that names come in, or nearly; what lies between has its gaps.
SCRIPTS = (
    "AZ", "az", "Àſ", "Ḁỿ", "Ͱώ", "Аӿ", "Աև", "את", "ءي", "अह", "กฮ", "აჰ", "가힣", "ぁヿ", "一鿿", "\u0300\u0345",
    "\x00\U0001ffff",
)  # fmt: skip
BETWEEN = " '’-.,0129"


def names() -> st.SearchStrategy[str]:
    """Each in one script or two, with what stands between the words of a name."""
    one = [
        st.text(
            st.characters(min_codepoint=ord(first), max_codepoint=ord(last))
            # The reader of these tests loses a letter that leans over a full stop from the right.
            | st.sampled_from(" " if bidirectional(first) in ("R", "AL") else BETWEEN),
            min_size=1,
            max_size=12,
        )
        for first, last in SCRIPTS
    ]
    return st.one_of(*one, st.tuples(st.one_of(*one[:9]), st.one_of(*one)).map(" ".join))


def on_the_page(text: str) -> Counter[str]:
    """Its letters and digits; how they are joined, and in which order both directions stand, is the reader's affair."""
    return Counter(letter for letter in normalize("NFKC", text) if category(letter)[0] in "LN")


def boxes(content: bytes) -> int:
    """How often a font's own sign for "no such character" (its glyph 0) is drawn."""
    drawn = 0
    with pikepdf.open(io.BytesIO(content)) as pdf:
        for page in pdf.pages:
            for operands, operator in pikepdf.parse_content_stream(page):
                if str(operator) in ("Tj", "TJ"):
                    said = operands[0] if str(operator) == "TJ" else [operands[0]]
                    glyphs = b"".join(bytes(one) for one in said if isinstance(one, pikepdf.String))
                    drawn += sum(glyphs[at : at + 2] == b"\0\0" for at in range(0, len(glyphs), 2))
    return drawn


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=names())
@example(name="Nguyễn Thị Bích")
@example(name="נועה כהן")
@example(name="محمد علي")
@example(name="\u202eabc")
@example(name="\ufffd\ue000\x07")
@example(name="김민수")
def test_a_name_in_any_script_stands_on_the_page_or_the_letter_waits(name: str) -> None:
    try:
        content = letters.render_letter({**PAGE, "to": [name]})
    except letters.NeedsALook as reason:
        assert "cannot show" in str(reason)
        return
    assert boxes(content) == 0
    missing = on_the_page(name) - on_the_page(words_of(content))
    assert not missing, missing


# --- Advertising ---------------------------------------------------------------------------------------------


def test_thanks_and_papers_for_taxes_advertise_nothing(funded: Notification) -> None:
    for kind in ("thank_you", "closing_binder"):
        assert not kind_for(kind).marketing
        said = words(kind)
        assert not [word for word in ADVERTISING if word in said], kind


def sent_mail(row: Notification) -> EmailMessage:
    from notifications.outlets.writing import compose

    return compose(row, rendering.render(row), None).message()  # type: ignore[return-value]


def test_only_marketing_letters_carry_the_way_out_in_the_header_in_the_mail_and_on_the_paper(
    funded: Notification,
) -> None:
    for kind in AFTER:
        row, marketing = the(kind), kind == "first_anniversary"
        mail, rendered = sent_mail(row), rendering.render(row)
        assert ("List-Unsubscribe" in mail) is marketing, kind
        assert ("/unsubscribe/" in rendered.text) is marketing, kind
        assert ("/unsubscribe/" in rendered.html) is marketing, kind
        said = words(kind)
        assert ("To stop letters like this one, write to hello@lantern.example" in said) is marketing, kind
        assert ("Lantern Home Loans, 48 Commercial Street, Portland" in said) is marketing, kind


def test_what_invites_is_marketing_and_nothing_else_is() -> None:
    letters_of_the_house = {kind.key: kind for kind in KINDS.values() if kind.is_letter}
    assert {key for key, kind in letters_of_the_house.items() if kind.marketing} == set(letters.YEARLY)
    assert not [key for key, kind in letters_of_the_house.items() if kind.must_send]


def test_a_letter_of_a_loan_that_is_not_closed_any_more_is_refused(funded: Notification) -> None:
    Loan.objects.update(stage="closing")
    with pytest.raises(Refused, match="no longer funded"):
        letters.pdf_for(the("thank_you"))


def test_anniversaries_are_on_unless_staff_switch_them_off() -> None:
    assert MessageRules().anniversaries
