import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.lexical import K1, B, LexicalIndex, highest, terms

PASSAGES = ["Cats eat fish", "Dogs eat meat and dogs guard the house", "A fish swims", "Über ΣΊΣΥΦΟΣ straße 日本 123"]


def test_terms_are_casefolded_stems_without_stop_words() -> None:
    assert terms("The MODELS are modelling STRASSE straße ﬁne") == ["model", "model", "strass", "strass", "fine"]
    assert terms("Llama 3.1, GPT-4o") == ["llama", "3", "1", "gpt", "4o"]
    assert terms("") == terms("the of and") == terms("?!") == []


def test_scores_are_bm25_as_a_share_of_the_attainable() -> None:
    index = LexicalIndex.of(PASSAGES)
    scores = index.scores("dog guard")
    tokens = [terms(passage) for passage in PASSAGES]
    mean = sum(map(len, tokens)) / len(tokens)
    expected = 0.0
    for term in ("dog", "guard"):
        frequency = tokens[1].count(term)
        idf = math.log(1 + (4 - 1 + 0.5) / 1.5)
        assert index.idf(term) == pytest.approx(idf)
        expected += idf * frequency / (frequency + K1 * (1 - B + B * len(tokens[1]) / mean))
    assert scores[1] == pytest.approx(expected / (2 * math.log(1 + 3.5 / 1.5)), abs=1e-6)
    assert scores[[0, 2, 3]].tolist() == [0, 0, 0]


def test_a_passage_with_the_questions_words_scores_higher() -> None:
    scores = LexicalIndex.of(PASSAGES).scores("Do cats eat fish?")
    assert scores[0] > scores[1] > 0
    assert scores[0] > scores[2] > 0
    assert scores[3] == 0


def test_unknown_words_lower_the_share_and_alone_give_zeros() -> None:
    index = LexicalIndex.of(PASSAGES)
    assert index.scores("fish")[0] > index.scores("fish zebra")[0] > 0
    for question in ("zebra", "", "the", "\x00 ?!"):
        assert index.scores(question).tolist() == [0.0] * 4
    assert index.known("fish")
    assert not index.known("zebra")
    assert index.frequency("fish") == 2
    assert index.idf("zebra") > index.idf("hous") > index.idf("fish")


@given(st.lists(st.text(max_size=40), max_size=8), st.text(max_size=60))
def test_scores_lie_between_zero_and_one_on_any_text(passages: list[str], question: str) -> None:
    index = LexicalIndex.of(passages)
    scores = index.scores(question)
    assert scores.shape == (len(passages),)
    assert ((scores >= 0) & (scores <= 1)).all()


@pytest.mark.parametrize("passages", [PASSAGES, ["", "the", "?"], []])
def test_saving_and_loading_change_nothing(tmp_path: Path, passages: list[str]) -> None:
    index = LexicalIndex.of(passages)
    index.save(tmp_path / "bm25")
    copy = LexicalIndex.load(tmp_path / "bm25", len(passages))
    for question in ("fish", "Do dogs eat 日本?", "zebra", ""):
        assert copy.scores(question).tobytes() == index.scores(question).tobytes()
        assert [copy.idf(term) for term in terms(question)] == [index.idf(term) for term in terms(question)]
    assert not [path for path in tmp_path.rglob("*") if path.suffix not in {".npy", ".json"} and path.is_file()]


@given(
    few=st.lists(st.integers(0, 3), min_size=1, max_size=400),
    k=st.integers(0, 420),
    zeros=st.integers(0, 900),
    every=st.integers(1, 9),
)
def test_the_highest_are_those_of_a_whole_sort(few: list[int], k: int, zeros: int, every: int) -> None:
    scores = np.zeros(len(few) + zeros, np.float32)
    scores[: len(few) * every : every][: len(few)] = few[: len(scores[: len(few) * every : every])]
    assert highest(scores, k).tolist() == np.argsort(-scores, kind="stable")[:k].tolist()
