"""The reader: question and passage read together, a score for each stretch of the passage that can be quoted.

all-MiniLM-L6-v2 turned into a cross-encoder by training/reader.py. Only the layers that were trained are kept; the word
vectors are the embedder's own, read from its package. It becomes part of bot/ when bench/evidence.py says it pays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ModelError
from index.embedder import MEND, WEIGHTS, native_dtype, shipped_folder
from index.interrupts import ends_at_once

ADAPTER = Path(__file__).resolve().parent.parent / "index" / "built" / "training" / "reader.safetensors"
# Question, heading and passage in word pieces; chunks of 800 characters stay below but for one in a thousand.
LONGEST = 384
LONGEST_QUESTION = 96
STEP = 32  # word pieces: padded to a multiple, a passage's scores do not depend on the passages read beside it
SPANS = 96  # of one passage; more are never found in 800 characters


@dataclass(frozen=True, slots=True)
class Passage:
    """What the reader is given of a chunk."""

    heading: str
    text: str
    spans: tuple[tuple[int, int], ...]  # characters into text


@dataclass(frozen=True, slots=True)
class Read:
    """What it thinks of one passage: logits, to be compared with those of other passages for the same question."""

    spans: NDArray[np.float32]  # that this span answers
    none: float  # that nothing in this passage does


@dataclass(frozen=True, slots=True)
class Encoded:
    """A passage as word pieces, with the pieces of each span."""

    ids: tuple[int, ...]
    types: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]  # pieces into ids; empty where the span was cut off


def chances(read: Sequence[Read]) -> tuple[list[NDArray[np.float64]], float]:
    """For each span the chance that it answers, and the chance that none does; together they are 1."""
    none = float(np.mean([one.none for one in read])) if read else 0.0
    logits = np.concatenate([*(one.spans for one in read), [none]]).astype(np.float64)
    shares = np.exp(logits - logits.max())
    shares /= shares.sum()
    ends = np.cumsum([len(one.spans) for one in read])
    return list(np.split(shares[:-1], ends[:-1])) if read else [], float(shares[-1])


def encode(tokenizer: Any, question: str, passage: Passage) -> Encoded:  # noqa: ANN401 - a fast tokenizer
    """[CLS] question [SEP] heading: text [SEP]; what does not fit is cut from the end of the text."""
    asked = tokenizer(question, add_special_tokens=False, truncation=True, max_length=LONGEST_QUESTION)["input_ids"]
    before = f"{passage.heading}: " if passage.heading else ""
    room = LONGEST - len(asked) - 3
    said = tokenizer(
        before + passage.text, add_special_tokens=False, truncation=True, max_length=room, return_offsets_mapping=True
    )
    begins = len(asked) + 2
    ids = (tokenizer.cls_token_id, *asked, tokenizer.sep_token_id, *said["input_ids"], tokenizer.sep_token_id)
    types = (0,) * begins + (1,) * (len(ids) - begins)
    starts = np.array([start for start, _ in said["offset_mapping"]], np.int64) - len(before)
    spans = tuple(
        (begins + int(np.searchsorted(starts, start)), begins + int(np.searchsorted(starts, end)))
        for start, end in passage.spans
    )
    return Encoded(ids, types, spans)


def score(model: Any, head: dict[str, Any], batch: Sequence[Encoded], length: int) -> tuple[Any, Any]:  # noqa: ANN401
    """Logits of spans, (n, most spans) with -inf where there is none, and of "nothing here", (n,); torch tensors."""
    import torch

    device = head["score.weight"].device
    pad = [length - len(one.ids) for one in batch]
    ids = torch.tensor([[*one.ids, *[0] * more] for one, more in zip(batch, pad, strict=True)], device=device)
    types = torch.tensor([[*one.types, *[0] * more] for one, more in zip(batch, pad, strict=True)], device=device)
    mask = torch.tensor([[1] * len(one.ids) + [0] * more for one, more in zip(batch, pad, strict=True)], device=device)
    states = model(input_ids=ids, token_type_ids=types, attention_mask=mask).last_hidden_state.float()
    most = max(1, *(len(one.spans) for one in batch))
    pooled = torch.zeros(len(batch), most, length, device=device)
    for row, one in enumerate(batch):
        for number, (start, end) in enumerate(one.spans):
            if end > start:
                pooled[row, number, start:end] = 1 / (end - start)
    there = pooled.sum(-1) > 0
    first = states[:, :1].expand(-1, most, -1)
    mixed = torch.cat([pooled @ states, first], -1) @ head["mix.weight"].T + head["mix.bias"]
    logits = torch.nn.functional.gelu(mixed) @ head["score.weight"].T + head["score.bias"]
    none = states[:, 0] @ head["none.weight"].T + head["none.bias"]
    return logits.squeeze(-1).masked_fill(~there, float("-inf")), none.squeeze(-1)


class CrossReader:
    """The trained reader; the same question and passage give the same scores whatever is read beside them."""

    def __init__(self, model: Any, head: dict[str, Any], tokenizer: Any) -> None:  # noqa: ANN401
        self._model = model
        self._head = head
        self._tokenizer = tokenizer

    def read(self, question: str, passages: Sequence[Passage]) -> list[Read]:
        """Scores of every span of every passage."""
        import torch

        encoded = [encode(self._tokenizer, question, passage) for passage in passages]
        groups: dict[int, list[int]] = {}
        for number, one in enumerate(encoded):
            groups.setdefault(-(-len(one.ids) // STEP) * STEP, []).append(number)
        found: dict[int, Read] = {}
        with torch.inference_mode():
            for length, members in sorted(groups.items()):
                logits, none = score(self._model, self._head, [encoded[i] for i in members], length)
                for row, i in enumerate(members):
                    found[i] = Read(logits[row, : len(encoded[i].spans)].numpy(), float(none[row]))
        return [found[i] for i in range(len(passages))]


@ends_at_once()
def load_reader(adapter: Path = ADAPTER) -> CrossReader:
    """The shipped reader; ModelError when its weights are missing or do not fit."""
    import torch
    from safetensors.torch import load_file
    from transformers import AutoModel, AutoTokenizer

    folder = shipped_folder()
    if not adapter.is_file():
        raise ModelError(f"the reader's weights {adapter} are missing; make them as training/README.md says")
    trained = load_file(adapter)
    dtype = getattr(torch, native_dtype())
    model = AutoModel.from_pretrained(folder, local_files_only=True, add_pooling_layer=False, dtype=dtype)
    head = {name.removeprefix("head."): trained[name].float() for name in trained if name.startswith("head.")}
    layers = {name: trained[name].to(dtype) for name in trained if not name.startswith("head.")}
    missing = model.load_state_dict(layers, strict=False)
    if missing.unexpected_keys or not (folder / WEIGHTS).is_file():
        raise ModelError(f"the reader's weights {adapter} do not fit the embedder's; {MEND}")
    return CrossReader(model.eval(), head, AutoTokenizer.from_pretrained(folder, local_files_only=True))
