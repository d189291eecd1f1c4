"""Sentence-transformers models that are a BERT whose word pieces are averaged, by OpenVINO."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from corpus.errors import ModelError
from index.bert import Batch, Bert, Shape, batch_of, compile_bert
from index.engine import Unfit, native_precision
from index.int8 import Ranges
from index.tensors import WEIGHTS, read_stored
from index.types import Vectors

TOKENIZER = "tokenizer.json"
KNOWN_MODULES = ("Transformer", "Pooling", "Normalize")
AVERAGED = (["pooling_mode_mean_tokens"], ["mean"])  # as older and newer versions of the library write it
DTYPES = {"bf16": "bfloat16", "f32": "float32"}


class BertEncoder:
    """Compiled layers and their tokenizer, which has no state: several visitors may ask at once."""

    # OpenVINO's rows are the same bits in every batch at any length (tests/models/test_embedder.py); steps keep the
    # batches large, and shorter ones waste less on padding (bench/LOG.md).
    step = 8

    def __init__(self, bert: Bert, tokenizer: Any, window: int, dtype: str) -> None:  # noqa: ANN401 - a Tokenizer
        self._bert = bert
        self._tokenizer = tokenizer
        self.window = window
        self.dimension = bert.width
        self.dtype = f"{dtype}, openvino"

    def offsets(self, text: str) -> Sequence[tuple[int, int]]:
        """Where each word piece of a text stands, in characters; no marks."""
        return list(self._tokenizer.encode(text, add_special_tokens=False).offsets)

    def pieces(self, texts: Sequence[str]) -> list[list[int]]:
        """Word pieces of each text with the marks, cut at the window."""
        found = (one.ids for one in self._tokenizer.encode_batch(list(texts)))
        return [ids if len(ids) <= self.window else [*ids[: self.window - 1], ids[-1]] for ids in found]

    def rows(self, batches: Sequence[tuple[Sequence[list[int]], int]]) -> list[Vectors]:
        """(n, d) float32, unit rows, for each batch of word pieces and the length they are padded to."""
        made = [batch_of(pieces, length) for pieces, length in batches]
        return self._bert.run(made, _averaged)


def _averaged(batch: Batch, outputs: Sequence[Vectors]) -> Vectors:
    """(n, d): the mean of each text's word pieces, made a unit row."""
    (states,) = outputs
    there = batch.there[..., None]
    rows = (states * there).sum(axis=1) / there.sum(axis=1)
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12), np.float32)


def load_tokenizer(folder: Path) -> Any:  # noqa: ANN401 - tokenizers.Tokenizer
    """A folder's own. It cuts and pads nothing, so that it has no state."""
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    except Exception as error:  # the library raises nothing narrower
        raise ModelError(f"the tokenizer {folder / TOKENIZER} cannot be read ({error}); run `make setup`") from None
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def load_bert_encoder(folder: Path, threads: int | None, ranges: Ranges) -> BertEncoder:
    """The model in a folder; Unfit when it is none that OpenVINO runs here, ModelError when it cannot be loaded."""
    weights, window = _understood(folder)
    try:
        precision = native_precision()
        bert = compile_bert(weights, shape_of(folder), precision, threads, ranges=ranges)
        tokenizer = load_tokenizer(folder)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"embedding model: {folder} cannot be loaded: {str(error).splitlines()[0]}") from error
    most = bert.window // BertEncoder.step * BertEncoder.step
    dtype = f"int8 {ranges.name} and {DTYPES[precision]}" if ranges.products else DTYPES[precision]
    return BertEncoder(bert, tokenizer, min(int(window or most), most), dtype)


def shape_of(folder: Path) -> Shape:
    """Heads, layers and epsilon from config.json."""
    config = read_json(folder / "config.json")
    return Shape(config["num_attention_heads"], config["num_hidden_layers"], config["layer_norm_eps"])


def _understood(folder: Path) -> tuple[dict[str, Vectors], int | None]:
    """Weights of a BERT and the word pieces it reads at once, where that is said; Unfit for another model."""
    try:
        config, modules = read_json(folder / "config.json"), read_json(folder / "modules.json")
        kinds = [str(module["type"]).rsplit(".", 1)[-1] for module in modules]
        pooling = read_json(folder / modules[1]["path"] / "config.json") if len(modules) > 1 else {}
        limits = read_json(folder / "sentence_bert_config.json")
        lower, window = limits.get("do_lower_case"), limits.get("max_seq_length")
        stored = read_stored(folder / WEIGHTS)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unfit(f"it cannot be told what model it is ({error})") from None
    told = (config.get("model_type"), config.get("hidden_act"), config.get("position_embedding_type", "absolute"))
    named = "embeddings.word_embeddings.weight" in stored
    if told != ("bert", "gelu", "absolute") or not named or lower or not (folder / TOKENIZER).is_file():
        raise Unfit("OpenVINO runs BERT here, its weights and tokenizer in the usual files, and this is none")
    modes = [name for name, on in pooling.items() if on is True and name.startswith("pooling_mode_")]
    if not set(kinds) <= set(KNOWN_MODULES) or (modes or [pooling.get("pooling_mode")]) not in AVERAGED:
        raise Unfit("OpenVINO runs models here that average their word pieces, and this one does otherwise")
    return {name: one.widened() for name, one in stored.items()}, window


def read_json(path: Path) -> Any:  # noqa: ANN401 - JSON
    """What a configuration file of a model's folder says."""
    return json.loads(path.read_text(encoding="utf-8"))
