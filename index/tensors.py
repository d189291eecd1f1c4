"""Weights read from a safetensors file without torch: float32 as it lies on the disk, narrower types widened."""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.types import Vectors


def read_tensors(path: Path) -> dict[str, Vectors]:
    """Every float tensor by name, as float32; those of float32 are read from the disk when they are used.

    The format: the header's length in eight bytes, the header as JSON, then the tensors (safetensors' README).
    ValueError for a file that is none.
    """
    raw = np.memmap(path, np.uint8, "r")
    begin = 8 + int.from_bytes(bytes(raw[:8]), "little")
    if not 8 < begin <= len(raw):
        raise ValueError(f"{path.name} is no safetensors file, or cut short")
    header = json.loads(bytes(raw[8:begin]))
    if not isinstance(header, dict):
        raise ValueError(f"{path.name} is no safetensors file")
    found: dict[str, Vectors] = {}
    for name, entry in header.items():
        if name == "__metadata__" or entry["dtype"] not in ("F32", "F16", "BF16"):
            continue
        start, end = entry["data_offsets"]
        if begin + end > len(raw):
            raise ValueError(f"{path.name} is cut short")
        found[name] = _widened(raw[begin + start : begin + end], entry["dtype"]).reshape(entry["shape"])
    return found


def _widened(part: NDArray[np.uint8], dtype: str) -> Vectors:
    if dtype == "BF16":  # the upper half of a float32
        return (part.view(np.uint16).astype(np.uint32) << 16).view(np.float32)
    return part.view(np.float16).astype(np.float32) if dtype == "F16" else part.view(np.float32)
