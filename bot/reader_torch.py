"""The reader's layers by torch: as it is trained (training/reader.py), and where OpenVINO is not installed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot.reader import Encoded, Judged
from index.torch_encoder import native_dtype, quietly

HIDDEN = -1e4  # the logit of what is not there: its share is exactly 0, and unlike infinity it has a gradient


@dataclass(frozen=True, slots=True)
class Scored:
    """Torch tensors of a batch."""

    spans: Any  # (n, most spans): logits, -inf where there is none
    none: Any  # (n,)
    points: Any  # (n, length)


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
    pooled = torch.zeros(len(batch), most, length)
    for row, one in enumerate(batch):
        for number, (start, end) in enumerate(one.spans):
            if end > start:
                pooled[row, number, start:end] = 1 / (end - start)
    pooled = pooled.to(device)  # filled where it is cheap to
    there = pooled.sum(-1) > 0
    points = (mixed @ head["point.weight"].T).squeeze(-1)  # (n, length): that the answer's words stand here
    inside = points[:, None].expand(-1, most, -1).masked_fill(pooled == 0, HIDDEN)
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


class TorchScorer:
    """The layers in memory; one passage at a time."""

    def __init__(self, model: Any, head: dict[str, Any]) -> None:  # noqa: ANN401
        self._model = model
        self._head = head

    def judge(self, passages: Sequence[Encoded]) -> list[Judged]:
        """Scores of every span of every passage."""
        import torch

        found = []
        # One by one: in a batch the last bits of a score would depend on what is read beside it.
        with torch.inference_mode():
            for one in passages:
                scored = score(self._model, self._head, [one], len(one.ids))
                spans = np.asarray(scored.spans[0, : len(one.spans)].numpy(), np.float32)
                found.append(Judged(spans, float(scored.none[0])))
        return found

    def support(self, pairs: Sequence[Encoded]) -> list[float]:
        """Logits that the second part of each pair supports the first."""
        import torch

        with torch.inference_mode():
            return [float(support(self._model, self._head, [one], len(one.ids))[0]) for one in pairs]


def load_scorer(folder: Path, weights: dict[str, Any], threads: int | None = None) -> TorchScorer:
    """The embedder's layers in `folder` with the trained ones in their place; ValueError when they do not fit."""
    import torch
    from transformers import AutoModel

    if threads is not None:
        torch.set_num_threads(threads)
    dtype = getattr(torch, native_dtype())
    made = {name: torch.from_numpy(np.array(values)) for name, values in weights.items()}
    with quietly():
        model = AutoModel.from_pretrained(folder, local_files_only=True, add_pooling_layer=False, dtype=dtype)
    layers = {name: made[name].to(dtype) for name in made if not name.startswith("head.")}
    try:
        fit = model.load_state_dict(layers, strict=False)
    except RuntimeError as error:
        raise ValueError(str(error)) from None
    if fit.unexpected_keys or not all(name.startswith("embeddings.") for name in fit.missing_keys):
        raise ValueError("other layers than the embedder's")
    head = {name.removeprefix("head."): made[name] for name in made if name.startswith("head.")}
    return TorchScorer(model.eval(), head)
