"""From the data folders to the reader's weights and their card, in one command.

    python -m training --train ../shared/train --eval ../shared/eval

Manuals, examples, claims, the teacher's word, training, card; each stage is left out when its result is there, and
training goes on from its last checkpoint, so the same command goes on after a stop (--fresh begins again). On two cores
one epoch of 8,000 of the examples, within 90 minutes in all; on a GPU three of all of them. The teacher is left out
where training/requirements.txt is not installed, the manuals where apt-get is not.
"""

import argparse
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from bot.reader import ADAPTER, DIGEST
from training.card import write_card
from training.manuals import fetch
from training.teacher import PACKAGE

JEMALLOC = "/usr/lib/x86_64-linux-gnu/libjemalloc.so.2"  # Debian's libjemalloc2
# Its decay must never be -1: then it grows until the machine dies.
ALLOCATOR = {"LD_PRELOAD": JEMALLOC, "MALLOC_CONF": "dirty_decay_ms:5000,muzzy_decay_ms:5000"}


def stage(name: str, result: Path, *options: str | Path, environment: dict[str, str] | None = None) -> None:
    """Run a module of training unless its result is there."""
    if result.exists():
        print(f"{name}: {result} is there", file=sys.stderr)
        return
    began = time.perf_counter()
    command = [sys.executable, "-m", f"training.{name}", *map(str, options)]
    subprocess.run(command, check=True, env={**os.environ, **(environment or {})})
    print(f"{name}: {(time.perf_counter() - began) / 60:.0f} minutes", file=sys.stderr)


def main() -> int:
    """All stages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--eval", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path("index/built/training"))
    parser.add_argument("--out", type=Path, default=ADAPTER.parent, help="where weights and card go")
    parser.add_argument("--begin", type=Path, help="weights of an earlier training to go on from, at half the rates")
    parser.add_argument("--most", type=int, metavar="N", help="examples drawn to train on; 0: all")
    parser.add_argument("--fresh", action="store_true", help="remove what earlier runs made")
    given = parser.parse_args()
    work = given.work
    if given.fresh:
        shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True, exist_ok=True)
    data = ("--train", given.train, "--eval", given.eval)
    examples, claims, taught = work / "examples.jsonl", work / "claims.jsonl", work / "taught.jsonl"
    manuals = work / "manuals"
    if shutil.which("apt-get") and not examples.exists():
        fetch(manuals)
    options = ("--manuals", manuals) if manuals.exists() else ()
    stage("examples", examples, *data, *options, "--out", examples)
    stage("claims", claims, *data, "--out", claims)
    if all(importlib.util.find_spec(name) for name in ("onnxruntime", PACKAGE)):
        stage("teacher", taught, "--examples", examples, "--out", taught)
    allocator = ALLOCATOR if Path(JEMALLOC).is_file() else {}
    source = taught if taught.exists() else examples
    begin = ("--begin", given.begin) if given.begin else ()
    most = ("--most", str(given.most)) if given.most is not None else ()
    stage(
        "reader", work / f"reader{DIGEST}", "--examples", source, "--claims", claims, "--out", work, *begin, *most,
        environment={**allocator, "OMP_WAIT_POLICY": "PASSIVE"},
    )  # fmt: skip
    given.out.mkdir(parents=True, exist_ok=True)
    weights = given.out / ADAPTER.name
    weights.with_suffix(DIGEST).unlink(missing_ok=True)  # at no moment another's
    shutil.copy(work / "reader.safetensors", weights)
    shutil.copy(work / f"reader{DIGEST}", weights.with_suffix(DIGEST))
    write_card(work, given.out / "README.md", taught=taught if taught.exists() else None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
