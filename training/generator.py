r"""What the generator is worth as a reader: its layers with an adapter, trained on the reader's own examples.

    pip install --no-deps -r training/requirements.txt
    python -m training.generator --examples index/built/training/examples.jsonl --out index/built/training/ablation \
        --form head --rank 16 --most 1000

One run is one row of the ablations in bench/LOG.md. Three forms: `head` scores spans as the reader does, from the
states of a causal model that has read the question first; `letter` is asked for the letter that stands before the
sentence that answers, or none; `reader` is the reader's own training on as many examples, for comparison. `--rank 0`
trains all weights. Nothing of it ships (bench/LOG.md says why), so that it neither resumes nor writes weights.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from bot.generator import load_generator
from bot.reader import Encoded, load_tokenizer
from bot.settings import Settings
from training import reader
from training.lines import read_lines
from training.reader import Example, Row
from training.split import develops

LONGEST = 384  # tokens of question and passage
LONGEST_QUESTION = 96
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"  # the last says that none does
RATES = {"adapter": 5e-4, "all": 5e-5, "head": 1e-3}
STEP = 8  # examples


@dataclass(frozen=True, slots=True)
class Form:
    """A way to ask the model: examples and the loss and shares of a batch of them."""

    encode: Callable[[Row], Any]
    losses: Callable[[Sequence[Any]], tuple[Any, list[tuple[Any, float]]]]
    parameters: list[dict[str, Any]]


class Causal:
    """A causal model as the reader's functions expect an encoder: the first state is the last token's, that saw all."""

    def __init__(self, model: Any) -> None:  # noqa: ANN401
        self._model = model

    def __call__(self, *, input_ids: Any, token_type_ids: Any, attention_mask: Any) -> Any:  # noqa: ANN401
        """An output whose last_hidden_state, (n, length, d), begins with the last token's; the types say nothing."""
        found = self._model(input_ids=input_ids, attention_mask=attention_mask)
        last = found.last_hidden_state[torch.arange(len(input_ids)), attention_mask.sum(1) - 1]
        return type(found)(last_hidden_state=torch.cat([last[:, None], found.last_hidden_state[:, 1:]], 1))


def adapted(rank: int, layers: int) -> tuple[Any, Any]:
    """The shipped generator's first layers with an adapter of this rank, or all weights in float32; its tokenizer."""
    shipped = load_generator("", Settings().models, "torch")
    model, tokenizer = shipped._model.network, shipped._chat.tokenizer
    model.model.layers = model.model.layers[:layers]
    if rank:
        from peft import LoraConfig, get_peft_model

        kinds = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
        torch.manual_seed(reader.SEED)
        model = get_peft_model(model, LoraConfig(r=rank, lora_alpha=2 * rank, lora_dropout=0.0, target_modules=kinds))
    else:
        model = model.float()
        model.get_input_embeddings().requires_grad_(requires_grad=False)
    return model.train(), tokenizer


def weights(model: Any, rank: int) -> dict[str, Any]:  # noqa: ANN401
    """What is trained of a model, as a group of the optimiser."""
    return {
        "params": [one for one in model.parameters() if one.requires_grad],
        "lr": RATES["adapter" if rank else "all"],
    }


def rising_and_falling(optimiser: Any, steps: int) -> Any:  # noqa: ANN401
    """The schedule of a short training: its rates rise over a tenth of the steps, then fall to nothing."""
    return torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / (0.1 * steps), (steps - step) / (steps * 0.9), 1.0)
    )


def with_head(rank: int, layers: int) -> Form:
    """Spans scored by a head like the reader's."""
    model, tokenizer = adapted(rank, layers)
    _, head = reader.fresh("cpu")
    size = model.config.hidden_size
    for name, value in head.items():
        wide = [size if one == 384 else one for one in value.shape]
        if list(value.shape) != wide:
            small = torch.randn(wide) / size**0.5 if value.any() else torch.zeros(wide)
            head[name] = torch.nn.Parameter(small)
    body = model.base_model.model.model if rank else model.model

    def losses(rows: Sequence[Any]) -> tuple[Any, list[tuple[Any, float]]]:
        return reader.losses(Causal(body), head, rows)

    others = [value for name, value in head.items() if not name.startswith(("claim", "support"))]
    return Form(
        lambda row: _as_example(row, tokenizer), losses, [weights(model, rank), {"params": others, "lr": RATES["head"]}]
    )


def _as_example(row: Row, tokenizer: Any) -> Example:  # noqa: ANN401
    passages, points = [], []
    asked = tokenizer(f"Question: {row['question']}\n\n", add_special_tokens=False).input_ids[:LONGEST_QUESTION]
    for one in row["passages"]:
        before = f"{one['heading']}: " if one["heading"] else ""
        said = tokenizer(before + one["text"], add_special_tokens=False, return_offsets_mapping=True)
        end = tokenizer("\n\nAnswer:", add_special_tokens=False).input_ids
        room = LONGEST - len(asked) - len(end)
        ids = (*asked, *said.input_ids[:room], *end)
        ends = [stop - len(before) for _, stop in said.offset_mapping[:room]]

        def pieces(places: Sequence[Sequence[int]], ends: Sequence[int] = tuple(ends)) -> list[tuple[int, int]]:
            inside = [[at for at, stop in enumerate(ends) if first < stop <= last] for first, last in places]
            return [(len(asked) + some[0], len(asked) + some[-1] + 1) if some else (0, 0) for some in inside]

        passages.append(Encoded(ids, (0,) * len(ids), tuple(pieces(one["spans"])), tuple(one["scores"])))
        words = {piece for first, last in pieces(one["answers"]) for piece in range(first, last)}
        points.append(tuple(sorted(words)))
    gold = tuple(tuple(one["gold"]) for one in row["passages"])
    return Example(tuple(passages), gold, tuple(points), tuple(() for _ in passages), row["kind"])


@dataclass(frozen=True, slots=True)
class Lettered:
    """One question with all its passages and a letter before each span."""

    ids: tuple[int, ...]
    letters: int  # spans that have one
    places: tuple[tuple[int, int], ...]  # of each, passage and span
    gold: tuple[tuple[int, ...], ...]
    kind: str
    passages: tuple[Encoded, ...]  # for the length alone


def with_letters(rank: int, layers: int) -> Form:
    """The letter of the sentence that answers, one token."""
    model, tokenizer = adapted(rank, layers)
    names = [tokenizer(f" {one}", add_special_tokens=False).input_ids[0] for one in LETTERS]

    def encode(row: Row) -> Lettered:
        lines, places = [], []
        for number, one in enumerate(row["passages"]):
            lines.append(f"{one['heading']}:")
            for span, (first, last) in enumerate(one["spans"]):
                if len(places) < len(LETTERS) - 1:
                    lines.append(f"{LETTERS[len(places)]}: {one['text'][first:last]}")
                    places.append((number, span))
        asked = f"Which sentence answers the question? {LETTERS[-1]} if none does.\nQuestion: {row['question']}\n"
        ids = tokenizer("\n".join(lines)).input_ids[: 3 * LONGEST] + tokenizer(f"\n\n{asked}Answer:").input_ids
        gold = tuple(tuple(one["gold"]) for one in row["passages"])
        return Lettered(tuple(ids), len(places), tuple(places), gold, row["kind"], (Encoded(tuple(ids), (), (), ()),))

    def losses(rows: Sequence[Any]) -> tuple[Any, list[tuple[Any, float]]]:
        most = max(len(one.ids) for one in rows)
        ids = torch.tensor([[*one.ids, *[0] * (most - len(one.ids))] for one in rows])
        mask = torch.tensor([[1] * len(one.ids) + [0] * (most - len(one.ids)) for one in rows])
        body = model.base_model.model if rank else model
        states = body.model(input_ids=ids, attention_mask=mask).last_hidden_state
        last = states[torch.arange(len(rows)), mask.sum(1) - 1]
        logits = body.lm_head(last).float()[:, names]
        total, shares = torch.zeros(()), []
        for row, told in zip(rows, logits, strict=True):
            here = torch.log_softmax(torch.cat([told[: row.letters], told[-1:]]), 0)
            right = [at for at, (passage, span) in enumerate(row.places) if span in row.gold[passage]] or [row.letters]
            total = total - torch.logsumexp(here[right], 0)
            share = torch.zeros(len(row.gold), 1 + max((span for _, span in row.places), default=0))
            for at, (passage, span) in enumerate(row.places):
                share[passage, span] = float(here[at].detach().exp())
            shares.append((share, float(here[-1].detach().exp())))
        return total / len(rows), shares

    return Form(encode, losses, [weights(model, rank)])


def as_reader(rank: int, layers: int) -> Form:
    """The reader's own training."""
    model, head = reader.fresh("cpu")
    tokenizer = load_tokenizer()
    layered = [one for one in model.parameters() if one.requires_grad]
    others = [value for name, value in head.items() if not name.startswith(("claim", "support"))]
    return Form(
        lambda row: replace(reader._encoded(row, tokenizer), teacher=tuple(() for _ in row["passages"])),
        lambda rows: reader.losses(model, head, rows),
        [{"params": layered, "lr": reader.ENCODER_RATE}, {"params": others, "lr": reader.HEAD_RATE}],
    )


FORMS = {"head": with_head, "letter": with_letters, "reader": as_reader}


def main() -> int:
    """Train one form, print its figures on the development set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="where results.jsonl is added to")
    parser.add_argument("--form", choices=FORMS, required=True)
    parser.add_argument("--rank", type=int, default=16, help="of the adapter; 0: all weights are trained")
    parser.add_argument("--layers", type=int, default=30, help="of thirty, from the first on")
    parser.add_argument("--most", type=int, default=1000, help="examples used")
    parser.add_argument("--passages", type=int, default=2, help="of an example, at most; those that answer stay")
    parser.add_argument("--developed", type=int, default=400, help="examples of the development set")
    given = parser.parse_args()
    rows = [_fewer(row, given.passages) for row in read_lines(given.examples)]
    chance = random.Random(reader.SEED)
    learnt = _some([row for row in rows if not develops(row["group"])], given.most, chance)
    judged = _some([row for row in rows if develops(row["group"])], given.developed, chance)
    form = FORMS[given.form](given.rank, given.layers)
    data, held = [form.encode(row) for row in learnt], [form.encode(row) for row in judged]
    optimiser = torch.optim.AdamW(form.parameters, weight_decay=reader.WEIGHT_DECAY)
    steps = -(-len(data) // STEP)
    schedule = rising_and_falling(optimiser, steps)
    every = [one for group in form.parameters for one in group["params"]]
    began, tokens, running = time.perf_counter(), 0, 0.0
    for step, part in enumerate(reader.batches(data, 0), 1):
        with reader.halved("cpu"):
            loss, _ = form.losses(part)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(every, 1.0)
        optimiser.step()
        schedule.step()
        optimiser.zero_grad(set_to_none=True)
        tokens += sum(len(one.ids) for row in part for one in row.passages)
        running = 0.95 * running + 0.05 * float(loss.detach())
        if step % 10 == 0:
            spent = time.perf_counter() - began
            mean = running / (1 - 0.95**step)
            print(f"{step}/{steps} loss {mean:.3f} {tokens / spent:.0f} tokens/s", file=sys.stderr, flush=True)
    spent = time.perf_counter() - began
    with reader.halved("cpu"):
        found = reader.figures_by(form.losses, held)
    line = {
        "form": given.form, "rank": given.rank, "layers": given.layers, "examples": len(data),
        "passages": given.passages, "tokens": tokens, "seconds": round(spent),
        "trained": sum(one.numel() for one in every), **found,
    }  # fmt: skip
    given.out.mkdir(parents=True, exist_ok=True)
    with (given.out / "results.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
    print(json.dumps(line))
    return 0


def _some(rows: Sequence[Row], most: int, chance: random.Random) -> list[Row]:
    return chance.sample(rows, min(most, len(rows)))


def _fewer(row: Row, most: int) -> Row:
    """The first passages, the last of them giving its place to one that answers."""
    kept = row["passages"][:most]
    gold = [one for one in row["passages"] if one["gold"]]
    if gold and not any(one["gold"] for one in kept):
        kept[-1] = gold[0]
    return {**row, "passages": kept}


if __name__ == "__main__":
    sys.exit(main())
