"""Slips are mended towards the articles' words; names and real words stay."""

import pytest

from bot.spelling import Spelling
from index.words import WordCount

TEXTS = ("A foundation model is trained on broad data.", "What is the difference between Claude and Whisper?")


def counted(texts: tuple[str, ...]) -> WordCount:
    count = WordCount()
    for text in texts:
        count.add(text)
    return count


SPELLING = Spelling(lambda: counted(TEXTS).counts)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("whats a foundaton modle", "whats a foundation model"),
        ("Diference of cluade", "difference of claude"),
        ("Is Cluade a model?", "Is Cluade a model?"),
        ("Is Netflix a model?", "Is Netflix a model?"),
        ("reset my modem, clause 3", "reset my modem, clause 3"),
        ("GPT-4o 3.1 naïve", "GPT-4o 3.1 naïve"),
        ("", ""),
    ],
)
def test_what_is_mended_and_what_is_not(typed: str, meant: str) -> None:
    assert SPELLING.mend(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("why dont you", "why don't you"),  # the articles' own "don't" is counted as "don" and "t"
        ("Isnt it", "isn't it"),
        ("it doesn't", "it doesn't"),  # "doesn" is one letter off "does"
        ("it doesn\N{RIGHT SINGLE QUOTATION MARK}t", "it doesn\N{RIGHT SINGLE QUOTATION MARK}t"),
        ("the doesn of it", "the does of it"),
        ("who is Cant", "who is Cant"),
        ("the dones\N{RIGHT SINGLE QUOTATION MARK}s", "the does\N{RIGHT SINGLE QUOTATION MARK}s"),
    ],
)
def test_a_contraction_is_no_slip_of_another_word(typed: str, meant: str) -> None:
    spelling = Spelling(lambda: counted(("I don't know. What does an int do?",)).counts)
    assert spelling.mend(typed) == meant


def test_a_word_of_the_articles_is_no_contraction() -> None:
    assert Spelling(lambda: counted(("A wont is a habit.",)).counts).mend("a wont") == "a wont"


def test_without_articles_nothing_is_mended() -> None:
    assert Spelling(dict).mend("modle") == "modle"
