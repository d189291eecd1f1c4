from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.store import FaissStore
from index.types import Vectors


def unit_rows(seed: int, rows: int, distinct: int, dimension: int = 24) -> Vectors:
    """Rows drawn from `distinct` unit vectors, so that many are equal."""
    random = np.random.default_rng(seed)
    base = random.standard_normal((distinct, dimension)).astype(np.float32)
    base /= np.linalg.norm(base, axis=1, keepdims=True)
    return base[random.integers(distinct, size=rows)]


def brute_force(vectors: Vectors, question: Vectors, k: int) -> list[int]:
    cosines = [float((row * question).sum()) for row in vectors]
    return sorted(range(len(vectors)), key=lambda row: (-cosines[row], row))[:k]


@given(st.integers(0, 999), st.integers(1, 120), st.integers(1, 120), st.integers(1, 130))
def test_search_equals_brute_force_and_begins_as_a_longer_search(seed: int, rows: int, distinct: int, k: int) -> None:
    vectors = unit_rows(seed, rows, distinct)
    store = FaissStore.of(vectors)
    question = unit_rows(seed + 1, 1, 1)
    found, cosines = store.search(question, k)
    assert found.shape == cosines.shape == (1, min(k, rows))
    assert found[0].tolist() == brute_force(vectors, question[0], k)
    assert cosines[0] == pytest.approx((vectors @ question[0])[found[0]], abs=1e-5)
    longer, _ = store.search(question, k + 1)
    assert longer[0, : found.shape[1]].tolist() == found[0].tolist()


def test_many_equal_rows_are_found_in_the_order_of_rows() -> None:
    store = FaissStore.of(np.repeat(unit_rows(1, 1, 1, 384), 500, axis=0))
    rows, cosines = store.search(store.vectors[:1], 7)
    assert rows[0].tolist() == list(range(7))
    assert len(set(cosines[0].tolist())) == 1


def test_a_vector_is_its_own_nearest_neighbour_at_one() -> None:
    vectors = unit_rows(3, 50, 5000, 384)
    rows, cosines = FaissStore.of(vectors).search(vectors, 1)
    assert rows[:, 0].tolist() == list(range(50))
    assert cosines[:, 0] == pytest.approx(np.ones(50), abs=1e-6)


def test_many_questions_at_once_are_answered_as_one_by_one() -> None:
    vectors = unit_rows(4, 200, 5000)
    store = FaissStore.of(vectors)
    together = store.search(vectors[:40], 9)
    for i in range(40):
        alone = store.search(vectors[i : i + 1], 9)
        assert (together[0][i] == alone[0][0]).all()
        assert (together[1][i] == alone[1][0]).all()


def test_an_empty_store_finds_nothing(tmp_path: Path) -> None:
    store = FaissStore.of(np.zeros((0, 24), np.float32))
    store.save(tmp_path / "v")
    for one in (store, FaissStore.load(tmp_path / "v")):
        assert len(one) == 0
        assert one.dimension == 24
        assert one.search(unit_rows(1, 2, 2), 5)[0].shape == (2, 0)


def test_saving_and_loading_change_nothing(tmp_path: Path) -> None:
    vectors = unit_rows(5, 77, 5000)
    store = FaissStore.of(vectors)
    store.save(tmp_path / "é v")
    copy = FaissStore.load(tmp_path / "é v")
    assert copy.vectors.tobytes() == vectors.tobytes()
    for k in (1, 5, 99):
        assert [part.tobytes() for part in copy.search(vectors, k)] == [
            part.tobytes() for part in store.search(vectors, k)
        ]


def test_vectors_outlive_the_store() -> None:
    vectors = unit_rows(6, 300, 5000)
    kept = FaissStore.of(vectors).vectors
    _ = [np.random.default_rng(n).random(300 * 24) for n in range(20)]
    assert kept.tobytes() == vectors.tobytes()
