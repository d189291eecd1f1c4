"""Questions mined from manuals: by the form of a sentence or heading, and only where that leaves little doubt."""

import random

import pytest

from corpus.types import Article, Section
from training.manuals import partly_hidden
from training.mining import MOST, asked, heading_asked, mine, says_one_of


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("A branch is a line of development.", "What is a branch?"),
        ("Layers are the sheets a picture is made of.", "What are layers?"),
        ("GIMP is an image editor.", "What is GIMP?"),
        ("This is a line of development.", ""),
        ("To change your font, choose Format > Character.", "How do I change my font?"),
        ("To do this, choose Format > Character.", ""),
        ("Click the button to close the window.", "How do I close the window?"),
        ("You can move a layer by dragging it.", "How can I move a layer?"),
        ("You can move a layer.", "Can I move a layer?"),
        ("If you forget your password, ask the administrator.", "What happens if I forget my password?"),
        ("The git bisect command lets you find the commit.", "What does the git bisect command do?"),
        ("The following command shows all files.", ""),
        ("If you want to reduce the size, export it.", "How do I reduce the size?"),
        ("- The --index option is used to ask.", ""),
        ("The client does not store your password.", "Does the client store my password?"),
        ("A leading separator is always removed.", "Is a leading separator always removed?"),
        ("Typically messages are logged to files.", ""),
        ("Rsyslogd is configured via the rsyslog.conf file.", ""),
        ("The profile allows you to assign another.", ""),
    ],
)
def test_a_question_follows_from_the_form_of_a_sentence(text: str, question: str) -> None:
    assert next((found for _, found, _ in asked(text)), "") == question


@pytest.mark.parametrize(
    ("heading", "question"),
    [
        ("3.1. Inserting Rows", "How do I insert rows?"),
        ("Remove your account", "How do I remove my account?"),
        ("Can I use two keys?", "Can I use two keys?"),
        ("Making backups", "How do I make backups?"),
        ("Spring cleaning", ""),
        ("Overview", ""),
    ],
)
def test_a_heading_is_asked_when_its_first_word_is_a_verb(heading: str, question: str) -> None:
    assert heading_asked(heading, frozenset(("insert", "remove", "make"))) == question


def test_whoever_defines_the_subject_answers_and_every_question_is_bounded() -> None:
    text = "A branch is a line of development.\n\nNobody likes a branch that is stale."
    other = "A branch is a movable pointer.\n\nTo add a branch, click Add."
    articles = [
        Article(name, name, "", said, (Section((), "", 0, 0, len(said)),)) for name, said in (("a", text), ("b", other))
    ]
    found = mine(articles, articles, random.Random(1))
    what = [one for one in found if one.form == "what"]
    assert len(what) == 2
    assert all(set(one.articles) == {"a", "b"} for one in what)
    assert all(says_one_of(one.texts)("A branch is a movable pointer.") for one in what)
    assert [one.articles for one in found if one.form == "how"] == [("b",)]
    many = "\n\n".join(f"To open box{number} there, press Enter." for number in range(MOST["how"] + 5))
    crowd = [Article("c", "c", "", many, (Section((), "", 0, 0, len(many)),))]
    assert len(mine(crowd, crowd, random.Random(1))) == MOST["how"]


def test_a_hidden_heading_leaves_nothing_behind_and_the_sections_still_tile_the_text() -> None:
    sections = []
    text = ""
    for number in range(20):
        start, body = len(text), len(text) + len(f"Heading {number}\n\n")
        text += f"Heading {number}\n\nWords of part {number}.\n\n"
        sections.append(Section(("Top", f"Heading {number}"), "", start, body, len(text)))
    hidden = partly_hidden(Article("a", "Title", "", text, tuple(sections)), random.Random(1))
    gone = [one.heading_path for one in hidden.sections].count(("Top",))
    assert 0 < gone < 20
    assert hidden.text.count("Heading") == 20 - gone
    assert [one.start for one in hidden.sections] == [0, *(one.end for one in hidden.sections[:-1])]
    assert all(
        f"Words of part {number}." in hidden.text[one.body : one.end] for number, one in enumerate(hidden.sections)
    )


def test_a_span_of_a_word_or_two_is_not_an_answer_because_the_text_holds_it() -> None:
    says = says_one_of(("To open a box, press Enter twice.",))
    assert says("To open a box, press Enter twice.")
    assert says("open a box, press")
    assert not says("a")
    assert not says("pen a bo")
