"""What of an answer could be done ahead of it, kept from the last one or guessed: milliseconds, shares of the whole.

    python -m bench.ahead [--questions 100] [SET ...]

While a question is typed it could be embedded and searched. From one prompt to the next the instructions could be kept.
Tokens after the prompt are what prompt lookup, or several replies in one batch, could run together. The rest depends on
the question as it is sent. Questions that are answered from passages read, each asked once; median where it was done at
all, and the share of all their time. The generator is the one on OpenVINO.
"""

import argparse
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from bench.added import CHOSEN, Spent, answers, watched
from bot.choosing import ChoosingGenerator
from bot.generator import load_generator
from bot.ranking import EvidenceRanker
from bot.reader import CrossReader
from bot.settings import Settings
from index.embedder import TextEmbedder
from index.search import Index

PARTS = {
    "the question embedded": (TextEmbedder, "embed_question"),
    "passages searched": (Index, "search_vector"),
    "FAQ entries compared": (Index, "faq_nearest"),
    "their sentences embedded and ranked": (EvidenceRanker, "rank"),
    "passages read": (CrossReader, "read"),
}
PROMPT, LATER = "the prompt run", "tokens after it run"
LANES = ("generated", "quoted")
KEPT = 30  # prompts that are run with their start kept and without


class Counted:
    """Replies whose runs through the model are timed, the prompt's apart from what follows it."""

    def __init__(self, model: Any, spent: Spent) -> None:  # noqa: ANN401 - a Model
        self._model = model
        self._spent = spent
        self.room = model.room
        self.prompts: list[list[int]] = []
        self.later: list[int] = []  # runs after the prompt, by reply

    def begin(self) -> "Counted":
        """A new reply; one at a time is asked here."""
        self._steps, self._begun = self._model.begin(), False
        return self

    def logits(self, tokens: Sequence[int], among: Sequence[int]) -> Any:  # noqa: ANN401 - Vectors
        """What the model says."""
        began = time.perf_counter()
        found = self._steps.logits(tokens, among)
        if tokens and not self._begun:
            self.prompts.append(list(tokens))
            self.later.append(0)
        elif tokens:
            self.later[-1] += 1
        self._spent[LATER if self._begun else PROMPT] += time.perf_counter() - began
        self._begun = True
        return found


def shared_start(prompts: Sequence[Sequence[int]]) -> Sequence[int]:
    """The tokens that all prompts begin with."""
    one, other = min(prompts), max(prompts)
    return one[: next((at for at, (mine, its) in enumerate(zip(one, other, strict=False)) if mine != its), len(one))]


def kept_or_not(model: Any, prompts: Sequence[Sequence[int]], start: int) -> tuple[float, float]:  # noqa: ANN401
    """Milliseconds, medians: whole prompts, and what follows their start where that was run before."""
    whole, rest = [], []
    for prompt in prompts:
        for spent, before in ((whole, 0), (rest, start)):
            reply = model.begin()
            if before:
                reply.logits(prompt[:before], [0])
            began = time.perf_counter()
            reply.logits(prompt[before:], [0])
            spent.append(1000 * (time.perf_counter() - began))
    return statistics.median(whole), statistics.median(rest)


def main() -> int:
    """Print a row a part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("names", nargs="*", default=CHOSEN)
    given = parser.parse_args()
    generator = load_generator("", Settings().models, "openvino")
    assert isinstance(generator, ChoosingGenerator)
    model = generator._model
    spent: Spent = defaultdict(float)
    counted = generator._model = Counted(model, spent)
    for part, (owner, name) in PARTS.items():
        watched(owner, name, part, spent)
    rows: dict[str, list[float]] = defaultdict(list)
    for answer, whole in answers(given.names, given.questions, generator, spent):
        if answer.lane in LANES:
            for part in (*PARTS, PROMPT, LATER):
                rows[part].append(1000 * spent[part])
            rows["the whole answer"].append(1000 * whole)
    total = sum(rows["the whole answer"]) or 1
    print("| work | answers with it | median ms | share of all time |\n|---|---:|---:|---:|")
    for part, found in rows.items():
        done = [one for one in found if one]
        middle = statistics.median(done) if done else 0
        print(f"| {part} | {len(done)} of {len(found)} | {middle:.1f} | {sum(found) / total:.3f} |")
    prompts = counted.prompts[:KEPT]
    if len(prompts) > 1:
        start = len(shared_start(prompts))
        whole, rest = kept_or_not(model, prompts, start)
        print(
            f"\nOf {len(prompts)} prompts, {statistics.median(map(len, prompts)):.0f} tokens in the median, the first "
            f"{start} are the same: {whole:.0f} ms whole, {rest:.0f} with those kept. After all "
            f"{len(counted.later)}: {sum(counted.later) / len(counted.later):.2f} runs a reply in the mean."
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
