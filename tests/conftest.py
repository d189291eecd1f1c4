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


def skips(reporter: Any) -> list[tuple[str, str]]:  # noqa: ANN401
    """Tests that were not run, and why."""
    reports = reporter.stats.get("skipped", []) if reporter else []
    return [(one.nodeid, str(one.longrepr[2] if isinstance(one.longrepr, tuple) else one.longrepr)) for one in reports]


def pytest_terminal_summary(terminalreporter: Any, exitstatus: int, config: pytest.Config) -> None:  # noqa: ANN401
    """Say loudly what was not run."""
    for name, reason in skips(terminalreporter):
        terminalreporter.write_line(f"NOT RUN: {name}: {reason}", yellow=True, bold=True)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """With FOOTNOTE_TIERS_REQUIRED, a skipped tier is a failure; beside the shared data, any skipped test is."""
    if not os.environ.get("FOOTNOTE_TIERS_REQUIRED"):
        return
    found = skips(session.config.pluginmanager.get_plugin("terminalreporter"))
    if not (Path(__file__).resolve().parents[2] / "shared").is_dir():
        tiers = ("tests/models/", "tests/browser/")
        found = [(name, why) for name, why in found if name.startswith(tiers) and "set EVAL_DATA" not in why]
    if found:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
