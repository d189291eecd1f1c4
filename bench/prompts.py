"""How long a prompt should be: quality, tokens and time of the generator's choices by what it is shown.

    python -m bench.prompts [--questions 100] [SET ...]

The questions are those that leave it a choice; the others run no model. Whatever the prompt, it chooses among the same
sentences, so that a row says what more to read is worth. Said: whether an expected answer stands in the reply (short
answers) or how much of it (ROUGE-L, long ones); by how much that is more than by the shipped prompt, with two standard
errors; sentences a reply; how many replies are the shipped prompt's; tokens and seconds, medians.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bench.evaluate_sets import WORK
from bench.evaluation_sets import opened, sets_named
from bench.guard import CHOSEN, chose, worth
from bot.evaluate.types import Case
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
    "what must be said": worth_quoting,
    SHIPPED: worth_showing,
    "the same under headings": lambda evidence: under_headings(worth_showing(evidence)),
    "its passages whole": lambda evidence: whole(worth_showing(evidence)),
    "every passage with evidence, whole": whole,
}
HEADER = "| the prompt shows | answer | more than shipped | sentences | as shipped | tokens | s |\n" + "|---" * 7 + "|"


def no_model(guard: Guard) -> list[str]:
    """The first way to say each piece that must be said, and no more."""
    said: list[str] = []
    while not guard.enough(said):
        said.append(guard.options(said)[0])
    return said


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that leaves the generator a choice."""

    case: Case
    evidence: Shown
    guard: Guard
    usual: Sequence[str]  # what it chooses when shown what is shipped

    def worth(self, told: Sequence[str]) -> float:
        """How well a reply answers."""
        return worth(told, self.case, worth_showing(self.evidence))[0]


def _error(values: Sequence[float]) -> float:
    """The standard error of their mean."""
    return statistics.pstdev(values) / len(values) ** 0.5


def row(name: str, asked: Sequence[Asked], replies: Sequence[Sequence[str]], tokens: Sequence[int] = ()) -> str:
    """A row of the table but for its seconds."""
    good = [one.worth(told) for one, told in zip(asked, replies, strict=True)]
    more = [ours - one.worth(one.usual) for one, ours in zip(asked, good, strict=True)]
    same = statistics.fmean(list(told) == list(one.usual) for one, told in zip(asked, replies, strict=True))
    answer = f"{statistics.fmean(good):.3f} | {statistics.fmean(more):+.3f} ± {2 * _error(more):.3f}"
    cost = f"{statistics.median(tokens):.0f}" if tokens else "-"
    return f"| {name} | {answer} | {statistics.fmean(map(len, replies)):.2f} | {same:.2f} | {cost}"


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
                asked.append(Asked(case, evidence, guard, usual))
        print(f"\n{one.name}: {len(asked)} of {len(drawn)} questions leave a choice\n")
        if not asked:
            continue
        print(HEADER, flush=True)
        print(row("no model", asked, [no_model(one.guard) for one in asked]), "| - |", flush=True)
        for name, prompt in PROMPTS.items():
            for system in (True, False) if name == SHIPPED else (True,):
                replies, tokens, seconds = [], [], []
                for question in asked:
                    messages = build_prompt(question.case.question, prompt(question.evidence))[0 if system else 1 :]
                    began = time.perf_counter()
                    replies.append(list(generator.choose(messages, question.guard)))
                    seconds.append(time.perf_counter() - began)
                    tokens.append(len(generator._encode(messages)))
                label = name if system else f"{name}, no instructions"
                print(row(label, asked, replies, tokens), f"| {statistics.median(seconds):.2f} |", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
