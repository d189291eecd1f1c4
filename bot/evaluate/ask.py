"""One case put to the bot: its record, and its times apart."""

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from bot.evaluate.sources import Expected, Sources, judged, regions
from bot.evaluate.types import FAILED, REFUSED, Case, Cited, Passage, Record, Sentence, Times
from bot.types import Answer, Citation, Event, Finished, Retrieved, Turn
from corpus.errors import FootnoteError, QuestionError
from corpus.types import Article
from index.types import Hit

# Passages found behind those the answer is made from, to say at which rank the right article stood.
FURTHER = 200
AROUND = 400  # characters kept of the article on either side of a quote: a paragraph or two


class Asked(Protocol):
    """The part of `bot.pipeline.Bot` that an evaluation needs."""

    @property
    def articles(self) -> Mapping[str, Article]:
        """By id."""

    def stream(self, question: str, history: Sequence[Turn], without: Collection[str], further: int) -> Iterator[Event]:
        """The events of one answer."""


def ask(bot: Asked, case: Case, sources: Sources) -> tuple[Record, Times]:
    """The same record for the same case on every run; a question that is refused or breaks the program has one too.

    FootnoteError, OSError and MemoryError are no answers: they end the run, which can be resumed.
    """
    expected = sources.find(case.sources)
    began = time.perf_counter()
    try:
        answer, found = _answered(bot, case, sources.article_ids(case.without)[0])
    except QuestionError as error:
        return _unanswered(case, expected, bot.articles, REFUSED, str(error)), _since(began, case)
    except (FootnoteError, OSError, MemoryError):
        raise  # not the question's fault: the next one would fare no better, and this one is asked again
    except Exception as error:  # one broken answer must not cost the other 4,999
        return _unanswered(case, expected, bot.articles, FAILED, f"{type(error).__name__}: {error}"), _since(
            began, case
        )
    seconds = answer.timings
    times = Times(case.row, seconds.get("first_sentence"), seconds.get("finished", time.perf_counter() - began))
    return _record(case, answer, found, expected, bot.articles), times


def _answered(bot: Asked, case: Case, without: Collection[str]) -> tuple[Answer, tuple[Hit, ...]]:
    found: tuple[Hit, ...] = ()
    for event in bot.stream(case.question, case.history, without, FURTHER):
        if isinstance(event, Retrieved):
            found = event.hits + event.further
        if isinstance(event, Finished):
            return event.answer, found
    raise AssertionError("a stream ends with Finished")


def _since(began: float, case: Case) -> Times:
    return Times(case.row, None, round(time.perf_counter() - began, 4))


def _record(
    case: Case, answer: Answer, found: Sequence[Hit], expected: Expected, articles: Mapping[str, Article]
) -> Record:
    return replace(
        _unanswered(case, expected, articles, answer.lane, answer.declined_because),
        answer=answer.text,
        sentences=tuple(
            Sentence(claim.text, tuple(citation.number for citation in claim.citations), round(claim.support, 6))
            for claim in answer.claims
        ),
        citations=tuple(_cited(citation, articles, expected) for citation in answer.citations),
        confidence=answer.confidence,
        uncovered=answer.uncovered,
        hits=tuple(map(_passage, answer.hits)),
        ranking=judged(found, regions(expected.wanted, articles), articles),
    )


def _unanswered(case: Case, expected: Expected, articles: Mapping[str, Article], lane: str, why: str) -> Record:
    return Record(
        row=case.row,
        line=case.line,
        id=case.id,
        question=case.question,
        history=tuple(turn.question for turn in case.history),
        tags=case.tags,
        answerable=case.answerable,
        expected_answers=case.answers,
        expected_sources=tuple(map(str, case.sources)),
        unknown_sources=expected.unknown,
        # A source that is not there cannot be found; a program that breaks found none.
        relevant=len(regions(expected.wanted, articles)) + len(expected.unknown),
        lane=lane,
        answer="",
        sentences=(),
        citations=(),
        confidence=0.0,
        declined_because=why,
        uncovered=(),
        hits=(),
        ranking=(),
    )


def _passage(hit: Hit) -> Passage:
    chunk, scores = hit.chunk, (round(value, 6) for value in (hit.score, hit.dense, hit.lexical))
    return Passage(chunk.id, chunk.article_id, chunk.start, chunk.end, *scores)


def _cited(citation: Citation, articles: Mapping[str, Article], expected: Expected) -> Cited:
    article = articles.get(citation.article_id)
    text, start, end = article.text if article else "", citation.start, citation.end
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    return Cited(
        number=citation.number,
        article_id=citation.article_id,
        title=citation.title,
        url=citation.url,
        heading_path=citation.heading_path,
        before=_from_word(before) if start > AROUND else before,
        quote=citation.quote,
        after=_from_word(after[::-1])[::-1] if end + AROUND < len(text) else after,
        start=start,
        end=end,
        is_verbatim=0 <= start < end and text[start:end] == citation.quote,
        is_expected=expected.holds(citation.article_id, start, end),
    )


def _from_word(text: str) -> str:
    """From the first space on, which is where a whole word begins, with a mark that something is left out."""
    _, space, rest = text.partition(" ")
    return f"… {rest}" if space else text
