"""Which engine is taken."""

import importlib.util
import sys
from importlib.machinery import ModuleSpec
from unittest.mock import Mock

import pytest

import index.engine
from corpus.errors import ModelError
from index.engine import (
    KEPT_KERNELS,
    Unfit,
    compile_on_cpu,
    complaining,
    cores,
    engine_for,
    load_openvino,
    on_engine,
    threads,
)


@pytest.mark.parametrize(
    ("wish", "installed", "taken"),
    [("auto", True, "openvino"), ("auto", False, "torch"), ("torch", True, "torch"), ("openvino", True, "openvino")],
)
def test_openvino_is_taken_where_it_is_installed_unless_torch_is_asked_for(
    wish: str, installed: bool, taken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = ModuleSpec("openvino", None, origin="openvino/__init__.py") if installed else None
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: found)
    assert engine_for(wish) == taken


def test_an_engine_that_is_not_installed_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModelError, match=r"not installed; run `make setup`, or set FOOTNOTE_ENGINE=auto"):
        engine_for("openvino")


@pytest.mark.parametrize(("told", "meant"), [("3", 3), ("0", None), ("many", None), ("", None)])
def test_threads_are_as_many_as_torch_would_take(told: str, meant: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", told)
    assert threads() == (meant or cores())


def test_only_the_cores_of_this_process_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr("os.sched_getaffinity", lambda process: {3, 5, 6}, raising=False)
    monkeypatch.setattr("os.cpu_count", lambda: 64)
    assert threads() == 3


def test_a_folder_that_an_uninstall_left_behind_is_no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: ModuleSpec("openvino", None))
    assert engine_for("auto") == "torch"


def test_an_engine_that_cannot_be_loaded_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)  # as when a library of the system is missing
    with pytest.raises(ModelError, match=r"openvino cannot be loaded .*FOOTNOTE_ENGINE=torch"):
        load_openvino()


def refused() -> str:
    raise Unfit("it is no BERT")


@pytest.mark.usefixtures("installed")
def test_a_model_that_openvino_does_not_run_is_run_by_torch_and_that_is_said(caplog: pytest.LogCaptureFixture) -> None:
    assert on_engine("auto", "the reader", lambda: "by openvino", refused) == "by openvino"
    assert not caplog.messages
    assert on_engine("auto", "the reader", refused, lambda: "by torch") == "by torch"
    assert caplog.messages == ["footnote: the reader runs on torch, which takes longer: it is no BERT"]


@pytest.mark.usefixtures("installed")
def test_a_model_that_openvino_does_not_run_is_one_clear_line_where_openvino_is_asked_for() -> None:
    with pytest.raises(ModelError, match=r"^the reader: it is no BERT; set FOOTNOTE_ENGINE=auto$"):
        on_engine("openvino", "the reader", refused, lambda: "by torch")
    assert on_engine("torch", "the reader", refused, lambda: "by torch") == "by torch"


def test_what_openvino_complains_of_is_its_last_line() -> None:
    with pytest.raises(Unfit, match=r"\(no such thing\)$"), complaining():
        raise RuntimeError("Exception from core.cpp:117:\n  no such thing\n\n")
    with pytest.raises(Unfit, match=r"\(RuntimeError\)$"), complaining():
        raise RuntimeError
    with pytest.raises(KeyError), complaining():
        raise KeyError("weights")


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: ModuleSpec(name, None, origin="there"))


def test_a_model_is_compiled_with_few_kept_kernels_and_no_pinned_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    core = Mock()
    monkeypatch.setattr(index.engine, "load_openvino", lambda: Mock(Core=lambda: core))
    assert compile_on_cpu("model", "bf16", 4, 2, KV_CACHE_PRECISION="bf16") is core.compile_model.return_value
    (model, device, settings), _ = core.compile_model.call_args
    assert (model, device) == ("model", "CPU")
    assert (settings["INFERENCE_NUM_THREADS"], settings["NUM_STREAMS"]) == (4, 2)
    assert settings["CPU_RUNTIME_CACHE_CAPACITY"] == KEPT_KERNELS < 5000
    assert settings["ENABLE_CPU_PINNING"] is False
    assert settings["INFERENCE_PRECISION_HINT"] == settings["KV_CACHE_PRECISION"] == "bf16"
