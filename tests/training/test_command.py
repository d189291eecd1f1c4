"""The one command: stages in their order, each left out when its result is there, then weights, digest and card."""

import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.reader import ADAPTER, DIGEST
from index.digest import sha256_of
from training import __main__ as command

TWO = {"text": "It is.\n- It was.", "spans": [[0, 6], [7, 16]], "gold": [0, 1]}
EXAMPLES = [
    {"kind": "pair", "passages": [TWO]},
    {"kind": "removed", "passages": [{**TWO, "gold": []}]},
    {"kind": "pair", "passages": [{**TWO, "gold": [0]}]},
    {"kind": "answerable", "passages": [TWO]},
    {"kind": "mined", "passages": [{**TWO, "gold": [1]}]},
]
LOG = [{"step": 2, "prior": 3.6, "loss": 1.5, "auroc removed": 0.875, "examples": 3, "begun": "cafe"}]


@pytest.fixture
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Sequence[str]]:
    """The commands run so far; each leaves what its stage would."""
    work, commands = tmp_path / "work", list[Sequence[str]]()

    def run(asked: Sequence[str], **_: Any) -> None:  # noqa: ANN401
        commands.append(asked[2:])
        left = {
            "training.examples": {"examples.jsonl": "\n".join(map(json.dumps, EXAMPLES))},
            "training.claims": {"claims.jsonl": json.dumps({"kind": "wice"})},
            "training.reader": {
                "reader.safetensors": "weights", "reader-log.json": json.dumps(LOG), f"reader{DIGEST}": "promised",
            },
        }  # fmt: skip
        for name, text in left[asked[2]].items():
            (work / name).write_text(text, encoding="utf-8")

    monkeypatch.setattr(command, "subprocess", SimpleNamespace(run=run))
    without_apt = SimpleNamespace(which=lambda _: None, copy=shutil.copy, rmtree=shutil.rmtree)
    monkeypatch.setattr(command, "shutil", without_apt)  # no manuals
    monkeypatch.setattr(command, "PACKAGE", "no_such_package")  # no teacher
    return commands


def train(folder: Path, monkeypatch: pytest.MonkeyPatch, *options: str) -> Path:
    """Where the command writes; options besides the folders."""
    named = ("--train", "T", "--eval", "E", "--work", folder / "work", "--out", folder / "out")
    monkeypatch.setattr(sys, "argv", ["training", *map(str, named), *options])
    assert command.main() == 0
    return folder / "out"


def test_every_stage_once_and_what_it_made_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ran: list[Sequence[str]]
) -> None:
    out = train(tmp_path, monkeypatch)
    assert [one[0] for one in ran] == ["training.examples", "training.claims", "training.reader"]
    assert (out / ADAPTER.name).read_text() == "weights"
    assert (out / ADAPTER.name).with_suffix(DIGEST).read_text() == "promised"
    train(tmp_path, monkeypatch)
    assert len(ran) == 3  # all results are there
    (tmp_path / "work" / f"reader{DIGEST}").unlink()  # a training that was stopped
    train(tmp_path, monkeypatch)
    assert [one[0] for one in ran[3:]] == ["training.reader"]
    train(tmp_path, monkeypatch, "--fresh")
    assert len(ran) == 7


def test_the_training_gets_the_weights_it_begins_with_and_how_many_examples(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ran: list[Sequence[str]]
) -> None:
    train(tmp_path, monkeypatch, "--begin", "W", "--most", "9000")
    assert list(ran[-1])[-4:] == ["--begin", "W", "--most", "9000"]


def test_the_card_says_what_was_made_of_what(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ran: list[Sequence[str]]
) -> None:
    out = train(tmp_path, monkeypatch)
    card = (out / "README.md").read_text(encoding="utf-8")
    assert len(ran) == 3
    assert sha256_of(out / ADAPTER.name) in card
    for row in ("| pair | 2 |", "| removed | 1 |", "| wice | 1 |", "| auroc removed | 0.875 |"):
        assert row in card
    assert "marked right in 1 of them, a list or a row of a table in 2 (" in card
    assert "`cafe` of an earlier training" in card
    assert "ms-marco" not in card  # no teacher had a say
