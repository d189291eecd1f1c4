"""What is read for a question, and what is not worth reading."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.gate import UNRELATED, Gate
from bot.lookup import Look, Lookup
from bot.settings import Settings
from bot.types import Passage, Read
from corpus.load import load_articles
from index.build import build_index, open_index
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
def look(tmp_path: Path) -> tuple[_CountingReader, Lookup, Lookup]:
    """A reader, and what looks questions up by it: by the usual threshold, and by one that asks for the unlikely."""
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "refunds.md").write_text(ARTICLE, encoding="utf-8")
    embedder, reader = WordHashEmbedder(), _CountingReader()
    build_index(load_articles(tmp_path / "corpus"), tmp_path / "index", embedder)
    index = open_index(tmp_path / "index", embedder)
    usual, eager = (Lookup(index, reader, Gate(), Settings(min_confidence=least)) for least in (0.3, 0.01))
    return reader, usual, eager


def _far(found: Look) -> bool:
    return max(hit.dense for hit in found.hits) < UNRELATED


def test_a_question_far_from_every_passage_is_not_read(look: tuple[_CountingReader, Lookup, Lookup]) -> None:
    reader, usual, eager = look
    far = usual.search("Which violin did Paganini play?")
    assert _far(far)
    assert (reader.passages, far.evidence, far.covered) == (0, (), False)
    assert len(far.hits) == 1  # whoever evaluates sees what was found all the same
    assert far.confidence < 0.01
    assert eager.search("Which violin did Paganini play?").evidence, "a threshold that low asks for what is unlikely"


def test_words_of_the_articles_are_read_however_far_the_question(
    look: tuple[_CountingReader, Lookup, Lookup],
) -> None:
    reader, usual, _ = look
    found = usual.search("E4711")
    assert _far(found)
    assert reader.passages == 1
    assert "E4711" in found.evidence[0].text
