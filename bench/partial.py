"""Two questions asked at once, one covered and one not: is the one answered and the other named as not covered?

    python -m bench.partial [--questions 150] [--show]

stackfaq's rephrasings and squad2's held-out questions, each with one beside it that its articles do not answer: of a
thread that is left out (stackfaq), written to deceive (squad2), or off topic. Either may stand first. Said, of all:
answered from a right source with the other question named ("good"), answered so without naming it, with words cited
besides that the covered question alone does not bring ("more shown"), answered from no right source, declined as a
whole. "apart": both asked by themselves, the one is answered from a right source and the other declined.
"""

import argparse
import random
import sys
from collections import Counter
from collections.abc import Sequence

from bench.evaluate_sets import WORK
from bench.evaluation_sets import SEED, off_topic, opened, squad2, stackfaq
from bench.product import product
from bot.evaluate.sources import Expected, Sources
from bot.evaluate.types import Case
from bot.pipeline import Bot
from bot.settings import Settings
from bot.types import Answer
from bot.words import words
from index.embedder import load_embedder

Place = tuple[str, int, int]  # article, characters
VERDICTS = ("good", "not named", "more shown", "wrong", "declined")


def asks(question: str) -> str:
    """The question as a sentence that ends in a question mark."""
    return question.strip().rstrip(".?! ") + "?"


def places(answer: Answer) -> set[Place]:
    """What an answer cites."""
    return {(cited.article_id, cited.start, cited.end) for cited in answer.citations}


def verdict(together: Answer, alone: Answer, wanted: Expected, other: str) -> str:
    """What became of a pair; `alone` is the covered question's answer by itself, `wanted` where its answer lies."""
    cited = places(together)
    if not cited:
        return "declined"
    if not any(wanted.holds(*place) for place in cited):
        return "wrong"
    if any(not wanted.holds(*place) for place in cited - places(alone)):
        return "more shown"
    # A question of several parts is named part by part.
    named = words(" ".join(together.uncovered)) == words(other)
    return "good" if named else "not named"


def tried(bot: Bot, pairs: Sequence[tuple[Case, str]], sources: Sources, *, show: bool) -> tuple[Counter[str], int]:
    """Verdicts, and for how many pairs each question gets its due by itself."""
    chance, found, apart = random.Random(SEED), Counter[str](), 0
    for case, other in pairs:
        both = [asks(case.question), asks(other)]
        chance.shuffle(both)
        together, alone, wanted = bot.answer(" ".join(both)), bot.answer(case.question), sources.find(case.sources)
        told = verdict(together, alone, wanted, other)
        found[told] += 1
        apart += any(wanted.holds(*place) for place in places(alone)) and not bot.answer(other).citations
        if show and told != "good":
            print(f"{told}: {' '.join(both)!r}\n    not covered, it says: {together.uncovered}")
    return found, apart


def main() -> int:
    """Print a row for each kind of pair."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=150)
    parser.add_argument("--show", action="store_true")
    given = parser.parse_args()
    embedder, over = load_embedder(), product(Settings())
    foreign = [row["question"] for row in off_topic().questions]
    print(f"| set, beside it | n | {' | '.join(VERDICTS)} | apart |\n|---|---{'|---' * (len(VERDICTS) + 1)}|")
    for one in (stackfaq(titled=True), squad2()):
        index, cases = opened(one, WORK, embedder)
        bot, sources, chance = over(index), Sources(index.articles), random.Random(SEED)
        covered = [case for case in cases if case.sources]
        near = [case.question for case in cases if not case.sources]
        for name, others in (("near", near), ("off topic", foreign)):
            count = min(given.questions, len(covered), len(others))
            pairs = list(zip(chance.sample(covered, count), chance.sample(others, count), strict=True))
            found, apart = tried(bot, pairs, sources, show=given.show)
            shares = " | ".join(f"{found[told] / count:.3f}" for told in VERDICTS)
            print(f"| {one.name}, {name} | {count} | {shares} | {apart / count:.3f} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
