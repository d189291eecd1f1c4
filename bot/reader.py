"""The reader: question and passage read together, a score for each stretch of the passage that can be quoted.

all-MiniLM-L6-v2 turned into a cross-encoder by training/reader.py (its card: bot/adapter/README.md). Only the layers
that were trained are kept; the word vectors are the embedder's own, read from its package. A second head says whether a
text supports a claim.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot.types import Passage, Read
from corpus.errors import ModelError
from index.embedder import native_dtype, shipped_folder
from index.interrupts import ends_at_once

ADAPTER = Path(__file__).resolve().parent / "adapter" / "reader.safetensors"
# Question, heading and passage in word pieces; chunks of 800 characters stay below but for one in a thousand.
LONGEST = 384
LONGEST_QUESTION = 96
HEAD = frozenset(
    "token.weight first.weight token.bias span.weight point.weight none.weight none.bias prior "
    "claim.weight claim.bias support.weight support.bias".split()
)
MEND_ADAPTER = "fetch the project again, or make them as training/README.md says"
USUAL_SCORE = 1.0  # of the ranking by cosine and words; what a span scores above it speaks for it


@dataclass(frozen=True, slots=True)
class Encoded:
    """A passage as word pieces, with the pieces of each span."""

    ids: tuple[int, ...]
    types: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]  # pieces into ids; empty where the span was cut off
    scores: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Scored:
    """Torch tensors of a batch."""

    spans: Any  # (n, most spans): logits, -inf where there is none
    none: Any  # (n,)
    points: Any  # (n, length)


def load_tokenizer() -> Any:  # noqa: ANN401 - tokenizers.Tokenizer
    """The embedder's own. It cuts nothing, so that it has no state, and reads "[SEP]" in a text as four word pieces."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(shipped_folder(), local_files_only=True).backend_tokenizer
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.encode_special_tokens = True
    return tokenizer


def encode(tokenizer: Any, question: str, passage: Passage) -> Encoded:  # noqa: ANN401 - tokenizers.Tokenizer
    """[CLS] question [SEP] heading: text [SEP]; what does not fit is cut from the end of the text."""
    first, between = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
    asked = tokenizer.encode(question, add_special_tokens=False).ids[:LONGEST_QUESTION]
    before = f"{passage.heading}: " if passage.heading else ""
    said = tokenizer.encode(before + passage.text, add_special_tokens=False)
    room = LONGEST - len(asked) - 3
    begins = len(asked) + 2
    ids = (first, *asked, between, *said.ids[:room], between)
    types = (0,) * begins + (1,) * (len(ids) - begins)
    starts = np.array([start for start, _ in said.offsets[:room]], np.int64) - len(before)
    spans = tuple(
        (begins + int(np.searchsorted(starts, start)), begins + int(np.searchsorted(starts, end)))
        for start, end in passage.spans
    )
    return Encoded(ids, types, spans, passage.scores)


def score(model: Any, head: dict[str, Any], batch: Sequence[Encoded], length: int) -> Scored:  # noqa: ANN401
    """What the layers say of each passage; torch tensors."""
    import torch

    device = head["span.weight"].device
    states = _states(model, batch, length, device)
    first = states[:, :1]
    mixed = torch.nn.functional.gelu(
        states @ head["token.weight"].T + first @ head["first.weight"].T + head["token.bias"]
    )
    most = max(1, *(len(one.spans) for one in batch))
    pooled = torch.zeros(len(batch), most, length, device=device)
    for row, one in enumerate(batch):
        for number, (start, end) in enumerate(one.spans):
            if end > start:
                pooled[row, number, start:end] = 1 / (end - start)
    there = pooled.sum(-1) > 0
    points = (mixed @ head["point.weight"].T).squeeze(-1)  # (n, length): that the answer's words stand here
    inside = points[:, None].expand(-1, most, -1).masked_fill(pooled == 0, -1e4)
    spans = (pooled @ mixed @ head["span.weight"].T).squeeze(-1) + torch.logsumexp(inside, -1)
    none = (first @ head["none.weight"].T).squeeze((1, 2)) + head["none.bias"]
    return Scored(spans.masked_fill(~there, float("-inf")), none, points)


def support(model: Any, head: dict[str, Any], batch: Sequence[Encoded], length: int) -> Any:  # noqa: ANN401
    """Logits, (n,), that the passage of each pair supports the claim that stands where a question does."""
    import torch

    first = _states(model, batch, length, head["span.weight"].device)[:, 0]
    mixed = torch.nn.functional.gelu(first @ head["claim.weight"].T + head["claim.bias"])
    return (mixed @ head["support.weight"].T).squeeze(-1) + head["support.bias"]


def _states(model: Any, batch: Sequence[Encoded], length: int, device: Any) -> Any:  # noqa: ANN401
    import torch

    pad = [length - len(one.ids) for one in batch]
    ids = torch.tensor([[*one.ids, *[0] * more] for one, more in zip(batch, pad, strict=True)], device=device)
    types = torch.tensor([[*one.types, *[0] * more] for one, more in zip(batch, pad, strict=True)], device=device)
    mask = torch.tensor([[1] * len(one.ids) + [0] * more for one, more in zip(batch, pad, strict=True)], device=device)
    return model(input_ids=ids, token_type_ids=types, attention_mask=mask).last_hidden_state.float()


class CrossReader:
    """The trained reader; the same question and passage give the same scores whatever is read beside them."""

    def __init__(self, model: Any, head: dict[str, Any], tokenizer: Any) -> None:  # noqa: ANN401
        self._model = model
        self._head = head
        self._tokenizer = tokenizer

    def read(self, question: str, passages: Sequence[Passage]) -> list[Read]:
        """Scores of every span of every passage."""
        import torch

        found = []
        # One by one: in a batch the last bits of a score would depend on what is read beside it.
        with torch.inference_mode():
            for passage in passages:
                one = encode(self._tokenizer, question, passage)
                scored = score(self._model, self._head, [one], len(one.ids))
                before = float(self._head["prior"]) * (np.array(one.scores, np.float32) - USUAL_SCORE)
                found.append(Read(scored.spans[0, : len(one.spans)].numpy() + before, float(scored.none[0])))
        return found

    def supports(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Logits that the second of each pair, a text, supports the first, a claim."""
        import torch

        encoded = [encode(self._tokenizer, claim, Passage("", text, (), ())) for claim, text in pairs]
        with torch.inference_mode():
            return [float(support(self._model, self._head, [one], len(one.ids))[0]) for one in encoded]


@ends_at_once()
def load_reader(adapter: Path = ADAPTER) -> CrossReader:
    """The shipped reader; ModelError when its weights are missing, damaged, or do not fit the embedder's."""
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load_file
    from transformers import AutoModel

    folder = shipped_folder()
    if not adapter.is_file():
        raise ModelError(f"the reader's weights {adapter} are missing; {MEND_ADAPTER}")
    dtype = getattr(torch, native_dtype())
    try:
        trained = load_file(adapter)
        model = AutoModel.from_pretrained(folder, local_files_only=True, add_pooling_layer=False, dtype=dtype)
        layers = {name: trained[name].to(dtype) for name in trained if not name.startswith("head.")}
        fit = model.load_state_dict(layers, strict=False)
    except (SafetensorError, RuntimeError, OSError) as error:
        reason = str(error).split("\n", 1)[0]
        raise ModelError(f"the reader's weights {adapter} cannot be read ({reason}); {MEND_ADAPTER}") from None
    head = {name.removeprefix("head."): trained[name].float() for name in trained if name.startswith("head.")}
    if fit.unexpected_keys or not all(name.startswith("embeddings.") for name in fit.missing_keys) or set(head) != HEAD:
        raise ModelError(f"the reader's weights {adapter} are not those of this version; {MEND_ADAPTER}")
    return CrossReader(model.eval(), head, load_tokenizer())
