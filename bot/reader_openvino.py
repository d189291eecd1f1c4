"""The reader's layers by OpenVINO, several passages at once; bot/reader_torch.py is the same in torch."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot.reader import Encoded, Judged
from index.bert import Batch, Bert, batch_of, compile_bert
from index.bert_encoder import shape_of
from index.engine import native_precision, shared
from index.int8 import NO_RANGES, Ranges
from index.tensors import WEIGHTS, read_tensors
from index.types import Vectors

# Word pieces a passage is padded to a multiple of: fewer lengths, fewer shapes to get ready for.
STEP = 16


class OpenVinoScorer:
    """The layers in memory; a passage is a job of its own, so that nothing depends on what is read beside it."""

    def __init__(self, bert: Bert) -> None:
        self._bert = bert

    def judge(self, passages: Sequence[Encoded]) -> list[Judged]:
        """Scores of every span of every passage."""
        found = self._bert.run([_padded(one) for one in passages], _copied)
        return [
            Judged(np.array([_span(worth[0], points[0], *span) for span in one.spans], np.float32), float(none[0]))
            for one, (worth, points, none, _) in zip(passages, found, strict=True)
        ]

    def support(self, pairs: Sequence[Encoded]) -> list[float]:
        """Logits that the second part of each pair supports the first."""
        return [float(found[0]) for _, _, _, found in self._bert.run([_padded(one) for one in pairs], _copied)]


def _copied(_: Batch, outputs: Sequence[Vectors]) -> list[Vectors]:
    return [output.copy() for output in outputs]


def _padded(one: Encoded) -> Batch:
    return batch_of([one.ids], -(-len(one.ids) // STEP) * STEP, [one.types])


def _span(worth: Vectors, points: Vectors, start: int, end: int) -> float:
    """The mean worth of its word pieces, and how surely the answer's words stand among them; -inf for no piece."""
    if end <= start:
        return -np.inf
    return float(worth[start:end].mean() + np.logaddexp.reduce(points[start:end]))


def load_scorer(
    folder: Path, trained: Mapping[str, Vectors], threads: int | None = None, ranges: Ranges = NO_RANGES
) -> OpenVinoScorer:
    """The embedder's word vectors in `folder` under the trained layers; KeyError or ValueError when they do not fit."""
    weights = dict(read_tensors(folder / WEIGHTS))
    layers = {name: values for name, values in trained.items() if not name.startswith("head.")}
    if any(name not in weights or weights[name].shape != values.shape for name, values in layers.items()):
        raise ValueError("other layers than the embedder's")
    kept = {name: values for name, values in weights.items() if name.startswith("embeddings.")}

    def head(op: Any, states: Any) -> list[Any]:  # noqa: ANN401 - openvino's operators and a node
        def linear(x: Any, name: str, bias: str = "") -> Any:  # noqa: ANN401
            product = op.matmul(x, shared(op, trained[f"head.{name}.weight"]), False, True)
            return op.add(product, shared(op, trained[f"head.{bias}"])) if bias else product

        def flat(x: Any, *axes: int) -> Any:  # noqa: ANN401
            return op.squeeze(x, op.constant(np.array(axes, np.int64)))

        first = op.slice(states, *(op.constant(np.array([at], np.int64)) for at in (0, 1, 1, 1)))  # (n, 1, d)
        mixed = op.gelu(op.add(linear(states, "token", "token.bias"), linear(first, "first")), "erf")
        claim = op.gelu(linear(first, "claim", "claim.bias"), "erf")
        return [
            flat(linear(mixed, "span"), 2),  # (n, length): what each word piece is worth as part of a span
            flat(linear(mixed, "point"), 2),  # (n, length): that the answer's words stand here
            flat(linear(first, "none", "none.bias"), 1, 2),  # (n,)
            flat(linear(claim, "support", "support.bias"), 1, 2),  # (n,)
        ]

    every, precision = {**kept, **layers}, native_precision()
    return OpenVinoScorer(compile_bert(every, shape_of(folder), precision, threads, head, ranges))
