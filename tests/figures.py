"""Prints at the end of a run what its tests have measured: `record_property("figures", "…")`, one line each."""

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport) and report.when == "call":
                for name, value in report.user_properties:
                    if name == "figures":
                        terminalreporter.write_line(f"figures: {value}")
