"""Which engine runs the small transformers: OpenVINO where it is installed, else torch; and OpenVINO itself."""

import importlib.util
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal, TypeVar

import numpy as np

from corpus.errors import ModelError
from index.types import Vectors

log = logging.getLogger(__name__)

T = TypeVar("T")
# Kernels that OpenVINO keeps for shapes it has run. By itself it keeps 5,000: 54 MB more in a process that serves, and
# no faster, nor is embedding (bench/LOG.md, 2026-11-29). The property is one of the engine's own, not documented.
KEPT_KERNELS = 16
Engine = Literal["torch", "openvino"]
Wish = Literal["auto", "torch", "openvino"]


class Unfit(Exception):
    """Why OpenVINO does not run a model here, in words."""


@contextmanager
def complaining() -> Iterator[None]:
    """While it lasts what OpenVINO itself complains of is Unfit: a processor too old, a graph that does not fit."""
    try:
        yield
    except RuntimeError as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        reason = lines[-1] if lines else type(error).__name__
        raise Unfit(f"OpenVINO does not run it on this machine ({reason})") from None


def on_engine(wish: Wish, what: str, openvino: Callable[[], T], torch: Callable[[], T]) -> T:
    """What OpenVINO's loading makes of a model where it is installed and runs it, else torch's; a line says why.

    ModelError when OpenVINO alone is wished for and does not run it.
    """
    if engine_for(wish) == "torch":
        return torch()
    try:
        return openvino()
    except Unfit as error:
        reason = str(error)
    if wish == "openvino":
        raise ModelError(f"{what}: {reason}; set FOOTNOTE_ENGINE=auto")
    made = torch()
    log.warning("footnote: %s runs on torch, which takes longer: %s", what, reason)
    return made


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


def load_openvino() -> Any:  # noqa: ANN401 - the module
    """The library without its conversion tools: they alone report how they are used, and nothing here is converted."""
    for unwanted in ("openvino.tools.ovc", "openvino_telemetry"):
        sys.modules.setdefault(unwanted, None)  # type: ignore[arg-type] # as if it were not installed
    try:
        import openvino
        import openvino.opset15
    except ImportError as error:  # a library of the system is missing, say
        reason = str(error).split("\n", 1)[0]
        raise ModelError(
            f"openvino cannot be loaded ({reason}); run `make setup`, or set FOOTNOTE_ENGINE=torch"
        ) from None
    return openvino


@complaining()
def native_precision() -> str:
    """bf16 where the CPU multiplies it natively, else f32."""
    openvino = load_openvino()
    return "bf16" if "BF16" in openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES") else "f32"


def compile_on_cpu(model: Any, precision: str, count: int, streams: int, **more: str) -> Any:  # noqa: ANN401 - openvino's
    """The model on `count` threads; `streams` of its requests run at once and share them."""
    settings = {
        "INFERENCE_PRECISION_HINT": precision,
        "INFERENCE_NUM_THREADS": count,
        "NUM_STREAMS": streams,
        "ENABLE_CPU_PINNING": False,  # pinned threads wait for busy cores, and torch's after them
        "CPU_RUNTIME_CACHE_CAPACITY": KEPT_KERNELS,
        **more,
    }
    return load_openvino().Core().compile_model(model, "CPU", settings)


def shared(op: Any, values: Vectors) -> Any:  # noqa: ANN401 - openvino's operators, and a node
    """Weights as a node, where they lie: a copy of each would stay in the process's memory."""
    return op.constant(np.require(values, requirements=["C", "W"]), shared_memory=True)
