"""Memory that was freed."""

import ctypes
import sys
from pathlib import Path

import pytest

from index.memory import give_back

BLOCKS, SIZE = 2_000, 50_000  # bytes, below what glibc takes from the system block by block


def resident() -> int:
    """Bytes of this process in memory."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) * 1024


@pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="other C libraries are left alone"
)
def test_what_was_freed_goes_back_to_the_system() -> None:
    blocks = [bytes(SIZE) + b"." for _ in range(BLOCKS)]
    end = blocks.pop()  # what lies below a block in use stays with the process
    blocks.clear()
    before = resident()
    give_back()
    assert resident() < before - BLOCKS * SIZE / 2
    assert len(end) == SIZE + 1
