"""A large corpus out of a small real one: articles again with other numbers, vectors with some of what tells two apart.

Embedding a million chunks takes two cores hours. So each article of a built index comes again and again, marked as an
edition, its digits permuted edition by edition, and a chunk's vector is the real one's plus a random share of the
difference of two other real vectors, made a unit row: noise as the corpus itself has it, a pure function of the text.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from corpus.types import Article
from index.search import Index
from index.texts import digest
from index.types import Vectors

MARK = ", edition "
_MARK = re.compile(rf"{MARK}(\d+)")
# With these the nearest neighbour of a chunk has a cosine of .92 in the median and the tenth .81; among 62,000 real
# chunks they have .80 and .63.
SHARE = (0.3, 0.8)
DIGITS = "0123456789"


def numbers_of(edition: int) -> dict[int, int]:
    """Which digit stands for which; editions of another number, as a rule, have another."""
    shuffled = list(DIGITS)
    random.Random(edition).shuffle(shuffled)
    return str.maketrans(DIGITS, "".join(shuffled))


class Editions(Sequence[Article]):
    """The articles of an index, edition after edition, until they have so many chunks; made when asked for."""

    def __init__(self, index: Index, chunks: int) -> None:
        self._articles = index.articles
        ends = np.append(index.articles.first_chunks()[1:], len(index.chunks))
        whole, rest = divmod(chunks, len(index.chunks))
        self._length = whole * len(ends) + int(np.searchsorted(ends, rest, "right"))

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, at: object) -> Article:
        raise NotImplementedError("they are gone through in order")

    def __iter__(self) -> Iterator[Article]:
        left, edition = self._length, 0
        while left > 0:
            for article in self._articles.values():
                if left == 0:
                    return
                left -= 1
                yield in_edition(article, edition)
            edition += 1


def in_edition(article: Article, edition: int) -> Article:
    """The article with the digits of an edition; of edition 0, as it is."""
    if edition == 0:
        return article
    digits = numbers_of(edition)
    sections = tuple(
        replace(part, heading_path=tuple(one.translate(digits) for one in part.heading_path))
        for part in article.sections
    )
    return replace(
        article,
        id=f"{article.id}@{edition}",
        title=f"{article.title.translate(digits)}{MARK}{edition}",
        text=article.text.translate(digits),
        sections=sections,
    )


class VariedEmbedder:
    """Vectors of editions out of those of the index they were made of."""

    dtype = "float32"
    fingerprint = "varied"

    def __init__(self, index: Index) -> None:
        rows = index.vectors.vectors
        if rows.dtype != np.float32:  # halves, in a large index
            rows = rows.astype(np.float32)
            rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        self._vectors = np.asarray(rows)
        self._rows = {name: row for row, name in enumerate(index.chunks.passages.tolist())}
        self.dimension = index.vectors.dimension
        self.strange = 0  # texts that are no edition of a chunk: cut elsewhere, or a heading

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, d) float32, unit rows."""
        return np.stack([self._row(text) for text in texts])

    def embed_question(self, text: str) -> Vectors:
        """(1, d) float32, a unit row."""
        return self._row(text)[None]

    def _row(self, text: str) -> Vectors:
        found, edition = text, 0
        if mark := _MARK.search(text):
            edition = int(mark[1])
            back = {there: here for here, there in numbers_of(edition).items()}
            found = f"{text[: mark.start()]}{text[mark.end() :]}".translate(back)
        chance = np.random.default_rng(np.frombuffer(digest(text), np.uint32))
        row = self._rows.get(digest(found).rstrip(b"\0"))  # as numpy writes it
        if row is None:
            self.strange += 1
            row = int(chance.integers(len(self._vectors)))
        elif edition == 0:
            return self._vectors[row]
        one, other = self._vectors[chance.integers(len(self._vectors), size=2)]
        varied = self._vectors[row] + np.float32(chance.uniform(*SHARE)) * (one - other)
        return varied / np.linalg.norm(varied)
