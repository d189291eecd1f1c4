import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import index.store
from index.store import STORED, FaissStore, Kind, kind_of
from index.types import Vectors

KINDS: tuple[Kind, ...] = ("exact", "approximate")
LOST = {"exact": 1e-5, "approximate": 2**-11}  # of a cosine: the rounding of sums, and of halves
each_kind = pytest.mark.parametrize("kind", KINDS)


def unit_rows(seed: int, rows: int, distinct: int, dimension: int = 24) -> Vectors:
    """Rows drawn from `distinct` unit vectors, so that many are equal."""
    random = np.random.default_rng(seed)
    base = random.standard_normal((distinct, dimension)).astype(np.float32)
    base /= np.linalg.norm(base, axis=1, keepdims=True)
    return base[random.integers(distinct, size=rows)]


def saved(folder: Path, store: FaissStore) -> FaissStore:
    """The store written to a folder and read back."""
    np.save(folder / "rows.npy", store.vectors)
    if store.kind == "exact":
        return FaissStore.load(folder / "rows.npy")
    assert store.codes is not None
    store.codes.save(folder / "é codes")
    return FaissStore.load(folder / "rows.npy", folder / "é codes")


def brute_force(store: FaissStore, question: Vectors, k: int) -> list[int]:
    vectors = store.vectors.astype(np.float32)
    cosines = [float((row * question).sum()) for row in vectors]
    return sorted(range(len(vectors)), key=lambda row: (-cosines[row], row))[:k]


@each_kind
@given(seed=st.integers(0, 999), rows=st.integers(1, 120), distinct=st.integers(1, 120), k=st.integers(1, 130))
def test_search_equals_brute_force_and_begins_as_a_longer_search(
    kind: Kind, seed: int, rows: int, distinct: int, k: int
) -> None:
    """All of so few rows are proposed by their codes."""
    vectors = unit_rows(seed, rows, distinct)
    store = FaissStore.of(vectors, kind)
    question = unit_rows(seed + 1, 1, 1)
    found, cosines = store.search(question, k)
    assert found.shape == cosines.shape == (1, min(k, rows))
    assert found[0].tolist() == brute_force(store, question[0], k)
    assert cosines[0] == pytest.approx((store.vectors.astype(np.float32) @ question[0])[found[0]], abs=1e-5)
    assert cosines[0] == pytest.approx((vectors @ question[0])[found[0]], abs=LOST[kind])
    longer, _ = store.search(question, k + 1)
    assert longer[0, : found.shape[1]].tolist() == found[0].tolist()


@given(seed=st.integers(0, 999), rows=st.integers(1, 300), k=st.integers(1, 310))
def test_by_codes_the_answer_is_some_rows_with_their_cosines_sorted_and_the_same_on_every_run(
    seed: int, rows: int, k: int
) -> None:
    vectors, question = unit_rows(seed, rows, rows), unit_rows(seed + 1, 1, 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index.store, "FEWEST", 8)
        found, cosines = FaissStore.of(vectors, "approximate").search(question, k)
        again = FaissStore.of(vectors, "approximate").search(question, k)
    assert found.shape == (1, min(k, rows))
    assert len(set(found[0].tolist())) == min(k, rows)
    order = [(-cosine, row) for cosine, row in zip(cosines[0].tolist(), found[0].tolist(), strict=True)]
    assert order == sorted(order)
    assert cosines[0] == pytest.approx((vectors @ question[0])[found[0]], abs=LOST["approximate"])
    assert (again[0].tobytes(), again[1].tobytes()) == (found.tobytes(), cosines.tobytes())


def test_nearly_all_of_the_nearest_are_found_by_codes() -> None:
    vectors, questions = unit_rows(8, 20_000, 20_000, 64), unit_rows(9, 40, 40, 64)
    exact, near = (FaissStore.of(vectors, kind).search(questions, 10)[0] for kind in KINDS)
    shared = [len(set(ours) & set(theirs)) for ours, theirs in zip(exact.tolist(), near.tolist(), strict=True)]
    assert sum(shared) / 400 > 0.97


@each_kind
def test_many_equal_rows_are_found_in_the_order_of_rows(kind: Kind) -> None:
    store = FaissStore.of(np.repeat(unit_rows(1, 1, 1, 384), 500, axis=0), kind)
    rows, cosines = store.search(store.vectors[:1], 7)
    assert rows[0].tolist() == list(range(7))
    assert len(set(cosines[0].tolist())) == 1


@each_kind
def test_a_vector_is_its_own_nearest_neighbour_at_one(kind: Kind) -> None:
    vectors = unit_rows(3, 50, 5000, 384)
    rows, cosines = FaissStore.of(vectors, kind).search(vectors, 1)
    assert rows[:, 0].tolist() == list(range(50))
    assert cosines[:, 0] == pytest.approx(np.ones(50), abs=1e-6 if kind == "exact" else LOST[kind])


@each_kind
def test_many_questions_at_once_are_answered_as_one_by_one(kind: Kind) -> None:
    vectors = unit_rows(4, 200, 5000)
    store = FaissStore.of(vectors, kind)
    together = store.search(vectors[:40], 9)
    for i in range(40):
        alone = store.search(vectors[i : i + 1], 9)
        assert (together[0][i] == alone[0][0]).all()
        assert (together[1][i] == alone[1][0]).all()


def test_an_empty_store_finds_nothing(tmp_path: Path) -> None:
    store = FaissStore.of(np.zeros((0, 24), np.float32))
    for one in (store, saved(tmp_path, store)):
        assert len(one) == 0
        assert one.dimension == 24
        assert one.search(unit_rows(1, 2, 2), 5)[0].shape == (2, 0)


@each_kind
def test_saving_and_loading_change_nothing(tmp_path: Path, kind: Kind) -> None:
    vectors = unit_rows(5, 277, 5000)
    store = FaissStore.of(vectors, kind)
    copy = saved(tmp_path, store)
    assert copy.kind == kind
    assert copy.vectors.tobytes() == vectors.astype(STORED[kind]).tobytes()
    for k in (1, 5, 99):
        assert [part.tobytes() for part in copy.search(vectors, k)] == [
            part.tobytes() for part in store.search(vectors, k)
        ]


def test_the_switch_is_by_size_unless_it_is_forced() -> None:
    most = index.store.MOST_EXACT
    assert [kind_of(rows, "auto") for rows in (0, most, most + 1)] == ["exact", "exact", "approximate"]
    assert [kind_of(rows, "approximate") for rows in (0, 1, most)] == ["exact", "approximate", "approximate"]
    assert kind_of(10**7, "exact") == "exact"


@pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="only Linux tells how a file is mapped")
@each_kind
def test_only_rows_that_are_read_here_and_there_are_not_read_ahead(tmp_path: Path, kind: Kind) -> None:
    store = saved(tmp_path, FaissStore.of(unit_rows(5, 277, 5000), kind))
    maps = re.split(r"(?m)^(?=[0-9a-f]+-[0-9a-f]+ )", Path("/proc/self/smaps").read_text(encoding="utf-8"))
    (mapped,) = [one for one in maps if str(tmp_path / "rows.npy") in one]
    flags = mapped.partition("VmFlags:")[2].split()
    assert ("rr" in flags) is (kind == "approximate")
    assert len(store) == 277


def test_halves_are_not_compared_row_by_row(tmp_path: Path) -> None:
    np.save(tmp_path / "rows.npy", unit_rows(1, 9, 9).astype(np.float16))
    with pytest.raises(ValueError, match="is of float16"):
        FaissStore.load(tmp_path / "rows.npy")
