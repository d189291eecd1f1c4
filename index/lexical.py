"""BM25 beside the vectors: names, numbers and rare words that an embedding blurs."""

import re
import unicodedata
from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]

# Of four pairs measured on eight sets (bench/LOG.md) the one whose fusion with the vectors never lost to either part:
# BEIR's saturation, and the usual length normalisation, since chunks are alike in length but their headings are not.
K1 = 0.9
B = 0.75
_WORD = re.compile(r"\w+")
_FOLDER_MARK = "params.index.json"  # bm25s writes it; absent when no chunk has a word


def terms(text: str) -> list[str]:
    """The stems of a text in order, stop words left out; the same for passages and questions."""
    stem, stop_words = _tools()
    found = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    return [stem(word) for word in found if word not in stop_words]


@lru_cache(maxsize=1)
def _tools() -> tuple[Any, frozenset[str]]:
    import Stemmer
    from bm25s.stopwords import STOPWORDS_EN

    return lru_cache(maxsize=65536)(Stemmer.Stemmer("english").stemWord), frozenset(STOPWORDS_EN)


class _Numbers(Sequence[list[int]]):
    """Lists of numbers, four bytes each, where Python lists take eight and more."""

    def __init__(self) -> None:
        self._all, self._ends = array("i"), array("q", [0])

    def append(self, numbers: Iterable[int]) -> None:
        self._all.extend(numbers)
        self._ends.append(len(self._all))

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, at: Any) -> Any:  # noqa: ANN401 - one by one is all that bm25s asks
        return self._all[self._ends[at] : self._ends[at + 1]].tolist()

    def __iter__(self) -> Iterator[list[int]]:
        return (self[at] for at in range(len(self)))


class LexicalIndex:
    """BM25 (Lucene's form) over the passages, scores as a share of the highest the question could reach.

    Each term adds idf * tf / (tf + ...) < idf, so the sum of the question's idf bounds its score from above: the
    theoretical maximum of Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval" (2022).
    """

    def __init__(self, bm25: Any, size: int) -> None:  # noqa: ANN401 - bm25s has no types; None: no chunk has a word
        self._bm25 = bm25
        self._size = size

    @classmethod
    def of(cls, passages: Iterable[str]) -> "LexicalIndex":
        """Index passages, each looked at once; row i of every score is the i-th."""
        import bm25s

        vocabulary: dict[str, int] = {}
        ids = _Numbers()
        for passage in passages:
            ids.append(vocabulary.setdefault(term, len(vocabulary)) for term in terms(passage))
        if not vocabulary:
            return cls(None, len(ids))
        bm25 = bm25s.BM25(k1=K1, b=B, method="lucene", auto_compile=False)
        bm25.index(SimpleNamespace(ids=ids, vocab=vocabulary), create_empty_token=False, show_progress=False)
        return cls(bm25, len(ids))

    @classmethod
    def load(cls, folder: Path, size: int) -> "LexicalIndex":
        """Read what `save` wrote; arrays stay on disk until a question needs them."""
        import bm25s

        if not (folder / _FOLDER_MARK).exists():
            return cls(None, size)
        return cls(bm25s.BM25.load(folder, mmap=True, show_progress=False, auto_compile=False), size)

    def save(self, folder: Path) -> None:
        """Write bm25s's own files: npy and JSON, no pickle."""
        folder.mkdir(parents=True, exist_ok=True)
        if self._bm25 is not None:
            self._bm25.save(folder, show_progress=False)

    def __len__(self) -> int:
        return self._size

    def known(self, term: str) -> bool:
        """Whether a term (a stem, as `terms` gives it) stands in some passage."""
        return self._bm25 is not None and term in self._bm25.vocab_dict

    def idf(self, term: str) -> float:
        """Lucene's inverse document frequency; highest for a term no passage has."""
        return float(np.log(1 + (self._size - (df := self.frequency(term)) + 0.5) / (df + 0.5)))

    def frequency(self, term: str) -> int:
        """Passages that hold the term."""
        if not self.known(term):
            return 0
        row, starts = self._bm25.vocab_dict[term], self._bm25.scores["indptr"]
        return int(starts[row + 1] - starts[row])

    def scores(self, question: str) -> Scores:
        """(n,) float32 in 0..1, one for each row; zeros when no word of the question is known."""
        asked = terms(question)
        ids = [self._bm25.vocab_dict[term] for term in asked if self.known(term)]
        if not ids:
            return np.zeros(self._size, np.float32)
        attainable = sum(self.idf(term) for term in asked)
        return np.asarray(self._bm25.get_scores_from_ids(ids) / np.float32(attainable), np.float32)


def highest(scores: Scores, k: int) -> NDArray[np.int64]:
    """Rows of the k highest scores, best first, ties by row.

    The k-th highest of the maxima of stretches is a bound from below for the k-th score: only rows that reach it are
    sorted, .3 ms of a million instead of 100.
    """
    width = len(scores) // (4 * k) if k else 0
    if width < 2:
        return np.argsort(-scores, kind="stable")[:k]
    tops = scores[: len(scores) // width * width].reshape(-1, width).max(axis=1)
    bound = np.partition(tops, len(tops) - k)[len(tops) - k]
    reach = np.flatnonzero(scores >= bound) if bound > 0 else np.flatnonzero(scores > 0)
    if len(reach) < k:  # the rest are the first of those that score nothing
        reach = np.union1d(reach, np.arange(min(len(scores), k + len(reach))))
    return reach[np.argsort(-scores[reach], kind="stable")[:k]]
