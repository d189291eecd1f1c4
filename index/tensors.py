"""Weights read from a safetensors file without torch, as they lie on the disk or widened to float32."""

import json
import mmap
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from weakref import WeakSet

import numpy as np
from numpy.typing import NDArray

from index.types import Vectors

WEIGHTS = "model.safetensors"  # of a model folder
_mapped: WeakSet[mmap.mmap] = WeakSet()  # those still in use
_lock = threading.Lock()  # of the set
TYPES = {"F32": np.float32, "F16": np.float16, "BF16": np.uint16}  # as they lie in the file


@dataclass(frozen=True, slots=True)
class Stored:
    """A tensor as it lies in its file, read when it is used."""

    values: NDArray[Any]  # bfloat16, which numpy does not know, as uint16
    dtype: str  # a key of TYPES

    def widened(self, rows: Any = ...) -> Vectors:  # noqa: ANN401 - an index
        """All of it as float32, or some of its rows; float32 stays where it lies."""
        values: NDArray[Any] = self.values[rows]
        if self.dtype == "BF16":  # the upper half of a float32
            return np.asarray((values.astype(np.uint32) << 16).view(np.float32), np.float32)
        return np.asarray(values.astype(np.float32, copy=False), np.float32)


def give_back_mapped() -> None:
    """Let the system have the pages of mapped weights: OpenVINO multiplies mostly by copies in an order of its own.

    A page that is wanted again is read again, mostly from the system's cache. Nothing may have been written to the
    arrays: it would be lost.
    """
    if hasattr(mmap, "MADV_DONTNEED"):
        with _lock:
            used = list(_mapped)
        for mapped in used:
            mapped.madvise(mmap.MADV_DONTNEED)


def read_tensors(path: Path) -> dict[str, Vectors]:
    """Every float tensor by name, as float32; those of float32 are read from the disk when they are used.

    ValueError for a file that is no safetensors file.
    """
    return {name: stored.widened() for name, stored in read_stored(path).items()}


def read_stored(path: Path) -> dict[str, Stored]:
    """Every float tensor by name.

    The format: the header's length in eight bytes, the header as JSON, then the tensors (safetensors' README).
    ValueError for a file that is none.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        begin = 8 + int.from_bytes(file.read(8), "little")
        if not 8 < begin <= size:
            raise ValueError(f"{path.name} is no safetensors file, or cut short")
        header = json.loads(file.read(begin - 8))
        # Mapped once: each mapping holds a file open. Copy on write: nothing is written, but openvino takes no array
        # as its own that could not be.
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    with _lock:
        _mapped.add(mapped)
    if not isinstance(header, dict):
        raise ValueError(f"{path.name} is no safetensors file")
    found: dict[str, Stored] = {}
    for name, entry in header.items():
        if name == "__metadata__" or entry["dtype"] not in TYPES:
            continue
        start, end = entry["data_offsets"]
        if begin + end > size:
            raise ValueError(f"{path.name} is cut short")
        kind = np.dtype(TYPES[entry["dtype"]])
        flat = np.frombuffer(mapped, kind, (end - start) // kind.itemsize, begin + start)
        found[name] = Stored(flat.reshape(entry["shape"]), entry["dtype"])
    return found
