"""The prompt is filled in one pass and holds the question once."""

import pytest

from bot.prompt import build_prompt, fill
from tests.bot.test_verifier import evidence


def test_values_are_never_read_as_placeholders() -> None:
    assert fill("{a} {b}", {"a": "{b}", "b": "x{a}"}) == "{b} x{a}"


def test_a_placeholder_without_a_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        fill("{nobody}", {})


def test_the_prompt_holds_every_passage_and_the_question_once() -> None:
    system, user = build_prompt("What is {passages}?", (evidence("Passages\n\n- one\n- two"),))
    assert system.role == "system"
    assert user.content.count("What is {passages}?") == 1
    assert "[1] Passages - one - two" in user.content
