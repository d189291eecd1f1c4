"""Find how the inputs of embedder's and reader's products are rounded for int8, and write index/ranges/.

    python -m training.ranges --train ../shared/train --eval ../shared/eval [--out index/ranges]

Texts of the training sets and the shipped articles go through both models in float32; what evaluation sets have too is
left out (training/split.py). For each product the range and the scale of each column are those of a few with which its
outputs change least; a product whose outputs change by more than BEARABLE gets none and stays in bfloat16 or float32.
Three minutes on two cores. What it is worth: bench/LOG.md.
"""

import argparse
import itertools
import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.numpy import save_file
from transformers import AutoModel

from bot.reader import ADAPTER, Encoded, encode, load_tokenizer
from bot.settings import Settings
from bot.types import Passage
from corpus.load import load_articles
from index.bert import ATTENDED
from index.chunk import chunk_article
from index.digest import sha256_of
from index.embedder import shipped_folder
from index.int8 import RANGES, STEPS, SUMS, Range, rounded_weights
from index.tensors import WEIGHTS, read_tensors
from index.torch_encoder import quietly
from index.types import Vectors
from training.lines import read_lines
from training.split import Unseen

SEED = 1
EACH = 64  # questions of a set
WINDOW = 256  # word pieces the embedder reads at once
KEPT = 24  # word pieces kept of a text to measure on; the ends of a range are of all
MOVED = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)  # how much of a column's scale is moved into its weights
CUT = (1.0, 0.85, 0.7, 0.55, 0.4)  # inputs past such a share of the largest are put there
BEARABLE = 0.0035  # squared change of a word piece's outputs, as a share of their squares, in the mean


@dataclass(frozen=True, slots=True)
class Text:
    """A question and what was found for it, its answer or not."""

    question: str
    heading: str
    text: str


def texts(train: Path, unseen: Unseen) -> list[Text]:
    """Of four training sets and the shipped articles; every second question with another's text."""
    chance = random.Random(SEED)
    found = []
    for rows in _sets(train):
        shuffled = chance.sample(rows, len(rows))
        fit = (row for row in shuffled if not unseen.asks(row.question) and not unseen.holds(row.text))
        drawn = list(itertools.islice(fit, EACH))
        asked = [row.question for row in drawn]
        asked[::2] = asked[2::2] + asked[:1]
        found += [Text(question, row.heading, row.text) for question, row in zip(asked, drawn, strict=True)]
    return found


def _sets(train: Path) -> Iterator[list[Text]]:
    def rows(name: str) -> Iterator[dict[str, Any]]:
        return read_lines(train / name)

    yield [Text(row["question"], row["title"], row["paragraph"]) for row in rows("qed/questions.jsonl")]
    yield [Text(row["question"], row["article"], " ".join(row["sentences"])) for row in rows("selqa/questions.jsonl")]
    yield [Text(row["question"], "", row["answer"]) for row in rows("medquad/pairs.jsonl")]
    yield [Text(row["title"], row["entity"], row["text"]) for row in rows("dstc_faq/passages.jsonl")]
    chunks = [one for article in load_articles(Settings().corpus).articles for one in chunk_article(article)]
    yield [Text(one.heading_path[-1] if one.heading_path else one.title, one.title, one.text) for one in chunks]


class Inputs:
    """What goes into each product of a model while it runs."""

    def __init__(self, model: Any) -> None:  # noqa: ANN401 - a BertModel
        self._chance = np.random.default_rng(SEED)
        self._rows: dict[str, list[Vectors]] = defaultdict(list)
        self._ends: dict[str, tuple[Vectors, Vectors]] = {}
        for name, module in model.named_modules():
            first = not name.endswith(ATTENDED[1:])  # the three of attention have the same inputs
            if isinstance(module, torch.nn.Linear) and name.startswith("encoder.") and first:
                module.register_forward_pre_hook(lambda _, given, name=name: self._see(name, given[0]))

    def _see(self, name: str, given: Any) -> None:  # noqa: ANN401 - a tensor (1, length, k)
        rows = given[0].float().numpy()
        low, high = self._ends.get(name, (rows[0], rows[0]))
        self._ends[name] = np.minimum(low, rows.min(axis=0)), np.maximum(high, rows.max(axis=0))
        self._rows[name].append(rows[self._chance.permutation(len(rows))[:KEPT]])

    def ranges(self, weights: Mapping[str, Vectors]) -> dict[str, Range]:
        """Of each product that bears it, by its name."""
        found = {}
        for name, rows in self._rows.items():
            names = [name.replace(ATTENDED[0], one) for one in ATTENDED] if name.endswith(ATTENDED[0]) else [name]
            matrix = np.concatenate([weights[f"{one}.weight"] for one in names])
            change, best = best_range(np.concatenate(rows), self._ends[name], matrix)
            bears = change <= BEARABLE
            print(f"{name:45} {change:.5f}{'' if bears else ': stays as it is'}", file=sys.stderr, flush=True)
            if bears:
                found[name] = best
        return found


def best_range(rows: Vectors, ends: tuple[Vectors, Vectors], matrix: Vectors) -> tuple[float, Range]:
    """The range with which the products of `rows` (n, k) and `matrix` (m, k) change least, and how much they do.

    `ends` are the lowest and the highest inputs by column.
    """
    largest = np.maximum(np.maximum(-ends[0], ends[1]), 1e-5)
    heaviest = np.maximum(np.abs(matrix).max(axis=0), 1e-5)
    wanted = rows @ matrix.T
    size = (wanted**2).sum(axis=1) + 1e-6
    found = []
    for moved in MOVED:
        columns = largest**moved / heaviest ** (1 - moved)
        columns = np.asarray(columns / np.exp(np.log(columns).mean()), np.float32)
        low, high = float((ends[0] / columns).min()), float((ends[1] / columns).max())
        for cut in CUT:
            most = cut * max(-low, high)
            one = Range(columns, max(low, -most), min(high, most))
            change = ((_rounded(rows, matrix, one) - wanted) ** 2).sum(axis=1) / size
            found.append((float(change.mean()), one))
    return min(found, key=lambda each: each[0])


def _rounded(rows: Vectors, matrix: Vectors, one: Range) -> Vectors:
    """The products as int8 gives them (index/int8.py), by numpy."""
    step = (one.high - one.low) / (STEPS - 1)
    given = np.rint((np.clip(rows / one.columns, one.low, one.high) - one.low) / step) * step + one.low
    values, scales = rounded_weights(matrix * one.columns)
    return np.asarray(given @ (values * scales).T, np.float32)


def run(model: Any, given: Sequence[Encoded]) -> None:  # noqa: ANN401 - a BertModel
    """One text at a time: no padding among the inputs."""
    with torch.inference_mode():
        for one in given:
            model(input_ids=torch.tensor([one.ids]), token_type_ids=torch.tensor([one.types]))


def main() -> int:
    """Write a file of ranges for the embedder and one for the reader, and their sums."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--eval", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=RANGES)
    given = parser.parse_args()
    found, tokenizer = texts(given.train, Unseen(given.eval)), load_tokenizer()
    alone = [_alone(tokenizer, one.question) for one in found]
    alone += [_alone(tokenizer, f"{one.heading}\n{one.text}") for one in found]
    pairs = [encode(tokenizer, one.question, Passage(one.heading, one.text, (), ())) for one in found]
    embedder = shipped_folder() / WEIGHTS
    given.out.mkdir(parents=True, exist_ok=True)
    for old in given.out.glob("*.safetensors"):  # of weights there were before
        old.unlink()
    sums = []
    for weights, trained, encoded in ((embedder, {}, alone), (ADAPTER, read_tensors(ADAPTER), pairs)):
        inputs = Inputs(model := model_of(trained))
        run(model, encoded)
        made = {
            name: np.asarray([one.low, one.high, *one.columns], np.float32)
            for name, one in inputs.ranges(read_tensors(weights)).items()
        }
        path = given.out / f"{sha256_of(weights)[:16]}.safetensors"
        save_file(made, path)
        path.chmod(0o644)  # safetensors leaves it to its owner alone
        sums.append(f"{sha256_of(path)}  {path.name}\n")
    (given.out / SUMS).write_text("".join(sums), encoding="ascii")
    return 0


def model_of(trained: Mapping[str, Vectors]) -> Any:  # noqa: ANN401 - a BertModel
    """The embedder's layers, or the trained ones in their place, in float32 on every machine."""
    with quietly():
        model = AutoModel.from_pretrained(
            shipped_folder(), local_files_only=True, add_pooling_layer=False, dtype=torch.float32
        )
    layers = {name: torch.from_numpy(np.array(one)) for name, one in trained.items() if not name.startswith("head.")}
    model.load_state_dict(layers, strict=False)
    return model.eval()


def _alone(tokenizer: Any, text: str) -> Encoded:  # noqa: ANN401 - tokenizers.Tokenizer
    """A text as the embedder reads it."""
    ids = tuple(tokenizer.encode(text).ids[:WINDOW])
    return Encoded(ids, (0,) * len(ids), (), ())


if __name__ == "__main__":
    sys.exit(main())
