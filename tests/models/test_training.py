"""What training writes is what the product reads: from the embedder's own weights, by the command itself."""

import json
import sys
from pathlib import Path

import pytest

from bot.reader import load_reader
from bot.types import Passage
from tests.training.test_reader_training import made
from training import reader as training

pytestmark = pytest.mark.models


def test_the_weights_a_run_writes_are_read_by_the_product(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(tmp_path)
    command = ["reader", "--examples", "examples.jsonl", "--claims", "claims.jsonl", "--out", "out", "--most", "8"]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", command)
    assert training.main() == 0
    (entry,) = json.loads((tmp_path / "out" / "reader-log.json").read_text(encoding="utf-8"))
    assert entry["step"] == 1
    assert entry["examples"] == 8
    assert "begun" not in entry
    reader = load_reader(tmp_path / "out" / "reader.safetensors")
    text = "Cats purr. Dogs bark."
    spans = ((0, 10), (11, 21))
    (told,) = reader.read("What do dogs do?", [Passage("Pets", text, spans, (1.0, 1.0))])
    assert told.spans.shape == (2,)
    (other,) = load_reader().read("What do dogs do?", [Passage("Pets", text, spans, (1.0, 1.0))])
    assert told.none != other.none  # they are these weights, not the shipped ones
