"""Any sentence-transformers model by torch."""

import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from corpus.errors import ModelError
from index.types import Vectors


class TorchEncoder:
    """A SentenceTransformer whose modules are given one text at a time.

    How torch multiplies depends on how many rows there are, and with it, in a batch, a text's bits on its neighbours:
    on processors with AMX padded or not, on others where texts are not padded (bench/LOG.md).
    """

    step = 32

    def __init__(self, model: Any, dtype: str) -> None:  # noqa: ANN401 - a SentenceTransformer
        self._model = model
        self.dtype = dtype
        self.dimension = int(model.get_embedding_dimension())
        self.window = int(model.max_seq_length)
        # Cutting is a state of the tokenizer: two visitors at once would cut each other's text.
        self._tokenizing = threading.Lock()

    def offsets(self, text: str) -> Sequence[tuple[int, int]]:
        """Where each word piece of a text stands, in characters; no marks."""
        with self._tokenizing, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = self._model.tokenizer(
                text, add_special_tokens=False, return_offsets_mapping=True, truncation=False, verbose=False
            )
        return [(start, end) for start, end in found["offset_mapping"]]

    def pieces(self, texts: Sequence[str]) -> list[list[int]]:
        """Word pieces of each text with the marks, cut at the window."""
        with self._tokenizing:
            cut = self._model.tokenizer(list(texts), truncation=True, max_length=self.window)
        return [list(ids) for ids in cut["input_ids"]]

    def rows(self, batches: Sequence[tuple[Sequence[list[int]], int]]) -> list[Vectors]:
        """(n, d) float32, unit rows, for each batch of word pieces and the length they are padded to."""
        return [np.concatenate([self._forward(one, length) for one in pieces]) for pieces, length in batches]

    def _forward(self, pieces: list[int], length: int) -> Vectors:
        """(1, d): the transformer in its own type, pooling and the rest in float32."""
        import torch

        pad = self._model.tokenizer.pad_token_id or 0
        features = {
            "input_ids": torch.tensor([pieces + [pad] * (length - len(pieces))]),
            "attention_mask": torch.tensor([[1] * len(pieces) + [0] * (length - len(pieces))]),
        }
        with torch.inference_mode():
            modules = list(self._model)
            features = modules[0](features)
            features["token_embeddings"] = features["token_embeddings"].float()
            for module in modules[1:]:
                features = module(features)
            return np.asarray(torch.nn.functional.normalize(features["sentence_embedding"]).numpy(), np.float32)


def native_dtype() -> str:
    """bfloat16 where the CPU multiplies it natively, else float32."""
    import torch

    asks: list[Callable[[], bool]] = [
        getattr(torch.cpu, name, lambda: False) for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    ]
    return "bfloat16" if any(ask() for ask in asks) else "float32"


def load_torch_encoder(folder: Path, threads: int | None) -> TorchEncoder:
    """The model in a folder; ModelError when it cannot be loaded."""
    import torch
    from sentence_transformers import SentenceTransformer

    if threads is not None:
        torch.set_num_threads(threads)
    dtype = native_dtype()
    try:
        with quietly():
            model = SentenceTransformer(
                str(folder), device="cpu", local_files_only=True, model_kwargs={"dtype": getattr(torch, dtype)}
            )
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"embedding model: {folder} cannot be loaded: {str(error).splitlines()[0]}") from error
    return TorchEncoder(model.eval(), dtype)


@contextmanager
def quietly() -> Iterator[None]:
    """While it lasts transformers shows no progress and no list of the weights it has no use for."""
    from transformers.utils import logging

    level, shown = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if shown:
            logging.enable_progress_bar()
