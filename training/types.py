"""What an example is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Passage:
    """One passage as the reader gets it."""

    article: str
    heading: str
    text: str
    spans: tuple[tuple[int, int], ...]  # characters into text
    scores: tuple[float, ...]  # the product's, of each span
    gold: tuple[int, ...]  # which spans answer
    answers: tuple[tuple[int, int], ...]  # the answer's own words in those spans, where they are known


@dataclass(frozen=True, slots=True)
class Example:
    """One question with what was found for it."""

    question: str
    passages: tuple[Passage, ...]
    kind: str
    group: str  # article or thread: a development set is parted by it
