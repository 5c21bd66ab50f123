"""The audit page speaks words: every action that is recorded about a loan has some."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from portal.audit_words import WORDS, audit_words

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("loans", "documents", "conversations", "notifications", "portal")
ACTION = re.compile(r"[a-z_]+\.[a-z_]+")
# What is done to people, the house and its wording is never on the page of a loan.
ELSEWHERE = (
    "account.", "user.", "officer.", "company.", "wording.", "need.", "kind_rule.", "message_rules.", "import.",
    "retention.rule_", "quick_reply.", "rate.",
)  # fmt: skip


def recorded() -> Iterator[str]:
    """The actions named in calls of `record`; those of messages are named without their first half."""
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            for call in ast.walk(ast.parse(path.read_text())):
                if isinstance(call, ast.Call) and _called(call).lstrip("_") == "record":
                    yield from _actions(call, in_outbox="notifications/services" in str(path))


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _actions(call: ast.Call, *, in_outbox: bool) -> Iterator[str]:
    named = [keyword.value for keyword in call.keywords if keyword.arg == "action"]
    for value in [*call.args, *named]:
        said = value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""
        if ACTION.fullmatch(said):
            yield said
        elif said and in_outbox and value is call.args[1]:
            yield f"message.{said}"


def test_every_action_about_a_loan_has_words():
    actions = {action for action in recorded() if not action.startswith(ELSEWHERE)}
    assert {"loan.stage_changed", "message.held", "upload.opened", "document.accepted"} <= actions
    assert not sorted(actions - set(WORDS))


def test_an_action_without_words_reads_as_it_is_called():
    assert audit_words("loan.stage_changed") == "Stage moved"
    assert audit_words("pigeon.sent_out") == "pigeon: sent out"
