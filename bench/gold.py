"""Of the sentences people marked as a long answer, how many are cited; and of the citations, how many lie in one.

    python -m bench.gold

clapnq's answerable questions through the product as it ships: means over those it answers, and over all of them, a
declined one counting 0. "Of all" are the sentences that anybody marked for a question; "of one person's" those of the
person whom the answer meets best, as a score against several references is told. ROUGE-L is against the answers people
wrote. Then what quoting more would give, the generator left out: all pieces within a margin of the best, in log-odds,
up to so many, of answered questions.
"""

import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from unittest.mock import patch

import bot.lookup
import bot.quote
from bench.data import load
from bench.evaluate_sets import WORK
from bench.evaluation_sets import clapnq, opened
from bench.product import product
from bot.evaluate.metrics.text import rouge_l
from bot.evaluate.sources import Expected, Sources
from bot.evaluate.types import Case, Named
from bot.gate import Gate
from bot.lookup import Lookup
from bot.quote import worth_quoting
from bot.reader import load_reader
from bot.settings import Settings
from index.embedder import load_embedder

MARGINS, MOST = (0.0, 1.0, 2.0, 3.0), (3, 6)
KEPT = 8  # pieces of evidence, so that six can be quoted
Place = tuple[str, int, int]
Row = tuple[float, ...]
COLUMNS = ("marked ones cited, of all", "of one person's", "citations in a marked one", "citations", "ROUGE-L")


@dataclass(frozen=True, slots=True)
class Marked:
    """A question and the sentences marked for it, by person."""

    case: Case
    people: tuple[tuple[Expected, ...], ...]

    @property
    def every(self) -> tuple[Expected, ...]:
        """Each sentence once, whoever marked it."""
        return tuple(dict.fromkeys(one for person in self.people for one in person))

    def row(self, places: Sequence[Place], text: str) -> Row:
        """The figures of COLUMNS."""
        cited = [any(one.holds(*place) for place in places) for one in self.every]
        people = [statistics.fmean(any(one.holds(*at) for at in places) for one in person) for person in self.people]
        right = [any(one.holds(*place) for one in self.every) for place in places]
        return (
            statistics.fmean(cited), max(people), statistics.fmean(right) if right else 0.0, len(places),
            rouge_l(text, self.case.answers),
        )  # fmt: skip


def marked(cases: Sequence[Case], sources: Sources) -> Iterator[Marked]:
    """The answerable questions."""
    by_question = {row["question"]: row for row in load.qa("clapnq")[1] if row["answerable"]}
    for case in (case for case in cases if case.sources):
        row = by_question[case.question]
        people = [[Named(row["gold"][0], said) for said in person] for person in row["gold_sentences"]]
        yield Marked(case, tuple(tuple(sources.find([one]) for one in person) for person in people if person))


def main() -> int:
    """Print two rows, then one a way of quoting."""
    embedder = load_embedder()
    index, cases = opened(clapnq(), WORK, embedder)
    asked = list(marked(cases, Sources(index.articles)))
    ours, rows = product(Settings())(index), []
    for one in asked:
        answer = ours.answer(one.case.question)
        rows.append(one.row([(cited.article_id, cited.start, cited.end) for cited in answer.citations], answer.text))
    print(f"{len(rows)} questions, {statistics.fmean(len(one.every) for one in asked):.2f} marked sentences each")
    print(f"| of | n | {' | '.join(COLUMNS)} |\n{'|---' * (len(COLUMNS) + 2)}|")
    print(_told("those answered", [row for row in rows if row[3]]))
    print(_told("all", rows))
    with patch.object(bot.lookup, "KEPT_EVIDENCE", KEPT):
        lookup = Lookup(index, load_reader(), Gate(), Settings())
        looks = [(one, lookup.search(one.case.question)) for one in asked]
    for most in MOST:
        for margin in MARGINS:
            with patch.multiple(bot.quote, QUOTE_MARGIN=margin, MOST_QUOTES=most, SHOWN_MARGIN=max(2.0, margin)):
                quoted = [(one, worth_quoting(look.evidence)) for one, look in looks if look.covered and not look.entry]
            more = [
                one.row(
                    [(piece.chunk.article_id, piece.start, piece.end) for piece in pieces],
                    " ".join(piece.reading for piece in pieces),
                )
                for one, pieces in quoted
            ]
            print(_told(f"quoted within {margin:g}, at most {most}", more))
    return 0


def _told(name: str, rows: Sequence[Row]) -> str:
    means = [statistics.fmean(row[at] for row in rows) for at in range(len(COLUMNS))]
    return f"| {name} | {len(rows)} | {' | '.join(f'{mean:.3f}' for mean in means)} |"


if __name__ == "__main__":
    sys.exit(main())
