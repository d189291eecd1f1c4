"""Weights read without torch."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from index.memory import give_back
from index.tensors import read_tensors


def safetensors(path: Path, tensors: dict[str, tuple[str, list[int], bytes]]) -> Path:
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    at = 0
    for name, (dtype, shape, data) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [at, at + len(data)]}
        at += len(data)
    told = json.dumps(header).encode()
    told += b" " * (-len(told) % 8)
    path.write_bytes(len(told).to_bytes(8, "little") + told + b"".join(data for _, _, data in tensors.values()))
    return path


def test_float32_is_read_as_it_is_and_bfloat16_widened(tmp_path: Path) -> None:
    whole = np.array([[1.5, -2.25], [0.0, 3e38]], np.float32)
    halves = np.array([1.5, -2.25, 0.0], np.float32)  # exact in bfloat16
    upper = (halves.view(np.uint32) >> 16).astype(np.uint16)
    entries = {
        "whole": ("F32", [2, 2], whole.tobytes()),
        "half": ("BF16", [3], upper.tobytes()),
        "ids": ("I64", [1], np.array([7]).tobytes()),
    }
    found = read_tensors(safetensors(tmp_path / "one.safetensors", entries))
    assert set(found) == {"whole", "half"}
    assert found["whole"].dtype == found["half"].dtype == np.float32
    assert (found["whole"] == whole).all()
    assert (found["half"] == halves).all()


def _resident(path: Path) -> int:
    """KiB of a file that are mapped and in memory."""
    lines = Path("/proc/self/smaps").read_text(encoding="utf-8").splitlines()
    begin = next(at for at, line in enumerate(lines) if line.endswith(str(path)))
    return next(int(line.split()[1]) for line in lines[begin:] if line.startswith("Rss:"))


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_pages_given_back_are_read_again_when_they_are_used(tmp_path: Path) -> None:
    values = np.arange(1 << 18, dtype=np.float32)
    path = safetensors(tmp_path / "one.safetensors", {"one": ("F32", [len(values)], values.tobytes())})
    found = read_tensors(path)["one"]
    assert found.sum() == values.sum()
    assert _resident(path) >= 1024
    give_back()
    assert _resident(path) < 1024 // 4
    assert (found == values).all()


@pytest.mark.parametrize("kept", [4, 8, 40, -1])
def test_a_file_that_is_cut_short_is_refused(kept: int, tmp_path: Path) -> None:
    path = safetensors(tmp_path / "one.safetensors", {"a": ("F32", [64], bytes(256))})
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(ValueError, match="cut short"):
        read_tensors(path)


def test_writing_to_what_was_read_leaves_the_file_as_it_is(tmp_path: Path) -> None:
    path = safetensors(tmp_path / "one.safetensors", {"a": ("F32", [64], bytes(256))})
    before = path.read_bytes()
    found = read_tensors(path)["a"]
    found[:] = 1
    assert path.read_bytes() == before
    assert (read_tensors(path)["a"] == 0).all()
