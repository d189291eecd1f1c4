"""The same weights for everybody, as files: all-MiniLM-L6-v2 and SmolLM2-135M-Instruct."""

import importlib.util
from pathlib import Path

from bot.generator import SHIPPED_FILE, SHIPPED_PACKAGE, SHIPPED_SHA256, load_generator
from bot.settings import Settings
from corpus.errors import ModelError
from index.embedder import shipped_folder

# Equal for all, so that whole answers can be compared: a peer's own default is 256 or 512 and would take it far longer.
NEW_TOKENS = 64
SEED = 1  # pipelines of transformers and llama.cpp draw tokens by default


def embedder() -> str:
    """Folder of the sentence-transformers model."""
    return str(shipped_folder())


def gguf() -> str:
    """The generator as it ships, Q4_1; llama.cpp computes in it, openvino-genai reads it."""
    spec = importlib.util.find_spec(SHIPPED_PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelError("the weights of SmolLM2-135M-Instruct are not installed; run: make setup")
    return str(Path(spec.origin).parent / SHIPPED_FILE)


def generator() -> str:
    """Folder of the same generator as transformers wants it, in bfloat16: made by Footnote at its first start."""
    models = Settings().models
    folder = Path(models) / f"generator-{SHIPPED_SHA256[:16]}"
    if not folder.is_dir():
        load_generator("", models)
    return str(folder)


def draw_alike() -> None:
    """Pipelines of transformers draw the same tokens in every run, and give no advice."""
    import transformers

    transformers.set_seed(SEED)
    transformers.logging.set_verbosity_error()
