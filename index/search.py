"""An opened index: question in, chunks out, best first."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from corpus.types import Article
from index.fuse import fuse, lexical_weight
from index.lexical import LexicalIndex
from index.manifest import Manifest
from index.store import FaissStore
from index.types import Chunk, Embedder, Hit, Vectors

# Rows fetched from each side to begin with; doubled until the answer is proven, so it moves speed, never results.
DEPTH = 128


@dataclass(frozen=True)
class Index:
    """Chunks with their vectors and words; row i of everything is chunks[i]. Made by open_index."""

    articles: Mapping[str, Article]
    chunks: tuple[Chunk, ...]
    faq_chunks: tuple[Chunk, ...]  # the first chunk of each FAQ entry; row i of `questions`
    manifest: Manifest
    embedder: Embedder
    lexical: LexicalIndex
    vectors: FaissStore = field(repr=False)
    questions: FaissStore = field(repr=False)

    def search(self, question: str, k: int = 8) -> tuple[Hit, ...]:
        """The k best chunks for a question; fewer when the index holds fewer."""
        return self.search_vector(question, self.embedder.embed_question(question), k)

    def search_vector(
        self, question: str, vector: Vectors, k: int, keep: Collection[str] = (), without: Collection[str] = ()
    ) -> tuple[Hit, ...]:
        """The same with the question embedded already.

        Chunks named in `keep` are among the hits whatever they score, those of articles named in `without` never.
        Exact: candidates of both sides are widened until nothing outside them can reach the k-th score (the threshold
        algorithm of Fagin, Lotem and Naor, 2001), so search(k) begins as search(k + 1) does.
        """
        lexical = self.lexical.scores(question)
        by_words = np.argsort(-lexical, kind="stable")
        kept = np.array([self._row_of[name] for name in keep if name in self._row_of], np.int64)
        barred = np.array([self._row_of[chunk.id] for name in set(without) for chunk in self.chunks_of(name)], np.int64)
        size, depth = len(self.chunks), DEPTH
        k = max(0, min(k, size - len(barred)))
        if k == 0:
            return ()
        nearest = self.vectors.search(vector, 1 + len(barred))
        weight = lexical_weight(float(nearest[1][0][~np.isin(nearest[0][0], barred)][0]))
        while True:
            depth = min(max(depth, k), size)
            rows, cosines = self.vectors.search(vector, depth)
            found = np.setdiff1d(np.concatenate([rows[0], by_words[:depth], kept]), barred)
            dense = self.vectors.cosines(vector, found)
            fused = fuse(dense, lexical[found], weight)
            order = np.argsort(-fused, kind="stable")
            unseen = fuse(cosines[0, -1:], lexical[by_words[depth - 1 : depth]], weight)[0]
            if depth == size or (len(order) >= k and fused[order[k - 1]] > unseen):
                break
            depth *= 2
        last = set(kept.tolist())
        wanted = [i for rank, i in enumerate(order) if rank < k or int(found[i]) in last]
        return tuple(
            Hit(self.chunks[found[i]], float(fused[i]), float(dense[i]), float(lexical[found[i]])) for i in wanted
        )

    def chunk(self, chunk_id: str) -> Chunk:
        """The chunk with this id; KeyError when the index has none."""
        return self.chunks[self._row_of[chunk_id]]

    def chunks_of(self, article_id: str) -> tuple[Chunk, ...]:
        """An article's chunks in reading order."""
        return self._by_article.get(article_id, ())

    def faq_nearest(self, vector: Vectors, k: int, without: Collection[str] = ()) -> tuple[tuple[Chunk, float], ...]:
        """The FAQ entries whose questions are nearest to an embedded question, with cosines, best first.

        Entries of articles named in `without` are left out.
        """
        barred = sum(chunk.article_id in without for chunk in self.faq_chunks) if without else 0
        rows, cosines = self.questions.search(vector, k + barred)
        near = ((self.faq_chunks[row], float(cosine)) for row, cosine in zip(rows[0], cosines[0], strict=True))
        return tuple(pair for pair in near if pair[0].article_id not in without)[:k]

    @cached_property
    def _row_of(self) -> dict[str, int]:
        return {chunk.id: row for row, chunk in enumerate(self.chunks)}

    @cached_property
    def _by_article(self) -> dict[str, tuple[Chunk, ...]]:
        found: dict[str, list[Chunk]] = {}
        for chunk in self.chunks:
            found.setdefault(chunk.article_id, []).append(chunk)
        return {name: tuple(chunks) for name, chunks in found.items()}


def faq_entries(chunks: tuple[Chunk, ...]) -> tuple[Chunk, ...]:
    """The first chunk of each FAQ section, in order."""
    found: list[Chunk] = []
    before: tuple[str, str, tuple[str, ...]] | None = None
    for chunk in chunks:
        here = (chunk.article_id, chunk.anchor, chunk.heading_path)
        if chunk.is_faq and here != before:
            found.append(chunk)
        before = here
    return tuple(found)
