"""Products of matrices in int8: where it pays, which of a model's products bear it, and how.

What is multiplied is rounded to 256 steps of one range a product, found beforehand on texts (training/ranges.py), and
weights to 255 of one scale a row. What scales a product's inputs differently by column is moved into its weights first
(SmoothQuant: Xiao et al., 2023). A product whose rounding was found to cost too much has no range and is computed as
the rest is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ModelError
from index.digest import sha256_of
from index.tensors import read_tensors
from index.types import Vectors

PROCESSOR = Path("/proc/cpuinfo")
RANGES = Path(__file__).resolve().parent / "ranges"  # a file for weights, named by how their sha256 begins
SUMS = "SHA256SUMS"  # of these files, as sha256sum writes and checks them
MEND = "fetch the project again, or make them as training/README.md says"
FLAG = "avx512_vnni"  # with AVX2 alone, VNNI or not, the engine takes longer in int8 than in float32 (bench/LOG.md)
STEPS = 256


@dataclass(frozen=True, slots=True)
class Range:
    """How a product's inputs are rounded."""

    columns: Vectors  # (k,): each is divided by its own before the rounding, and the weights multiplied
    low: float
    high: float

    def rounded(self, op: Any, x: Any) -> Any:  # noqa: ANN401 - openvino's operators, and nodes
        """The inputs, a node, once for all products they go into."""
        low, high = (op.constant(np.float32(end)) for end in (self.low, self.high))
        return op.fake_quantize(op.multiply(x, op.constant(1 / self.columns)), low, high, low, high, STEPS)

    def weights(self, op: Any, matrix: Vectors) -> Any:  # noqa: ANN401
        """Weights (m, k) of one of these products as a node of int8 and a scale a row."""
        values, scales = rounded_weights(matrix * self.columns)
        return op.multiply(op.convert(op.constant(values), np.float32), op.constant(scales))


def rounded_weights(matrix: Vectors) -> tuple[NDArray[np.int8], Vectors]:
    """(m, k) whole numbers and the scale of each row, (m, 1), that they are to be multiplied by."""
    scales = np.maximum(np.abs(matrix).max(axis=1, keepdims=True), 1e-12) / (STEPS // 2 - 1)
    return np.rint(matrix / scales).astype(np.int8), np.asarray(scales, np.float32)


@dataclass(frozen=True, slots=True)
class Ranges:
    """Of a model's products; none: nothing is in int8."""

    name: str = ""  # how the sha256 of their file begins: with others a model says something else
    products: Mapping[str, Range] = field(default_factory=dict)  # by the first product that inputs go into


NO_RANGES = Ranges()


def native_int8() -> bool:
    """Whether this processor multiplies in int8 faster than in what the models are in; known on Linux alone."""
    try:
        flags = PROCESSOR.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return FLAG in flags.split()


def ranges_for(digest: str) -> Ranges:
    """The ranges of the weights with this sha256 where they are known and int8 pays, else none.

    ModelError when their file is missing or not the promised one.
    """
    name = f"{digest[:16]}.safetensors"
    path = RANGES / name
    try:
        sums = dict(line.split("  ")[::-1] for line in (RANGES / SUMS).read_text(encoding="ascii").splitlines())
        if name not in sums or not native_int8():
            return NO_RANGES
        if sha256_of(path) != sums[name]:
            raise ValueError("it is not the promised one")
        stored = read_tensors(path)
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"the ranges {path} cannot be read ({error}); {MEND}") from None
    # Two ends of the range, then the columns.
    products = {name: Range(values[2:].copy(), float(values[0]), float(values[1])) for name, values in stored.items()}
    return Ranges(sums[path.name][:8], products)
