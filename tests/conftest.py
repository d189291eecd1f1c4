"""What every tier shares: no network but this machine's, and tiers that must run in CI do not skip quietly."""

import os
import socket
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# No time limit for each example (the first pays for imports); in CI the same examples on every run; fifty, so that the
# quick tier stays quick: property tests that want more say so.
settings.register_profile("footnote", max_examples=50, deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("footnote")

LOCAL = ("127.0.0.1", "::1", "localhost", "0.0.0.0")


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that leaves the machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:  # noqa: ANN401 - whatever the family takes
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in LOCAL:
            raise AssertionError(f"a test tried to reach {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    return


def pytest_terminal_summary(terminalreporter: Any, exitstatus: int, config: pytest.Config) -> None:  # noqa: ANN401
    """Say loudly what was not run."""
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        terminalreporter.write_line(f"NOT RUN: {report.nodeid}: {reason}", yellow=True, bold=True)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """With FOOTNOTE_TIERS_REQUIRED, a skipped tier is a failure; beside the shared data, any skipped test is."""
    if not os.environ.get("FOOTNOTE_TIERS_REQUIRED"):
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    shared = Path(__file__).resolve().parents[2] / "shared"
    tiers = ("tests/",) if shared.is_dir() else ("tests/models/", "tests/browser/")
    skipped = [r.nodeid for r in reporter.stats.get("skipped", []) if r.nodeid.startswith(tiers)] if reporter else []
    if skipped:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
