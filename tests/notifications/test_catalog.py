"""
Every kind of message can be written, says what it declares, leads where it should, and promises nothing too early.

What needs a house goes through all kinds in one test: setting one up for each would take longer than all they say.
"""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import resolve
from django.utils import timezone

from accounts.access import token_digest
from accounts.models import Company, Invitation, OfficerProfile, User
from accounts.services import invite
from conversations.complaints import token_for
from conversations.services import complaints
from documents.services import add_request
from documents.services.links import make_link
from feedback import access as feedback_access
from feedback.models import SurveyResponse
from loans.models import Partner
from loans.stages import MONEY_MOVES, PROMISES, TABLE, Stage
from notifications import facts, rendering
from notifications.catalog import KINDS, Kind, kind_for, stage_message
from notifications.catalog.next_steps import GUIDE, STEPS
from notifications.catalog.shape import BORROWER, DESK, EXAMPLE_ID, PERSON, Sort
from notifications.models import Notification
from notifications.services import trying
from notifications.wording import default_words
from tests.cast import Cast
from tests.feedback.asking import ask

ClientFor = Callable[..., Client]


def settled_token(cast: Cast) -> str:
    """The link by which a complaint is said to be settled."""
    complaint = complaints.begin_complaint(
        loan=cast.loan, by=cast.olga, words="Late", source="a-settled-link"
    )
    if complaint.asked_at is None:
        complaints.acknowledge_complaint(complaint=complaint, by=cast.olga)
        complaints.resolve_complaint(complaint=complaint, by=cast.olga, resolution="Done.")
    return token_for(complaint)


def surveys_token(cast: Cast) -> str:
    """Of the link by which Bea says how it went."""
    survey = SurveyResponse.objects.first() or ask(cast.bea_party)
    return feedback_access.token_for(survey)


def partners_token(cast: Cast) -> str:
    """Of a link that opens."""
    if not Partner.objects.exists():
        Partner.objects.create(
            loan=cast.loan, name="Ann Lee", email="ann@agents.example", role="Agent", agreed_by=cast.bea_party,
            agreed_at=timezone.now(), expires_at=timezone.now() + timedelta(days=1), token_sha256=token_digest("open"),
        )  # fmt: skip
    return "open"


EVERY_KIND = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
MAILED = [kind for kind in KINDS.values() if not kind.is_text_alone]
AMOUNT = re.compile(r"\$\s?\d|\d{3}-\d{2}-\d{4}")
MOST_BYTES = 102 * 1024  # beyond that Gmail shows the beginning and a link
OF_A_LOAN = ("application", "stages", "papers", "reminders")
BEFORE_A_LOAN = ("visitor_answer", "caller_answer", GUIDE, *STEPS)  # to people who ask us about one


def told_in(link: str, text: str) -> bool:
    """The text of a mail says what the link of its page opens; a telephone number as people write it."""
    if not link.startswith("tel:"):
        return link.removeprefix("mailto:") in text
    return link[-8:] in text


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: list[str] = []
        self.language = ""
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append(tag)
        if tag == "html":
            self.language = found.get("lang") or ""
        if tag == "a":
            self.links.append(found["href"] or "")
        if tag == "table":
            assert found.get("role") == "presentation"
        if tag == "img":
            assert found.get("alt")

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    return reader


def row_of(kind: Kind, cast: Cast) -> Notification:
    loan = None if kind.audience == PERSON and kind.key != "invitation" else cast.loan
    return Notification(kind=kind.key, loan=loan, recipient_name="Bea Nguyen", address="bea@example.com")


def example_of(kind: Kind, cast: Cast) -> rendering.Rendered:
    return rendering.draw(kind, row_of(kind, cast), kind.example)


def every_mail(cast: Cast) -> Iterator[tuple[Kind, rendering.Rendered]]:
    for kind in MAILED:
        yield kind, example_of(kind, cast)


def test_every_kind_renders_as_text_and_page(cast: Cast) -> None:
    for kind, mail in every_mail(cast):
        page = read(mail.html)
        assert mail.subject and "\n" not in mail.subject and "%(" not in mail.subject, kind.key
        for body in (mail.text, mail.html):
            assert "%(" not in body and "None" not in body and "{{" not in body, kind.key
            assert "NMLS ID 1000048" in body and "Equal Housing" in body, kind.key
            assert not AMOUNT.search(body), kind.key
        assert page.tags.count("h1") == 1, kind.key
        assert page.language == "en"
        assert [tag for tag in page.tags if tag in ("script", "img", "link", "iframe")] == [], kind.key
        assert "color-scheme" in mail.html and "prefers-color-scheme: dark" in mail.html
        assert 'width="600"' in mail.html and "max-width: 600px" in mail.html
        assert len(mail.html.encode()) < MOST_BYTES, kind.key
        assert max(len(line.encode()) for line in mail.html.splitlines()) < 998, kind.key


def test_every_link_leads_into_the_house_or_to_a_person(cast: Cast) -> None:
    """And is told in the text of the mail too."""
    for kind, mail in every_mail(cast):
        for link in read(mail.html).links:
            assert told_in(link, mail.text), (kind.key, link)
            assert link.startswith((f"{settings.PUBLIC_URL}/", "mailto:", "tel:+")), (kind.key, link)
            if link.startswith("http"):
                assert resolve(urlsplit(link).path), (kind.key, link)


def test_every_link_opens_for_whom_it_is_meant(cast: Cast, client_for: ClientFor) -> None:
    """Of page, text and text message, with an identity of a real loan in the place of the example's."""
    invitation, token = invite(
        purpose=Invitation.Purpose.LOAN_PARTY, name="Cole Nguyen", email="cole@nguyen.example", by=cast.olga,
        subject_id=cast.cole_party.public_id, announce=False,
    )  # fmt: skip
    assert invitation.public_id
    asked = add_request(
        loan=cast.loan, party=cast.bea_party, kind="other", title="Letter", why="Why", by=cast.olga
    )
    _link, helpers = make_link(request=asked, by=cast.bea, name="Hana Cole")
    readers = {BORROWER: client_for(cast.bea), DESK: client_for(cast.olga), PERSON: client_for(None)}
    opened: dict[tuple[str, str], int] = {}
    for kind in KINDS.values():
        for link in addresses_in(kind, cast):
            path = urlsplit(link).path.replace(str(EXAMPLE_ID), str(cast.loan.public_id))
            path = path.replace("a-link-of-ones-own", token).replace("a-helpers-link", helpers)
            path = path.replace("a-partners-link", partners_token(cast)).replace(
                "a-settled-link", settled_token(cast)
            )
            path = path.replace("a-survey-link", surveys_token(cast))
            if (kind.audience, path) not in opened:
                answer = readers[kind.audience].get(path)
                opened[kind.audience, path] = answer.status_code
                assert answer.status_code in (200, 302), (kind.key, path, answer.status_code)
    assert len(opened) > 8, "every kind of address was tried"


def addresses_in(kind: Kind, cast: Cast) -> set[str]:
    said = [str(kind.short) % kind.example]
    if not kind.is_text_alone:
        mail = example_of(kind, cast)
        said += [mail.text, *read(mail.html).links]
    return set(re.findall(rf"{re.escape(settings.PUBLIC_URL)}/[^\s<>\"]*", " ".join(said)))


@EVERY_KIND
def test_every_link_field_leads_to_a_page_of_the_house(kind: Kind) -> None:
    for name, sort in kind.sorts.items():
        address = str(kind.example[name])
        if sort == Sort.LINK or (sort == Sort.SECRET and kind.example["secret_is"] == "link"):
            assert address.startswith(f"{settings.PUBLIC_URL}/"), (name, address)
            assert resolve(urlsplit(address).path), (name, address)


def test_every_kind_can_be_looked_at_in_the_gallery(cast: Cast) -> None:
    for kind in KINDS.values():
        shown = trying.try_out(kind, default_words(kind))
        assert not shown.problem
        assert bool(shown.html) is not kind.is_text_alone, kind.key
        assert bool(shown.short) is bool(kind.short), kind.key
        assert shown.segments is None or shown.segments.encoding == "GSM-7", "counted as it leaves"
        if kind.secret:
            assert str(kind.example["secret"]) not in shown.text and rendering.HIDDEN in shown.text, kind.key


def test_marketing_says_how_to_end_it_and_where_we_stand(cast: Cast) -> None:
    marketing = [kind for kind in MAILED if kind.marketing]
    assert {"first_anniversary", "yearly_review"} <= {kind.key for kind in marketing}
    for kind, mail in every_mail(cast):
        ways_out = [link for link in read(mail.html).links if "/unsubscribe/" in link]
        assert bool(ways_out) is kind.marketing, kind.key
        if kind.marketing:
            assert ways_out[0] in mail.text and "48 Commercial Street" in mail.text, kind.key
    Company.objects.update(address="", city_line="")
    with pytest.raises(rendering.NotReady, match="postal address"):
        example_of(marketing[0], cast)


def test_a_field_too_few_or_too_many_fails(cast: Cast) -> None:
    for kind in KINDS.values():
        row = Notification(kind=kind.key, loan=cast.loan, recipient_name="Bea")
        for name in kind.fields:
            short = {key: value for key, value in kind.example.items() if key != name}
            with pytest.raises(rendering.RenderError, match=name):
                rendering.draw(kind, row, short)
        with pytest.raises(rendering.RenderError, match="surprise"):
            rendering.draw(kind, row, {**kind.example, "surprise": 1})


@EVERY_KIND
def test_texts_use_declared_fields_only(kind: Kind) -> None:
    said = [kind.subject, kind.heading, *(getattr(block, "text", "") for block in kind.blocks)]
    said += [getattr(block, "label", "") for block in kind.blocks] + [
        getattr(block, "intro", "") for block in kind.blocks
    ]
    used = set(re.findall(r"%\((\w+)\)s", " ".join(map(str, said))))
    used |= {block.name for block in kind.blocks if hasattr(block, "name")}
    used |= {block.when.removeprefix("not ") for block in kind.blocks if block.when}
    assert used <= set(kind.fields), used - set(kind.fields)


@EVERY_KIND
def test_every_kind_has_somebody_who_gathers_its_facts(kind: Kind) -> None:
    assert kind.gather in facts.GATHERERS


def test_nothing_is_promised_before_clear_to_close(cast: Cast) -> None:
    for kind, mail in every_mail(cast):
        words = " ".join([mail.subject, mail.text, *read(mail.html).words])
        assert kind.may_promise or not PROMISES.findall(words), kind.key
    for kind in KINDS.values():
        assert kind.may_promise or not PROMISES.findall(str(kind.short)), kind.key


def test_only_what_comes_after_clear_to_close_may_promise() -> None:
    late = {kind.key for kind in KINDS.values() if kind.may_promise and kind.topic not in ("letters", "news")}
    assert late == {"stage_clear_to_close", "stage_closing", "stage_funded", "text_status_cleared"}


def test_mails_about_a_loan_before_it_is_funded_say_they_are_no_commitment(cast: Cast) -> None:
    for kind, mail in every_mail(cast):
        borrower = kind.audience == BORROWER and kind.topic in OF_A_LOAN
        expected = (borrower and kind.key != "stage_funded") or kind.key in BEFORE_A_LOAN
        for body in (mail.text, mail.html):
            assert ("not a commitment to lend" in body) is expected, kind.key


def test_default_words_of_stages_promise_nothing() -> None:
    early = [stage for stage in TABLE if stage not in ("clear_to_close", "closing", "funded")]
    for stage in early:
        entry = TABLE[stage]
        said = " ".join(str(text) for text in (entry.title, entry.meaning, entry.next, entry.named_title))
        assert not PROMISES.search(said), stage


def test_every_stage_has_its_message_or_says_none() -> None:
    for stage, entry in TABLE.items():
        if entry.message is None:
            assert stage_message(stage) is None
        else:
            assert entry.message in KINDS, stage
    assert {stage for stage in TABLE if stage_message(stage)} == {
        "processing", "underwriting", "conditional_approval", "conditions_review", "clear_to_close", "closing",
        "funded",
    }  # fmt: skip
    assert all(stage_message(stage) is None for stage in Stage.quiet())


def test_wire_fraud_is_named_where_money_moves(cast: Cast) -> None:
    for kind, mail in every_mail(cast):
        warned = "wire any money" in mail.text
        assert warned is (kind.key in ("stage_clear_to_close", "stage_closing", "stage_funded")), kind.key


@pytest.mark.parametrize("stage", MONEY_MOVES)
def test_near_a_closing_every_mail_to_its_borrowers_warns_once(cast: Cast, stage: str) -> None:
    cast.loan.stage = stage
    for kind, mail in every_mail(cast):
        if kind.audience == BORROWER and kind.topic != "stages":
            assert mail.text.count("wire any money") == mail.html.count("wire any money") == 1, kind.key
        elif kind.audience != BORROWER:
            assert "wire any money" not in mail.text, kind.key


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("my SSN is 123-45-6789.", "my SSN is •••."),
        ("account 4111 1111 1111 1111, please", "account •••, please"),
        ("number 000123456789", "number •••"),
        ("call (512) 555-0142 or 512-555-0142", "call (512) 555-0142 or 512-555-0142"),
        ("LN-100042 by 11-20-2026, ZIP 78701-1234", "LN-100042 by 11-20-2026, ZIP 78701-1234"),
    ],
)
def test_no_private_number_that_somebody_typed_is_in_a_mail(cast: Cast, typed: str, said: str) -> None:
    kind = kind_for("service_request_answered")
    mail = rendering.draw(kind, row_of(kind, cast), {**kind.example, "asked": typed, "answer": typed})
    assert mail.text.count(said) == 2 and mail.html.count(said) == 2


def test_the_officer_is_named_with_nmls_id_where_there_is_a_loan(cast: Cast) -> None:
    text = example_of(kind_for("stage_processing"), cast).text
    assert "Olga Haddad" in text and "1200001" in text and "(207)\u00a0555-0161" in text


def test_without_the_company_nmls_id_nothing_is_written(cast: Cast) -> None:
    Company.objects.update(nmls_id="")
    with pytest.raises(rendering.NotReady, match="NMLS"):
        example_of(kind_for("stage_processing"), cast)


def test_without_the_officers_nmls_id_nothing_leaves_the_house(cast: Cast) -> None:
    OfficerProfile.objects.filter(user=cast.olga).delete()
    cast.loan.officer = User.objects.get(pk=cast.olga.pk)
    with pytest.raises(rendering.NotReady, match="loan officer has no NMLS"):
        example_of(kind_for("stage_processing"), cast)
    assert example_of(kind_for("six_items"), cast).text, "the desk hears of it all the same"


def test_names_are_text_never_markup(cast: Cast) -> None:
    kind = kind_for("application_received")
    row = Notification(kind=kind.key, loan=cast.loan, recipient_name="x")
    evil = "<b>[click](https://evil.example)</b> {{ secret }} %(number)s"
    mail = rendering.draw(kind, row, {**kind.example, "first_name": evil, "place": evil})
    assert "<b>" not in mail.html and "&lt;b&gt;" in mail.html
    assert "https://evil.example" not in read(mail.html).links
    assert evil in mail.text.replace("\n", " ")


def test_desk_mails_lead_to_the_desk_and_hold_no_secret() -> None:
    for kind in KINDS.values():
        if kind.audience == DESK:
            assert not kind.secret


def test_secret_kinds_go_first_and_expire() -> None:
    """Somebody sits before a page and waits for them; a reminder or a question may wait for its turn."""
    waited_for = [
        kind for kind in KINDS.values() if kind.secret and kind.topic not in ("reminders", "feedback")
    ]
    others = [
        kind
        for kind in KINDS.values()
        if not kind.secret and not kind.asked_for and kind.audience == BORROWER
    ]
    assert max(kind.priority for kind in waited_for) < min(kind.priority for kind in others)
    assert kind_for("sign_in_code").expires_after.total_seconds() == settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT
