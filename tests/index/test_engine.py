"""Which engine is taken."""

import importlib.util

import pytest

from corpus.errors import ModelError
from index.engine import engine_for


@pytest.mark.parametrize(
    ("wish", "installed", "taken"),
    [("auto", True, "openvino"), ("auto", False, "torch"), ("torch", True, "torch"), ("openvino", True, "openvino")],
)
def test_openvino_is_taken_where_it_is_installed_unless_torch_is_asked_for(
    wish: str, installed: bool, taken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object() if installed else None)
    assert engine_for(wish) == taken


def test_an_engine_that_is_not_installed_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModelError, match=r"not installed; run `make setup`, or set FOOTNOTE_ENGINE=auto"):
        engine_for("openvino")
