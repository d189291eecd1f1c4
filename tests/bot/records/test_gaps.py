"""What was not covered: which questions are put together, how a gap is named, and what stands near it."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.records.clusters import clusters
from bot.records.gaps import Gap, Gaps, Wording, central, wordings_of
from bot.records.kept import CHAT, Record
from bot.types import Lane
from index.build import build_index, open_index
from index.search import Index
from index.types import Vectors
from tests.fakes import WordHashEmbedder
from tests.index.material import ANIMALS

AT = "2026-03-01T12:00:00+00:00"


def declined(*questions: str, lane: Lane = "declined", uncovered: tuple[str, ...] = ()) -> list[Record]:
    return [Record("0" * 32, AT, question, lane, 0.1, "", CHAT, 0, uncovered) for question in questions]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("index")
    build_index(ANIMALS, folder, WordHashEmbedder())
    return open_index(folder, WordHashEmbedder())


PAY = ("how do I pay the vet", "how do I pay the vet in cash", "how can I pay the vet")
SLEEP = ("where does my cat sleep at night", "where does a cat sleep at night")


def test_wordings_of_one_question_are_one_gap_named_by_the_most_central(index: Index) -> None:
    gaps = Gaps(index).find(declined(*SLEEP, *PAY, *[PAY[1]] * 3))
    assert [(gap.question, gap.count, {wording.text for wording in gap.wordings}) for gap in gaps] == [
        (PAY[1], 6, set(PAY)),  # asked so often it pulls the middle to itself
        (SLEEP[0], 2, set(SLEEP)),
    ]
    (pay, _) = Gaps(index).find(declined(*SLEEP, *PAY))
    assert pay.question == PAY[0]  # the others each have a word that nobody else said


def test_other_wordings_are_named_the_most_asked_first(index: Index) -> None:
    (gap,) = Gaps(index).find(declined(*PAY, PAY[2], *[PAY[0]] * 3))
    assert gap.wordings == (Wording(PAY[0], 4), Wording(PAY[2], 2), Wording(PAY[1], 1))


def test_the_nearest_passages_are_named_each_section_once(index: Index) -> None:
    (gap,) = Gaps(index).find(declined("a walk for my dog in bad weather"))
    assert (gap.nearest[0].article_id, gap.nearest[0].heading) == ("dogs.md", "Walks")
    sections = [(chunk.article_id, chunk.heading_path) for chunk in gap.nearest]
    assert len(sections) == len(set(sections)) == 3


def test_only_what_was_not_covered_counts(index: Index) -> None:
    answered = declined("Can a cat swim?", lane="faq")
    partly = declined("Can a cat swim and what does a vet cost?", lane="faq", uncovered=("what does a vet cost?",))
    assert [gap.question for gap in Gaps(index).find([*answered, *partly])] == ["what does a vet cost?"]
    assert Gaps(index).find(answered) == ()


def test_case_and_white_space_make_no_other_wording() -> None:
    found = wordings_of(declined("What is  a vet?", "WHAT is a\nvet?", "What is a dog?"))
    assert found == (Wording("What is a vet?", 2), Wording("What is a dog?", 1))


def test_the_most_asked_are_kept_when_there_are_too_many(index: Index) -> None:
    many = declined("rare one", "common two", "common two", "middle three")
    assert [wording.text for wording in wordings_of(many, most=2)] == ["common two", "rare one"]
    assert [gap.question for gap in Gaps(index, most=1).find(many)] == ["common two"]


def test_a_question_is_embedded_once_and_forgotten_when_it_is_gone(tmp_path: Path) -> None:
    embedder = WordHashEmbedder()
    build_index(ANIMALS, tmp_path, embedder)
    gaps = Gaps(open_index(tmp_path, embedder))
    embedder.embedded.clear()
    gaps.find(declined("one", "two"))
    gaps.find(declined("two", "three"))
    gaps.find(declined("one"))
    assert embedder.embedded == ["one", "two", "three", "one"]


def rows_of(*texts: str) -> Vectors:
    return WordHashEmbedder().embed_passages(texts)


@given(st.lists(st.text("abcde ", min_size=1, max_size=12), max_size=14), st.floats(0.05, 1.9))
def test_clusters_are_apart_and_what_is_equal_is_together(texts: list[str], apart: float) -> None:
    rows = rows_of(*texts)
    found = clusters(rows, apart)
    assert list(dict.fromkeys(found.tolist())) == list(range(found.max(initial=-1) + 1))  # numbered as they come
    cosines = rows.astype(np.float64) @ rows.T
    for one in range(len(texts)):
        for other in range(len(texts)):
            assert texts[one] != texts[other] or found[one] == found[other]
    for one in range(found.max(initial=-1) + 1):
        for other in range(one):
            assert 1 - cosines[np.ix_(found == one, found == other)].mean() > apart - 1e-6


def test_clusters_of_a_hand_made_case() -> None:
    angles = np.radians([0, 10, 90, 100, 200])
    rows = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    assert clusters(rows, 0.45).tolist() == [0, 0, 1, 1, 2]
    assert clusters(rows, 0.001).tolist() == [0, 1, 2, 3, 4]
    assert clusters(rows, 2).tolist() == [0] * 5
    assert clusters(rows[:1], 0.45).tolist() == [0]
    assert clusters(rows[:0], 0.45).tolist() == []


@given(st.lists(st.tuples(st.text("abc ", min_size=1, max_size=9), st.integers(1, 5)), min_size=1, max_size=8))
def test_the_central_wording_is_nearest_to_all_that_was_asked(pairs: list[tuple[str, int]]) -> None:
    rows, counts = rows_of(*(text for text, _ in pairs)), np.array([count for _, count in pairs])
    asked = np.repeat(rows, counts, axis=0)
    means = (rows @ asked.T).mean(axis=1)
    assert means[central(rows, counts)] >= means.max() - 1e-5


def test_the_same_records_give_the_same_gaps(index: Index) -> None:
    records = declined(*PAY, *SLEEP, "something else", "another thing")
    first: tuple[Gap, ...] = Gaps(index).find(records)
    assert Gaps(index).find(records) == first
