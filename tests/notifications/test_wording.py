"""Words in the hands of the staff: saved, published, taken back, used by what is sent, tried out, never lost."""

from typing import Any

import pytest

from accounts.models import User
from audit.models import Entry
from loans.errors import Changed, Refused
from notifications import rendering, wording
from notifications.catalog import KINDS, WORDING_TEST, kind_for
from notifications.models import Notification, Wording, WordingVersion
from notifications.services import preview_stage_message, trying
from notifications.services.wording import back_to_default, publish, save_version, standing
from notifications.wording import Parts
from tests.cast import Cast

KIND = "application_received_officer"
EVIL = "<b>[click](https://evil.example)</b>"


def parts(kind: str = KIND, **changed: str) -> Parts:
    return Parts(**{**vars(wording.export(kind_for(kind))), **changed})


def save(
    by: User, kind: str = KIND, expected: str | None = None, note: str = "", **changed: str
) -> WordingVersion:
    mark = standing(kind=kind, language="en").mark if expected is None else expected
    return save_version(
        kind=kind, language="en", parts=parts(kind, **changed), by=by, note=note, expected=mark
    )


# --- Saving and publishing -----------------------------------------------------------------------------------


def test_saved_words_hold_and_are_kept_with_what_was_sent(cast: Cast, make_row: Any, deliver: Any) -> None:
    before = make_row()
    deliver()
    version = save(cast.stef, subject="Hello {{ borrowers }}", note="Shorter")
    after = make_row()
    deliver()
    for row in (before, after):
        row.refresh_from_db()
    assert (
        before.wording_version is None
        and before.subject == "New application LN-1001: Bea Nguyen and Cole Nguyen"
    )
    assert after.wording_version == version and after.subject == "Hello Bea Nguyen and Cole Nguyen"
    assert (version.number, version.by, version.note) == (1, cast.stef, "Shorter")
    entry = Entry.objects.get(action="wording.saved")
    assert (entry.actor_name, entry.detail) == ("Stef Moore", {"kind": KIND, "language": "en", "version": 1})


def test_words_that_wait_in_the_outbox_follow_what_holds_when_they_leave(
    cast: Cast, make_row: Any, deliver: Any
) -> None:
    row = make_row()
    save(cast.stef, subject="Changed meanwhile")
    deliver()
    row.refresh_from_db()
    assert row.subject == "Changed meanwhile"


def test_versions_are_kept_whatever_holds(cast: Cast) -> None:
    first, second = save(cast.stef, subject="One"), save(cast.stef, subject="Two")
    assert standing(kind=KIND, language="en").published == second
    publish(version=first, by=cast.stef, expected="2.2")
    assert standing(kind=KIND, language="en").published == first
    back_to_default(kind=KIND, language="en", by=cast.stef, expected="2.1")
    assert standing(kind=KIND, language="en").published is None
    assert [version.subject for version in WordingVersion.objects.order_by("number")] == ["One", "Two"]
    third = save(cast.stef, subject="Three")
    assert third.number == 3
    done = Entry.objects.filter(object_id=str(third.wording.public_id)).order_by("id")
    assert [(entry.action, entry.detail["version"]) for entry in done] == [
        ("wording.saved", 1), ("wording.saved", 2), ("wording.published", 1), ("wording.default", 0),
        ("wording.saved", 3),
    ]  # fmt: skip


def test_whoever_was_slower_is_told_and_writes_nothing(cast: Cast) -> None:
    save(cast.stef, subject="Mine")
    for act in (
        lambda: save(cast.mara, expected="0.0", subject="Hers"),
        lambda: publish(version=WordingVersion.objects.get(), by=cast.mara, expected="0.0"),
        lambda: back_to_default(kind=KIND, language="en", by=cast.mara, expected="0.0"),
    ):
        with pytest.raises(Changed) as changed:
            act()
        assert changed.value.what == ["Version 1 by Stef Moore holds now."]
    assert WordingVersion.objects.get().subject == "Mine"


@pytest.mark.parametrize(
    "changed",
    [{"subject": "Hello {{ nobody }}"}, {"body": "No link."}, {"body": "{% debug %}"}, {"heading": ""}],
)
def test_words_that_do_not_pass_are_refused_and_write_nothing(cast: Cast, changed: dict[str, str]) -> None:
    with pytest.raises(Refused):
        save(cast.stef, **changed)
    assert not Wording.objects.exists()


def test_what_says_nothing_new_is_refused(cast: Cast) -> None:
    version = save(cast.stef, subject="One")
    with pytest.raises(Refused, match="hold already"):
        save(cast.stef, subject="One")
    with pytest.raises(Refused, match="holds already"):
        publish(version=version, by=cast.stef, expected="1.1")
    back_to_default(kind=KIND, language="en", by=cast.stef, expected="1.1")
    with pytest.raises(Refused, match="holds already"):
        back_to_default(kind=KIND, language="en", by=cast.stef, expected="1.0")


@pytest.mark.parametrize(("kind", "language"), [(WORDING_TEST, "en"), (KIND, "xx")])
def test_there_are_no_words_of_other_kinds_and_languages(cast: Cast, kind: str, language: str) -> None:
    with pytest.raises(Refused, match="no words"):
        save_version(kind=kind, language=language, parts=parts(kind), by=cast.stef, expected="0.0")


def test_words_that_no_longer_fit_are_not_sent(cast: Cast, make_row: Any, deliver: Any) -> None:
    """A release took a field away: the default holds until somebody has looked."""
    version = save(cast.stef, subject="One")
    WordingVersion.objects.filter(pk=version.pk).update(subject="Hello {{ taken_away }}")
    row = make_row()
    deliver()
    row.refresh_from_db()
    assert row.state == Notification.State.SENT
    assert row.wording_version is None and row.subject.startswith("New application")


def test_names_with_markup_are_names_in_staff_words_too(cast: Cast, make_row: Any, deliver: Any) -> None:
    save(cast.stef, body=parts().body + "\n\nDear **{{ borrowers }}**", subject="{{ borrowers }}")
    cast.loan.parties.update(name=EVIL)
    row = make_row()
    deliver()
    row.refresh_from_db()
    assert "<b>" not in row.html_body and "&lt;b&gt;[click]" in row.html_body
    assert 'href="https://evil' not in row.html_body and EVIL in row.text_body


def test_the_desk_sees_the_words_that_hold_before_it_moves_a_loan(cast: Cast) -> None:
    save(cast.stef, kind="stage_processing", heading="In our words: {{ title }}")
    shown = preview_stage_message(loan=cast.loan, to="processing", note="", by=cast.olga)
    assert shown is not None and shown.text.startswith("In our words: We are checking your documents")


def test_a_text_message_says_the_short_words_alone(cast: Cast) -> None:
    save(
        cast.stef,
        kind="stage_processing",
        short="{{ company }}: now at {{ title }}. Reply STOP to end texts.",
    )
    kind = kind_for("stage_processing")
    row = Notification(
        kind=kind.key, loan=cast.loan, channel="text", recipient_name="Bea", address="+12075550100"
    )
    drawn = rendering.draw(kind, row, kind.example, wording.words_of(kind, "en"))
    assert (
        drawn.text
        == "Lantern Home Loans: now at We are checking your documents. Reply STOP to end texts.".replace(
            "Lantern", "Harborview"
        )
    )
    assert (drawn.subject, drawn.html) == ("", "")


def test_a_letter_takes_its_own_words_then_the_staffs_then_the_default(cast: Cast) -> None:
    row = Notification(kind="thank_you", loan=cast.loan)
    assert rendering.letter_markdown(row).startswith("Dear {{ names }},") and row.wording_version is None
    version = save(cast.stef, kind="thank_you", letter="Hello {{ names }}, thanks.")
    assert rendering.letter_markdown(row) == "Hello {{ names }}, thanks." and row.wording_version == version
    assert rendering.letter_markdown(Notification(kind="thank_you", wording="My own")) == "My own"


# --- Trying out ----------------------------------------------------------------------------------------------


def test_a_test_goes_to_whoever_asked_and_to_nobody_else(cast: Cast, deliver: Any) -> None:
    kind = kind_for("stage_processing")
    row = trying.send_test(
        kind=kind, parts=parts("stage_processing", heading="Draft"), by=cast.stef, loan=cast.loan
    )
    deliver()
    row.refresh_from_db()
    assert (row.address, row.loan, row.state) == (cast.stef.mail_address, None, Notification.State.SENT)
    assert row.subject == "[Test] We are working on your file (LN-1001)"
    assert "Draft" in row.text_body and "test of the words of “Processing”" in row.text_body
    assert "Olga Haddad" in row.text_body and "As a text message" in row.html_body
    assert Notification.objects.count() == 1


def test_every_kind_can_be_tried_out_on_a_loan_and_shows_no_secret(cast: Cast) -> None:
    for key, kind in KINDS.items():
        if key == WORDING_TEST:
            continue
        row = trying.send_test(kind=kind, parts=parts(key), by=cast.stef, loan=cast.loan)
        drawn = rendering.render(row)
        assert drawn.subject.startswith("[Test] "), key
        if kind.secret:
            assert rendering.mark(row) not in drawn.html + drawn.text and rendering.HIDDEN in drawn.text, key
            assert str(kind.example["secret"]) not in drawn.text, key


def test_words_that_cannot_be_saved_cannot_be_tried_out(cast: Cast) -> None:
    with pytest.raises(Refused):
        trying.send_test(kind=kind_for(KIND), parts=parts(subject="{{ nobody }}"), by=cast.stef)
    assert not Notification.objects.exists()
