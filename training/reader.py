"""Train the reader on examples made by training.examples, and write its weights and what they are worth.

    python -m training.reader --examples index/built/training/examples.jsonl --out index/built/training

Resumes from its last checkpoint; uses a GPU when there is one. On a CPU preload jemalloc (training/README.md): with the
default allocator half the time goes into page faults.
"""

import argparse
import json
import math
import random
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch

from index.embedder import shipped_folder
from training.model import Encoded, Passage, encode, score

SEED = 1
BATCH = 8  # examples, of up to three passages each
EPOCHS = 2
ENCODER_RATE, HEAD_RATE = 1e-4, 1e-3
WARM = 0.06  # share of the steps over which the rates rise
WEIGHT_DECAY = 0.01
DEVELOP = frozenset(("squad2:Construction", "squad2:Prime_number"))  # and one in twenty of the other groups
SAVED = 200  # steps between checkpoints

Row = dict[str, Any]


class Data:
    """The examples, encoded once."""

    def __init__(self, path: Path, tokenizer: Any, most: int | None) -> None:  # noqa: ANN401
        rows = [json.loads(line) for line in path.open(encoding="utf-8")]
        chance = random.Random(SEED)
        groups = sorted({row["group"] for row in rows if not row["group"].startswith("squad2:")})
        develop = DEVELOP | set(chance.sample(groups, len(groups) // 20))
        self.train = [_encoded(row, tokenizer) for row in rows if row["group"] not in develop][:most]
        self.develop = [_encoded(row, tokenizer) for row in rows if row["group"] in develop]


def _encoded(row: Row, tokenizer: Any) -> tuple[list[Encoded], list[list[int]], str]:  # noqa: ANN401
    passages = [Passage(one["heading"], one["text"], tuple(map(tuple, one["spans"]))) for one in row["passages"]]
    return (
        [encode(tokenizer, row["question"], one) for one in passages],
        [one["gold"] for one in row["passages"]],
        row["kind"],
    )


def losses(model: Any, head: dict[str, Any], rows: Sequence[Any]) -> tuple[Any, list[tuple[Any, float]]]:  # noqa: ANN401
    """Mean loss, and for each example its shares by span (flat) with the chance of none."""
    flat = [one for encoded, _, _ in rows for one in encoded]
    length = max(len(one.ids) for one in flat)
    logits, none = score(model, head, flat, length)
    total, shares, at = torch.zeros((), device=none.device), [], 0
    for encoded, gold, _ in rows:
        here, nothing = logits[at : at + len(encoded)], none[at : at + len(encoded)].mean()
        right = torch.zeros_like(here, dtype=torch.bool)
        for passage, numbers in enumerate(gold):
            right[passage, numbers] = True
        right &= torch.isfinite(here)
        everything = torch.cat([here[torch.isfinite(here)], nothing[None]])
        whole = torch.logsumexp(everything, 0)
        total = total + whole - (torch.logsumexp(here[right], 0) if right.any() else nothing)
        shares.append(((here - whole).exp().detach(), float((nothing - whole).exp().detach())))
        at += len(encoded)
    return total / len(rows), shares


def figures(model: Any, head: dict[str, Any], rows: Sequence[Any]) -> dict[str, float]:  # noqa: ANN401
    """Loss; share of answerable ones whose best span is right; AUROC of 1 - none against each kind of unanswerable."""
    import numpy as np

    from bot.evaluate.metrics.selection import auroc

    model.eval()
    total, right, count, nones = 0.0, 0, 0, []
    with torch.no_grad(), torch.autocast(next(model.parameters()).device.type, torch.bfloat16):
        for at in range(0, len(rows), BATCH):
            part = rows[at : at + BATCH]
            loss, shares = losses(model, head, part)
            total += float(loss) * len(part)
            for (_, gold, kind), (share, none) in zip(part, shares, strict=True):
                has = any(gold)
                nones.append((kind, has, none))
                if has and kind != "pair":
                    best = divmod(int(share.argmax()), share.shape[1])
                    right += best[1] in gold[best[0]]
                    count += 1
    found = {"loss": total / len(rows), "best span right": right / max(1, count), "of": count}
    for kind in ("adversarial", "removed"):
        chosen = [(has, 1 - none) for name, has, none in nones if name == kind or (has and name == "answerable")]
        if chosen:
            has, sure = np.array([one for one, _ in chosen]), np.array([one for _, one in chosen])
            found[f"auroc {kind}"] = auroc(sure, has, np.ones(len(has)))
    model.train()
    return {name: round(value, 4) for name, value in found.items()}


def batches(rows: Sequence[Any], epoch: int) -> Iterator[list[Any]]:
    """A fixed order for each epoch; examples of like length stand together, or half of a batch is padding."""
    chance = random.Random(SEED + epoch)
    order = list(range(len(rows)))
    chance.shuffle(order)
    found = []
    for at in range(0, len(order), 50 * BATCH):
        part = sorted(order[at : at + 50 * BATCH], key=lambda i: max(len(one.ids) for one in rows[i][0]))
        found += [part[i : i + BATCH] for i in range(0, len(part), BATCH)]
    chance.shuffle(found)
    for part in found:
        yield [rows[i] for i in part]


def fresh(device: str) -> tuple[Any, dict[str, Any]]:
    """The embedder's own weights, word vectors frozen, and a new head."""
    from transformers import AutoModel

    torch.manual_seed(SEED)
    model = AutoModel.from_pretrained(shipped_folder(), local_files_only=True, add_pooling_layer=False)
    model.embeddings.requires_grad_(requires_grad=False)
    for module in model.modules():  # without dropout a step takes half the time here, and two epochs need none
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    size = model.config.hidden_size

    def new(*shape: int) -> Any:  # noqa: ANN401
        return torch.nn.Parameter((torch.randn(*shape) / math.sqrt(shape[-1])).to(device))

    def zero(size: int) -> Any:  # noqa: ANN401
        return torch.nn.Parameter(torch.zeros(size, device=device))

    head = {
        "mix.weight": new(size, 2 * size), "mix.bias": zero(size), "score.weight": new(1, size), "score.bias": zero(1),
        "none.weight": torch.nn.Parameter(torch.zeros(1, size, device=device)), "none.bias": zero(1),
    }  # fmt: skip
    return model.to(device), head


def train(data: Data, out: Path, epochs: int, device: str) -> tuple[Any, dict[str, Any], list[Any]]:
    """All epochs, from the last checkpoint on; the rates rise, then fall to 0."""
    model, head = fresh(device)
    layers = [one for one in model.parameters() if one.requires_grad]
    groups = [{"params": layers, "lr": ENCODER_RATE}, {"params": list(head.values()), "lr": HEAD_RATE}]
    optimiser = torch.optim.AdamW(groups, weight_decay=WEIGHT_DECAY, fused=False)
    steps = epochs * math.ceil(len(data.train) / BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / (WARM * steps), (steps - step) / (steps * (1 - WARM)), 1.0)
    )
    checkpoint, done, log = out / "checkpoint.pt", 0, []
    if checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=True)
        model.load_state_dict(saved["model"])
        for name, value in saved["head"].items():
            head[name].data.copy_(value)
        optimiser.load_state_dict(saved["optimiser"])
        schedule.load_state_dict(saved["schedule"])
        done, log = saved["step"], saved["log"]
    model.train()
    step, began, running = 0, time.perf_counter(), 0.0
    for epoch in range(epochs):
        for rows in batches(data.train, epoch):
            step += 1
            if step <= done:
                continue
            with torch.autocast(device, torch.bfloat16):
                loss, _ = losses(model, head, rows)
            loss.backward()
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
                log.append({"step": step, **figures(model, head, data.develop[:: 1 if step == steps else 4])})
                print(json.dumps(log[-1]), file=sys.stderr, flush=True)
                kept = {"model": model.state_dict(), "head": dict(head), "optimiser": optimiser.state_dict()}
                torch.save({**kept, "schedule": schedule.state_dict(), "step": step, "log": log}, checkpoint)
    return model, head, log


def write(model: Any, head: dict[str, Any], path: Path) -> None:  # noqa: ANN401
    """The trained layers in bfloat16 and the head, as safetensors; the word vectors stay in their package."""
    from safetensors.torch import save_file

    state = {
        name: value.to(torch.bfloat16).contiguous()
        for name, value in model.state_dict().items()
        if not name.startswith("embeddings.")
    }
    state |= {f"head.{name}": value.detach().to(torch.float32).contiguous() for name, value in head.items()}
    save_file(state, path, {"format": "pt"})


def main() -> int:
    """Train, write, report."""
    from transformers import AutoTokenizer

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path("index/built/training"))
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--most", type=int, help="examples used, for trials")
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    given.out.mkdir(parents=True, exist_ok=True)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    tokenizer = AutoTokenizer.from_pretrained(shipped_folder(), local_files_only=True)
    data = Data(given.examples, tokenizer, given.most)
    print(f"{len(data.train)} to train on, {len(data.develop)} to develop on, {device}", file=sys.stderr)
    model, head, log = train(data, given.work, given.epochs, device)
    write(model, head, given.out / "reader.safetensors")
    (given.work / "reader-log.json").write_text(json.dumps(log, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
