"""The one path from a question to an answer; chat, terminal and every later surface go through `Bot.stream`."""

import contextlib
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.cite import Footnotes
from bot.evidence import author_answer
from bot.gate import Gate
from bot.guard import Guard
from bot.lookup import Look, Lookup
from bot.prompt import build_prompt
from bot.question import clean_question, goes_on, with_subject
from bot.quote import worth_quoting, worth_showing
from bot.settings import Settings
from bot.types import (
    Answer,
    Claim,
    Event,
    Evidence,
    Finished,
    Generator,
    Lane,
    Reader,
    Retrieved,
    Said,
    Suggestion,
    Turn,
    Verifier,
)
from bot.verifier import SUPPORTED
from corpus.types import Article
from index.manifest import Manifest
from index.search import Index

SUGGESTIONS = 3  # questions offered when the one asked is not covered
NEAR = 0.3  # cosine below which a question has nothing to do with the one asked
# When parts of a question are answered by different lanes, the answer counts as the least certain of them.
LANES: tuple[Lane, ...] = ("faq", "quoted", "generated", "declined")
NOT_COVERED = "The articles do not cover this question."


@dataclass(slots=True)
class _Clock:
    """Seconds by stage."""

    began: float = field(default_factory=time.perf_counter)
    timings: dict[str, float] = field(default_factory=dict)

    def mark(self, stage: str) -> None:
        self.timings.setdefault(stage, round(time.perf_counter() - self.began, 4))


class Bot:
    """Knows the order: retrieve, select, gate, then the author's text, or draft and verify, or quote, or decline."""

    def __init__(
        self, index: Index, generator: Generator | None, reader: Reader, verifier: Verifier, gate: Gate,
        settings: Settings,
    ) -> None:  # fmt: skip
        self._index = index
        self._generator = generator
        self._verifier = verifier
        self._settings = settings
        self._lookup = Lookup(index, reader, gate, settings)

    @property
    def articles(self) -> Mapping[str, Article]:
        """The articles answered from, by id."""
        return self._index.articles

    @property
    def index(self) -> Index:
        """The index answered from."""
        return self._index

    @property
    def manifest(self) -> Manifest:
        """Of the index answered from."""
        return self._index.manifest

    def starters(self, count: int, without: Collection[str] = ()) -> tuple[Suggestion, ...]:
        """Questions of the articles' own FAQ to start with: the first of each article in turn, then the second."""
        # A heading such as "How it works" is answered like a question but does not invite one.
        by_article = self._entries(count, without, "?") or self._entries(count, without, "")
        rounds = range(max((len(entries) for entries in by_article.values()), default=0))
        ordered = [entries[turn] for turn in rounds for entries in by_article.values() if turn < len(entries)]
        return tuple(ordered[:count])

    def _entries(self, articles: int, without: Collection[str], ending: str) -> dict[str, list[Suggestion]]:
        """Questions of the FAQ by article; of no more articles than are wanted, there may be a million of them."""
        found: dict[str, list[Suggestion]] = {}
        for chunk in self._index.faq_chunks:
            if chunk.article_id in without or not chunk.heading.endswith(ending):
                continue
            if chunk.article_id not in found and len(found) == articles:
                break
            found.setdefault(chunk.article_id, []).append(Suggestion(chunk.heading, chunk.article_id))
        return found

    def nearest(self, question: str, count: int) -> tuple[Suggestion, ...]:
        """FAQ questions of the articles that are nearest to this one, best first; QuestionError as for `stream`."""
        asked = clean_question(question, self._settings.max_question_chars)
        found = self._index.faq_nearest(self._index.embedder.embed_question(asked), count)
        return tuple(
            Suggestion(chunk.heading, chunk.article_id, round(near, 4)) for chunk, near in found if near >= NEAR
        )

    def answer(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """The whole answer at once."""
        for event in self.stream(question, history):
            if isinstance(event, Finished):
                return event.answer
        raise AssertionError("a stream ends with Finished")

    def stream(
        self, question: str, history: Sequence[Turn] = (), without: Collection[str] = (), further: int = 0
    ) -> Iterator[Event]:
        """Retrieved, then Said for each verified sentence, then Finished; QuestionError for an unusable question.

        Articles named in `without` are neither searched nor cited nor suggested; how rare words are, and which are
        known to the spelling, is still told from all articles. An evaluation is told of so many `further` passages
        behind those that are looked at.
        """
        clock = _Clock()
        asked = clean_question(question, self._settings.max_question_chars)
        looks, uncovered = self._lookup.looks(asked, history, without, further)
        hits = {hit.chunk.id: hit for look in looks for hit in look.hits}
        behind = {hit.chunk.id: hit for look in looks for hit in look.further if hit.chunk.id not in hits}
        clock.mark("retrieved")
        yield Retrieved(tuple(hits.values()), tuple(behind.values()))
        notes = Footnotes(self._index.articles)
        claims: list[Claim] = []
        lanes: list[Lane] = []
        for lane, claim in (found for look in looks for found in self._claims(look, notes)):
            if claim in claims:  # two parts of a question may rest on the same sentence
                continue
            clock.mark("first_sentence")
            lanes.append(lane)
            claims.append(claim)
            yield Said(claim)
        clock.mark("finished")
        yield Finished(
            Answer(
                question=asked,
                claims=tuple(claims),
                hits=tuple(hits.values()),
                confidence=round(min(look.confidence for look in looks), 4),
                lane=max(lanes, key=LANES.index, default="declined"),
                declined_because="" if claims else NOT_COVERED,
                suggestions=() if claims else self._suggest(looks[0], asked, history, without),
                uncovered=uncovered if claims else (),
                timings=clock.timings,
            )
        )

    def _claims(self, look: Look, notes: Footnotes) -> Iterator[tuple[Lane, Claim]]:
        """Claims with the lane they come by; nothing when the question is not covered."""
        if not look.covered:
            return
        if look.entry is not None:
            for piece in author_answer(look.entry, self._index):
                yield "faq", notes.claim(piece.text, piece, SUPPORTED)  # as written, marks of lists and all
            return
        generated = False
        answering = worth_quoting(look.evidence)
        for claim in self._generated(look, answering, notes):
            generated = True
            yield "generated", claim
        if not generated:
            for claim in notes.quotes(answering):
                yield "quoted", claim

    def _generated(self, look: Look, answering: Sequence[Evidence], notes: Footnotes) -> Iterator[Claim]:
        """What the generator makes of the pieces that answer; nothing where one of them can only be quoted."""
        if self._generator is None:
            return
        shown = worth_showing(look.evidence)
        guard = Guard(answering, shown)
        if not guard.complete:
            return
        with contextlib.closing(self._generator.choose(build_prompt(look.query, shown), guard)) as sentences:
            for sentence in sentences:
                support, piece = self._best_support(sentence, shown)
                if support < SUPPORTED:
                    return
                yield notes.claim(sentence, piece, support)

    def _best_support(self, text: str, evidence: Sequence[Evidence]) -> tuple[float, Evidence]:
        """The evidence that supports a sentence best; among equals the best ranked."""
        judged = [(self._verifier.support(text, piece), piece) for piece in evidence]
        return max(judged, key=lambda pair: (pair[0], -pair[1].number))

    def _suggest(
        self, look: Look, asked: str, history: Sequence[Turn], without: Collection[str]
    ) -> tuple[Suggestion, ...]:
        """The nearest questions the articles answer; when none is near, some to show what the articles are about.

        Near to a question that goes on ("and the other way round?") are those near to it and its subject.
        """
        vector = look.vector
        if history and goes_on(asked):
            vector = self._index.embedder.embed_question(with_subject(asked, history))
        nearest = [pair for pair in self._index.faq_nearest(vector, SUGGESTIONS, without) if pair[1] >= NEAR]
        found = tuple(Suggestion(chunk.heading, chunk.article_id, round(score, 4)) for chunk, score in nearest)
        return found or self.starters(SUGGESTIONS, without)
