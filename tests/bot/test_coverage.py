"""How much of a question a text speaks of: the question's words as the search has them."""

import pytest

from bot.coverage import Coverage
from bot.types import Evidence
from index.lexical import LexicalIndex
from index.types import Chunk

PASSAGES = (
    "An error named E4711 says that the account is closed.",
    "The library x86_64 needs 16 GB of memory, max_tokens is not set, and the user name is long.",
    "Nothing else is known.",
)


@pytest.fixture
def cover() -> Coverage:
    return Coverage(LexicalIndex.of(PASSAGES))


@pytest.mark.parametrize(
    ("question", "passage"),
    [
        ("E4711", 0),
        ("What's e4711?", 0),
        ("E4711's account", 0),
        ("16GB memory", 1),  # the articles write it apart
        ("max_tokens of x86_64", 1),
        ("user_name", 1),  # so too
        ("Isn't the account closed?", 0),
    ],
)
def test_a_text_with_every_word_speaks_of_the_whole_question(cover: Coverage, question: str, passage: int) -> None:
    assert cover.share(question, PASSAGES[passage]) == 1.0
    assert cover.share(question, PASSAGES[2]) == 0.0


@pytest.mark.parametrize("question", ["E4712", "x86_65", "", "is it the", "口座"])
def test_what_the_articles_do_not_have_is_not_spoken_of(cover: Coverage, question: str) -> None:
    assert all(cover.share(question, passage) < 0.5 for passage in PASSAGES)


@pytest.mark.parametrize(
    ("question", "text", "touched"),
    [
        ("and the account?", "An error named E4711 says that the account is closed.", True),
        ("and the weather?", "An error named E4711 says that the account is closed.", False),
        ("and in which year?", "It was founded in 2021.", True),
        ("What year?", "It was founded by students (2021).", True),
        ("And, in which year?", "It was released on 2021-05-03.", True),
        ("which year?", "It was built 1998-2004.", True),
        ("and in which year?", "GPT-4 was made by OpenAI.", False),
        ("and in which year?", "It has 175 billion parameters, 2,021 layers and 2021.5 MB.", False),
        ("and for a year?", "A monthly pass costs 60 euros since 2021.", False),
        ("how much?", "GPT-4 was made by OpenAI in 2021.", False),
        ("and in which year?", "It was founded by students.", False),
        ("and how many painters?", "It was founded in 2021.", False),
    ],
)
def test_a_follow_up_is_found_by_a_word_of_it_or_the_year_it_asks_for(
    cover: Coverage, question: str, text: str, touched: bool
) -> None:
    chunk = Chunk("c", "a", "a", (), "", text, 0, len(text))
    assert cover.touches(question, [Evidence(1, chunk, 0, len(text), text, 1.0)]) is touched
    assert not cover.touches(question, [])
