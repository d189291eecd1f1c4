"""Examples with an order planted or an article that says otherwise: everything else of them stays what it was."""

import random

from hypothesis import given
from hypothesis import strategies as st

from training.altered import contradicted, planted
from training.types import Example, Passage

TEXT = "The bridge opened. It was built in 1932 by Dorman Long. Trains cross it."
SPANS = ((0, 18), (19, 55), (56, 72))


def example() -> Example:
    at = TEXT.index("1932")
    gold = Passage("bridge", "Bridge", TEXT, SPANS, (0.4, 0.9, 0.2), (1,), ((at, at + 4),))
    other = Passage("tower", "Tower", "It was built in 1889.", ((0, 21),), (0.5,), (), ())
    return Example("When was the bridge built?", (other, gold), "answerable", "squad2:Bridge")


def said(found: Example, *, gold: bool) -> list[str]:
    return [one.text[a:b] for one in found.passages for n, (a, b) in enumerate(one.spans) if not gold or n in one.gold]


@given(st.integers(0, 500))
def test_an_order_is_one_more_span_and_moves_the_others(seed: int) -> None:
    before, found = example(), planted(example(), random.Random(seed))
    new = [span for span in said(found, gold=False) if span not in said(before, gold=False)]
    assert len(new) == 1
    assert len(said(found, gold=False)) == len(said(before, gold=False)) + 1
    assert said(found, gold=True) == said(before, gold=True)
    assert all(len(one.spans) == len(one.scores) for one in found.passages)
    assert [one.text[a:b] for one in found.passages for a, b in one.answers] == ["1932"]


@given(st.integers(0, 500))
def test_an_article_that_says_otherwise_answers_too(seed: int) -> None:
    before, found = example(), contradicted(example(), random.Random(seed))
    if found is None:  # the draw fell on a name, and the sentences beside have none
        return
    right = said(found, gold=True)
    assert len(right) == 2
    assert said(before, gold=True)[0] in right
    assert right[0] != right[1]


def test_some_draw_makes_another_fact() -> None:
    assert any(contradicted(example(), random.Random(seed)) for seed in range(20))
