"""How long a prompt should be: quality, tokens and time of the generator's choices by what it is shown.

    python -m bench.prompts [--questions 100] [SET ...]

The questions are those that leave it a choice; the others run no model. Whatever the prompt, it chooses among the same
sentences, so that a row says what more to read is worth. Said: whether an expected answer stands in the reply (short
answers) or how much of it (ROUGE-L, long ones); how many replies are the shipped prompt's; tokens and seconds, medians.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from bench.evaluate_sets import WORK
from bench.evaluation_sets import opened, sets_named
from bench.guard import CHOSEN, chose, worth
from bot.gate import Gate
from bot.generator import load_generator
from bot.guard import Guard
from bot.lookup import Lookup
from bot.prompt import build_prompt
from bot.quote import worth_quoting, worth_showing
from bot.reader import load_reader
from bot.settings import Settings
from bot.types import Evidence
from index.embedder import load_embedder

Shown = Sequence[Evidence]
SHIPPED = "what may be shown"


def under_headings(pieces: Shown) -> Shown:
    """Each with its article's title and headings before it."""
    return [
        replace(piece, text=": ".join((piece.chunk.title, *piece.chunk.heading_path, piece.reading)), lead="")
        for piece in pieces
    ]


def whole(pieces: Shown) -> Shown:
    """The passages they stand in, each once."""
    first = {piece.chunk.id: piece for piece in reversed(pieces)}
    return [replace(first[name], text=first[name].chunk.text, lead="") for name in dict.fromkeys(reversed(first))]


# From the evidence, best first, to what the prompt shows of it; shortest first.
PROMPTS: dict[str, Callable[[Shown], Shown]] = {
    "nothing": lambda _: (),
    "the best piece": lambda evidence: worth_showing(evidence)[:1],
    SHIPPED: worth_showing,
    "the same under headings": lambda evidence: under_headings(worth_showing(evidence)),
    "its passages whole": lambda evidence: whole(worth_showing(evidence)),
    "every passage with evidence, whole": whole,
}


def no_model(guard: Guard) -> list[str]:
    """The first way to say each piece that must be said, and no more."""
    said: list[str] = []
    while not guard.enough(said):
        said.append(guard.options(said)[0])
    return said


def main() -> int:
    """Print a table a set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("names", nargs="*", default=CHOSEN)
    given = parser.parse_args()
    settings, embedder, reader = Settings(), load_embedder(), load_reader()
    generator = load_generator("", settings.models)
    for one in sets_named(given.names):
        index, cases = opened(one, WORK, embedder)
        lookup = Lookup(index, reader, Gate(), settings)
        cases = [case for case in cases if case.answers]
        asked, drawn = [], cases[:: max(1, len(cases) // given.questions)]
        for case in drawn:
            evidence = lookup.search(case.question, own_question=False).evidence
            shown = worth_showing(evidence)
            guard = Guard(worth_quoting(evidence), shown)
            usual = list(generator.choose(build_prompt(case.question, shown), guard)) if guard.complete else []
            if usual and chose(guard, usual):
                asked.append((case, evidence, shown, guard, usual))
        print(f"\n{one.name}: {len(asked)} of {len(drawn)} questions leave a choice\n")
        print("| the prompt shows | answer | replies as shipped | tokens | s |\n|---|---|---|---|---|")
        replies = [no_model(guard) for _, _, _, guard, _ in asked]
        good = [worth(told, case, shown)[0] for told, (case, _, shown, _, _) in zip(replies, asked, strict=True)]
        same = statistics.fmean(told == usual for told, (*_, usual) in zip(replies, asked, strict=True))
        print(f"| no model | {statistics.fmean(good):.3f} | {same:.2f} | - | - |", flush=True)
        for name, prompt in PROMPTS.items():
            for system in (True, False) if name == SHIPPED else (True,):
                good, alike, tokens, seconds = [], [], [], []
                for case, evidence, shown, guard, usual in asked:
                    messages = build_prompt(case.question, prompt(evidence))[0 if system else 1 :]
                    began = time.perf_counter()
                    told = list(generator.choose(messages, guard))
                    seconds.append(time.perf_counter() - began)
                    tokens.append(len(generator._encode(messages)))
                    good.append(worth(told, case, shown)[0])
                    alike.append(told == usual)
                label = name if system else f"{name}, no instructions"
                print(
                    f"| {label} | {statistics.fmean(good):.3f} | {statistics.fmean(alike):.2f} | "
                    f"{statistics.median(tokens):.0f} | {statistics.median(seconds):.2f} |",
                    flush=True,
                )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
