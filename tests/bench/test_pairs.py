"""What bench.partial and bench.promise count, on answers made by hand."""

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
EVAL = Path(os.environ.get("EVAL_DATA", ROOT.parent / "shared" / "eval"))
if not (EVAL / "load.py").is_file():
    pytest.skip(f"NOT RUN: no evaluation data at {EVAL}; set EVAL_DATA", allow_module_level=True)

from bench import partial, promise  # noqa: E402 - they open the data when they are imported
from bot.evaluate.sources import Expected, Place  # noqa: E402

CATS = Expected(((Place("pets#cats", 0, 20),),), ())
RIGHT, BESIDE, ELSEWHERE = ("pets#cats", 0, 10), ("pets#lions", 5, 15), ("pets#dogs", 0, 10)


def answer(*places: tuple[str, int, int], uncovered: tuple[str, ...] = ()) -> Any:  # noqa: ANN401
    """An answer that cites these places."""
    cited = [SimpleNamespace(article_id=name, start=start, end=end) for name, start, end in places]
    return SimpleNamespace(citations=cited, uncovered=uncovered)


@pytest.mark.parametrize(
    ("together", "told"),
    [
        (answer(), "declined"),
        (answer(ELSEWHERE), "wrong"),
        (answer(RIGHT), "not named"),
        (answer(RIGHT, uncovered=("what is rent",)), "good"),
        (answer(RIGHT, BESIDE, uncovered=("What is", "rent?")), "good"),  # the covered one brings it by itself
        (answer(RIGHT, ELSEWHERE, uncovered=("What is rent?",)), "more shown"),
    ],
)
def test_a_pair_is_good_when_one_is_answered_and_the_other_named(together: Any, told: str) -> None:  # noqa: ANN401
    alone = answer(RIGHT, BESIDE)
    assert partial.verdict(together, alone, CATS, "What  is rent?") == told


def test_a_share_is_of_weights() -> None:
    wrong, passed = np.array([True, True, False, False]), np.array([True, False, True, True])
    assert promise.share(wrong, passed, np.array([1.0, 5.0, 2.0, 1.0])) == 0.25
    assert np.isnan(promise.share(wrong, np.zeros(4, bool), np.ones(4)))


def test_what_is_cited_is_the_row_of_the_file() -> None:
    look = SimpleNamespace(entry=SimpleNamespace(article_id="articles.jsonl#sf1"), evidence=())
    assert promise.cited(cast(Any, look)) == {"sf1"}


def test_questions_of_one_group_are_drawn_together() -> None:
    asked = [promise.Asked(f"q{at}", "own", frozenset(), group) for at, group in enumerate("aabbc")]
    asked += [promise.Asked("n", "near", frozenset(), "a"), promise.Asked("o", "off", frozenset(), "z")]
    for _, drawn in zip(range(50), promise.resampled(asked), strict=False):
        count = [int((drawn == at).sum()) for at in range(len(asked))]
        assert count[0] == count[1]
        assert count[2] == count[3]
        assert count[0] + count[2] + count[4] == 3  # as many groups as there are
        assert count[5] == count[6] == 1


def test_rows_without_a_question_are_left_out() -> None:
    _, asked = promise.course()
    assert len(asked) > 2000
    assert not any(one.question in ("questions", "question1") for one in asked)
