"""Other processors than this one: without bfloat16, and too old for OpenVINO.

OpenVINO's kernels take ONEDNN_MAX_CPU_ISA for the most the processor can, once, when they are loaded; what type to
compute in is asked of the processor itself, so that the tests answer it.
"""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import bot.generator_openvino
import bot.generator_torch
import bot.reader_openvino
import index.bert_encoder
import index.int8
from bot.generator import load_generator
from bot.reader import load_reader
from bot.settings import Settings
from bot.types import Passage
from index.embedder import load_embedder
from tests.models.test_generator import QUESTION, SKY

pytestmark = pytest.mark.models
ROOT = Path(__file__).resolve().parents[2]
TEXTS = ("Dogs bark at night.", "word " * 400)
PETS = Passage("Pets", "Dogs bark. Cats purr.", ((0, 10), (11, 21)), (1.0, 1.0))


@pytest.fixture
def without_bfloat16(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (index.bert_encoder, bot.reader_openvino, bot.generator_openvino):
        monkeypatch.setattr(module, "native_precision", lambda: "f32")
    monkeypatch.setattr(index.int8, "native_int8", lambda: False)


def test_without_bfloat16_all_three_compute_in_float32_and_think_the_same(
    without_bfloat16: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedder, reader, generator = loaded()
    assert embedder.dtype == "float32, openvino"
    monkeypatch.undo()
    monkeypatch.setattr(index.int8, "native_int8", lambda: False)  # tests/models/test_int8.py
    others = loaded()
    assert (embedder.embed_passages(TEXTS) * others[0].embed_passages(TEXTS)).sum(axis=1).min() > 0.999
    (one,), (other,) = (model.read("What do dogs do?", [PETS]) for model in (reader, others[1]))
    assert one.spans == pytest.approx(other.spans, abs=0.1)
    assert one.none == pytest.approx(other.none, abs=0.1)
    assert list(generator.choose(QUESTION, SKY)) == list(others[2].choose(QUESTION, SKY))


def test_weights_too_large_for_halves_are_widened(without_bfloat16: None) -> None:
    llama = bot.generator_openvino.compile_llama
    shape, weights = bot.generator_openvino._understood(next(Settings().models.glob("generator-*")))
    name = "model.layers.0.mlp.up_proj.weight"
    large = weights[name].values.copy()
    large[0, 0] = 0x4780  # 65,536 in bfloat16
    changed = {**weights, name: type(weights[name])(large, "BF16")}
    one, other = (llama(some, shape, "f32", 64).begin().logits([7, 8], [1, 2, 3]) for some in (weights, changed))
    assert np.isfinite(other).all()
    assert (one != other).any()


def test_without_bfloat16_transformers_too_computes_in_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = load_generator("", Settings().models, "torch")
    monkeypatch.setattr(bot.generator_torch, "native_dtype", lambda: "float32")
    plain = load_generator("", Settings().models, "torch")
    assert str(plain._model.network.dtype) == "torch.float32"  # type: ignore[attr-defined]
    assert list(plain.choose(QUESTION, SKY)) == list(usual.choose(QUESTION, SKY))


def loaded() -> tuple:  # type: ignore[type-arg]
    return load_embedder(), load_reader(), load_generator("", Settings().models, "openvino")


PROMPT = """
import sys, time
from bot import generator_openvino
generator_openvino.native_precision = lambda: "f32"
from bot.generator import load_generator
from bot.settings import Settings
model = load_generator("", Settings().models, "openvino")._model
seconds = []
for _ in range(3):
    reply, began = model.begin(), time.process_time()
    reply.logits([7] * 200, [1])
    seconds.append(time.process_time() - began)
print(min(seconds))
"""


def python(script: str, most: str) -> subprocess.CompletedProcess[str]:
    told = {**os.environ, "ONEDNN_MAX_CPU_ISA": most}
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, env=told)


def test_without_bfloat16_nothing_is_computed_in_an_emulation_of_it() -> None:
    here, there = (float(python(PROMPT, most).stdout) for most in ("ALL", "AVX512_CORE"))
    assert there < 4 * here  # 25 times as long, emulated


USED = """
from index.embedder import load_embedder
from bot.generator import load_generator
from bot.reader import load_reader
from bot.settings import Settings
print(load_embedder(engine={0!r}).dtype)
print(type(load_reader(engine={0!r})._scorer).__name__)
print(type(load_generator("", Settings().models, {0!r})._model).__name__)
"""


def test_on_a_processor_too_old_for_openvino_torch_takes_its_place_and_that_is_said() -> None:
    done = python(USED.format("auto"), "SSE41")
    assert done.returncode == 0
    assert "openvino" not in done.stdout
    assert done.stdout.split()[-2:] == ["TorchScorer", "TransformersModel"]
    lines = [line for line in done.stderr.splitlines() if "OpenVINO does not run it on this machine (" in line]
    assert len(lines) == 3
    assert done.stderr.splitlines() == lines


ASKED = """
from corpus.errors import ModelError
from index.embedder import load_embedder
from bot.generator import load_generator
from bot.reader import load_reader
from bot.settings import Settings
try:
    {}
except ModelError as error:
    print(error)
"""


@pytest.mark.parametrize(
    "call",
    [
        "load_embedder(engine='openvino')",
        "load_reader(engine='openvino')",
        "load_generator('', Settings().models, 'openvino')",
    ],
)
def test_where_openvino_is_asked_for_there_that_is_one_clear_line(call: str) -> None:
    done = python(ASKED.format(call), "SSE41")
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    assert "OpenVINO does not run it on this machine" in line
    assert "FOOTNOTE_ENGINE=auto" in line
