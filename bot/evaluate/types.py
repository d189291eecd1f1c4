"""What an evaluation is made of: cases in, one frozen record and its times per case out."""

from dataclasses import dataclass

from bot.types import Turn

REFUSED = "refused"  # the lane of a question the bot will not take: empty, or far too long
FAILED = "failed"  # the lane of a question at which the program broke; the others go on
RANKED = 10  # places of a ranking that are kept and judged


@dataclass(frozen=True, slots=True)
class Named:
    """An expected source as its file names it."""

    name: str  # of an article, perhaps with "#" and an anchor; or words that stand in an article
    quote: str = ""  # words that stand in that article

    def __str__(self) -> str:
        return f"{self.name}: “{self.quote}”" if self.quote else self.name


@dataclass(frozen=True, slots=True)
class Case:
    """One question of a file, with what is expected of its answer."""

    row: int  # 1.. in the order of the file
    line: int  # where it begins in the file, 1..
    id: str  # unique in the file
    question: str
    answers: tuple[str, ...] = ()  # any of them will do
    sources: tuple[Named, ...] = ()
    answerable: bool | None = None  # do the articles answer it; None when the file does not tell
    tags: tuple[str, ...] = ()
    history: tuple[Turn, ...] = ()
    without: tuple[str, ...] = ()  # ids of articles held out of this question's search


@dataclass(frozen=True, slots=True)
class Ranked:
    """One place of the ranking: an article, or a section of it when the file expects a section or certain words."""

    article_id: str
    anchor: str  # of the section; "" for the article as a whole
    score: float
    is_expected: bool


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage the answer was made from."""

    chunk_id: str
    article_id: str
    start: int  # characters into Article.text
    end: int
    score: float  # fused; the order is by it
    dense: float
    lexical: float


@dataclass(frozen=True, slots=True)
class Cited:
    """A footnote with the words around it, so that a report needs no articles."""

    number: int  # 1..m in the answer
    article_id: str
    title: str
    url: str
    heading_path: tuple[str, ...]
    before: str  # of the article, up to the quote
    quote: str
    after: str
    start: int  # characters into Article.text
    end: int
    is_verbatim: bool  # article.text[start:end] == quote
    is_expected: bool  # it lies in an expected source, or an expected source in it


@dataclass(frozen=True, slots=True)
class Sentence:
    """One claim of an answer."""

    text: str
    citations: tuple[int, ...]  # numbers of `Record.citations`
    support: float


@dataclass(frozen=True, slots=True)
class Record:
    """Everything that is known about one answered question but how long it took."""

    row: int
    line: int
    id: str
    question: str
    history: tuple[str, ...]  # earlier questions
    tags: tuple[str, ...]
    answerable: bool | None  # as Case
    expected_answers: tuple[str, ...]
    expected_sources: tuple[str, ...]
    unknown_sources: tuple[str, ...]  # expected sources that are nowhere in the articles
    relevant: int  # places a perfect ranking would begin with; 0 when the file expects no source
    lane: str  # a Lane of the answer, REFUSED or FAILED
    answer: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Cited, ...]
    confidence: float
    declined_because: str
    uncovered: tuple[str, ...]
    ranking: tuple[Ranked, ...]  # best first, at most RANKED places
    hits: tuple[Passage, ...] = ()  # what the answer was made from, best first

    @property
    def answered(self) -> bool:
        """Whether anything was said."""
        return bool(self.sentences)


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds from the question to the first sentence and to the end; kept apart, since no two runs agree on them."""

    row: int
    first_sentence: float | None  # None when nothing was said
    finished: float
