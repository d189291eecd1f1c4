"""The vectors of candidates, kept once embedded: those found last stay."""

from collections.abc import Sequence
from types import SimpleNamespace

from bot.ranking import EvidenceRanker
from index.types import Chunk, Vectors
from tests.fakes import WordHashEmbedder


class Counting(WordHashEmbedder):
    """Notes the texts it embeds."""

    def __init__(self) -> None:
        super().__init__()
        self.embedded: list[str] = []

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.embedded += texts
        return super().embed_passages(texts)


def chunk(name: str) -> Chunk:
    text = f"The {name} barks at night."
    return Chunk(name, f"{name}.md", "", (), "", text, 0, len(text))


def test_the_chunks_found_last_are_kept() -> None:
    embedder = Counting()
    ranker = EvidenceRanker(embedder, SimpleNamespace(), 2)  # type: ignore[arg-type]
    dog, fox, seal = (chunk(name) for name in ("dog", "fox", "seal"))
    for asked in (dog, fox, dog, seal):  # the fox is the one not found for longest
        ranker.prepare([asked])
    embedder.embedded.clear()
    ranker.prepare([dog, seal])
    assert not embedder.embedded
    ranker.prepare([fox])
    assert all(fox.text in text for text in embedder.embedded)
    assert embedder.embedded
