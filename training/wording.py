r"""How the generator should say it: quoting, rewording, or choosing by number, each trained on the same questions.

    pip install --no-deps -r training/requirements.txt
    python -m training.wording --train ../shared/train --eval ../shared/eval --out index/built/training/wording

Questions to which people wrote a reply of their own and named the passages it rests on: clapnq's long answers and the
dialogues of dstc_faq. The product's search and reader choose the evidence, its own prompt shows it; a question none of
whose passages is among it is left out. Three targets: the pieces of evidence that together come nearest to what the
person said, word for word; the person's reply; those pieces' numbers, which the program then quotes. A third is held
out, by passage or by hotel. A row each for the ablations in bench/LOG.md, beside the generator untrained, the guard
that holds it in the product, and no generator at all; replies.jsonl keeps what each said, to be read. Nothing ships.
"""

import argparse
import json
import os
import random
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch

from bench.passages import article
from bot.choosing import ChoosingGenerator
from bot.evaluate.metrics.text import normalised_words, rouge_l
from bot.gate import Gate
from bot.generator import load_generator
from bot.guard import Guard
from bot.lookup import Lookup
from bot.prompt import build_prompt
from bot.quote import worth_quoting, worth_showing
from bot.reader import load_reader
from bot.settings import Settings
from bot.types import Evidence
from bot.verifier import SUPPORTED, CutVerifier
from corpus.sentences import sentences
from corpus.types import Article, Corpus
from index.build import build_index, open_index
from index.embedder import load_embedder
from training import reader
from training.__main__ import ALLOCATOR, JEMALLOC
from training.claims import facts
from training.examples import dstc_faq
from training.generator import STEP, adapted, rising_and_falling, weights
from training.lines import read_lines, write_lines
from training.split import judges

EPOCHS = 2
MOST_TOKENS = 120  # of a reply
LONGEST = 900  # tokens of prompt and reply together; a longer example is left out
_NUMBER = re.compile(r"\[(\d+)\]")
_MARKS = re.compile(r"\s*\[\d+\]|^\s*(?:-|\d+\.)\s+", re.MULTILINE)  # footnotes and list marks copied from the prompt


@dataclass(frozen=True, slots=True)
class Told:
    """A question, its evidence as the prompt numbers it, and what a person replied."""

    question: str
    evidence: tuple[Evidence, ...]  # best first
    reply: str
    group: str

    @property
    def nearest(self) -> list[Evidence]:
        """The extractive oracle (Nallapati et al., 2017): pieces added while they bring more of the reply's words."""
        chosen: list[Evidence] = []
        best = -1.0
        while left := [piece for piece in self.evidence if piece not in chosen]:
            gains = [(rouge_l(said([*chosen, piece]), [self.reply]), -piece.number, piece) for piece in left]
            gain, _, piece = max(gains, key=lambda one: one[:2])
            if gain <= best:
                break
            best, chosen = gain, [*chosen, piece]
        return sorted(chosen, key=lambda piece: piece.number)


def said(pieces: Sequence[Evidence]) -> str:
    """Pieces of evidence, quoted one after the other."""
    return " ".join(" ".join(piece.reading.split()) for piece in pieces)


# What each form is taught to reply.
TARGETS: dict[str, Callable[[Told], str]] = {
    "quoting": lambda one: said(one.nearest),
    "rewording": lambda one: " ".join(one.reply.split()),
    "by number": lambda one: " ".join(f"[{piece.number}]" for piece in one.nearest),
}


def told(given: argparse.Namespace, work: Path) -> Iterator[Told]:
    """Every question whose evidence holds a passage that a person named for it."""
    from bench.data import load  # ends the process where there is no evaluation data

    articles, asked = dstc_faq(given.train, random.Random(reader.SEED))
    rows = list(read_lines(given.train / "dstc_faq" / "questions.jsonl"))
    yield from _found("dstc_faq", articles, [
        (one.question, one.articles, row["answers"][0], one.group)
        for row, one in zip(rows, asked, strict=False) if row["gold"] and row["answers"]
    ], work)  # fmt: skip
    passages, questions = load.qa("clapnq")
    yield from _found("clapnq", [article(row["id"], row["title"], row["text"]) for row in passages], [
        (row["question"], frozenset(row["gold"]), row["answers"][0], f"clapnq:{row['gold'][0]}")
        for row in questions if row["answerable"]
    ], work)  # fmt: skip


def _found(
    name: str, articles: Sequence[Article], asked: Sequence[tuple[str, frozenset[str], str, str]], work: Path
) -> Iterator[Told]:
    embedder = load_embedder(engine="torch")  # OpenVINO does not bear another allocator
    build_index(Corpus(Path(name), tuple(sorted(articles, key=lambda one: one.id))), work / name, embedder)
    settings = Settings(min_confidence=0.0)
    lookup = Lookup(open_index(work / name, embedder), load_reader(engine="torch"), Gate(), settings)
    for question, gold, reply, group in asked:
        evidence = lookup.search(question, own_question=False).evidence
        if any(piece.chunk.article_id in gold for piece in evidence):
            yield Told(question, evidence, reply, group)


def train(model: Any, generator: ChoosingGenerator, data: Sequence[Told], form: str) -> tuple[float, int]:  # noqa: ANN401
    """LoRA on what the form replies; seconds and tokens."""
    chat = generator._chat
    stop = chat.tokenizer.eos_token_id
    rows = []
    for one in data:
        prompt = generator._encode(build_prompt(one.question, one.evidence))
        reply = [*chat.tokens(TARGETS[form](one)), stop]
        if len(prompt) + len(reply) <= LONGEST:
            rows.append(((*prompt, *reply), len(prompt)))
    group = weights(model, rank=1)
    optimiser = torch.optim.AdamW([group], weight_decay=reader.WEIGHT_DECAY)
    chance, began, tokens, step = random.Random(reader.SEED), time.perf_counter(), 0, 0
    steps = EPOCHS * -(-len(rows) // STEP)
    schedule = rising_and_falling(optimiser, steps)
    model.train()
    for _ in range(EPOCHS):
        shuffled = chance.sample(rows, len(rows))
        for part in (shuffled[at : at + STEP] for at in range(0, len(rows), STEP)):
            replied = sum(len(ids) - first for ids, first in part)
            for ids, first in part:  # one by one: no padding, and the memory of one
                with reader.halved("cpu"):
                    states = model(input_ids=torch.tensor([ids]), logits_to_keep=len(ids) - first + 1).logits[0, :-1]
                loss = torch.nn.functional.cross_entropy(states.float(), torch.tensor(ids[first:]), reduction="sum")
                (loss / replied).backward()
                tokens += len(ids)
            torch.nn.utils.clip_grad_norm_(group["params"], 1.0)
            optimiser.step()
            schedule.step()
            optimiser.zero_grad(set_to_none=True)
            step += 1
            if step % 10 == 0:
                spent = time.perf_counter() - began
                line = f"{form} {step}/{steps} {tokens / spent:.0f} tokens/s, loss {float(loss.detach()):.1f}"
                print(line, file=sys.stderr, flush=True)
    return time.perf_counter() - began, tokens


def reply(model: Any, generator: ChoosingGenerator, one: Told, form: str) -> str:  # noqa: ANN401
    """A greedy reply; by number, what the numbers name, or the best piece where none does."""
    prompt = torch.tensor([generator._encode(build_prompt(one.question, one.evidence))])
    with torch.no_grad(), reader.halved("cpu"):
        ids = model.generate(
            prompt, attention_mask=torch.ones_like(prompt), max_new_tokens=MOST_TOKENS, do_sample=False
        )
    text: str = generator._chat.tokenizer.decode(ids[0, prompt.shape[1] :], skip_special_tokens=True)
    if form == "by number":
        named = {int(number) for number in _NUMBER.findall(text)}
        return said([piece for piece in one.evidence if piece.number in named] or one.evidence[:1])
    return _MARKS.sub("", text).strip()


def figures(replies: Sequence[str], data: Sequence[Told]) -> dict[str, float]:
    """Of held-out replies: words shared with the person's, what the verifier supports, and what no evidence says."""
    verifier = CutVerifier()
    near, whole, shown, foreign, numbers = [], [], [], [], []
    for text, one in zip(replies, data, strict=True):
        parts = [text[start:end] for start, end in sentences(text)]
        supported = [any(verifier.support(part, piece) >= SUPPORTED for piece in one.evidence) for part in parts]
        known = " ".join((one.question, *(f"{piece.chunk.heading} {piece.reading}" for piece in one.evidence)))
        near.append(rouge_l(text, [one.reply]))
        shown += supported
        whole.append(bool(parts) and all(supported))
        foreign.append(bool(facts(text) - facts(known)))
        written = {word for word in normalised_words(text) if word[0].isdigit()}
        numbers.append(bool(written - set(normalised_words(known))))
    columns = {
        "rouge_l": near, "sentences_supported": shown, "replies_supported": whole,
        "says_a_word_no_evidence_has": foreign, "a_number": numbers,
    }  # fmt: skip
    length = statistics.median(len(text.split()) for text in replies)
    return {name: round(statistics.fmean(values), 3) for name, values in columns.items()} | {"words": length}


def main() -> int:
    """Print a line of JSON a row."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("train", "eval", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--most", type=int, help="held-out replies, at most")
    parser.add_argument("--forms", nargs="*", choices=TARGETS, default=list(TARGETS))
    given = parser.parse_args()
    if Path(JEMALLOC).is_file() and not ALLOCATOR.items() <= os.environ.items():
        os.execve(sys.executable, [sys.executable, "-m", "training.wording", *sys.argv[1:]], os.environ | ALLOCATOR)
    given.out.mkdir(parents=True, exist_ok=True)
    every = list(told(given, given.out))
    learnt = [one for one in every if not judges(one.group)]
    held = [one for one in every if judges(one.group)]
    held = random.Random(reader.SEED).sample(held, min(given.most or len(held), len(held)))
    print(f"{len(learnt)} to learn from, {len(held)} held out", file=sys.stderr, flush=True)
    kept: list[dict[str, Any]] = [
        {"question": one.question, "evidence": [piece.reading for piece in one.evidence], "form": {}} for one in held
    ]

    def row(name: str, answer: Callable[[Told], str], **more: float) -> None:
        began = time.perf_counter()
        replies = [answer(one) for one in held]
        seconds = (time.perf_counter() - began) / len(held)
        line = {"form": name, **figures(replies, held), "seconds_a_reply": round(seconds, 2), **more}
        print(json.dumps(line), flush=True)
        for one, text in zip(kept, replies, strict=True):
            one["form"][name] = text
        write_lines(given.out / "replies.jsonl", kept)

    row("a person", lambda one: one.reply)
    row("nearest pieces, knowing the reply", lambda one: said(one.nearest))
    row("no generator", lambda one: said(worth_quoting(one.evidence)))
    generator = load_generator("", Settings().models, "torch")
    row("the guard, untrained", lambda one: _guarded(generator, one))
    untrained = generator._model.network
    row("let run, untrained", lambda one: reply(untrained, generator, one, ""))
    for form in given.forms:
        model, _ = adapted(given.rank, layers=30)
        seconds, tokens = train(model, generator, learnt, form)
        answer = partial(reply, model.eval(), generator, form=form)
        row(form, answer, minutes=round(seconds / 60, 1), tokens=tokens)
    return 0


def _guarded(generator: ChoosingGenerator, one: Told) -> str:
    shown = worth_showing(one.evidence)
    guard = Guard(worth_quoting(one.evidence), shown)
    if not guard.complete:
        return said(worth_quoting(one.evidence))
    return " ".join(generator.choose(build_prompt(one.question, shown), guard))


if __name__ == "__main__":
    sys.exit(main())
