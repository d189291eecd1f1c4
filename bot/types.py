"""What an answer is made of, the events in which it arrives, and the seams of generator and verifier."""

from collections import abc
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from bot.reading import readable
from index.types import Chunk, Hit, Vectors

Lane = Literal["faq", "generated", "quoted", "declined"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One or a few whole sentences, list items or table rows of a chunk: an exact span of its article."""

    number: int  # 1..m, as the prompt shows it
    chunk: Chunk
    start: int  # characters into Article.text
    end: int
    text: str  # == article.text[start:end]
    score: float  # how well it answers the question, higher is better: log-odds once the reader has seen it
    lead: str = ""  # the table's header row or the list's lead-in the text stands under
    cosine: float = 0.0  # of question and evidence under its heading, -1..1

    @property
    def reading(self) -> str:
        """The text as a person reads it: table cells named by their header, list marks gone."""
        return readable(self.text, self.lead)


@dataclass(frozen=True, slots=True)
class Citation:
    """A footnote: exact words of an article."""

    number: int  # 1..m in the answer; the same passage keeps its number
    article_id: str
    title: str
    url: str  # of the article, with the section's anchor as fragment; "" when the article has no address
    heading_path: tuple[str, ...]
    quote: str  # == article.text[start:end]
    start: int  # characters into Article.text
    end: int


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence (or, quoted, one list or table row) of an answer."""

    text: str
    citations: tuple[Citation, ...]  # at least one
    support: float  # the verifier's, 0..1


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question the articles do answer, offered when the one asked is not covered, or to start with."""

    question: str
    article_id: str
    score: float = 0.0  # cosine to the question asked


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier exchange of the conversation."""

    question: str
    answer: str  # the claims' text joined by spaces
    chunk_ids: tuple[str, ...] = ()  # of the passages the answer cited


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything that is known about one answer; the record every surface renders."""

    question: str
    claims: tuple[Claim, ...]
    hits: tuple[Hit, ...]
    confidence: float  # 0..1, that the articles cover the question
    lane: Lane
    declined_because: str = ""  # one sentence for the reader; empty when answered
    suggestions: tuple[Suggestion, ...] = ()  # nearest questions the articles do answer; only when declined
    uncovered: tuple[str, ...] = ()  # parts of the question the articles do not cover, when others were answered
    timings: dict[str, float] = field(default_factory=dict)  # seconds by stage

    @property
    def text(self) -> str:
        """The claims as one paragraph, without footnote marks."""
        return " ".join(claim.text for claim in self.claims)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Each citation once, by number."""
        unique = {citation.number: citation for claim in self.claims for citation in claim.citations}
        return tuple(unique[number] for number in sorted(unique))


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The passages are found; nothing is said yet."""

    hits: tuple[Hit, ...]  # those the answer is made from
    further: tuple[Hit, ...] = ()  # those that come after them


@dataclass(frozen=True, slots=True)
class Said:
    """One verified sentence."""

    claim: Claim


@dataclass(frozen=True, slots=True)
class Finished:
    """The whole answer; always the last event, exactly once."""

    answer: Answer


Event = Retrieved | Said | Finished


@dataclass(frozen=True, slots=True)
class Passage:
    """What the reader is given of a chunk."""

    heading: str
    text: str
    spans: tuple[tuple[int, int], ...]  # the candidates, characters into text
    scores: tuple[float, ...]  # what the ranking by cosine and words gives each


@dataclass(frozen=True, slots=True)
class Read:
    """What the reader thinks of one passage: logits, to be compared with those of other passages."""

    spans: Vectors  # (len(Passage.spans),): that this candidate answers; -inf where it was not seen
    none: float  # that nothing in this passage does


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a chat prompt."""

    role: Literal["system", "user", "assistant"]
    content: str


class Choices(Protocol):
    """The sentences a reply may be made of."""

    def options(self, said: Sequence[str]) -> tuple[str, ...]:
        """Those that may come after the sentences said so far; the reply ends where there is none."""

    def enough(self, said: Sequence[str]) -> bool:
        """Whether the reply may end here."""


class Generator(Protocol):
    """Replies to a prompt; closing the reply stops the work."""

    def choose(self, messages: Sequence[Message], choices: Choices) -> abc.Generator[str, None, None]:
        """Sentence after sentence of the choices, at each word the likeliest that is left; the same every time."""


class Reader(Protocol):
    """Reads passages with a question in mind."""

    def read(self, question: str, passages: Sequence[Passage]) -> list[Read]:
        """What it thinks of each; the same question and passage give the same logits whatever stands beside them."""


class Verifier(Protocol):
    """Judges whether a sentence rests on the evidence it cites."""

    def support(self, claim: str, evidence: Evidence) -> float:
        """0..1; from SUPPORTED on the sentence may be shown."""
