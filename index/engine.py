"""Which engine runs the small transformers: OpenVINO where it is installed, else torch."""

import importlib.util
import os
from typing import Literal

from corpus.errors import ModelError

Engine = Literal["torch", "openvino"]
Wish = Literal["auto", "torch", "openvino"]


def engine_for(wish: Wish) -> Engine:
    """What `engine` in the settings means on this machine; ModelError when it asks for what is not there."""
    found = importlib.util.find_spec("openvino")
    there = found is not None and found.origin is not None  # a folder that was left behind has none
    if wish == "openvino" and not there:
        raise ModelError("the engine openvino is not installed; run `make setup`, or set FOOTNOTE_ENGINE=auto")
    return "openvino" if there and wish != "torch" else "torch"


def cores() -> int:
    """Cores this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def threads() -> int:
    """Threads to compute with: what OMP_NUM_THREADS says, as for torch, else one a core."""
    told = os.environ.get("OMP_NUM_THREADS", "")
    return int(told) if told.isdigit() and int(told) else cores()
