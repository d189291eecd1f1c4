"""Cleaning, bounding and reading questions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.question import clean_question, goes_on, question_parts, untagged, with_subject
from bot.types import Turn
from corpus.errors import QuestionError


@pytest.mark.parametrize("text", ["", "   ", "\x00\x07", "​", "?!", "🙂"])
def test_a_question_without_a_word_is_refused(text: str) -> None:
    with pytest.raises(QuestionError, match="no question"):
        clean_question(text, 2000)


def test_a_question_too_long_is_refused_with_the_limit() -> None:
    with pytest.raises(QuestionError, match="2,000"):
        clean_question("why " * 25_000, 2000)


@given(st.text(min_size=1, max_size=200))
def test_a_cleaned_question_is_one_line_of_visible_text_and_stays_as_it_is(text: str) -> None:
    try:
        cleaned = clean_question(text, 2000)
    except QuestionError:
        return
    assert cleaned == " ".join(cleaned.split())
    assert clean_question(cleaned, 4000) == cleaned


@pytest.mark.parametrize(
    "question", ["and which of them are open?", "Why?", "What about images?", "Who made it?", "which ones?"]
)
def test_questions_that_go_on(question: str) -> None:
    assert goes_on(question)


@pytest.mark.parametrize(
    "question", ["What is a foundation model?", "Why do models hallucinate facts?", "Is there a free plan?"]
)
def test_questions_that_stand_alone(question: str) -> None:
    assert not goes_on(question)


def test_the_subject_is_the_last_question_that_stood_alone() -> None:
    history = (Turn("What are LLMs used for?", "..."), Turn("Who makes them?", "..."))
    assert with_subject("and which of them are open?", history) == "What are LLMs used for? and which of them are open?"


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("What is CLIP and is it an LLM?", ("What is CLIP", "is it an LLM?")),
        ("Is Llama open and is GPT open?", ("Is Llama open", "is GPT open?")),
        ("What is RAG? How does it work?", ("What is RAG?", "How does it work?")),
    ],
)
def test_two_questions_in_one_breath(question: str, parts: tuple[str, ...]) -> None:
    assert question_parts(question) == parts


@pytest.mark.parametrize(
    "question",
    [
        "Which models are open and can be downloaded?",
        "Is it true that LLMs are large and are trained on text?",
        "Is there a difference between what is stored and what is sent?",
        "Which model is open and whose weights are free?",
    ],
)
def test_one_question_with_an_and_stays_one(question: str) -> None:
    assert question_parts(question) == (question,)


@pytest.mark.parametrize(
    ("asked", "bare"),
    [
        ("Are all cats grey, yes or no?", "Are all cats grey?"),
        ("Are all cats grey? Yes or no", "Are all cats grey?"),
        ("So every cat is grey, right?", "So every cat is grey?"),
        ("Cats are grey, isn't it?", "Cats are grey?"),
        ("Is the cat on the left or on the right?", "Is the cat on the left or on the right?"),
        ("Which cat, grey or white, is right?", "Which cat, grey or white, is right?"),
        ("Cats are grey, right ?", "Cats are grey?"),
        ("Right?", "Right?"),
    ],
)
def test_what_asks_for_assent_is_no_part_of_the_question(asked: str, bare: str) -> None:
    assert untagged(asked) == bare
