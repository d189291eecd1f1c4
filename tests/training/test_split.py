"""What is trained on, developed on and measured on are three different things."""

import json
from pathlib import Path

import pytest

from training.split import NEVER, SHINGLE, SQUAD2_DEVELOP, SQUAD2_HELD_OUT, Unseen, develops, trained_on

FOX = "the quick brown fox jumps over the lazy dog and runs into the dark wood at night"
LONG = f"is an article with more than {SHINGLE} words so that it can be found again here"


@pytest.fixture
def unseen(tmp_path: Path) -> Unseen:
    sets = {
        "nq_open": [{"question": "Who jumps over the dog?", "text": FOX}],
        "squad2": [{"article": name, "text": f"{name} {LONG}"} for name in (min(SQUAD2_HELD_OUT), "Force")],
    }
    for name, rows in sets.items():
        (tmp_path / name).mkdir()
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (tmp_path / name / "passages.jsonl").write_text(lines, encoding="utf-8")
    return Unseen(tmp_path)


def test_a_text_that_shares_a_stretch_with_an_evaluation_set_is_told(unseen: Unseen) -> None:
    assert unseen.holds("Once, The Quick brown fox , jumps over the lazy dog and runs into the dark wood at noon.")
    assert not unseen.holds("the quick brown fox jumps over the lazy cat")
    assert unseen.holds(f"{min(SQUAD2_HELD_OUT)} {LONG}")
    assert not unseen.holds("Force is an article with few words")


def test_a_question_of_an_evaluation_set_is_told(unseen: Unseen) -> None:
    assert unseen.asks("who jumps over the dog")
    assert not unseen.asks("who jumps over the cat")
    assert not unseen.asks("")


def test_the_splits_do_not_meet() -> None:
    assert not SQUAD2_DEVELOP & SQUAD2_HELD_OUT
    assert "squad2" not in NEVER
    assert all(develops(f"squad2:{name}") for name in SQUAD2_DEVELOP)
    assert not any(develops(f"squad2:{name}") for name in SQUAD2_HELD_OUT)


def test_about_one_in_so_many_groups_is_drawn() -> None:
    groups = [f"selqa:{number}" for number in range(2000)]
    assert 60 < sum(develops(group) for group in groups) < 140
    assert 900 < sum(trained_on("wice", group) for group in groups) < 1100
