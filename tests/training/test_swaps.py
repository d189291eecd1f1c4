"""A fact turned into another is another fact, in words that exist."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.claims import asserted, shortened
from training.swaps import OPPOSITE, swapped

BESIDE = "In 2022 OpenAI released Whisper, which was trained on 680,000 hours of audio. It can write in 99 languages."
ELSEWHERE = ("Later Meta released Llama in 2023. It was trained on 1,400,000 words, said Yann LeCun.",)


@given(st.randoms(use_true_random=False))
def test_a_swap_changes_what_is_asked(chance: random.Random) -> None:
    question = "When was Whisper first trained on 680,000 hours?"
    other = swapped(question, BESIDE, ELSEWHERE, chance)
    assert other != question


def test_without_a_fact_there_is_nothing_to_swap() -> None:
    assert swapped("Why so?", BESIDE, ELSEWHERE, random.Random(1)) is None


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("they can't swim", "they can swim"),
        ("it won't start", "it will start"),
        ("it isn't wide", "it is wide"),
        ("it is not wide", "it is wide"),
        ("It is wide.", "It is not wide."),
        ("Why is it wide?", "Why isn't it wide?"),
        ("How can it swim?", "How can't it swim?"),
    ],
)
def test_negations_are_words_that_exist(text: str, made: str) -> None:
    found = {swapped(text, "", (), random.Random(seed)) for seed in range(60)} - {None}
    assert found == {made}


def test_an_opposite_has_an_opposite() -> None:
    assert all(other in OPPOSITE for other in OPPOSITE.values())
    assert OPPOSITE["increases"] == "decreases"


@pytest.mark.parametrize(
    ("question", "answer", "claim"),
    [
        ("Who wrote Hamlet?", "Shakespeare", "Shakespeare wrote Hamlet."),
        ("What is the capital of France?", "Paris", "The capital of France is Paris."),
        ("Which river is the longest?", "The Nile", "The Nile is the river that is the longest."),
        ("How tall did it grow?", "two metres", "How tall did it grow? two metres."),
    ],
)
def test_question_and_answer_become_a_claim(question: str, answer: str, claim: str) -> None:
    assert asserted(question, answer) == claim


@given(st.randoms(use_true_random=False))
def test_a_clause_that_limits_is_not_left_out(chance: random.Random) -> None:
    for sentence in (
        "Anyone may download the large model today, unless the licence forbids it.",
        "The large model reads many kinds of text, but not pictures of any kind.",
    ):
        assert shortened(sentence, chance) == sentence
