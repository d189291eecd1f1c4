"""How the inputs of a product are rounded for int8: the range found is one that changes its outputs least."""

import json
from pathlib import Path

import numpy as np
import pytest

from index.bert import ATTENDED
from index.int8 import Range
from index.types import Vectors
from training.ranges import Inputs, Text, _rounded, best_range, texts
from training.split import Unseen

CHANCE = np.random.default_rng(0)


def product(rows: Vectors, matrix: Vectors) -> tuple[float, Range]:
    return best_range(rows, (rows.min(axis=0), rows.max(axis=0)), matrix)


def test_columns_of_unequal_scale_are_evened_out() -> None:
    scale = np.where(np.arange(64) == 7, 40.0, 1.0).astype(np.float32)
    rows, matrix = (CHANCE.normal(size=size).astype(np.float32) for size in ((300, 64), (32, 64)))
    change, found = product(rows * scale, matrix)
    plain = Range(np.ones(64, np.float32), float((rows * scale).min()), float((rows * scale).max()))
    wanted = (rows * scale) @ matrix.T
    alike = (((_rounded(rows * scale, matrix, plain) - wanted) ** 2).sum(axis=1) / (wanted**2).sum(axis=1)).mean()
    assert change < alike / 4
    assert found.columns[7] > 3 * np.median(found.columns)


def test_inputs_of_one_side_have_a_range_of_one_side() -> None:
    rows = np.abs(CHANCE.normal(size=(300, 64))).astype(np.float32) - np.float32(0.1)
    _, found = product(rows, CHANCE.normal(size=(32, 64)).astype(np.float32))
    assert -found.low < found.high / 5


def test_what_int8_gives_is_near_the_product() -> None:
    rows, matrix = (CHANCE.normal(size=size).astype(np.float32) for size in ((300, 64), (32, 64)))
    change, found = product(rows, matrix)
    assert 0 < change < 0.001
    assert _rounded(rows, matrix, found) == pytest.approx(rows @ matrix.T, abs=0.5)


def test_inputs_are_seen_once_where_three_products_share_them() -> None:
    import torch

    attention = torch.nn.ModuleDict({name: torch.nn.Linear(8, 8) for name in ATTENDED})
    model = torch.nn.ModuleDict({"encoder": attention, "pooler": torch.nn.Linear(8, 8)})
    inputs = Inputs(model)
    given = torch.from_numpy(CHANCE.normal(size=(1, 5, 8)).astype(np.float32))
    for name in ATTENDED:
        model["encoder"][name](given)
    model["pooler"](given)
    weights = {f"encoder.{name}.weight": attention[name].weight.detach().numpy() for name in ATTENDED}
    (name,) = inputs.ranges(weights)
    assert name == "encoder.query"


def test_what_an_evaluation_set_has_is_left_out(tmp_path: Path) -> None:
    long = "the quick brown fox jumps over the lazy dog and runs into the dark wood at night"
    rows = {
        "qed/questions.jsonl": {"question": "Who runs?", "title": "Fox", "paragraph": f"At dusk {long}."},
        "selqa/questions.jsonl": {"question": "Who jumps over the dog?", "article": "Fox", "sentences": ["A cat."]},
        "medquad/pairs.jsonl": {"question": "What is sleep?", "answer": "Rest of body and mind."},
        "dstc_faq/passages.jsonl": {"title": "Is there a pool?", "entity": "INN", "text": "There is none."},
    }
    for name, row in rows.items():
        path = tmp_path / "train" / name
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    (tmp_path / "eval" / "nq_open").mkdir(parents=True)
    (tmp_path / "eval" / "squad2").mkdir()
    (tmp_path / "eval" / "squad2" / "passages.jsonl").write_text("", encoding="utf-8")
    known = json.dumps({"question": "Who jumps over the dog?", "text": long})
    (tmp_path / "eval" / "nq_open" / "passages.jsonl").write_text(known + "\n", encoding="utf-8")
    found = texts(tmp_path / "train", Unseen(tmp_path / "eval"))
    assert found[:2] == [
        Text("What is sleep?", "", "Rest of body and mind."), Text("Is there a pool?", "INN", "There is none."),
    ]  # fmt: skip
    assert all(len(one.text) > 0 for one in found[2:])  # the shipped articles
