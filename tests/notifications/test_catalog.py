"""Every kind of message can be written, says what it declares, and promises nothing too early."""

import re
from html.parser import HTMLParser

import pytest
from django.conf import settings

from accounts.models import Company
from loans.stages import TABLE, Stage
from notifications import facts, rendering
from notifications.catalog import KINDS, Kind, kind_for, stage_message
from notifications.catalog.shape import DESK, PERSON
from notifications.models import Notification
from tests.cast import Cast

EVERY_KIND = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
TOO_EARLY = re.compile(r"(?<!conditionally )approved|guarantee|congratulation", re.IGNORECASE)
AFTER_CLEAR_TO_CLOSE = ("stage_clear_to_close", "stage_closing", "stage_funded", "thank_you")
AMOUNT = re.compile(r"\$\s?\d|\d{3}-\d{2}-\d{4}")


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


def example_of(kind: Kind, cast: Cast) -> rendering.Rendered:
    loan = None if kind.audience == PERSON and kind.key != "invitation" else cast.loan
    row = Notification(kind=kind.key, loan=loan, recipient_name="Bea Nguyen", address="bea@example.com")
    return rendering.draw(kind, row, kind.example)


@EVERY_KIND
def test_every_kind_renders_as_text_and_page(kind: Kind, cast: Cast) -> None:
    mail = example_of(kind, cast)
    page = read(mail.html)
    assert mail.subject and "\n" not in mail.subject and "%(" not in mail.subject
    for body in (mail.text, mail.html):
        assert "%(" not in body and "None" not in body
        assert "NMLS ID 1000048" in body and "Equal Housing" in body
        assert not AMOUNT.search(body)
    assert page.tags.count("h1") == 1
    assert page.language == "en"
    assert [tag for tag in page.tags if tag in ("script", "img", "link", "iframe")] == []
    for link in page.links:
        assert told_in(link, mail.text), link
    assert "color-scheme" in mail.html and "prefers-color-scheme: dark" in mail.html
    assert max(len(line.encode()) for line in mail.html.splitlines()) < 998


@EVERY_KIND
def test_a_field_too_few_or_too_many_fails(kind: Kind, cast: Cast) -> None:
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


@EVERY_KIND
def test_nothing_is_promised_before_clear_to_close(kind: Kind, cast: Cast) -> None:
    if kind.key in AFTER_CLEAR_TO_CLOSE:
        return
    mail = example_of(kind, cast)
    words = " ".join([mail.subject, mail.text, *read(mail.html).words])
    assert not TOO_EARLY.findall(words)


@EVERY_KIND
def test_mails_to_borrowers_before_funded_say_they_are_no_commitment(kind: Kind, cast: Cast) -> None:
    mail = example_of(kind, cast)
    expected = kind.audience == "borrower" and kind.key not in ("stage_funded", "thank_you")
    assert ("not a commitment to lend" in mail.text) is expected
    assert ("not a commitment to lend" in mail.html) is expected


def test_default_words_of_stages_promise_nothing() -> None:
    early = [stage for stage in TABLE if stage not in ("clear_to_close", "closing", "funded")]
    for stage in early:
        entry = TABLE[stage]
        said = " ".join(str(text) for text in (entry.title, entry.meaning, entry.next, entry.named_title))
        assert not TOO_EARLY.search(said), stage


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
    for key in KINDS:
        warned = "wire any money" in example_of(kind_for(key), cast).text
        assert warned is (key in ("stage_clear_to_close", "stage_closing", "stage_funded")), key


def test_the_officer_is_named_with_nmls_id_where_there_is_a_loan(cast: Cast) -> None:
    text = example_of(kind_for("stage_processing"), cast).text
    assert "Olga Haddad" in text and "1200001" in text and "(207)\u00a0555-0161" in text


def test_without_the_company_nmls_id_nothing_is_written(cast: Cast) -> None:
    Company.objects.update(nmls_id="")
    with pytest.raises(rendering.NotReady, match="NMLS"):
        example_of(kind_for("stage_processing"), cast)


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
    codes = [kind for kind in KINDS.values() if kind.secret]
    others = [kind for kind in KINDS.values() if not kind.secret and kind.audience == "borrower"]
    assert max(kind.priority for kind in codes) < min(kind.priority for kind in others)
    assert kind_for("sign_in_code").expires_after.total_seconds() == settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT
