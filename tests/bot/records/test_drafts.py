"""The draft of FAQ entries reads back as what was asked, whatever was asked."""

from pathlib import Path

import pytest

from bot.records.drafts import as_lines, as_question, as_stub
from bot.records.gaps import Gap, Wording
from bot.records.kept import Day
from corpus.clean import one_line
from corpus.load import load_articles
from corpus.questions import bare_question, is_question
from corpus.types import Article
from index.chunk import chunk_article
from index.types import Chunk
from tests.browser.strings import hostile_strings
from tests.corpus.test_readers import one
from tests.corpus.written import folder

WALKS = Chunk("c1", "dogs.md", "Dogs", ("Walks", "In the rain"), "rain", "A dog walks.", 0, 12)
PAY = Gap((Wording("How do I pay in cash?", 4), Wording("pay cash", 2)), (WALKS,))
VET = Gap((Wording("vet", 1),), ())


def filled(stub: str) -> str:
    """The draft with an answer under each question, before its note."""
    parts = stub.split("\n\n<!-- Asked ")
    answers = [f"Answer {number}.\n\n<!-- Asked {part}" for number, part in enumerate(parts[1:])]
    return "\n\n".join([parts[0], *answers])


def read(tmp_path: Path, stub: str) -> Article:
    return one(folder(tmp_path, {"faq.md": stub}))


def test_a_filled_draft_is_read_as_faq_entries(tmp_path: Path) -> None:
    article = read(tmp_path, filled(as_stub([PAY, VET])))
    assert article.title == "Frequently asked questions"
    entries = [section for section in article.sections if section.is_faq]
    said = [(one.heading, article.text[one.body : one.end].strip()) for one in entries]
    assert said == [("How do I pay in cash?", "Answer 0."), ("What about “vet”?", "Answer 1.")]
    assert "Asked" not in article.text


def test_an_answer_below_the_note_is_read_as_well(tmp_path: Path) -> None:
    article = read(tmp_path, as_stub([PAY]) + "\nAt the counter.\n")
    assert article.text.endswith("How do I pay in cash?\n\nAt the counter.")
    assert article.sections[-1].is_faq


def test_the_draft_as_it_comes_answers_nothing_and_is_reported(tmp_path: Path) -> None:
    articles = folder(tmp_path, {"faq.md": as_stub([PAY, VET]), "other.md": "# Other\n\nText."})
    corpus = load_articles(articles)
    assert [article.id for article in corpus.articles] == ["other.md"]
    assert [str(problem) for problem in corpus.problems] == ["faq.md: holds no text; fill it or remove it"]


def test_a_question_left_without_an_answer_is_no_passage(tmp_path: Path) -> None:
    article = read(tmp_path, as_stub([VET, PAY]) + "\nAt the counter.\n")
    assert [chunk.text for chunk in chunk_article(article)] == ["At the counter."]


def test_notes_say_how_often_in_which_words_and_what_is_near() -> None:
    assert as_stub([PAY]).split("\n\n")[3] == (
        "<!-- Asked 6 times.\n- also: pay cash\n- nearest passage now: Dogs › Walks › In the rain (dogs.md)\n-->\n"
    )
    assert "<!-- Asked once.\n-->" in as_stub([VET])


@pytest.mark.parametrize(
    ("asked", "heading"),
    [
        ("How do I pay?", "How do I pay?"),
        ("how do I pay", "how do I pay?"),
        ("  3. How do I pay?", "How do I pay?"),
        ("I cannot pay.", "I cannot pay?"),
        ("prices", "What about “prices”?"),
        ("パスワードを変更するには？", "What about “パスワードを変更するには？”?"),
        ("¿Cómo puedo pagar?", "¿Cómo puedo pagar?"),
        ("", "What was asked?"),
        ("?", "What was asked?"),
        ("word " * 400, "word " * 55 + "word…?"),
    ],
)
def test_anything_asked_becomes_a_question(asked: str, heading: str) -> None:
    assert as_question(asked) == heading
    assert is_question(heading)


def test_hostile_questions_read_back_as_what_was_asked(tmp_path: Path) -> None:
    strings = [*hostile_strings(), "x --> <h2>y?</h2>", "{{< note >}} is this it?", "# a #", "[^1]: what?", "a {#b}?"]
    questions = list(dict.fromkeys(as_question(text) for text in strings))
    assert all(is_question(question) and bare_question(question) == question for question in questions)
    gaps = [Gap((Wording(one_line(text), 1), Wording(one_line(text), 1)), (WALKS,)) for text in strings]
    article = read(tmp_path, filled(as_stub(gaps)))
    entries = [section for section in article.sections if section.is_faq]
    assert [entry.heading for entry in entries] == questions
    bodies = [article.text[entry.body : entry.end].strip() for entry in entries]
    assert bodies == [f"Answer {number}." for number in range(len(questions))]


def test_the_terminal_gets_lines_that_steer_nothing() -> None:
    gap = Gap((Wording("red \x1b[31m?", 1200), Wording("two\nlines", 1)), (WALKS,))
    assert as_lines([Day("2026-03-01", 3, 1), Day("2026-03-02", 0, 1)], [gap], 30).split("\n") == [
        "5 questions in the last 30 days: 3 answered, 2 not covered (60 % answered)",
        "",
        "1,201 × red [31m?",
        "        also: two lines",
        "        nearest: Dogs › Walks › In the rain (dogs.md)",
    ]
    assert as_lines([], [], 7) == "0 questions in the last 7 days: 0 answered, 0 not covered"
