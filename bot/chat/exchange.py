"""One question with what is known of its answer: what the page draws, the browser keeps and the bot gets as history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from bot.types import Answer, Citation, Claim, Event, Lane, Retrieved, Said, Suggestion, Turn
from corpus.types import Article

MAX_EXCHANGES = 30  # the browser sends them with each question: some 5 kB each, 150 kB at most, instant on a local line

Progress = Literal["searching", "writing", "done", "stopped", "failed"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and its answer, as far as it has come."""

    id: Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
    question: str
    progress: Progress = "searching"
    claims: tuple[Claim, ...] = ()
    breaks: tuple[int, ...] = ()  # claims that begin a paragraph, because they do in the article
    lane: Lane | None = None
    declined_because: str = ""
    suggestions: tuple[Suggestion, ...] = ()  # questions the articles answer: near ones, or what to ask next
    uncovered: tuple[str, ...] = ()
    chunk_ids: tuple[str, ...] = ()
    vote: Literal[-1, 0, 1] = 0
    trouble: str = ""

    @property
    def busy(self) -> bool:
        """Whether more is to come."""
        return self.progress in ("searching", "writing")

    @property
    def declined(self) -> bool:
        """Whether the articles do not cover the question."""
        return self.lane == "declined"

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Each citation once, by number."""
        unique = {citation.number: citation for claim in self.claims for citation in claim.citations}
        return tuple(unique[number] for number in sorted(unique))

    @property
    def text(self) -> str:
        """What was said, without footnote marks."""
        return " ".join(claim.text for claim in self.claims)

    @property
    def turn(self) -> Turn:
        """The exchange as the bot remembers it."""
        return Turn(self.question, self.text, self.chunk_ids)

    def after(self, event: Event, articles: Mapping[str, Article]) -> "Exchange":
        """The exchange one event later."""
        if isinstance(event, Retrieved):
            return replace(self, progress="writing")
        if isinstance(event, Said):
            return self._with_claims((*self.claims, event.claim), articles)
        answer = event.answer
        done = self._with_claims(answer.claims, articles)
        return replace(
            done,
            progress="done",
            lane=answer.lane,
            declined_because=answer.declined_because,
            suggestions=answer.suggestions,
            uncovered=answer.uncovered,
            chunk_ids=cited_chunks(answer),
        )

    def stopped(self) -> "Exchange":
        """The exchange when its reader has heard enough; one that is finished stays as it is."""
        return replace(self, progress="stopped") if self.busy else self

    def failed(self, trouble: str) -> "Exchange":
        """The exchange when it could not be finished."""
        return replace(self, progress="failed", trouble=trouble)

    def _with_claims(self, claims: tuple[Claim, ...], articles: Mapping[str, Article]) -> "Exchange":
        pairs = enumerate(pairwise(claims), start=1)
        breaks = tuple(number for number, (one, two) in pairs if _parted(one, two, articles))
        return replace(self, progress="writing", claims=claims, breaks=breaks)


def cited_chunks(answer: Answer) -> tuple[str, ...]:
    """Ids of the passages found that hold a citation, best first."""
    return tuple(
        hit.chunk.id
        for hit in answer.hits
        if any(
            citation.article_id == hit.chunk.article_id
            and hit.chunk.start <= citation.start
            and citation.end <= hit.chunk.end
            for citation in answer.citations
        )
    )


def _parted(one: Claim, two: Claim, articles: Mapping[str, Article]) -> bool:
    """Whether a paragraph ends between two claims that both give an article's own words."""
    if not (one.citations and two.citations):
        return False
    before, after = one.citations[0], two.citations[0]  # of the piece itself; its lead-in's comes after
    if not all(claim.text in each.quote or each.quote in claim.text for claim, each in ((one, before), (two, after))):
        return False
    article = articles.get(before.article_id)
    if article is None or before.article_id != after.article_id or after.start < before.end:
        return True
    return "\n\n" in article.text[before.end : after.start]


_ADAPTER: TypeAdapter[tuple[Exchange, ...]] = TypeAdapter(tuple[Exchange, ...])


def for_browser(exchanges: Sequence[Exchange]) -> list[dict[str, Any]]:
    """The last exchanges as plain data, as the browser keeps them."""
    kept: list[dict[str, Any]] = _ADAPTER.dump_python(tuple(exchanges[-MAX_EXCHANGES:]), mode="json")
    return kept


def from_browser(stored: object) -> tuple[Exchange, ...]:
    """What `for_browser` gave; anything else, such as the notes of an older version, is no conversation."""
    try:
        return _ADAPTER.validate_python(stored)[-MAX_EXCHANGES:]
    except ValidationError:
        return ()
