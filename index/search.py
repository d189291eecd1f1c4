"""An opened index: question in, chunks out, best first."""

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from index.fuse import fuse, lexical_weight
from index.lexical import LexicalIndex, highest
from index.manifest import Manifest
from index.store import Choice, FaissStore, kind_of
from index.texts import Entries, StoredArticles, StoredChunks
from index.types import Chunk, Embedder, Hit, Vectors
from index.words import Words

# Rows fetched from each side to begin with; doubled until the answer is proven, so it moves speed, never results.
DEPTH = 128
# Where the search is approximate, no proof is sought past so many rows of each side (bench/LOG.md).
DEEPEST = 1024


@dataclass(frozen=True)
class Index:
    """Chunks with their vectors and words; row i of everything is chunks[i]. Made by open_index."""

    articles: StoredArticles
    chunks: StoredChunks
    faq_chunks: Entries  # the first chunk of each FAQ entry; row i of `questions`
    manifest: Manifest
    embedder: Embedder
    lexical: LexicalIndex
    vectors: FaissStore = field(repr=False)
    questions: FaissStore = field(repr=False)
    words: Words = field(repr=False)

    def is_searched(self, choice: Choice) -> bool:
        """Whether it is searched as this setting asks for."""
        kinds = (kind_of(len(self.vectors), choice), kind_of(len(self.questions), choice))
        return kinds == (self.manifest.search, self.manifest.question_search)

    def search(self, question: str, k: int = 5) -> tuple[Hit, ...]:
        """The k best chunks for a question; fewer when the index holds fewer."""
        return self.search_vector(question, self.embedder.embed_question(question), k)

    def search_vector(
        self, question: str, vector: Vectors, k: int, keep: Collection[str] = (), without: Collection[str] = ()
    ) -> tuple[Hit, ...]:
        """The same with the question embedded already.

        Chunks named in `keep` are among the hits whatever they score, those of articles named in `without` never.
        Exact where the vectors' search is: candidates of both sides are widened until nothing outside them can reach
        the k-th score (the threshold algorithm of Fagin, Lotem and Naor, 2001), so search(k) begins as search(k + 1).
        """
        lexical = self.lexical.scores(question)
        kept = np.array([row for name in keep if (row := self.chunks.row_of(name)) is not None], np.int64)
        barred = self._rows_of(without)
        size, depth = len(self.chunks), DEPTH
        k = max(0, min(k, size - len(barred)))
        if k == 0:
            return ()
        deepest = size if self.vectors.kind == "exact" else max(DEEPEST, k + len(barred))
        while True:
            depth = min(max(depth, k + len(barred)), size)
            rows, cosines = self.vectors.search(vector, depth)
            weight = lexical_weight(float(cosines[0][~np.isin(rows[0], barred)][0]))
            by_words = highest(lexical, depth)
            found = np.setdiff1d(np.concatenate([rows[0], by_words, kept]), barred)
            dense = self.vectors.cosines(vector, found)
            fused = fuse(dense, lexical[found], weight)
            order = np.argsort(-fused, kind="stable")
            unseen = fuse(cosines[0, -1:], lexical[by_words[-1:]], weight)[0]
            if depth == size or (len(order) >= k and (depth >= deepest or fused[order[k - 1]] > unseen)):
                break
            depth = min(2 * depth, deepest)
        last = set(kept.tolist())
        wanted = [i for rank, i in enumerate(order) if rank < k or int(found[i]) in last]
        return tuple(
            Hit(self.chunks[int(found[i])], float(fused[i]), float(dense[i]), float(lexical[found[i]])) for i in wanted
        )

    def chunk(self, chunk_id: str) -> Chunk:
        """The chunk with this id; KeyError when the index has none."""
        row = self.chunks.row_of(chunk_id)
        if row is None:
            raise KeyError(chunk_id)
        return self.chunks[row]

    def chunks_of(self, article_id: str) -> tuple[Chunk, ...]:
        """An article's chunks in reading order."""
        return tuple(self.chunks[int(row)] for row in self._rows_of((article_id,)))

    def faq_nearest(self, vector: Vectors, k: int, without: Collection[str] = ()) -> tuple[tuple[Chunk, float], ...]:
        """The FAQ entries whose questions are nearest to an embedded question, with cosines, best first.

        Entries of articles named in `without` are left out.
        """
        barred = np.isin(self.faq_chunks.rows, self._rows_of(without)).sum() if without else 0
        rows, cosines = self.questions.search(vector, k + int(barred))
        near = ((self.faq_chunks[int(row)], float(cosine)) for row, cosine in zip(rows[0], cosines[0], strict=True))
        return tuple(pair for pair in near if pair[0].article_id not in without)[:k]

    def _rows_of(self, articles: Collection[str]) -> NDArray[np.int64]:
        """Rows of the chunks of articles, rising; of articles that are not there, none."""
        numbers = {self.articles.number(name) for name in articles if name in self.articles}
        first = self.articles.first_chunks()
        spans = [
            np.arange(first[number], first[number + 1] if number + 1 < len(first) else len(self.chunks))
            for number in sorted(numbers)
        ]
        return np.concatenate(spans) if spans else np.zeros(0, np.int64)
