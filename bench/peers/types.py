"""The seam every peer has: articles in, a function that answers out."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Article:
    """One article as every peer gets it; peers read title and text as one."""

    id: str
    title: str
    text: str

    @property
    def whole(self) -> str:
        """What a peer indexes: the title as the first line, so that no peer misses what Footnote reads."""
        return f"{self.title}\n\n{self.text}" if self.title else self.text


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person asking would have seen, and when."""

    text: str
    sources: tuple[str, ...]  # ids of articles, as the peer cites or returns them, best first
    first_at: float  # seconds after the question until anything could be read
    done_at: float  # seconds after the question until the answer was whole
    lane: str = ""  # how the answer was made, which Footnote alone tells
    declined: bool | None = None  # as the peer itself says, which only Footnote does; None: judge.py goes by the words


Ask = Callable[[str], Answer]


@dataclass(frozen=True, slots=True)
class Built:
    """A peer that is ready."""

    ask: Ask
    index_seconds: float  # articles in memory to an index that can be searched, models loaded before
