"""What the README promises is there: its settings are those of portal/settings.py, its files and commands exist."""

import re

from tests.running import ROOT

README = (ROOT / "README.md").read_text()
ENVIRONMENT = re.compile(r"""env(?:\.\w+)?\(\s*"([A-Z][A-Z0-9_]+)\"""")


def test_the_table_of_settings_is_complete_and_true() -> None:
    told = set(re.findall(r"^\| `([A-Z0-9_]+)` \|", README, flags=re.MULTILINE))
    read = set(ENVIRONMENT.findall((ROOT / "portal" / "settings.py").read_text()))
    assert told == read


def test_named_files_exist() -> None:
    named = re.findall(
        r"`((?:portal|loans|documents|notifications|accounts|deploy|tests|\.ci)/[\w./-]*)`", README
    )
    assert len(named) > 5
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_named_commands_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    assert set(re.findall(r"\bmake (run|test|lint|help|lock|assets|soak|clean)\b", README)) <= targets
