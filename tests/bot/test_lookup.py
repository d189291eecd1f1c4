"""What is read for a question, and what is not worth reading."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.coverage import Coverage
from bot.gate import UNRELATED, Gate, unrelated
from bot.lookup import Look, Lookup
from bot.settings import Settings
from bot.types import Passage, Read, Turn
from corpus.load import load_articles
from corpus.types import Corpus
from index.build import build_index, open_index
from index.search import Index
from index.types import Hit
from tests.fakes import AgreeingReader, WordHashEmbedder

ARTICLE = """# Refunds

Money is returned within nine days of the parcel's arrival at the warehouse. Gift cards are refunded as gift cards, and
whoever paid by bank transfer is asked for an account. An error named E4711 says that the account is closed.
"""


class _CountingReader(AgreeingReader):
    def __init__(self) -> None:
        self.passages = 0

    def read(self, question: str, passages: Sequence[Passage]) -> list[Read]:
        self.passages += len(passages)
        return super().read(question, passages)


@pytest.fixture
def index(tmp_path: Path) -> Index:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "refunds.md").write_text(ARTICLE, encoding="utf-8")
    embedder = WordHashEmbedder()
    build_index(load_articles(tmp_path / "corpus"), tmp_path / "index", embedder)
    return open_index(tmp_path / "index", embedder)


def _far(found: Look) -> bool:
    return max(hit.dense for hit in found.hits) < UNRELATED


def test_a_question_far_from_every_passage_is_not_read(index: Index) -> None:
    reader = _CountingReader()
    found = Lookup(index, reader, Gate(), Settings()).search("Which violin did Paganini play?")
    assert _far(found)
    assert (reader.passages, found.evidence, found.covered) == (0, (), False)
    assert len(found.hits) == 1  # whoever evaluates sees what was found all the same
    assert found.confidence < 0.01


@pytest.mark.parametrize("settings", [{"min_confidence": 0}, {"embedder": "another/model"}])
def test_it_is_read_where_nothing_is_declined_or_cosines_are_of_another_scale(
    index: Index, settings: dict[str, Any]
) -> None:
    reader = _CountingReader()
    found = Lookup(index, reader, Gate(), Settings(**settings)).search("Which violin did Paganini play?")
    assert _far(found)
    assert reader.passages == 1
    assert found.evidence


def test_words_of_the_articles_are_read_however_far_the_question(index: Index) -> None:
    reader = _CountingReader()
    found = Lookup(index, reader, Gate(), Settings()).search("E4711")
    assert _far(found)
    assert reader.passages == 1
    assert "E4711" in found.evidence[0].text


def test_one_passage_with_the_words_or_near_is_enough(index: Index) -> None:
    cover = Coverage(index.lexical)
    (refunds,) = index.chunks
    music = dataclasses.replace(refunds, id="music", title="Music", text="Paganini played the violin.")
    far, carried = (Hit(chunk, 0.2, 0.2, 0.0) for chunk in (music, refunds))  # as one of the turn before comes behind
    assert unrelated("account E4711", (far,), cover)
    assert not unrelated("account E4711", (far, carried), cover)
    assert not unrelated("account E4711", (far, dataclasses.replace(far, dense=UNRELATED)), cover)
    assert unrelated("account E4711", (), cover)


def test_an_index_without_passages_declines(tmp_path: Path) -> None:
    embedder = WordHashEmbedder()
    build_index(Corpus(tmp_path, ()), tmp_path / "index", embedder)
    found = Lookup(open_index(tmp_path / "index", embedder), _CountingReader(), Gate(), Settings()).search("Why?")
    assert (found.hits, found.evidence, found.covered) == ((), (), False)


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("When is money returned", ["When is money returned?"]),
        ("When is money returned?", ["When is money returned?"]),
        ("in which case is money returned", ["in which case is money returned?"]),
        ("refund of a gift card", ["refund of a gift card"]),
        ("Tell me about refunds.", ["Tell me about refunds."]),
        ("What is a refund and when is money returned", ["What is a refund?", "when is money returned?"]),
    ],
)
def test_a_question_is_read_with_its_mark(index: Index, asked: str, read: list[str]) -> None:
    lookup = Lookup(index, AgreeingReader(), Gate(bias=50), Settings())
    assert [look.query for look in lookup.looks(asked, ())[0]] == read


def test_the_passages_of_the_last_answer_are_looked_at_again(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "refunds.md").write_text(ARTICLE, encoding="utf-8")
    parcels = "# Parcels\n\nThey travel by lorry. A lost parcel is looked for as soon as its parcel number is known.\n"
    (tmp_path / "corpus" / "parcels.md").write_text(parcels, encoding="utf-8")
    embedder = WordHashEmbedder()
    build_index(load_articles(tmp_path / "corpus"), tmp_path / "index", embedder)
    index = open_index(tmp_path / "index", embedder)
    lookup = Lookup(index, AgreeingReader(), Gate(), Settings(top_k=1))
    refunds = next(chunk.id for chunk in index.chunks if chunk.article_id == "refunds.md")
    read = {
        cited: {hit.chunk.article_id for look in looks for hit in look.hits}
        for cited in ((), (refunds,))
        for looks, _ in [lookup.looks("and its number?", [Turn("How is a lost parcel looked for?", "", cited)])]
    }
    assert read == {(): {"parcels.md"}, (refunds,): {"parcels.md", "refunds.md"}}


@pytest.mark.parametrize(
    ("heading", "asked"),
    [
        ("Are gift cards refunded?", "Are gift cards refunded, yes or no?"),
        ("Are gift cards refunded, yes or no?", "Are gift cards refunded, yes or no?"),
        ("Gift cards are refunded, aren't they?", "Gift cards are refunded, aren't they?"),
    ],
)
def test_the_articles_own_question_is_known_with_a_tag_and_without(tmp_path: Path, heading: str, asked: str) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "faq.md").write_text(f"# Questions\n\n## {heading}\n\nAs gift cards.\n", encoding="utf-8")
    embedder = WordHashEmbedder()
    build_index(load_articles(tmp_path / "corpus"), tmp_path / "index", embedder)
    (found,), uncovered = Lookup(open_index(tmp_path / "index", embedder), _CountingReader(), Gate(), Settings()).looks(
        asked, ()
    )
    assert found.entry is not None
    assert uncovered == ()
