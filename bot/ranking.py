"""Which candidates answer the question best, and the vectors of those candidates, kept once embedded."""

import dataclasses
import re
import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from bot.coverage import Coverage
from bot.evidence import Span, candidates, in_context
from bot.types import Evidence
from index.types import Chunk, Embedder, Hit, Vectors

# score = cosine + COVERAGE * idf-weighted share of the question's words + PASSAGE * score of the passage.
# Chosen on squad2, whole road, 700 questions: the best sentence holds a gold answer for .64 by cosine alone, for .76 by
# this sum (bench/LOG.md).
COVERAGE = 0.5
PASSAGE = 0.5
# A sentence that only points elsewhere repeats the subject and says nothing of it: any other goes first.
POINTER = 0.2
_POINTS = re.compile(
    r"(?:to [^.,]{1,60}, )?please (?:see|visit|read|refer|consult|check)\b|"
    r"(?:you can )?(?:to )?(?:learn|read|find out|see|know) (?:more|about)\b|"
    r"see (?:also|the|our|how)\b|for (?:more|further|details)\b|click here\b|"
    r"(?:in )?this (?:article|guide|page|section|chapter|document|tutorial|faq|table|list)\b|"
    r"the (?:following|next|table|list)\b",
    re.IGNORECASE,
)
# Chunks whose candidates are kept: some 12 vectors of 1.5 kB each, so about 19 MB.
KEPT_CHUNKS = 1024


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A chunk's candidates: where they are, how they read under their heading, and their vectors."""

    spans: tuple[Span, ...]
    shown: tuple[str, ...]
    vectors: Vectors  # (len(spans), d)


class EvidenceRanker:
    """Ranks the sentences, lists and rows of the hits; embeds those of a chunk when it is first found."""

    def __init__(self, embedder: Embedder, cover: Coverage, most: int = KEPT_CHUNKS) -> None:
        self._embedder = embedder
        self._cover = cover
        self._kept: OrderedDict[str, _Prepared] = OrderedDict()
        self._lock = threading.Lock()
        self._most = most

    def rank(self, question: str, vector: Vectors, hits: Sequence[Hit]) -> tuple[Evidence, ...]:
        """All candidates, best first, numbered from 1; ties in the order found."""
        prepared = self.prepare(hit.chunk for hit in hits)
        found: list[Evidence] = []
        for hit, kept in zip(hits, prepared, strict=True):
            for span, shown, row in zip(kept.spans, kept.shown, kept.vectors, strict=True):
                found.append(self._judge(question, vector, hit, span, shown, row))
        best = sorted(found, key=lambda piece: -piece.score)
        return tuple(dataclasses.replace(piece, number=number) for number, piece in enumerate(best, 1))

    def prepare(self, chunks: Iterable[Chunk]) -> list[_Prepared]:
        """The candidates of each chunk; all that are new are embedded in one go. Several visitors may ask at once."""
        asked = list(chunks)
        with self._lock:
            known = {chunk.id: self._kept[chunk.id] for chunk in asked if chunk.id in self._kept}
            for name in known:
                self._kept.move_to_end(name)  # those found last stay
        new = list({chunk.id: chunk for chunk in asked if chunk.id not in known}.values())
        spans = [tuple(candidates(chunk)) for chunk in new]
        shown = [tuple(in_context(chunk, span) for span in own) for chunk, own in zip(new, spans, strict=True)]
        vectors = self._embedder.embed_passages([text for own in shown for text in own])
        begin = 0
        for chunk, own, texts in zip(new, spans, shown, strict=True):
            known[chunk.id] = _Prepared(own, texts, vectors[begin : begin + len(own)].copy())
            begin += len(own)
        with self._lock:
            self._kept.update(known)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return [known[chunk.id] for chunk in asked]

    def _judge(self, question: str, vector: Vectors, hit: Hit, span: Span, shown: str, row: Vectors) -> Evidence:
        cosine = float(np.dot(row, vector[0]))
        coverage = self._cover.share(question, shown)
        text = span.of(hit.chunk)
        score = cosine + COVERAGE * coverage + PASSAGE * hit.score - POINTER * is_pointer(text)
        return Evidence(0, hit.chunk, span.start, span.end, text, score, span.lead, cosine)


def is_pointer(text: str) -> bool:
    """Whether a sentence only tells where to read on; a list or table that such a sentence introduces does not."""
    return "\n" not in text and bool(_POINTS.match(text))
