"""Rankings against hand examples and trec_eval."""

import math

import pytest
import pytrec_eval
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.evaluate.metrics.ranking import hit, ndcg, recall, reciprocal_rank

gains_and_missing = st.tuples(st.lists(st.integers(0, 1), min_size=1, max_size=30), st.integers(0, 12)).filter(
    lambda pair: sum(pair[0]) + pair[1] > 0
)


@pytest.mark.parametrize(
    ("gains", "relevant", "expected"),
    [
        ([1], 1, {"ndcg": 1, "mrr": 1, "recall": 1, "hit": 1}),
        ([0, 1], 1, {"ndcg": 1 / math.log2(3), "mrr": 1 / 2, "recall": 1, "hit": 0}),
        ([0, 1, 0, 1], 3, {"ndcg": (1 / math.log2(3) + 1 / math.log2(5)) / (1 + 1 / math.log2(3) + 0.5), "mrr": 1 / 2,
                           "recall": 2 / 3, "hit": 0}),
        ([0] * 10 + [1], 1, {"ndcg": 0, "mrr": 0, "recall": 0, "hit": 0}),
        ([1] * 10, 20, {"ndcg": 1, "mrr": 1, "recall": 0.5, "hit": 1}),
        ([], 2, {"ndcg": 0, "mrr": 0, "recall": 0, "hit": 0}),
    ],
)  # fmt: skip
def test_rankings_by_hand(gains: list[int], relevant: int, expected: dict[str, float]) -> None:
    found = {
        "ndcg": ndcg(gains, relevant, 10),
        "mrr": reciprocal_rank(gains, 10),
        "recall": recall(gains, relevant, 10),
        "hit": hit(gains, 1),
    }
    assert found == pytest.approx(expected, abs=1e-9)


def trec(gains: list[int], relevant: int) -> dict[str, float]:
    """The same ranking through trec_eval: scores fall strictly, as it orders ties by name."""
    judged = {f"d{at}": gain for at, gain in enumerate(gains)}
    judged |= {f"missing{at}": 1 for at in range(relevant - sum(gains))}
    run = {f"d{at}": float(len(gains) - at) for at in range(len(gains))}
    measures = {"ndcg_cut.10", "recip_rank", "recall.1,5,10", "P.1", "success.1"}
    found: dict[str, float] = pytrec_eval.RelevanceEvaluator({"q": judged}, measures).evaluate({"q": run})["q"]
    return found


@settings(max_examples=300)
@given(gains_and_missing)
def test_rankings_are_worth_what_trec_eval_says(ranking: tuple[list[int], int]) -> None:
    gains, missing = ranking
    relevant = sum(gains) + missing
    whole, first = trec(gains, relevant), trec(gains[:10], relevant)
    close = {"abs": 1e-9}
    assert ndcg(gains, relevant, 10) == pytest.approx(whole["ndcg_cut_10"], **close)
    assert reciprocal_rank(gains, 10) == pytest.approx(first["recip_rank"], **close), "no cut of its own in trec_eval"
    assert reciprocal_rank(gains, 99) == pytest.approx(whole["recip_rank"], **close)
    for depth in (1, 5, 10):
        assert recall(gains, relevant, depth) == pytest.approx(whole[f"recall_{depth}"], **close)
    assert hit(gains, 1) == whole["P_1"] == whole["success_1"]


@given(gains_and_missing, st.integers(1, 12))
def test_rankings_are_shares_and_moving_an_expected_one_up_never_costs(
    ranking: tuple[list[int], int], depth: int
) -> None:
    gains, missing = ranking
    relevant = sum(gains) + missing

    def all_four(order: list[int]) -> list[float]:
        return [ndcg(order, relevant, depth), reciprocal_rank(order, depth), recall(order, relevant, depth),
                hit(order, depth)]  # fmt: skip

    before = all_four(gains)
    assert all(0 <= value <= 1 for value in before)
    for at in range(1, len(gains)):
        if gains[at] > gains[at - 1]:
            better = [*gains[: at - 1], gains[at], gains[at - 1], *gains[at + 1 :]]
            assert all(new >= old - 1e-12 for new, old in zip(all_four(better), before, strict=True))
