"""Examples are what the product's own search finds, with what answers marked in it and nothing else."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from bench.passages import article
from index.embedder import TextEmbedder
from tests.fakes import WordHashEmbedder
from training import examples
from training.examples import Asked, Example, Examples, dstc_faq, manual
from training.lines import write_lines
from training.split import Unseen

CATS = "Cats purr when they are content. A cat sleeps for fifteen hours a day. Lions are cats that roar."
DOGS = "Dogs bark at strangers. A dog sleeps for twelve hours a day. Wolves are dogs that howl."
FISH = "Fish swim in schools. Salmon return to the river of their birth. Sharks never sleep at all."
ARTICLES = [article("cats", "Pets", CATS), article("dogs", "Pets", DOGS), article("fish", "Pets", FISH)]


@pytest.fixture
def of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Example]]:
    """The examples of some questions, each asked again as often as `removed` and `swapped` say."""

    def made(*asked: Asked, removed: float = 0.0, swapped: float = 0.0, seed: int = 1) -> list[Example]:
        monkeypatch.setattr(examples, "REMOVED", removed)
        monkeypatch.setattr(examples, "SWAPPED", swapped)
        embedder = cast(TextEmbedder, WordHashEmbedder())
        return list(Examples("pets", ARTICLES, tmp_path, embedder, random.Random(seed)).of(asked))

    return made


def sleeps(*answers: str, words: tuple[str, ...] = (), kind: str = "answerable") -> Asked:
    """How long a cat sleeps, answered by a text that says one of these."""
    return Asked(
        "How many hours does a cat sleep?", frozenset(("cats",)), lambda text: any(one in text for one in answers),
        kind, "pets:cats", words,
    )  # fmt: skip


def test_the_span_that_answers_is_marked_and_the_answers_words_in_it(of: Callable[..., list[Example]]) -> None:
    (one,) = of(sleeps("fifteen", words=("fifteen hours", "a day")))
    assert (one.kind, one.group) == ("answerable", "pets:cats")
    assert 2 <= len(one.passages) <= 4
    by_article = {passage.article: passage for passage in one.passages}
    assert all(not passage.gold and not passage.answers for name, passage in by_article.items() if name != "cats")
    cats = by_article["cats"]
    assert [cats.text[slice(*cats.spans[number])] for number in cats.gold] == ["A cat sleeps for fifteen hours a day."]
    assert [cats.text[start:end] for start, end in cats.answers] == ["fifteen hours", "a day"]
    assert len(cats.scores) == len(cats.spans) == 3
    assert max(range(3), key=lambda number: cats.scores[number]) == cats.gold[0]  # the product's own ranking


def test_the_passage_that_answers_takes_the_last_place_when_it_was_found_further_down(
    of: Callable[..., list[Example]],
) -> None:
    asked = Asked("Do dogs bark at strangers?", frozenset(("fish",)), lambda _: True, "pair", "pets:fish")
    for seed in range(4):
        (one,) = of(asked, seed=seed)
        assert one.passages[0].article == "dogs"
        assert "fish" in {passage.article for passage in one.passages}
        assert [passage.gold for passage in one.passages if passage.article == "fish"] == [(0, 1, 2)]


def test_a_question_whose_passage_is_there_but_whose_span_is_not_known_teaches_nothing(
    of: Callable[..., list[Example]],
) -> None:
    assert of(sleeps("no such words")) == []


def test_a_mined_question_whose_page_was_not_found_teaches_nothing(of: Callable[..., list[Example]]) -> None:
    asked = [
        Asked("What is a horse?", frozenset(("horses",)), lambda _: True, kind, "pets:horses")
        for kind in ("mined", "pair")
    ]
    (one,) = of(*asked)  # another page may well say what it is; of a pair nothing else answers
    assert one.kind == "pair"
    assert not any(passage.gold for passage in one.passages)


def test_a_question_without_an_answer_has_none_marked(of: Callable[..., list[Example]]) -> None:
    asked = Asked("Why do cats fly?", frozenset(), lambda _: True, "adversarial", "pets:cats")
    (one,) = of(asked, removed=1.0, swapped=1.0)  # it is not asked again
    assert not any(passage.gold for passage in one.passages)


def test_asked_once_more_without_its_passages_and_with_a_fact_turned_nothing_answers(
    of: Callable[..., list[Example]],
) -> None:
    first, removed, swapped = of(sleeps("fifteen", words=("fifteen",)), removed=1.0, swapped=1.0)
    assert (first.kind, removed.kind, swapped.kind) == ("answerable", "removed", "swapped")
    assert removed.question == first.question
    assert "cats" not in {passage.article for passage in removed.passages}
    assert swapped.question != first.question
    assert "cats" in {passage.article for passage in swapped.passages}
    for other in (removed, swapped):
        assert not any(passage.gold or passage.answers for passage in other.passages)
        assert other.group == first.group  # so that both fall on one side of the split


def test_only_what_is_surely_answered_is_turned_into_another(of: Callable[..., list[Example]]) -> None:
    assert [one.kind for one in of(sleeps("fifteen", kind="pair"), swapped=1.0)] == ["pair"]


def page(title: str, *paragraphs: str) -> str:
    return (
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{'<p>'.join(('', *paragraphs))}</body></html>"
    )


FOX = "the quick brown fox jumps over the lazy dog and runs into the dark wood at night"


@pytest.fixture
def unseen(tmp_path: Path) -> Unseen:
    rows: dict[str, list[dict[str, Any]]] = {"nq_open": [{"question": "Who jumps?", "text": FOX}], "squad2": []}
    for name, some in rows.items():
        (tmp_path / "eval" / name).mkdir(parents=True)
        lines = "".join(json.dumps(row) + "\n" for row in some)
        (tmp_path / "eval" / name / "passages.jsonl").write_text(lines, encoding="utf-8")
    return Unseen(tmp_path / "eval")


def test_a_turn_of_a_dialogue_that_goes_on_is_asked_with_its_subject(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examples, "ENTRIES", 1)
    folder = tmp_path / "dstc_faq"
    folder.mkdir()
    entry = {"id": "hotel-1-faq-1", "entity": "the crown", "title": "Are dogs allowed?", "text": "Dogs are allowed."}
    write_lines(folder / "passages.jsonl", [entry])
    said = [["U", "Is there parking at The Crown?"], ["S", "Yes, behind the house."]]
    turns = [
        {"id": "1", "question": "And may they bring dogs?", "history": said, "gold": [entry["id"]]},
        {"id": "2", "question": "Are dogs allowed at The Crown?", "history": said, "gold": [entry["id"]]},
        {"id": "3", "question": "Thank you, that is all.", "history": [], "gold": []},
    ]
    write_lines(folder / "questions.jsonl", turns)
    _, asked = dstc_faq(tmp_path, random.Random(1))
    assert [(one.question, one.kind) for one in asked[:3]] == [
        ("Is there parking at The Crown? And may they bring dogs?", "pair"),
        ("Are dogs allowed at The Crown?", "pair"),
        ("Thank you, that is all.", "removed"),
    ]


def test_a_manual_becomes_articles_and_the_questions_they_answer(unseen: Unseen, tmp_path: Path) -> None:
    folder = tmp_path / "packages" / "paint-doc" / "html"
    folder.mkdir(parents=True)
    layers = page("Layers", "A layer is a sheet of the picture.", "To add a layer, choose Layer and New.")
    brushes = page("Brushes", "Every brush paints on one layer.", "To change the brush, press B.")
    known = page("Fox", f"{FOX}.", "To catch the fox, run.")
    for name, text in (("layers", layers), ("brushes", brushes), ("fox", known)):
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    articles, asked = manual(tmp_path / "packages", "paint-doc/html", tmp_path / "work", unseen, random.Random(1))
    assert sorted(one.title for one in articles) == ["Brushes", "Layers"]  # the fox stands in an evaluation set
    by_form = {one.kind: one for one in asked}
    assert set(by_form) <= {"mined", "pair"}
    mined = [one for one in asked if one.kind == "mined"]
    texts = {one.id: one.text for one in articles}
    assert len(mined) == 3
    for one in mined:
        assert one.group == f"paint-doc/html:{min(one.articles)}"
        assert all("fox" not in name for name in one.articles)
        for name in one.articles:
            said = [line for line in texts[name].split("\n") if one.answers(line)]
            assert said
        assert not one.answers("Every brush paints on one layer.")
