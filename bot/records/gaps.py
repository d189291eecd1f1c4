"""Gaps: what visitors ask and the articles do not cover, each with all the ways it was asked."""

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.records.clusters import clusters
from bot.records.kept import Record
from corpus.clean import one_line
from index.search import Index
from index.types import Chunk, Vectors

# Mean cosine distance up to which wordings are one question. On rephrasings of 62 threads and on 50 intents of bank
# customers .45 is the best of .25 to .65, by the adjusted Rand index and by BCubed F1 (bench/LOG.md).
APART = 0.45
MOST_WORDINGS = 1_000  # put together at once, the most asked: 4 s to embed on 2 cores, and 4 MB of distances
MOST_GAPS = 100  # more than anyone fills in one go
NEAREST = 3  # passages named for each gap
_DEPTH = 12  # passages looked through for them: several may be of one section


@dataclass(frozen=True, slots=True)
class Wording:
    """One way of asking, however it was capitalised."""

    text: str  # on one line, as it was first asked
    count: int


@dataclass(frozen=True, slots=True)
class Gap:
    """A question that was not covered."""

    wordings: tuple[Wording, ...]  # the most central first, then the most asked
    nearest: tuple[Chunk, ...]  # the passages found for it, one a section, best first

    @property
    def question(self) -> str:
        """The most central wording."""
        return self.wordings[0].text

    @property
    def count(self) -> int:
        """How often it was asked, in whatever words."""
        return sum(wording.count for wording in self.wordings)


class Gaps:
    """Finds the gaps of an index; remembers the vectors of the wordings it was last given, and of no others."""

    def __init__(self, index: Index, apart: float = APART, most: int = MOST_GAPS) -> None:
        self._index = index
        self._apart = apart
        self._most = most
        self._rows: dict[str, Vectors] = {}
        self._embedding = threading.Lock()

    def find(self, records: Sequence[Record]) -> tuple[Gap, ...]:
        """The gaps among some records, the most asked first."""
        wordings = wordings_of(records)
        rows = self._embedded(wordings)
        numbers = clusters(rows, self._apart)
        members = [np.flatnonzero(numbers == number) for number in range(numbers.max(initial=-1) + 1)]
        counts = [sum(wordings[at].count for at in each) for each in members]
        most = sorted(range(len(members)), key=lambda number: -counts[number])[: self._most]
        return tuple(self._gap([wordings[at] for at in members[number]], rows[members[number]]) for number in most)

    def _gap(self, wordings: Sequence[Wording], rows: Vectors) -> Gap:
        first = central(rows, np.array([wording.count for wording in wordings]))
        others = [wording for at, wording in enumerate(wordings) if at != first]
        asked = wordings[first].text
        hits = self._index.search_vector(asked, rows[first : first + 1], _DEPTH)
        sections = {(hit.chunk.article_id, hit.chunk.heading_path): hit.chunk for hit in reversed(hits)}
        return Gap((wordings[first], *others), tuple(reversed(sections.values()))[:NEAREST])

    def _embedded(self, wordings: Sequence[Wording]) -> Vectors:
        texts = [wording.text for wording in wordings]
        with self._embedding:
            new = [text for text in texts if text not in self._rows]
            found = self._rows | dict(zip(new, self._index.embedder.embed_passages(new), strict=True))
            self._rows = {text: found[text] for text in texts}
            return np.stack([*self._rows.values()]) if texts else np.zeros((0, 1), np.float32)


def wordings_of(records: Sequence[Record], most: int = MOST_WORDINGS) -> tuple[Wording, ...]:
    """What was asked and not covered, the most asked first, equals in the order they came."""
    texts = [
        one_line(part)
        for record in records
        for part in ((record.question,) if record.lane == "declined" else record.uncovered)
    ]
    spelled: dict[str, str] = {}
    for text in texts:
        spelled.setdefault(text.casefold(), text)
    counted = Counter(text.casefold() for text in texts).most_common(most)
    return tuple(Wording(spelled[name], count) for name, count in counted)


def central(rows: Vectors, counts: NDArray[np.int64]) -> int:
    """The row whose mean cosine to all others, each as often as it was asked, is highest; the first of equals."""
    means = rows.astype(np.float64) @ (rows.T.astype(np.float64) @ counts) / counts.sum()
    return int(np.argmax(np.round(means, 6)))  # a row of float32 is of length 1 to the seventh digit
