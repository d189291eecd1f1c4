from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import index.search
import index.store
from index.build import build_index, open_index
from index.fuse import fuse, lexical_weight
from index.search import Index
from index.store import Choice, Kind
from tests.fakes import WordHashEmbedder
from tests.index.material import ANIMALS, article, corpus

WORDS = "cat dog bird fish eats runs swims barks red green blue small large old new house tree water milk meat".split()
sentence = st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join)


KINDS: tuple[Kind, ...] = ("exact", "approximate")  # of so few rows codes propose all, but where FEWEST is lowered
kinds = st.sampled_from(KINDS)


def opened(folder: Path, *bodies: str, choice: Choice = "auto") -> Index:
    articles = [article(f"{number:03}.md", ("", body)) for number, body in enumerate(bodies)]
    build_index(corpus(*articles), folder, WordHashEmbedder(), choice=choice)
    return open_index(folder, WordHashEmbedder())


@pytest.fixture(scope="module", params=KINDS)
def animals(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("animals")
    build_index(ANIMALS, folder, WordHashEmbedder(), choice=request.param)
    return open_index(folder, WordHashEmbedder())


def test_the_passage_that_shares_the_questions_words_comes_first(animals: Index) -> None:
    first = animals.search("Can a dog eat chocolate?")[0]
    assert (first.chunk.article_id, first.chunk.is_faq) == ("dogs.md", True)
    assert first.chunk == animals.chunk(first.chunk.id)
    assert animals.search("fish and meat for a cat", 1)[0].chunk.heading == "Food"


def test_hits_are_sorted_bounded_and_the_same_on_every_run(animals: Index) -> None:
    hits = animals.search("cat food", 50)
    assert len(hits) == len(animals.chunks)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(-1.001 <= hit.dense <= 1.001 and 0 <= hit.lexical <= 1 for hit in hits)
    assert animals.search("cat food", 50) == hits


def test_no_hits_for_k_zero_and_none_in_an_empty_index(animals: Index, tmp_path: Path) -> None:
    assert animals.search("cat", 0) == ()
    empty = opened(tmp_path)
    assert empty.search("cat") == ()
    assert empty.faq_nearest(empty.embedder.embed_question("cat"), 3) == ()


def test_kept_chunks_are_among_the_hits_with_their_own_scores(animals: Index) -> None:
    vector = animals.embedder.embed_question("dog")
    everything = animals.search_vector("dog", vector, 99)
    plain = animals.search_vector("dog", vector, 2)
    kept = animals.search_vector("dog", vector, 2, keep=[everything[-1].chunk.id, "unknown", plain[0].chunk.id])
    assert plain == everything[:2]
    assert kept == (*plain, everything[-1])


def test_the_nearest_faq_entry_is_found_by_its_question_alone(animals: Index) -> None:
    assert [chunk.heading for chunk in animals.faq_chunks] == ["Can a cat swim?", "Can a dog eat chocolate?"]
    nearest = animals.faq_nearest(animals.embedder.embed_question("can a cat swim"), 5)
    assert [chunk.heading for chunk, _ in nearest] == ["Can a cat swim?", "Can a dog eat chocolate?"]
    assert nearest[0][1] == pytest.approx(1, abs=1e-6 if animals.questions.kind == "exact" else 1e-4)


def test_an_articles_chunks_come_in_reading_order(animals: Index) -> None:
    chunks = animals.chunks_of("cats.md")
    assert [chunk.heading for chunk in chunks] == ["", "Food", "Can a cat swim?"]
    assert animals.chunks_of("unknown.md") == ()


@settings(max_examples=40)
@given(
    bodies=st.lists(sentence, min_size=1, max_size=40),
    question=sentence,
    k=st.integers(1, 45),
    depth=st.integers(1, 9),
    kind=kinds,
)
def test_search_is_exact_and_begins_as_a_longer_search_however_deep_it_looks(
    tmp_path_factory: pytest.TempPathFactory, bodies: list[str], question: str, k: int, depth: int, kind: Kind
) -> None:
    found = opened(tmp_path_factory.mktemp("i"), *bodies, choice=kind)
    vector = found.embedder.embed_question(question)
    dense = found.vectors.cosines(vector, np.arange(len(bodies)))
    fused = fuse(dense, found.lexical.scores(question), lexical_weight(float(dense.max())))
    expected = np.argsort(-fused, kind="stable").tolist()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index.search, "DEPTH", depth)
        names = [hit.chunk.article_id for hit in found.search(question, k)]
        longer = [hit.chunk.article_id for hit in found.search(question, k + 1)]
    assert names == [f"{row:03}.md" for row in expected[:k]]
    assert longer[:k] == names


@settings(max_examples=40)
@given(
    bodies=st.lists(sentence, min_size=1, max_size=40),
    question=sentence,
    k=st.integers(1, 45),
    depth=st.integers(1, 9),
    kind=kinds,
    data=st.data(),
)
def test_search_without_articles_is_exact_over_the_others(
    tmp_path_factory: pytest.TempPathFactory, bodies: list[str], question: str, k: int, depth: int, kind: Kind,
    data: st.DataObject,
) -> None:  # fmt: skip
    found = opened(tmp_path_factory.mktemp("i"), *bodies, choice=kind)
    vector = found.embedder.embed_question(question)
    barred = data.draw(st.sets(st.integers(0, len(bodies) - 1)))
    left = np.array([row for row in range(len(bodies)) if row not in barred], np.int64)
    dense, lexical = found.vectors.cosines(vector, left), found.lexical.scores(question)[left]
    best = float(dense.max()) if len(left) else 0.0
    fused = fuse(dense, lexical, lexical_weight(best))
    expected = [(f"{left[at]:03}.md", float(fused[at])) for at in np.argsort(-fused, kind="stable")]
    without = [f"{row:03}.md" for row in barred] + ["unknown.md"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index.search, "DEPTH", depth)
        hits = [(hit.chunk.article_id, hit.score) for hit in found.search_vector(question, vector, k, without=without)]
        longer = [
            (hit.chunk.article_id, hit.score) for hit in found.search_vector(question, vector, k + 1, without=without)
        ]
    assert hits == expected[:k]
    assert longer[:k] == hits


def test_without_nothing_nothing_changes_and_without_everything_nothing_is_found(animals: Index) -> None:
    vector = animals.embedder.embed_question("cat food")
    everything = animals.search_vector("cat food", vector, 99)
    assert animals.search_vector("cat food", vector, 99, without=["unknown.md"]) == everything
    assert animals.search_vector("cat food", vector, 99, without=list(animals.articles)) == ()


def test_of_an_article_left_out_no_chunk_is_found_kept_or_not(animals: Index) -> None:
    vector = animals.embedder.embed_question("cat food")
    cats, dogs = ([chunk.id for chunk in animals.chunks_of(name)] for name in ("cats.md", "dogs.md"))
    found = animals.search_vector("cat food", vector, 1, keep=[*cats, dogs[0]], without={"cats.md"})
    assert dogs[0] in {hit.chunk.id for hit in found}
    assert len(found) == 2
    assert not set(cats) & {hit.chunk.id for hit in found}
    every = animals.search_vector("cat food", vector, 99, keep=cats, without=("cats.md",))
    assert len(every) == len(animals.chunks) - len(cats)


def test_an_article_named_twice_is_left_out_once(animals: Index) -> None:
    vector = animals.embedder.embed_question("cat food")
    once = animals.search_vector("cat food", vector, 99, without=["cats.md"])
    assert animals.search_vector("cat food", vector, 99, without=["cats.md", "cats.md"]) == once


def test_faq_entries_of_articles_left_out_are_not_near(animals: Index) -> None:
    vector = animals.embedder.embed_question("can a cat swim")
    for k in (1, 2, 5):
        near = animals.faq_nearest(vector, k, without=("cats.md", "birds.md"))
        assert [chunk.heading for chunk, _ in near] == ["Can a dog eat chocolate?"]
    assert animals.faq_nearest(vector, 5, without=list(animals.articles)) == ()
    assert animals.faq_nearest(vector, 5, without=("unknown.md",)) == animals.faq_nearest(vector, 5)


@given(st.lists(st.tuples(st.floats(-1, 1), st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=20))
def test_fusion_rises_with_both_scores_and_stays_below_one(pairs: list[tuple[float, float, float]]) -> None:
    dense, lexical, more = (np.array(column, np.float32) for column in zip(*pairs, strict=True))
    weight = lexical_weight(float(dense.max()))
    base = fuse(dense, lexical, weight)
    assert (base <= 1 + 1e-6).all()
    assert (fuse(dense, np.minimum(lexical + more, 1), weight) >= base).all()
    assert (fuse(np.minimum(dense + more, 1), lexical, weight) >= base).all()


def test_words_decide_only_what_the_vectors_leave_open() -> None:
    assert lexical_weight(1.0) == 0
    assert lexical_weight(1.0000002) == 0
    assert lexical_weight(0.25) == 0.75
    assert lexical_weight(-0.5) == 1


@pytest.mark.parametrize("fewest", [8, 1024])  # with 8 the codes choose among the 96 rows, with 1024 they have all
@pytest.mark.parametrize("deepest", [1, 4])
def test_where_no_proof_is_sought_a_search_ends_and_begins_as_a_longer_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deepest: int, fewest: int
) -> None:
    monkeypatch.setattr(index.store, "FEWEST", fewest)
    bodies = [f"{one} {other} {third}" for one in WORDS[:8] for other in WORDS[8:14] for third in WORDS[14:16]]
    found = opened(tmp_path, *bodies, choice="approximate")
    monkeypatch.setattr(index.search, "DEPTH", 2)
    monkeypatch.setattr(index.search, "DEEPEST", deepest)
    for question in ("cat red house", "blue new", "zebra"):
        longest = found.search(question, deepest)
        assert [len(found.search(question, k)) for k in (1, 50, 99)] == [1, 50, 96]
        assert all(found.search(question, k) == longest[:k] for k in range(1, deepest))
        vector = found.embedder.embed_question(question)
        few = found.search_vector(question, vector, 50, without=[f"{row:03}.md" for row in range(90)])
        assert {hit.chunk.article_id for hit in few} == {f"{row:03}.md" for row in range(90, 96)}
