"""What an index is made of, and the seams behind which the embedder and the vector store stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of one article that is embedded and found as one: `article.text[start:end] == text`."""

    id: str  # depends on article id, position and text: the same text in two places has two ids
    article_id: str
    title: str  # the article's
    heading_path: tuple[str, ...]
    anchor: str
    text: str
    start: int  # characters into Article.text
    end: int
    context: str = ""  # a table's header row or a list's lead-in the chunk starts below; embedded, no part of `text`
    is_faq: bool = False  # the chunk is (part of) the answer to the question heading_path[-1]

    @property
    def heading(self) -> str:
        """The nearest heading, or an empty string."""
        return self.heading_path[-1] if self.heading_path else ""

    @property
    def passage(self) -> str:
        """What is embedded and searched: title and headings, then the lead-in, then the text."""
        return "\n".join(
            part for part in (" > ".join((self.title, *self.heading_path)), self.context, self.text) if part
        )


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk found for a question; higher is better everywhere, ties are in the order of the index's rows."""

    chunk: Chunk
    score: float  # fused, the one the order is made by
    dense: float  # cosine of question and passage, -1..1
    lexical: float  # BM25 as a share of the highest score the question could reach, 0..1


class Embedder(Protocol):
    """Turns text into unit vectors."""

    @property
    def fingerprint(self) -> str:
        """Name and weights' hash: two embedders with one fingerprint give comparable vectors."""

    @property
    def dtype(self) -> str:
        """Type it computes in, and by what engine; rows of the same weights in another differ in their last digits."""

    @property
    def dimension(self) -> int:
        """Columns of every matrix it returns."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, d) float32 with unit rows; row i depends on texts[i] alone."""

    def embed_question(self, text: str) -> Vectors:
        """(1, d) float32, a unit row."""


class VectorStore(Protocol):
    """Finds the nearest rows of a matrix of unit vectors."""

    def search(self, vectors: Vectors, k: int) -> tuple[NDArray[np.int64], Vectors]:
        """Rows (m, k') and their cosines (m, k'), best first, ties by row; k' = min(k, number of rows)."""
