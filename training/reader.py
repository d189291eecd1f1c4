r"""Train the reader on examples made by training.examples, and write its weights and what they are worth.

    python -m training.reader --examples index/built/training/examples.jsonl \
        --claims index/built/training/claims.jsonl --out index/built/training

Resumes from its last checkpoint; uses a GPU when there is one. On a CPU preload jemalloc (training/README.md): with the
default allocator half the time goes into page faults.
"""

import argparse
import json
import math
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from bot.reader import DIGEST, USUAL_SCORE, Encoded, encode, load_tokenizer
from bot.reader_torch import HIDDEN, score, support
from bot.types import Passage
from index.digest import sha256_of
from index.embedder import shipped_folder
from index.torch_encoder import native_dtype
from training.altered import MADE
from training.lines import read_lines
from training.split import develops

SEED = 1
BATCH = 8  # examples, of up to four passages each
CLAIMS, CLAIMS_EVERY = 16, 3  # claims of a batch, and steps from one such batch to the next
# On two cores one epoch of so many examples, drawn at random, so that all stages together take no more than 90 minutes.
EPOCHS, MOST = (3, None) if torch.cuda.is_available() else (1, 8000)
POINTS = 0.3  # weight of pointing at the answer's words
TAUGHT = 0.5  # weight of the teacher's word on which span answers
TEMPERATURE = 2.0  # its logits are divided by
PRIOR = 3.0  # weight of the ranking's score to begin with
ENCODER_RATE, HEAD_RATE = 1e-4, 1e-3
GENTLE = 0.5  # of these rates for weights that were trained before
WARM = 0.06  # share of the steps over which the rates rise
WEIGHT_DECAY = 0.01
SAVED = 200  # steps between checkpoints

Row = dict[str, Any]
Losses = Callable[[Sequence[Any]], tuple[Any, list[tuple[Any, float]]]]  # of a batch: see `losses`


@dataclass(frozen=True, slots=True)
class Example:
    """One question, encoded."""

    passages: tuple[Encoded, ...]
    gold: tuple[tuple[int, ...], ...]  # by passage, which spans answer
    points: tuple[tuple[int, ...], ...]  # by passage, the word pieces of the answer
    teacher: tuple[tuple[float, ...], ...]  # by passage and span, its logits; empty without a teacher
    kind: str


class Data:
    """The examples and claims, encoded once."""

    def __init__(
        self, path: Path, claims: Path, tokenizer: Any, most: int | None, passages: int | None = None,  # noqa: ANN401
    ) -> None:  # fmt: skip
        self.of = [sha256_of(path), sha256_of(claims), *([f"{passages} passages"] if passages else [])]
        found = list(read_lines(path))
        train = [_fewer(row, passages) for row in found if not develops(row["group"])]
        self.train = [
            _encoded(row, tokenizer) for row in random.Random(SEED).sample(train, min(most or len(train), len(train)))
        ]
        self.develop = [_encoded(row, tokenizer) for row in found if develops(row["group"])]
        pairs = list(read_lines(claims))
        encoded = [
            (encode(tokenizer, row["claim"], Passage("", row["evidence"], (), ())), row["supported"], row["kind"])
            for row in pairs
        ]
        self.claims, self.claims_develop = encoded[len(encoded) // 20 :], encoded[: len(encoded) // 20]


def _fewer(row: Row, most: int | None) -> Row:
    """With the first so many passages, or with those that answer in the place of the last ones."""
    places = range(len(row["passages"]))
    kept = sorted(sorted(places, key=lambda place: not row["passages"][place]["gold"])[:most])
    return row | {"passages": [row["passages"][place] for place in kept]}


def _encoded(row: Row, tokenizer: Any) -> Example:  # noqa: ANN401
    passages, points = [], []
    for one in row["passages"]:
        # The answer's words are located like spans, and parted from them again.
        places = (*map(tuple, one["spans"]), *map(tuple, one["answers"]))
        both = encode(tokenizer, row["question"], Passage(one["heading"], one["text"], places, tuple(one["scores"])))
        count = len(one["spans"])
        passages.append(replace(both, spans=both.spans[:count]))
        points.append(tuple(sorted({piece for start, end in both.spans[count:] for piece in range(start, end)})))
    return Example(
        tuple(passages), tuple(tuple(one["gold"]) for one in row["passages"]), tuple(points),
        tuple(tuple(one.get("teacher", ())) for one in row["passages"]), row["kind"],
    )  # fmt: skip


def losses(model: Any, head: dict[str, Any], rows: Sequence[Example]) -> tuple[Any, list[tuple[Any, float]]]:  # noqa: ANN401
    """Mean loss, and for each example its shares by passage and span with the chance of none."""
    flat = [one for row in rows for one in row.passages]
    scored = score(model, head, flat, max(len(one.ids) for one in flat))
    device, most = scored.none.device, scored.spans.shape[1]
    grid = _Grid(rows, most, scored.points.shape[1])
    before = torch.tensor([[*one.scores, *[0.0] * (most - len(one.scores))] for one in flat]).to(device)
    logits = grid.of(scored.spans + head["prior"] * (before - USUAL_SCORE))
    right = grid.right.to(device) & torch.isfinite(logits)
    passages = torch.tensor([len(row.passages) for row in rows]).to(device)
    nothing = torch.zeros(len(rows), device=device).index_add(0, grid.row.to(device), scored.none) / passages
    spans = _any_of(logits, torch.isfinite(logits))
    whole = torch.logaddexp(spans, nothing)
    total = whole - torch.where(right.any(1), _any_of(logits, right), nothing)
    if grid.pointed.any():
        inside, pointed = grid.inside.to(device), grid.pointed.to(device)
        points = grid.of(scored.points)
        pointing = _any_of(points, inside) - _any_of(points, pointed)
        total = total + POINTS * pointing * pointed.any(1)
    if torch.isfinite(grid.taught).any():
        taught = grid.taught.to(device).masked_fill(~torch.isfinite(logits), float("-inf"))
        told = torch.isfinite(taught).any(1)
        wanted = torch.softmax(taught.masked_fill(~told[:, None], 0.0), 1)
        total = total - TAUGHT * (wanted * (logits - spans[:, None]).nan_to_num(neginf=0.0)).sum(1) * told
    shares = (logits - whole[:, None]).detach().exp().view(len(rows), -1, most).cpu()
    return total.mean(), list(zip(shares, (nothing - whole).detach().exp().tolist(), strict=True))


class _Grid:
    """Passages of a batch laid out by example: (examples, most passages * columns), the columns being a passage's.

    Of spans: `right` ones, and what they are `taught` to be (-inf: nothing). Of word pieces: those `inside` a span, and
    those `pointed` at. `row` is the example of each passage. All on the CPU, where filling in one by one is cheap.
    """

    def __init__(self, rows: Sequence[Example], spans: int, length: int) -> None:
        self._shape = (len(rows), max(len(row.passages) for row in rows))
        self.row = torch.tensor([number for number, row in enumerate(rows) for _ in row.passages])
        self._place = torch.tensor([place for row in rows for place in range(len(row.passages))])
        right = torch.zeros(*self._shape, spans, dtype=torch.bool)
        taught = torch.full((*self._shape, spans), -torch.inf)
        inside = torch.zeros(*self._shape, length, dtype=torch.bool)
        pointed = torch.zeros_like(inside)
        for number, row in enumerate(rows):
            for place, one in enumerate(row.passages):
                right[number, place, list(row.gold[place])] = True
                if told := row.teacher[place]:
                    taught[number, place, : len(told)] = torch.tensor(told) / TEMPERATURE
                for start, end in one.spans:
                    inside[number, place, start:end] = True
                pointed[number, place, list(row.points[place])] = True
        self.right, self.taught = right.flatten(1), taught.flatten(1)
        self.inside, self.pointed = inside.flatten(1), (inside & pointed).flatten(1)

    def of(self, values: Any) -> Any:  # noqa: ANN401
        """Values by passage, (passages, columns), by example; -inf where an example has no such passage."""
        device = values.device
        laid = torch.full((*self._shape, values.shape[1]), -torch.inf, device=device)
        return laid.index_put((self.row.to(device), self._place.to(device)), values.float()).flatten(1)


def _any_of(logits: Any, there: Any) -> Any:  # noqa: ANN401
    """Logsumexp of each row's logits that are there; where none is, a large negative number without a gradient."""
    return torch.logsumexp(logits.masked_fill(~there, HIDDEN), 1)


def halved(device: str) -> Any:  # noqa: ANN401 - a context
    """Products in bfloat16, where the device has them: a CPU that only emulates them takes a minute a step."""
    return torch.autocast(device, torch.bfloat16, enabled=device != "cpu" or native_dtype() == "bfloat16")


def claims_loss(model: Any, head: dict[str, Any], rows: Sequence[Any]) -> tuple[Any, Any]:  # noqa: ANN401
    """Mean loss, and the logits."""
    encoded = [one for one, _, _ in rows]
    logits = support(model, head, encoded, max(len(one.ids) for one in encoded))
    wanted = torch.tensor([float(supported) for _, supported, _ in rows], device=logits.device)
    return torch.nn.functional.binary_cross_entropy_with_logits(logits, wanted), logits.detach()


def figures(model: Any, head: dict[str, Any], rows: Sequence[Any]) -> dict[str, float]:  # noqa: ANN401
    """What the reader is worth on these examples; see `figures_by`."""
    with halved(next(model.parameters()).device.type):
        return figures_by(lambda part: losses(model, head, part), rows)


def figures_by(losses: Losses, rows: Sequence[Any]) -> dict[str, float]:
    """Loss; share of answerable ones whose best span is right; AUROC of 1 - none against each kind of unanswerable."""
    import numpy as np

    from bot.evaluate.metrics.selection import auroc

    total, nones = 0.0, []
    right: dict[bool, list[bool]] = {}
    with torch.no_grad():
        for at in range(0, len(rows), BATCH):
            part = rows[at : at + BATCH]
            loss, shares = losses(part)
            total += float(loss) * len(part)
            for row, (share, none) in zip(part, shares, strict=True):
                has = any(row.gold)
                nones.append((row.kind, has, none))
                if has and row.kind != "pair":
                    best = divmod(int(share.argmax()), share.shape[1])
                    right.setdefault(row.kind in MADE, []).append(best[1] in row.gold[best[0]])
    found = {"loss": total / len(rows)}
    for made, hits in sorted(right.items()):
        found |= {f"best span right{', altered' * made}": sum(hits) / len(hits), f"of{', altered' * made}": len(hits)}
    for kind in ("adversarial", "swapped", "removed"):
        chosen = [(has, 1 - none) for name, has, none in nones if name == kind or (has and name == "answerable")]
        if chosen:
            has, sure = np.array([one for one, _ in chosen]), np.array([one for _, one in chosen])
            found[f"auroc {kind}"] = auroc(sure, has, np.ones(len(has)))
    return {name: round(value, 4) for name, value in found.items()}


def claims_figures(model: Any, head: dict[str, Any], rows: Sequence[Any]) -> dict[str, float]:  # noqa: ANN401
    """AUROC of support, by kind of claim."""
    import numpy as np

    from bot.evaluate.metrics.selection import auroc

    logits: list[float] = []
    with torch.no_grad(), halved(next(model.parameters()).device.type):
        for at in range(0, len(rows), CLAIMS):
            logits += claims_loss(model, head, rows[at : at + CLAIMS])[1].tolist()
    sure, yes, kinds = np.array(logits), np.array([one[1] for one in rows]), np.array([one[2] for one in rows])
    made = {
        "answers": ("answer", "other answer", "adversarial", "swapped question"),
        "sentences": ("sentence", "swapped sentence"),
    }
    found = {}
    for name, chosen in {**made, **{one: (one,) for one in ("begin", "halueval", "wice", "scifact")}}.items():
        here = np.isin(kinds, chosen)
        if 0 < yes[here].sum() < here.sum():
            found[f"support {name}"] = round(auroc(sure[here], yes[here], np.ones(here.sum())), 4)
    return found


def batches(rows: Sequence[Any], epoch: int) -> Iterator[list[Any]]:
    """A fixed order for each epoch; examples of like length stand together, or half of a batch is padding."""
    chance = random.Random(SEED + epoch)
    order = list(range(len(rows)))
    chance.shuffle(order)
    found = []
    for at in range(0, len(order), 50 * BATCH):
        part = sorted(order[at : at + 50 * BATCH], key=lambda i: max(len(one.ids) for one in rows[i].passages))
        found += [part[i : i + BATCH] for i in range(0, len(part), BATCH)]
    chance.shuffle(found)
    for part in found:
        yield [rows[i] for i in part]


def fresh(device: str, begin: Path | None = None) -> tuple[Any, dict[str, Any]]:
    """The embedder's own weights, word vectors frozen, and a new head; or those of an earlier training."""
    from transformers import AutoModel

    torch.manual_seed(SEED)
    model = AutoModel.from_pretrained(shipped_folder(), local_files_only=True, add_pooling_layer=False)
    model.embeddings.requires_grad_(requires_grad=False)
    for module in model.modules():  # without dropout a step takes half the time here, and so few epochs need none
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    size = model.config.hidden_size

    def new(*shape: int) -> Any:  # noqa: ANN401
        return torch.nn.Parameter((torch.randn(*shape) / math.sqrt(shape[-1])).to(device))

    def zero(size: int) -> Any:  # noqa: ANN401
        return torch.nn.Parameter(torch.zeros(size, device=device))

    head = {
        "token.weight": new(size, size), "first.weight": new(size, size), "token.bias": zero(size),
        "span.weight": new(1, size), "point.weight": new(1, size),
        "none.weight": torch.nn.Parameter(torch.zeros(1, size, device=device)),
        "none.bias": torch.nn.Parameter(torch.full((1,), 5.0, device=device)),
        "prior": torch.nn.Parameter(torch.full((1,), PRIOR, device=device)),
        "claim.weight": new(size, size), "claim.bias": zero(size),
        "support.weight": new(1, size), "support.bias": zero(1),
    }  # fmt: skip
    if begin:
        layers, earlier = _earlier(begin)
        model.load_state_dict(layers, strict=False)
        for name, value in head.items():
            value.data.copy_(earlier[name])
    return model.to(device), head


def _earlier(begin: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Layers and head of weights that `write` wrote, in float32."""
    from safetensors.torch import load_file

    found = {name: value.float() for name, value in load_file(begin).items()}
    head = {name.removeprefix("head."): value for name, value in found.items() if name.startswith("head.")}
    return {name: value for name, value in found.items() if not name.startswith("head.")}, head


def meet(model: Any, head: dict[str, Any], begin: Path) -> None:  # noqa: ANN401
    """Each weight becomes the mean of what it was and of what it has become.

    What a second training learnt is kept so, and less of what was known is lost (Wortsman et al. 2022, "Robust
    fine-tuning of zero-shot models"); bench/LOG.md has the figures of all three.
    """
    layers, earlier = _earlier(begin)
    with torch.no_grad():
        for name, value in (*model.named_parameters(), *head.items()):
            before = layers.get(name, earlier.get(name))
            if before is not None:
                value.copy_((value + before.to(value.device)) / 2)


def train(
    data: Data, out: Path, epochs: int, device: str, begin: Path | None = None
) -> tuple[Any, dict[str, Any], list[Any]]:
    """All epochs, from the last checkpoint on; the rates rise, then fall to 0; lower for weights trained before."""
    model, head = fresh(device, begin)
    gentle = GENTLE if begin else 1.0
    layers = [one for one in model.parameters() if one.requires_grad]
    heads = [value for name, value in head.items() if name != "prior"]
    groups = [
        {"params": layers, "lr": gentle * ENCODER_RATE},
        {"params": heads, "lr": gentle * HEAD_RATE},
        {"params": [head["prior"]], "lr": gentle * 5 * HEAD_RATE, "weight_decay": 0.0},
    ]
    optimiser = torch.optim.AdamW(groups, weight_decay=WEIGHT_DECAY, fused=False)
    steps = epochs * math.ceil(len(data.train) / BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / (WARM * steps), (steps - step) / (steps * (1 - WARM)), 1.0)
    )
    checkpoint, done, log = out / "checkpoint.pt", 0, []
    of = [*data.of, steps, sha256_of(begin) if begin else ""]
    if checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=True)
        if saved["of"] != of:
            raise SystemExit(f"{checkpoint} is of other examples or settings; remove it, or train with --fresh")
        model.load_state_dict(saved["model"])
        for name, value in saved["head"].items():
            head[name].data.copy_(value)
        optimiser.load_state_dict(saved["optimiser"])
        schedule.load_state_dict(saved["schedule"])
        done, log = saved["step"], saved["log"]
    step, began, running = 0, time.perf_counter(), 0.0
    pairs = [data.claims[at : at + CLAIMS] for at in range(0, len(data.claims), CLAIMS)]
    for epoch in range(epochs):
        for rows in batches(data.train, epoch):
            step += 1
            if step <= done:
                continue
            with halved(device):
                loss, _ = losses(model, head, rows)
            loss.backward()
            if step % CLAIMS_EVERY == 0:
                with halved(device):
                    told, _ = claims_loss(model, head, pairs[step // CLAIMS_EVERY % len(pairs)])
                told.backward()
            torch.nn.utils.clip_grad_norm_([*layers, *head.values()], 1.0)
            optimiser.step()
            schedule.step()
            optimiser.zero_grad(set_to_none=True)
            running = 0.98 * running + 0.02 * float(loss.detach())
            if step % 20 == 0:
                rate = (step - done) / (time.perf_counter() - began)
                print(
                    f"{step}/{steps} loss {running / (1 - 0.98 ** (step - done)):.3f} {rate:.2f}/s",
                    file=sys.stderr,
                    flush=True,
                )
            if step % SAVED == 0 or step == steps:
                found = figures(model, head, data.develop[:: 1 if step == steps else 4])
                prior = round(float(head["prior"].detach()), 2)
                log.append({"step": step, "prior": prior, **found, **claims_figures(model, head, data.claims_develop)})
                print(json.dumps(log[-1]), file=sys.stderr, flush=True)
                kept = {"model": model.state_dict(), "head": dict(head), "optimiser": optimiser.state_dict()}
                part = checkpoint.with_suffix(".part")
                torch.save({**kept, "schedule": schedule.state_dict(), "step": step, "log": log, "of": of}, part)
                part.replace(checkpoint)
    return model, head, log


def write(model: Any, head: dict[str, Any], path: Path) -> None:  # noqa: ANN401
    """The trained layers in bfloat16 and the head, as safetensors, and their sha256 beside them.

    The word vectors stay in their package.
    """
    from safetensors.torch import save_file

    state = {
        name: value.to(torch.bfloat16).contiguous()
        for name, value in model.state_dict().items()
        if not name.startswith("embeddings.")
    }
    state |= {f"head.{name}": value.detach().to(torch.float32).contiguous() for name, value in head.items()}
    save_file(state, path.with_suffix(".part"), {"format": "pt"})
    promised = path.with_suffix(DIGEST)
    promised.unlink(missing_ok=True)  # at no moment another's
    path.with_suffix(".part").replace(path)
    part = promised.with_suffix(".part")
    part.write_text(f"{sha256_of(path)}  {path.name}\n", encoding="ascii")
    part.replace(promised)  # it says that the training is done, so it is there whole or not at all


def main() -> int:
    """Train, write, report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=Path, required=True)
    parser.add_argument("--claims", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="where checkpoint, log and weights go")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--begin", type=Path, help="weights of an earlier training to go on from")
    parser.add_argument("--most", type=int, default=MOST, help="examples used; 0: all")
    parser.add_argument("--passages", type=int, help="of an example to train on, at most; those that answer go last")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    tokenizer = load_tokenizer()
    data = Data(given.examples, given.claims, tokenizer, given.most, given.passages)
    print(f"{len(data.train)} to train on, {len(data.develop)} to develop on, {device}", file=sys.stderr)
    model, head, log = train(data, given.out, given.epochs, device, given.begin)
    if given.begin:
        meet(model, head, given.begin)
        worth = {**figures(model, head, data.develop), **claims_figures(model, head, data.claims_develop)}
        log.append({name: log[-1][name] for name in ("step", "prior")} | worth)
        log[-1]["begun"] = sha256_of(given.begin)
    log[-1]["examples"] = len(data.train)
    (given.out / "reader-log.json").write_text(json.dumps(log, indent=1), encoding="utf-8")
    write(model, head, given.out / "reader.safetensors")
    return 0


if __name__ == "__main__":
    sys.exit(main())
