"""The second look: which evidence the reader chooses, and how sure it is."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.selection import MOST_LEAD, PASSAGES, SURE, TRUST, lead_of, select
from bot.types import Evidence, Passage, Read
from index.types import Chunk


class Opinionated:
    """Gives each span the logit its text names, each passage's "none" likewise; remembers what it read."""

    def __init__(self, none: float = 0.0) -> None:
        self.none = none
        self.seen: list[Passage] = []

    def read(self, question: str, passages: Sequence[Passage]) -> list[Read]:
        self.seen += passages
        return [
            Read(np.array([float(one.text[start:end]) for start, end in one.spans], np.float32), self.none)
            for one in passages
        ]


def ranked(*passages: Sequence[str]) -> list[Evidence]:
    """Candidates of passages, the ranking's best first: all of the first passage, then the second, and so on."""
    found: list[Evidence] = []
    for number, logits in enumerate(passages):
        text = " ".join(logits)
        chunk, at = Chunk(str(number), "a", "Title", ("Head",), "", text, 100, 100 + len(text)), 100
        for logit in logits:
            found.append(Evidence(len(found) + 1, chunk, at, at + len(logit), logit, 1.0 - len(found) / 100))
            at += len(logit) + 1
    return found


def test_the_readers_order_counts_and_numbers_run_from_one() -> None:
    chosen = select(Opinionated(), "?", ranked(["1", "5"], ["3", "-2"]), 3).evidence
    assert [piece.text for piece in chosen] == ["5", "3", "1"]
    assert [piece.number for piece in chosen] == [1, 2, 3]
    assert all(piece.chunk.text[piece.start - 100 : piece.end - 100] == piece.text for piece in chosen)


def test_only_the_best_passages_are_read_each_with_its_heading_and_spans_in_reading_order() -> None:
    reader = Opinionated()
    pieces = ranked(*(["1", str(number)] for number in range(PASSAGES + 3)))
    chosen = select(reader, "?", pieces, 99).evidence
    assert len(reader.seen) == PASSAGES
    assert len(chosen) == 2 * PASSAGES
    assert reader.seen[0].heading == "Title > Head"
    assert reader.seen[0].spans == ((0, 1), (2, 3))
    assert reader.seen[0].scores == (pieces[0].score, pieces[1].score)


def test_between_equals_for_the_reader_the_ranking_decides() -> None:
    pieces = [replace(piece, score=score) for piece, score in zip(ranked(["1", "1"]), (0.4, 0.9), strict=True)]
    assert select(Opinionated(), "?", pieces, 1).evidence[0].start == pieces[1].start


def test_what_the_reader_did_not_see_is_not_chosen() -> None:
    selection = select(Opinionated(), "?", ranked(["1", "-inf"]), 9)
    assert [piece.text for piece in selection.evidence] == ["1"]
    assert select(Opinionated(), "?", ranked(["-inf"]), 9).evidence == ()
    assert select(Opinionated(), "?", ranked(["-inf"]), 9).answered == -SURE
    assert select(Opinionated(), "?", [], 9).answered == -SURE


def test_scores_are_log_odds_against_none_and_the_rankings_word() -> None:
    pieces = ranked(["3", "1"])
    selection = select(Opinionated(none=2.0), "?", pieces, 9)
    expected = [1.0 + TRUST * pieces[0].score, -1.0 + TRUST * pieces[1].score]
    assert [piece.score for piece in selection.evidence] == pytest.approx(expected)
    assert selection.answered == pytest.approx(math.log(math.exp(1) + math.exp(-1)))


@given(st.lists(st.integers(-40, 40), min_size=1, max_size=6))
def test_the_chance_that_any_answers_is_bounded_and_at_least_that_of_the_best(logits: list[int]) -> None:
    selection = select(Opinionated(), "?", ranked([str(one) for one in logits]), 9)
    assert -SURE <= selection.answered <= SURE
    assert selection.answered >= max(-SURE, min(SURE, max(logits)))


@pytest.mark.parametrize(
    ("told", "lead"),
    [
        ([], 0.0),
        ([("Dogs may come.", -3.0)], MOST_LEAD),
        ([("Cats stay.", 1.0), ("Dogs may come.", 3.5), ("Birds fly.", -2.0)], 2.5),
        ([("Dogs may come.", 9.0), ("Cats stay.", -9.0)], MOST_LEAD),
        ([("Dogs may come.", 2.0), ("Cats stay.", 2.0)], 0.0),
        ([("Dogs may come.", 2.0), ("Dogs may come.", 1.9), ("Cats stay.", 0.5)], 1.5),  # in two articles
        ([("All dogs of guests pay 9 euros.", 2.0), ("All dogs of guests pay 12 euros.", 2.0)], MOST_LEAD),  # disagree
    ],
)
def test_the_lead_is_what_the_best_has_before_what_says_something_else(
    told: list[tuple[str, float]], lead: float
) -> None:
    pieces = ranked(*([text] for text, _ in told))
    assert lead_of([(piece, odds) for piece, (_, odds) in zip(pieces, told, strict=True)]) == lead


@given(st.lists(st.floats(-20, 20), max_size=6))
def test_the_lead_is_bounded(odds: list[float]) -> None:
    pieces = ranked(*([f"word{number} says"] for number in range(len(odds))))
    assert 0 <= lead_of(list(zip(pieces, odds, strict=True))) <= MOST_LEAD
