"""BERT by OpenVINO: its layers as a graph made node by node from the weights, a batch a core at once.

Nothing is converted, so there is nothing to keep and check but the weights themselves, and torch is not loaded.
The model: Devlin et al., 2019; layers named as in transformers.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from index.engine import compile_on_cpu, complaining, load_openvino, shared
from index.engine import threads as usual_threads
from index.int8 import NO_RANGES, Ranges
from index.types import Vectors

T = TypeVar("T")
# Added to a score of attention whose word piece is padding: its share becomes exactly 0.
HIDDEN = 1e4
ATTENDED = ("query", "key", "value")


@dataclass(frozen=True, slots=True)
class Shape:
    """What the weights do not tell by their own shapes."""

    heads: int
    layers: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Batch:
    """Texts as word pieces, all padded to one length."""

    ids: NDArray[np.int64]  # (n, length)
    kinds: NDArray[np.int64]  # (n, length): 0 for the first part, 1 for the second
    there: Vectors  # (n, length): 1 where a word piece stands, 0 for padding


def batch_of(texts: Sequence[Sequence[int]], length: int, kinds: Sequence[Sequence[int]] | None = None) -> Batch:
    """Word pieces padded at their ends to `length`."""
    ids, kind, there = np.zeros((3, len(texts), length), np.int64)
    for row, pieces in enumerate(texts):
        ids[row, : len(pieces)] = pieces
        there[row, : len(pieces)] = 1
        if kinds is not None:
            kind[row, : len(pieces)] = kinds[row]
    return Batch(ids, kind, there.astype(np.float32))


class Bert:
    """Compiled layers; a row of a batch depends on that row alone, bit for bit on one machine."""

    def __init__(self, compiled: Any, words: Vectors, places: Vectors, kinds: Vectors) -> None:  # noqa: ANN401
        self._compiled = compiled
        self._words = words  # (vocabulary, d), on the disk: only the rows that are used are read
        self._places = places
        self._kinds = kinds

    @property
    def width(self) -> int:
        """Columns of its states."""
        return int(self._words.shape[1])

    @property
    def window(self) -> int:
        """Word pieces it can read at once."""
        return len(self._places)

    def run(self, batches: Sequence[Batch], finish: Callable[[Batch, list[Vectors]], T]) -> list[T]:
        """What `finish` makes of each batch and the graph's outputs for it, several batches at the same time.

        The outputs are the graph's own memory, used again for the next batch: `finish` keeps no view of them.
        """
        # Not AsyncInferQueue: a program that still held the model when it ended was aborted (OpenVINO 2026.4.1).
        requests = [self._compiled.create_infer_request() for _ in range(min(len(batches), usual_threads()))]
        found: list[T] = []

        def finished() -> None:
            request = requests[len(found) % len(requests)]
            request.wait()
            outputs = [request.get_output_tensor(one).data for one in range(len(self._compiled.outputs))]
            found.append(finish(batches[len(found)], outputs))

        for number, batch in enumerate(batches):
            embedded = self._embedded(batch)
            if number >= len(requests):
                finished()
            requests[number % len(requests)].start_async([embedded, batch.there])
        while len(found) < len(batches):
            finished()
        return found

    def _embedded(self, batch: Batch) -> Vectors:
        """(n, length, d): vectors of the words, their kinds and their places, summed in that order."""
        length = batch.ids.shape[1]
        return np.asarray(self._words[batch.ids] + self._kinds[batch.kinds] + self._places[:length], np.float32)


# Further outputs made of the last states, a node each; nothing: the states themselves.
Head = Callable[[Any, Any], list[Any]]


@complaining()
def compile_bert(
    weights: Mapping[str, Vectors],
    shape: Shape,
    precision: str,
    threads: int | None = None,
    head: Head | None = None,
    ranges: Ranges = NO_RANGES,
) -> Bert:
    """The layers in memory, run once; KeyError when the weights are not those of a BERT, Unfit when it does not run.

    `precision` is f32 or bf16: what matrices are multiplied in that have no range in `ranges`; those that have are in
    int8. Sums and norms are float32 in all.
    """
    openvino = load_openvino()
    op = openvino.opset15
    width = weights["embeddings.word_embeddings.weight"].shape[1]
    embedded = op.parameter([-1, -1, width], np.float32)
    there = op.parameter([-1, -1], np.float32)
    states = _layers(op, weights, shape, ranges, (embedded, there))
    outputs = head(op, states) if head else [states]
    model = openvino.Model(outputs, [embedded, there], "bert")
    count = threads or usual_threads()
    names = ("word_embeddings", "position_embeddings", "token_type_embeddings")
    embeddings = [weights[f"embeddings.{name}.weight"] for name in names]
    # A thread each: small matrices gain little from two, and two texts run at once.
    bert = Bert(compile_on_cpu(model, precision, count, count), *embeddings)
    bert.run([batch_of([[0]], 1)], lambda *_: None)
    return bert


def _layers(op: Any, weights: Mapping[str, Vectors], shape: Shape, ranges: Ranges, inputs: tuple[Any, Any]) -> Any:  # noqa: ANN401
    embedded, there = inputs
    width = embedded.get_partial_shape()[2].get_length()

    def whole(*values: int) -> Any:  # noqa: ANN401
        return op.constant(np.array(values, np.int64))

    def linears(x: Any, *names: str) -> list[Any]:  # noqa: ANN401
        """Products of one input."""
        known = ranges.products.get(names[0])
        given = known.rounded(op, x) if known else x

        def product(name: str) -> Any:  # noqa: ANN401
            matrix = weights[f"{name}.weight"]
            found = op.matmul(given, known.weights(op, matrix) if known else shared(op, matrix), False, True)
            return op.add(found, shared(op, weights[f"{name}.bias"]))

        return [product(name) for name in names]

    def linear(x: Any, name: str) -> Any:  # noqa: ANN401
        return linears(x, name)[0]

    def norm(x: Any, name: str) -> Any:  # noqa: ANN401
        scaled = op.mvn(x, whole(-1), True, shape.epsilon, "INSIDE_SQRT")
        scaled = op.multiply(scaled, shared(op, weights[f"{name}.weight"]))
        return op.add(scaled, shared(op, weights[f"{name}.bias"]))

    def split(x: Any) -> Any:  # noqa: ANN401
        """(n, length, d) to (n, heads, length, d / heads)."""
        return op.transpose(op.reshape(x, whole(0, 0, shape.heads, width // shape.heads), True), whole(0, 2, 1, 3))

    one, hidden = op.constant(np.float32(1)), op.constant(np.float32(HIDDEN))
    mask = op.unsqueeze(op.multiply(op.subtract(there, one), hidden), whole(1, 2))  # (n, 1, 1, length)
    x = norm(embedded, "embeddings.LayerNorm")
    for number in range(shape.layers):
        at = f"encoder.layer.{number}"
        asked, keys, values = map(split, linears(x, *(f"{at}.attention.self.{name}" for name in ATTENDED)))
        seen = op.scaled_dot_product_attention(asked, keys, values, mask)
        seen = op.reshape(op.transpose(seen, whole(0, 2, 1, 3)), whole(0, 0, width), True)
        x = norm(op.add(linear(seen, f"{at}.attention.output.dense"), x), f"{at}.attention.output.LayerNorm")
        inner = op.gelu(linear(x, f"{at}.intermediate.dense"), "erf")
        x = norm(op.add(linear(inner, f"{at}.output.dense"), x), f"{at}.output.LayerNorm")
    return x
