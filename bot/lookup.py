"""From a question to what the articles have on it: hits, ranked evidence, the FAQ entry that asks the same."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.coverage import Coverage
from bot.evidence import with_antecedent
from bot.faq import heading_asked, paraphrased, same_question
from bot.gate import Gate, read_signals, unrelated
from bot.question import goes_on, marked, question_parts, untagged, with_subject
from bot.ranking import EvidenceRanker
from bot.selection import select
from bot.settings import Settings
from bot.spelling import Spelling
from bot.types import Evidence, Reader, Turn
from index.search import Index
from index.types import Chunk, Hit, Vectors

# Pieces of evidence kept: more only make the prompt longer.
KEPT_EVIDENCE = 4
NEAREST_ENTRIES = 3  # FAQ entries compared with the question


@dataclass(frozen=True, slots=True)
class Look:
    """One reading of the question and what it found."""

    query: str
    vector: Vectors  # (1, d)
    hits: tuple[Hit, ...]  # the passages looked at, of which the reader is given four at most
    further: tuple[Hit, ...]  # those that come after them
    evidence: tuple[Evidence, ...]  # best first; none is needed beside an entry
    entry: Chunk | None  # the FAQ entry that asks the same
    confidence: float  # 0..1, that the articles cover the question
    covered: bool


class Lookup:
    """Reads questions against one index."""

    def __init__(self, index: Index, reader: Reader, gate: Gate, settings: Settings) -> None:
        self._index = index
        self._reader = reader
        self._gate = gate
        self._settings = settings
        self._cover = Coverage(index.lexical)
        self._ranker = EvidenceRanker(index.embedder, self._cover)
        self._spelling = Spelling(index.words.counts)
        # Its cosines are the shipped embedder's, and who declines nothing wants everything read.
        self._looks_first = not settings.embedder and settings.min_confidence > 0

    def looks(
        self, asked: str, history: Sequence[Turn], without: Collection[str] = (), further: int = 0
    ) -> tuple[tuple[Look, ...], tuple[str, ...]]:
        """What the question, or each part of it that is covered, finds; then the parts that are not covered.

        A heading of the FAQ may ask two things at once, and its author has answered both. Behind the passages that are
        looked at so many `further` ones are found.
        """
        bare = untagged(asked)
        if bare != asked and not self._is_heading(asked, without):
            asked = bare
        parts = question_parts(asked)
        if len(parts) > 1 and not self._is_heading(asked, without):
            before = [*history, *(Turn(part, "") for part in parts)]
            turns = [before[: len(history) + number] for number in range(len(parts))]
            found = [self._look(part, had, without, further) for part, had in zip(parts, turns, strict=True)]
            covered = tuple(look for look in found if look.covered)
            if covered:
                return covered, tuple(part for part, look in zip(parts, found, strict=True) if not look.covered)
        return (self._look(asked, history, without, further),), ()

    def _is_heading(self, asked: str, without: Collection[str]) -> bool:
        query = self._spelling.mend(asked)
        vector = self._index.embedder.embed_question(query)
        return heading_asked(query, self._index.faq_nearest(vector, NEAREST_ENTRIES, without)) is not None

    def _look(self, asked: str, history: Sequence[Turn], without: Collection[str], further: int) -> Look:
        """The question read alone or, when it goes on from the turn before, with its subject: whichever is surer.

        On mtrag the right passage is cited for .76 of the questions so, for .67 read alone; the subject carried always
        gives .59, carried wherever it is surer .77 but twice as many answers to what is not covered (bench/LOG.md).
        """
        alone = self.search(asked, without=without, further=further)
        if alone.entry or not history or not goes_on(asked):
            return alone
        query = with_subject(asked, history)
        carried = self.search(query, history[-1].chunk_ids, without=without, own_question=False, further=further)
        surer = carried.confidence >= alone.confidence
        return carried if surer and self._cover.touches(asked, carried.evidence) else alone

    def search(
        self, query: str, keep: Sequence[str] = (), *, without: Collection[str] = (), own_question: bool = True,
        further: int = 0,
    ) -> Look:  # fmt: skip
        """What a query finds; with a subject carried it is not the asker's own question, and no FAQ entry is it."""
        query = marked(self._spelling.mend(query))
        vector = self._index.embedder.embed_question(query)
        read = self._settings.top_k
        hits = self._index.search_vector(query, vector, read, keep, without)
        behind: tuple[Hit, ...] = ()
        if further:  # a search of its own: where codes propose, one that looks deeper may find others
            known = {hit.chunk.id for hit in hits}
            deeper = self._index.search_vector(query, vector, read + further, (), without)
            behind = tuple(hit for hit in deeper if hit.chunk.id not in known)
        entries = self._index.faq_nearest(vector, NEAREST_ENTRIES, without)
        if own_question and (entry := same_question(query, entries)):
            return Look(query, vector, hits, behind, (), entry, 1.0, covered=True)
        far = self._looks_first and unrelated(query, hits, self._cover)
        ranked = () if far else self._ranker.rank(query, vector, hits)
        chosen = select(self._reader, query, ranked, KEPT_EVIDENCE)
        confidence = self._gate.confidence(read_signals(hits, ranked, chosen))
        evidence = tuple(with_antecedent(piece) for piece in chosen.evidence)
        covered = bool(evidence) and confidence >= self._settings.min_confidence
        entry = paraphrased(query, entries, evidence, confidence) if own_question and covered else None
        return Look(query, vector, hits, behind, evidence, entry, confidence, covered)
