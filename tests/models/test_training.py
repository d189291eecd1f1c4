"""What training writes is what the product reads: from the embedder's own weights, by the command itself."""

import json
import sys
from pathlib import Path

import pytest

from bot.reader import load_reader
from bot.types import Passage
from tests.training.test_reader_training import made
from training import generator as generators
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


@pytest.mark.parametrize("form", ["head", "letter", "reader"])
def test_a_form_of_the_generator_is_trained_and_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    made(tmp_path)
    command = ["generator", "--examples", str(tmp_path / "examples.jsonl"), "--out", str(tmp_path), "--form", form]
    monkeypatch.setattr(sys, "argv", [*command, "--rank", "0", "--layers", "1", "--most", "16", "--developed", "8"])
    assert generators.main() == 0
    (line,) = (tmp_path / "results.jsonl").read_text(encoding="utf-8").splitlines()
    found = json.loads(line)
    assert (found["form"], found["examples"], found["layers"]) == (form, 16, 1)
    assert 0 < found["loss"] < 20
    assert found["trained"] > 1_000_000


def test_the_head_finds_each_span_among_the_generators_tokens() -> None:
    form = generators.with_head(0, 1)
    _, tokenizer = generators.adapted(0, 1)
    text = "Cats purr. Dogs bark at night."
    spans = [(0, 10), (11, 30)]
    passage = {"heading": "Pets", "text": text, "spans": spans, "scores": [1, 1], "gold": [1], "answers": [(16, 20)]}
    example = form.encode({"question": "What do dogs do?", "passages": [passage], "kind": "answerable"})
    (encoded,) = example.passages
    told = [tokenizer.decode(encoded.ids[start:end]).strip() for start, end in encoded.spans]
    assert told == [text[start:end] for start, end in spans]
    (pieces,) = example.points
    assert tokenizer.decode([encoded.ids[piece] for piece in pieces]).strip() == "bark"
