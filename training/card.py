"""The card beside the weights: what they are, what they were made from, and what they are worth."""

import json
from collections import Counter
from pathlib import Path

from bot.reader import ADAPTER
from bot.reading import is_item, is_row
from index.digest import sha256_of
from training.lines import read_lines
from training.manuals import MANUALS

CARD = """# The reader

{name}: {size:.1f} MB, sha256 `{digest}`. Made by training/ (its README.md), not by hand.
The sha256 lies in reader.sha256 too and is checked when the weights are loaded.

**What it is.** The six layers of all-MiniLM-L6-v2 (Apache-2.0), trained on as a cross-encoder, in bfloat16, with three
heads in float32. The word vectors are not here: they are the embedder's own and were not changed. Given a question and
a passage it scores each sentence, list or row of the passage, and "none of these"; given a claim and a text it scores
whether the text supports the claim. bot/reader.py runs it.

**What for.** It chooses the evidence of an answer and feeds the gate. It reads English. What it says of a claim is
measured (bench/support.py) and decides nothing: only bot/verifier.py's rules do.

**Data.** Examples as the product meets them: its own search and ranking chose the passages.

| kind of example | count |
|---|---|
{examples}

| kind of claim | count |
|---|---|
{claims}

More than one sentence is marked right in {several:,} of them, a list or a row of a table in {lines:,} (pairs apart).
"mined": questions that sentences of documentation packages answer by their form (training/mining.py); "pair": which
passage answers is known, which sentence is not; "planted": an order to an assistant stands among the sentences;
"contradicted": another article says otherwise, and both answer (training/altered.py).

Sources: SQuAD 2.0 (CC BY-SA 4.0; nine of 17 articles, two to develop on), SelQA (Apache-2.0), QED (CC BY-SA 3.0),
MedQuAD (CC BY 4.0), DSTC FAQ (CDLA-Sharing-1.0), and of Debian's documentation {manuals}.
What shares a question or twelve words in a row with a set that is never trained on is left out.
Claims also from half of BEGIN (CC BY 4.0), HaluEval (MIT), WiCE (ODC-BY) and SciFact (CC BY 4.0 / ODC-BY).
"swapped": a fact of a true question or sentence turned into another by rule (training/swaps.py). {teacher}
training/split.py says what was never trained on.

**Training.** Seed {seed}, {steps:,} steps of {batch} examples, {used:,} of the above; AdamW, {rate:g} for
layers, {head_rate:g} for heads, falling to 0; no dropout. {begin}

**Figures** on a development set of articles, threads and sections that were not trained on (of claims: one in twenty,
not parted by article):

| figure | value |
|---|---|
{figures}

How the product does with it: docs/evaluation-sets.md and bench/LOG.md.

**Limits.** It knows four kinds of text: encyclopaedia, health and hotel FAQ, manuals of software. A question
written to deceive passes often. Long evidence is seen to about 380 word pieces.
"""
TEACHER = (
    "Of {:,} ms-marco-MiniLM-L-12-v2 (Apache-2.0) told which spans it would choose, as a soft second opinion; "
    "nothing of it is in the weights."
)
BEGUN = (
    "It went on from the weights `{}` of an earlier training, all rates times\n"
    "{:g}, and each weight is the mean of before and after."
)


def write_card(work: Path, path: Path, *, taught: Path | None) -> None:
    """Write the card from what training left in `work`."""
    from training import reader

    kinds = _counts(work / "examples.jsonl")
    several, lines = _answering(work / "examples.jsonl")
    claims = _counts(work / "claims.jsonl")
    log = json.loads((work / "reader-log.json").read_text(encoding="utf-8"))[-1]
    begun = log.pop("begun", "")
    weights = path.with_name(ADAPTER.name)
    path.write_text(
        CARD.format(
            name=weights.name,
            size=weights.stat().st_size / 1e6,
            digest=sha256_of(weights),
            examples=_rows(kinds),
            several=several,
            lines=lines,
            claims=_rows(claims),
            teacher=TEACHER.format(_told(taught)) if taught else "",
            manuals=", ".join(dict.fromkeys(f"{package} ({licence})" for package, _, licence in MANUALS)),
            seed=reader.SEED,
            steps=log.pop("step"),
            used=log.pop("examples"),
            batch=reader.BATCH,
            rate=reader.ENCODER_RATE,
            head_rate=reader.HEAD_RATE,
            begin=BEGUN.format(begun, reader.GENTLE) if begun else "",
            figures=_rows(log),
        ),
        encoding="utf-8",
    )


def _told(taught: Path) -> int:
    """Examples on which the teacher had its say."""
    return sum(any(one.get("teacher") for one in row["passages"]) for row in read_lines(taught))


def _counts(path: Path) -> dict[str, int]:
    return dict(sorted(Counter(row["kind"] for row in read_lines(path)).items()))


def _answering(path: Path) -> tuple[int, int]:
    """Examples with more than one sentence marked right; and those with a list or a row of a table marked so."""
    several = lines = 0
    for row in read_lines(path):
        passages = row["passages"] if row["kind"] != "pair" else []  # of a pair only the passage is known
        told = [one["text"][slice(*one["spans"][number])] for one in passages for number in one["gold"]]
        several += len(told) > 1
        last = [text.split("\n")[-1] for text in told]
        lines += any(is_item(line) or is_row(line) for line in last)
    return several, lines


def _rows(told: dict[str, float] | dict[str, int]) -> str:
    return "\n".join(f"| {name} | {value:,} |" for name, value in told.items())
