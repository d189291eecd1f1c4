"""Words as they are compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.words import words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It doesn't cost 3.50.", ["it", "does", "not", "cost", "3.50"]),
        ("does n't", ["does", "not"]),  # as corpora write it that were cut into words before
        ("can't, won’t, cannot", ["can", "not", "will", "not", "can", "not"]),
        ("the user's", ["the", "user"]),
    ],
)
def test_not_is_a_word_of_its_own(text: str, found: list[str]) -> None:
    assert words(text) == found


@given(st.text(alphabet="n't'’ aN3.,-"))
def test_no_word_is_empty(text: str) -> None:
    assert all(words(text))
